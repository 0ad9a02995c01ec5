"""Extract, merge and compile the catalogue of texts, with Babel.

python tests/tools/catalogue.py            extract from the source, merge into each language, compile
python tests/tools/catalogue.py --check    fail where the committed catalogue is not what that gives, or where
                                           a text has no translation
"""

from __future__ import annotations

import io
import sys
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import read_mo, write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "pipecli"
LOCALES = SOURCE / "locale"
LANGUAGES = ("fr",)
STAMP = datetime(2026, 1, 1, tzinfo=UTC)


def extracted() -> Catalog:
    """Every text of the source, with the files it stands in."""
    catalog = Catalog(project="pipecli", charset="utf-8", fuzzy=False)
    keywords = {"_": None, "ngettext": (1, 2)}
    for file, _line, message, comments, _context in extract_from_dir(
        str(SOURCE), [("**.py", "python")], keywords=keywords
    ):
        catalog.add(message, locations=[(file, 0)], auto_comments=comments)
    return catalog


def merged(language: str, template: Catalog) -> Catalog:
    """A language's catalogue with the source's texts; what the source no longer says is gone."""
    path = po_path(language)
    if path.exists():
        with path.open("rb") as stream:
            catalog = read_po(stream, locale=language)
    else:
        catalog = Catalog(locale=language, project="pipecli", charset="utf-8", fuzzy=False)
    catalog.update(template, no_fuzzy_matching=True)
    catalog.obsolete.clear()
    # Stamped with the time of the run, the file would differ at every run.
    catalog.creation_date = catalog.revision_date = STAMP
    return catalog


def po_path(language: str) -> Path:
    return LOCALES / language / "LC_MESSAGES" / "pipecli.po"


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """The catalogue as PO and MO bytes."""
    po, mo = io.BytesIO(), io.BytesIO()
    write_po(po, catalog, width=110, sort_by_file=True, omit_header=False, include_lineno=False)
    lines = [line for line in po.getvalue().splitlines(keepends=True) if not _is_stamp(line)]
    write_mo(mo, catalog)
    return b"".join(lines), mo.getvalue()


def _is_stamp(line: bytes) -> bool:
    return line.startswith(
        (
            b'"POT-Creation-Date',
            b'"PO-Revision-Date',
            b'"Generated-By',
            b'"Last-Translator',
            b'"Language-Team',
        )
    )


def untranslated(catalog: Catalog) -> list[str]:
    """The texts that have no translation, or one that is only guessed, which is not compiled."""
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not _is_translated(message.string))
    ]


def _is_translated(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main() -> int:
    """Write the catalogues, or with --check say what is wrong with them."""
    check = "--check" in sys.argv
    faults = []
    template = extracted()
    for language in LANGUAGES:
        catalog = merged(language, template)
        path = po_path(language)
        po, mo = written(catalog)
        if not check:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(po)
            path.with_suffix(".mo").write_bytes(mo)
        elif not path.exists() or _messages(path.read_bytes()) != _messages(po):
            faults.append(
                f"{path.relative_to(ROOT)} is not what the source says: python tests/tools/catalogue.py"
            )
        elif _compiled(path.with_suffix(".mo").read_bytes()) != _compiled(mo):
            faults.append(f"{path.with_suffix('.mo').relative_to(ROOT)} is not compiled from its source")
        missing = untranslated(catalog)
        faults += [f"{language}: no translation of {text!r}" for text in missing]
        done = sum(_is_translated(m.string) for m in catalog if m.id)
        print(f"{language}: {done} of {len(catalog)} texts translated")
    print("\n".join(faults), file=sys.stderr)
    return 1 if faults and check else 0


def _messages(po: bytes) -> dict[tuple[str, ...], object]:
    return _by_text(read_po(io.BytesIO(po)))


def _compiled(mo: bytes) -> dict[tuple[str, ...], object]:
    return _by_text(read_mo(io.BytesIO(mo)))


def _by_text(catalog: Catalog) -> dict[tuple[str, ...], object]:
    """Translations by text: what is compared, because headers differ from one Babel to the next."""
    found = {}
    for message in catalog:
        text = (message.id,) if isinstance(message.id, str) else tuple(message.id)
        string = message.string if isinstance(message.string, str) else tuple(message.string)
        if text[0] and any(string):
            found[text] = string
    return found


if __name__ == "__main__":
    sys.exit(main())
