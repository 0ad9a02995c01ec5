"""What keeps words from saying what they seem to: a denial, a condition, a doubt, somebody else's money, a day that is
no goal. One guard for evidence, values, who decides and what comes next, in English and French.

It is strict on purpose: a find that is left out costs a person one line to type, one that is wrong stands in the books.
All patterns look at text as `hearing.comparable` makes it.
"""

from __future__ import annotations

import re

from .hearing import comparable

_DENIED = re.compile(
    r"\b(?:no|not|never|neither|nor|nobody|no one|noone|none|nothing|nowhere|cannot|without|except|unlikely"
    r"|dont|doesnt|didnt|cant|wont|isnt|wasnt|arent|wouldnt|couldnt|hardly|rarely|seldom|barely|lack\w*"
    r"|instead of"
    r"|rather than|refus\w*|reject\w*|declin\w*|cancel\w*|postpon\w*|called off|is (?:off|over|dead)|fail\w*"
    r"|ne|ni|pas|rien|jamais|aucune?s?|guere|nulle?|sans|sauf|rarement|annul\w*|report(?:ee?s?|ons|ent|er)"
    r"|abandon\w*|termine\w*|(?<!en )(?<!de )plus (?:de|d'|aucune?|du tout|personne)|personne ne)\b"
    r"|\w+n't\b|\bn'|^non\b"
)
_CONDITION = re.compile(
    r"\b(?:if|unless|whether|once|in case|provided|as long as|assuming|suppos\w+|si|a moins|a condition"
    r"|au cas ou"
    r"|tant que|une fois|pourvu que)\b|\bs'ils?\b|^(?:before|until|till|when|after|as soon as|only (?:if"
    r"|when|once))\b"
    r"|^(?:quand|lorsque|apres)\b|\b(?:avant|apres|des|jusqu'a ce) qu(?:e\b|')"
)
_DOUBT = re.compile(
    r"\b(?:maybe|perhaps|probably|possibly|presumably|hopefully|apparently|supposedly|might"
    r"|(?<!\d )(?<!in )(?<!by )(?<!of )may(?= [a-z])"
    r"|could|would|should"
    r"|think\w*|believe\w*|guess\w*|hop(?:e|es|ing)|assum\w*|doubt\w*|suspect\w*|wonder\w*|unsure|unclear"
    r"|peut-etre|probablement|sans doute|normalement|apparemment|pourrai\w*|devrai\w*|semble\w*"
    r"|(?:je|on|nous|ils?|elles?) (?:\w+ )?(?:crois|croit|croyons|pense\w*|espere\w*|suppose\w*"
    r"|imagine\w*|doute\w*))\b"
)
# In the text as it is written: `before Jeanne signs` and `when they decide`, not `before summer`.
_CLAUSE_OF_TIME = re.compile(
    r"\b(?:[Bb]efore|[Uu]ntil|[Tt]ill|[Ww]hen|[Aa]fter) (?:[A-Z][a-z]+|they|he|she|we|you|it|I) [a-z]+"
)
_BEFORE_WHO_DECIDES = re.compile(
    r"\b(?:before|until|till|when|while|after|since|as soon as|wait(?:ing|s)? for|avant|quand|lorsque|apres|des"
    r"|depuis|pendant|attend\w*)\b"
)
_NOT_THE_PRICE = re.compile(
    r"\b(?:competitor\w*|competition|rivals?|too (?:expensive|much|high|dear)|discount\w*|rebate\w*"
    r"|reduc\w+|cut|saves?"
    r"|savings?|lower\w*|up to|at (?:most|least)|less|more|under|over|above|below|max\w*|min\w*|between"
    r"|from|per|an?"
    r" (?:year|month|day|week|seat|user)|monthly|yearly|annually|vat|tax\w*|turnover|revenues?"
    r"|sales (?:of|are)|raised|funding"
    r"|capital|salar\w+|cost|costs|costing|lose\w*|losing|lost|spend\w*|spent|paid|pays? (?:someone"
    r"|another)|debts?|fine"
    r"|penalt\w+"
    r"|concurrent\w*|trop (?:cher\w*|eleve\w*)|remise\w*|rabais|ristourne|baiss\w*|reduit\w*|economi\w*|jusqu'a"
    r"|au (?:plus|moins)|moins|plus|entre|par|tva|chiffre d'affaires|leve\w*|capitaux|salaires?|coute\w*"
    r"|perd\w*|depens\w*"
    r"|dettes?|amende|penalites?|mensuel\w*|annuel\w*)\b|\bca (?:de|annuel)\b"
)
_MONEY_TALK = re.compile(
    r"\b(?:budget\w*|pay\w*|money|afford\w*|fund\w*|spend\w*|pric\w*|argent|prix|moyens|finance\w*|payer"
    r"|devis|quote\w*)\b"
)
_CLOSES = re.compile(
    r"\b(?:sign|signs|signing|signature|decides?|decisions?|decid(?:era|eront|ons|ez|er)|closing date"
    r"|close date"
    r"|expected close|close (?:the|this) deal|deal closes|go[- ]ahead|approves?|approval|orders?"
    r"|(?:will|to) be (?:signed|decided|approved|ordered)|"
    r"signe|signent|signer|signera|signeront|signons|decide|decident|tranche|tranchera|validera|valide"
    r"|validation"
    r"|approuve|approuvera|commande|commandent|commandera|commanderont|date de cloture|feu vert"
    r"|sera (?:signee?|decidee?|validee?))\b"
)
_NO_GOAL = re.compile(
    r"\b(?:from|since|until|till|holidays?|vacations?|on leave|away|absent\w*|closed|break"
    r"|out of (?:the )?office|nda"
    r"|non-disclosure|confidential\w*|newsletter|ends?|expires?|starts?|began|begins?|received|demo"
    r"|meeting|visit\w*"
    r"|a partir|jusqu\w*|depuis|conges?|vacances|ferm\w*|des le|accord de confidentialite|expire\w*"
    r"|reunion|rendez-vous"
    r"|rdv)\b"
)
_AWAY = re.compile(
    r"\b(?:until|till|holidays?|vacations?|on leave|absent\w*|closed|a break|out of (?:the )?office"
    r"|jusqu\w*|conges?"
    r"|vacances|ferm\w*)\b"
)
_PAST = re.compile(
    r"\b(?:was|were|had|did|has|went|met|saw|seen|sent|got|came|took|gave|made|said|told|spoke|talked"
    r"|held|done|heard"
    r"|wrote|written|rang|left|yesterday|ago|last (?:week|month|year|\w+day)|hier|(?:semaine|annee) derniere"
    r"|vu|vue|recu\w*|eu|parti\w*|venu\w*|dit|ecrit|etaient|etait|avait|avaient|(?:a|ai|ont|avons"
    r"|avez) (?:bien )?ete"
    r"|(?:a|ai|ont|avons|avez) (?:\w+ )?(?:sign|decid|valid|command|approuv|envoy|appel)\w*)\b"
)
# In the text as it is written: a name such as Fred or André begins with a capital.
_PARTICIPLE = re.compile(
    r"(?<!\w)(?!(?:need|indeed|proceed|exceed|feed|speed|société|marché|café|côté|qualité|santé)s?(?!\w))"
    r"[a-zà-ÿ]{2,}(?:ed|ée?s?)(?!\w)"
)
_TO_COME = re.compile(r"\b(?:(?:will|to|must|can) be|sera|seront|être) \w+(?:ed|ée?s?)(?!\w)")
_BOILERPLATE = re.compile(
    r"\b(?:password|mot de passe|newsletter|unsubscribe|desabonn\w*|desinscri\w*|log ?in to|sign in to"
    r"|click here"
    r"|cliquez|webinar|cookies?)\b"
)


