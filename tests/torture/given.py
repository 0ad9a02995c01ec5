"""The files that the story's commands read."""

from __future__ import annotations

from pathlib import Path

ROWS = 120
STAGES = """\
name = "Torture"
currency = "EUR"
timezone = "Europe/Paris"
loss_reasons = ["price", "other"]
[roles]
boss = ["lea", "postgres"]
[[stage]]
key = "lead"
name = "Lead"
probability = 10
  [[stage.exit]]
  key = "need"
  ask = "What do they need?"
  evidence = "note"
  hints = ["need"]
  waivable_by = "boss"
[[stage]]
key = "talks"
name = "Talks"
probability = 30
  [[stage.exit]]
  key = "feasible"
  ask = "Can we do it?"
  approval = "boss"
  when = "amount >= 20000"
[[stage]]
key = "offer"
name = "Offer"
probability = 60
  [[stage.exit]]
  key = "dated"
  ask = "When will they sign?"
  field = "close_date"
[won]
name = "Won"
[lost]
name = "Lost"
"""
EDITOR = """\
#!/bin/sh
sed -i 's/^probability = 30$/probability = 35/' "$1"
"""
MAIL = """\
From: Jeanne Martin <jeanne@acme.example>
To: lea@us.example
Subject: Scope
Date: {n} Nov 2026 10:00:00 +0100
Message-ID: <m{n}@mails.example>

We agree, says Jeanne Martin, number {n}.
"""
MEETING = """\
BEGIN:VCALENDAR
VERSION:2.0
PRODID:x
BEGIN:VEVENT
UID:u
SUMMARY:Demo
DTSTART:20261120T100000Z
DTEND:20261120T110000Z
ATTENDEE:mailto:jeanne@acme.example
END:VEVENT
END:VCALENDAR
"""


def written(folder: Path) -> Path:
    """Write them into a folder; it."""
    (folder / "box").mkdir(parents=True)
    for n in range(1, 13):
        (folder / "box" / f"{n}.eml").write_text(MAIL.format(n=n))
    (folder / "meetings.ics").write_text(MEETING.replace("\n", "\r\n"))
    (folder / "stages.toml").write_text(STAGES)
    lines = [f"D{n},Deal {n},{n * 100}" for n in range(1, ROWS + 1)]
    (folder / "deals.csv").write_text("\n".join(["Id,Deal,Value", *lines]) + "\n")
    editor = folder / "editor"
    editor.write_text(EDITOR)
    editor.chmod(0o755)
    return folder
