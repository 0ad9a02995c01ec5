"""Words of names that are something else as well: titles, particles, everyday words; folded, of five languages."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Not part of the name wherever they stand in it.
TITLES = _words(
    """
    dr drs prof professor professeur professore professoressa profesor profesora mr mrs ms mx messrs sir madam
    madame mme mlle monsieur mademoiselle maitre docteur herr frau fraulein dipl ing doktor doktorin dott dottssa
    dottor dottore dottoressa avv avvocato avvocata geom rag sig sigra signor signore signora signorina senor senora
    senorita sra srta dra profa doctor doctora licenciado licenciada phd jr esq mba msc bsc cpa llm med iur habil
    """
)
# Titles where a dot follows, or where two words of a name are left without them.
MAYBE_TITLES = _words(
    """
    m me ma ba d don dona lic mag arch on cav miss dame lord lady sr ii iii iv md
    """
)
# Between the words of a name; they name nobody.
PARTICLES = _words(
    """
    von vom van der den dem des zu zum zur und de del della delle dello degli dei di da dal do dos das du le la les
    lo el al bin ibn ben bint abu san santa saint st ter ten te het op af av y e et of the بن ابن بنت ابو ام ال عبد
    الله الدين
    """
)
# Particles that may be a first name, where they come first.
FIRST_NAMES = _words("van ben al abu san")
# They name somebody inside the whole name or after a title only.
GRAMMAR = _words(
    """
    a an am as at be by do go he if in is it me my no of on or so to up us we all and any but can for get had has
    her him his how its let new not now one our out see she son the two was who why yes you ai au ce en est et il je
    la le les ma mes mon ne ni nos ou par pas que qui sa se ses si sur ta te toi ton tu un une auf aus bei da das
    dem den der des die du ein er es fur ihr im ist ja man mit ob sie um und von wir wo zu al che ci con dei del di
    gli ha ho io lo mi non per sul ti una uno de el las los mas por su sus y ya yo да не на но он она от по за из
    как что это
    """
)
# Addresses that are of a desk, not of a person.
DESKS = _words(
    """
    accounts accueil admin administration billing bonjour buchhaltung buero compta contact contacto contatti direction
    einkauf email hallo hello help hr info invoice invoices jobs kontakt mail marketing office orders post presse press
    sales secretariat service support team ventas ventes verkauf vertrieb
    """
)
# Everyday words that are names too: with a capital they are taken for the name.
COMMON = _words(
    """
    archer art ash autumn bank banks bay beach bell best bill bird black bloom blue bond booth bridge bright brook
    brown butler call carpenter case cash chance chase christian church cook court day drew english faith farmer
    field fields ford forest fox french gates gay good grace grant gray green grey guy hall hand hart hill honor
    hope house hunt joy judge just key king knight lake lane law little long lord love low lucky major mark max
    mayor miles mill miller mini more new noble north page park parks pepper pie piper pool pope power powers price
    read rich richer ring river rivers rock rocky rose royal rush sage salt savage sharp shepherd short silver
    singer sky small smart snow sonny south star stark steel stern stew stone storm strange street strong sue summer
    summers sunny sweet swift tab tiger twist wall walls ward waters weaver weeks wells west white wild will wills
    winter wolf wood woods work works worth young ami blanc bois brun clair constant desire dieu divine france garde
    grand gros jolie jour lac lever lis loup moulin noir parent parfait petit prudent rey riche roi rousse roux
    serein servant sergent simple soleil tout val vert vigne ville berg christ fest frei gut gross held herz hoch
    jung kaiser kalt kern klein konig krone kurz lang lange lieb mann mehr neu ost ritter rot sauer scharf schatz
    schnell schon schwarz sommer sonntag freitag stein stolz strom tag teich vogel voll wald weg weide weiss wirt
    wunder alba bella bello bianco caldo donna felice ferro fiore fiori forte gioia grande grazia greco libero luce
    luna mare monti neri nero nuovo pace perla piccolo porta rossa rosso ricco sala santo sereno sole testa valle
    verde vero villa vita blanco bravo bueno campo campos casa cuesta flor flores guerra hierro leal libre luz mar
    nieves paz pena plaza prado puente real reina rico rojo sol torre valiente vela мир
    """
)
# Months that are names too: not one after such a word, nor before or after a number.
MONTHS = _words(
    """
    april may june august mai avril juin juni juillet julio junio abril agosto augusto
    """
)
BEFORE_MONTHS = _words(
    """
    in by of mid until till from since before after early late next last this end through during to en au avant
    apres des depuis debut fin mi courant jusqu im bis ab ende anfang mitte seit vor nach am vom zum a al ai dal
    fino entro fine inizio meta para hasta desde finales principios
    """
)
# Surnames of one Chinese sign that seldom begin a Japanese one: with one more they are a whole name.
CHINESE_SURNAMES = frozenset(
    "王李张刘陈杨赵吴周徐孙马朱胡郭何罗郑梁谢宋唐许韩冯邓曹彭曾肖潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭"
    "陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤張劉陳楊趙吳孫馬"
    "羅鄭謝許韓馮鄧曾蕭蔣葉蘇呂盧譚陸廖韋賈鄒龐"
) - frozenset("石金白江方武万向")
LONG_SURNAMES = (
    "欧阳",
    "歐陽",
    "司马",
    "司馬",
    "上官",
    "诸葛",
    "諸葛",
    "东方",
    "皇甫",
    "尉迟",
    "令狐",
    "慕容",
)
# What follows a surname in the scripts that write without spaces.
HONORIFICS = _words(
    "先生 女士 小姐 太太 总 總 经理 經理 主任 老师 老師 教授 医生 醫生 さん 様 氏 君 ちゃん 先輩 部長 課長 社長 "
    "씨 님 과장 부장 차장 대리 사장 대표 이사 교수"
)
# Endings of Russian, Ukrainian and Bulgarian names, which change with what is said of them.
CYRILLIC_ENDINGS = _words(
    "ого его ому ему ыми ими ами ями ому ою ею ией иям иях ием ию ия ии ой ей ою ом ем ым им ая яя ую юю ый ий ые ие "
    "ых их ам ям ах ях ов ев ові еві єві ою єю єм а я у ю е є ы и й і ї ь о"
)
