"""The files that the company's script reads, written into the folder it is played in."""

from __future__ import annotations

from pathlib import Path

ROOT = Path(__file__).parents[3]

DEALS = """\
id,name,amount,stage,status,account,owner,close_date,created,contact,tags,source,currency
A1,Kiosk,30000,lead,open,Acme,lea,2026-09-30,2026-03-01,Jeanne Martin,old|slow,fair,EUR
A2,Portal,,discovery,open,Borel,lea,,2026-10-16,,,,EUR
A3,Porttal,12000,proposal,open,Borel SA,marc,2027-01-31,2026-10-18,Ana,big,web,EUR
A4,"Audit, ""the big"" one",30000.55,proposal,open,NORD,Émile,2026-12-31,2026-10-12,,,é,EUR
A5,Ελλάδα 🦊 %_\\,1000,lead,open,İş,Zoë,2026-12-31,2026-10-12,,%,:x,EUR
A6,Won one,7000,proposal,won,Acme,marc,2026-06-30,2026-01-12,,,web,EUR
A7,Won two,9000,negotiation,won,Élan,lea,2026-07-30,2026-02-12,,,fair,USD
A8,Lost one,5000,discovery,lost,Élan,lea,2026-08-15,2026-03-12,,,web,EUR
A9,Lost two,2500,proposal,lost,Sirius,marc,2026-09-15,2026-04-12,,,,EUR
B1,No stage,5000,moon,open,Acme,lea,2026-12-31,2026-10-12,,,,EUR
B2,No amount,lots,lead,open,Acme,lea,2026-12-31,2026-10-12,,,,EUR
B3,No day,5,lead,open,Acme,lea,31.31.2026,2026-10-12,,,,EUR
"""
NEWER = """\
Ref;Affaire;Client;Montant;Étape;Créé le;Commercial
N1;Rénovation façade;Élan & Söhne;48 000,00 €;En cours;05/10/2026;Zoë
N2;Toiture;Borel;1 500,50;Lead;07/09/2026;marc
N3;Cuisine;Hôtel de l'Œuf;12000;En cours;12/10/2026;Étienne
"""
HISTORY = """\
id,stage,at,amount
X1,lead,2026-08-03,4000
X1,discovery,2026-08-20,4500
X1,proposal,2026-09-14,5000
X2,lead,2026-09-01,800
X2,discovery,2026-09-20,
X3,lead,2026-07-01,2000
X3,proposal,2026-08-01,2500
"""
MAIL = """\
From: {sender}
To: lea@us.example
Subject: {subject}
Date: {day} 10:00:00 +0100
Message-ID: <{name}@mails.example>
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: 8bit

{body}
"""
MEETINGS = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:-//example//meetings//EN
BEGIN:VEVENT
UID:scope@meetings.example
DTSTAMP:20261001T080000Z
DTSTART:20261015T090000Z
DTEND:20261015T100000Z
SUMMARY:Scope of the ERP rollout
DESCRIPTION:Two sites\\, ten people 🦊
ATTENDEE:mailto:jeanne@acme.example
END:VEVENT
BEGIN:VEVENT
UID:weekly@meetings.example
DTSTAMP:20261001T080000Z
DTSTART:20261005T140000Z
DTEND:20261005T150000Z
RRULE:FREQ=WEEKLY;COUNT=3
SUMMARY:Élan — point hebdo
ATTENDEE:mailto:zoe@elan.example
END:VEVENT
END:VCALENDAR
"""


def write_files(folder: Path) -> None:
    """Put every file of the script into a folder."""
    (folder / "deals.csv").write_text(DEALS, encoding="utf-8")
    (folder / "nul.csv").write_text(DEALS.replace("Kiosk", "Ki\x00sk"), encoding="utf-8")
    (folder / "newer.csv").write_text(NEWER, encoding="cp1252")
    (folder / "mapped.csv").write_text(DEALS.replace("A", "M"), encoding="utf-8")
    (folder / "history.csv").write_text(HISTORY)
    (folder / "proof.txt").write_text("a proof\n")
    _write_book(folder / "book.xlsx")
    _write_mail(folder)
    (folder / "meetings.ics").write_text(MEETINGS.replace("\n", "\r\n"), encoding="utf-8", newline="")
    boreal = (ROOT / "examples" / "pipeline.toml").read_text(encoding="utf-8")
    (folder / "boreal.toml").write_text(boreal, encoding="utf-8")
    (folder / "broken.toml").write_text(boreal.replace('key = "lead"', 'key = "le ad"'), encoding="utf-8")


def _write_book(path: Path) -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["name", "amount"])
    sheet = book.create_sheet("Deals")
    for row in (
        ["id", "name", "amount", "stage", "account", "created"],
        ["X1", "From a book", 5000, "proposal", "Acme", "2026-08-03"],
        ["X2", "Another – ß", 800.25, "discovery", "ẞ GmbH", "2026-09-01"],
        ["X3", "Third", 2500, "proposal", "Nord", "2026-07-01"],
    ):
        sheet.append(row)
    book.save(path)


def _write_mail(folder: Path) -> None:
    said = (
        ("m1", "Jeanne Martin <jeanne@acme.example>", "Scope", "12 Oct 2026", "Stock errors cost us two people."),
        ("m2", "Ana <ana@borel.example>", "A \x1b[31mquestion", "13 Oct 2026", "Combien ? 🦊 %s"),
        ("m3", "Zoë <zoe@elan.example>", "Menü", "14 Oct 2026", "Ça me va.\x00Vraiment."),
        ("m4", "Paul <paul@nowhere.example>", "Hello", "15 Oct 2026", "Who are you?"),
        ("m5", "jeanne@acme.example", "Later", "1 Jan 2027", "From the future."),
    )  # fmt: skip
    (folder / "in").mkdir()
    box = b""
    for n, (name, sender, subject, day, body) in enumerate(said, 1):
        text = MAIL.format(name=name, sender=sender, subject=subject, day=day, body=body).encode()
        (folder / "in" / f"{n}.eml").write_bytes(text)
        box += (
            b"From x Mon Oct 12 10:00:00 2026\n"
            + text.replace(name.encode(), b"box-" + name.encode())
            + b"\n"
        )
    (folder / "mail.mbox").write_bytes(box)
