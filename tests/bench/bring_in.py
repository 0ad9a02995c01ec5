"""What the benchmark brings in: an export as wide as HubSpot's, and a mailbox of mixed messages, always the same."""

from __future__ import annotations

import base64
import csv
from datetime import date, timedelta
from pathlib import Path
from random import Random

HEADER = (
    "Record ID", "Deal Name", "Deal Stage", "Deal owner", "Pipeline", "Amount", "Currency", "Create Date", "Close Date",
    "Associated Company (Primary)", "Associated Contact", "Closed lost reason", "Next step", "Next Activity Date",
    "Original Traffic Source", "Last Modified Date",
)  # fmt: skip
STAGES = ("Qualified lead", "Discovery", "Proposal", "Closed Won", "Closed Lost")
WORDS = (
    "the",
    "quick",
    "offer",
    "for",
    "your",
    "project",
    "is",
    "ready",
    "we",
    "would",
    "like",
    "to",
    "meet",
    "price",
)
FIRST = date(2023, 1, 1)


def write_export(path: Path, rows: int, *, changed: int = 0) -> None:
    """That many opportunities of a quarter as many companies; `changed` rows have another amount than without it."""
    rng = Random(3)
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(HEADER)
        for n in range(rows):
            created = FIRST + timedelta(rng.randrange(900))
            stage, company = rng.choices(STAGES, (2, 2, 2, 3, 5))[0], rng.randrange(max(1, rows // 4))
            closed = created + timedelta(rng.randrange(5, 150))
            amount = rng.randrange(100, 90_000) + (n < changed)
            is_open = not stage.startswith("Closed")
            writer.writerow(
                (10_000_000_000 + n, f"Deal {n} with company {company}", stage, f"Seller {rng.randrange(30)}",
                 "Sales Pipeline", f"{amount}.{rng.randrange(100):02d}", "EUR", f"{created} 10:15", f"{closed} 00:00",
                 f"Company {company} SAS", f"Person {company} <p{company}@company{company}.example>",
                 "Price" if stage == "Closed Lost" else "", f"Call about offer {n}" if is_open else "",
                 created + timedelta(1500) if is_open else "", rng.choice(("Organic Search", "Referrals")),
                 f"{closed} 11:00")
            )  # fmt: skip


def write_mailbox(path: Path, megabytes: int, companies: int) -> int:
    """Plain texts, pages and attachments from people of companies, some of them known; how many messages."""
    rng, n = Random(3), 0
    with path.open("wb") as stream:
        while stream.tell() < megabytes * 1_000_000:
            n += 1
            stream.write(_message(rng, n, companies).encode())
    return n


def _message(rng: Random, n: int, companies: int) -> str:
    company = rng.randrange(companies * 2)
    lines = [" ".join(rng.choices(WORDS, k=12)) for _line in range(rng.randint(5, 60))]
    head = (
        "From x@y.example Mon Jan  5 10:00:00 2026\n"
        f"From: Some One <p{company}@company{company}.example>\nTo: lea@us.example\nSubject: Offer {n}\n"
        f"Date: {rng.randint(1, 28)} Jan 2026 10:00:00 +0100\nMessage-ID: <m{n}@x.example>\nMIME-Version: 1.0\n"
    )
    text = "\n".join(lines)
    if n % 3 == 0:
        return f"{head}Content-Type: text/plain; charset=utf-8\n\n{text}\n\n"
    if n % 3 == 1:
        page = "".join(f"<p>{line}</p>" for line in lines)
        return f"{head}Content-Type: text/html; charset=utf-8\n\n<html><body>{page}</body></html>\n\n"
    attached = base64.encodebytes(rng.randbytes(rng.randint(1_000, 60_000))).decode()
    return (
        f'{head}Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n{text}\n'
        '--b\nContent-Type: application/pdf; name="offer.pdf"\nContent-Disposition: attachment\n'
        f"Content-Transfer-Encoding: base64\n\n{attached}\n--b--\n\n"
    )