def is_open_said(text: str) -> bool:
    """Whether a sentence only asks, or says something on a condition or in doubt: nothing in it stands."""
    plain = comparable(text)
    hangs = _CONDITION.search(plain) or _CLAUSE_OF_TIME.search(text)
    return "?" in text or bool(hangs or _DOUBT.search(plain))


def is_denied(text: str) -> bool:
    """Whether there is a denial in the words."""
    return bool(_DENIED.search(comparable(text)))


def is_stated(text: str) -> bool:
    """Whether the words say plainly what they say: no denial, condition, doubt or question, nothing of a machine."""
    return not is_open_said(text) and not is_denied(text) and not _BOILERPLATE.search(comparable(text))


def denies_money(text: str) -> bool:
    """Whether the words deny a budget, a payment, a price."""
    return is_denied(text) and bool(_MONEY_TALK.search(comparable(text)))


def may_be_the_price(text: str) -> bool:
    """Whether a sum in these words may be what this is worth: not a competitor's, a limit, a discount, a turnover."""
    return not _NOT_THE_PRICE.search(comparable(text))


def is_past(text: str) -> bool:
    """Whether the words tell what was, so that a day in them is no day to come."""
    said = _TO_COME.sub("", text)
    return bool(_PAST.search(comparable(said)) or _PARTICIPLE.search(said))


def names_the_close(text: str) -> bool:
    """Whether a day in these words is one on which this is to be decided or signed."""
    plain = comparable(text)
    return bool(_CLOSES.search(plain)) and not _NO_GOAL.search(plain) and not is_past(text)


def is_away(text: str) -> bool:
    """Whether the words say until when somebody is not there."""
    return bool(_AWAY.search(comparable(text)))


def leads_into_a_condition(text: str) -> bool:
    """Whether what stands before a name makes the rest hang on something: `once`, `before`, `as soon as`."""
    return bool(_BEFORE_WHO_DECIDES.search(comparable(text)))
