"""Every real file through the command line: read or refused, and nothing changed by a dry run."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from pipecli.cli.exits import FAILURE, OK, USAGE

from .conftest import Pipe

Unchanged = Callable[[], AbstractContextManager[None]]
REAL = Path(os.environ.get("PIPECLI_REAL_DATA", "no-such-folder"))


@pytest.mark.skipif(not REAL.is_dir(), reason="PIPECLI_REAL_DATA names no folder")
@pytest.mark.parametrize("how", [["import"], ["log", "1", "--mail"], ["log", "1", "--ics"]], ids=" ".join)
@pytest.mark.parametrize(
    "folder", ["hubspot_salesforce_seeds", "ics", "loans2017", "mail", "maven", "salesforce_devorg"]
)
def test_every_real_file_is_read_or_refused(
    house: Pipe, unchanged: Unchanged, folder: str, how: list[str]
) -> None:
    files = sorted(path for path in (REAL / folder).rglob("*") if path.is_file())
    assert files
    with unchanged():
        for path in files:
            code, out, err = house(*how, str(path), "--dry-run")
            assert code in (OK, FAILURE, USAGE), (path, out, err)
            assert "Traceback" not in err and "error of its own" not in err, (path, err)
            assert code != USAGE or (out == "" and err.endswith("\n")), (path, out, err)


SHEET = """<html><body><table><tr><th>Deal Name</th></tr><tr><td>ERP</td></tr></table></body></html>"""


def test_a_page_named_as_a_spreadsheet_says_what_to_do(house: Pipe, environment: Path) -> None:
    path = environment / "deals.xls"
    path.write_text(SHEET)
    line = f"{path} is a page of HTML or XML; open it in a spreadsheet and save it as XLSX or CSV\n"
    assert house("import", str(path)) == (2, "", line)


def test_two_files_whose_identifiers_clash_say_what_they_change(house: Pipe, environment: Path) -> None:
    """Of two systems they never meet; of no system the second file updates the first, and says which fields."""
    first, second, hubspot = (environment / name for name in ("a.csv", "b.csv", "h.csv"))
    first.write_text("id,name,amount\n1,ERP,500\n2,Kiosk,700\n")
    second.write_text("id,name,amount\n1,Fair,500\n2,Kiosk,900\n")
    hubspot.write_text("Record ID,Deal Name,Deal Stage,Amount\n1,Other,Discovery,5\n")
    assert house("import", str(first)).out == "2 landed, 0 updated, 0 unchanged, 0 rejected.\n"
    assert house("import", str(hubspot)).out == "1 landed, 0 updated, 0 unchanged, 0 rejected.\n"
    lines = house("import", str(second)).out.splitlines()
    assert lines[0] == "0 landed, 2 updated, 0 unchanged, 0 rejected."
    assert [line.split(": ")[1] for line in lines[1:]] == ["name updated", "amount updated"]
    assert house("undo").code == 0
    assert house("import", str(first)).out == "0 landed, 0 updated, 2 unchanged, 0 rejected.\n"
