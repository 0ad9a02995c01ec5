"""The floor: what any command of this stack costs before it does anything.

A typer application with two commands, one of which opens a SQLite file with the standard library and prints one
50-row rich table. `ratio.py` divides the time of a `pipe` command by this one's.
"""

import typer

app = typer.Typer(rich_markup_mode=None)


@app.command()
def table(path: str) -> None:
    """Print 50 rows of a SQLite file's own schema, repeated."""
    import sqlite3

    from rich.console import Console
    from rich.table import Table

    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    rows = connection.execute("select type, name, tbl_name from sqlite_master").fetchall() or [("-",) * 3]
    out = Table("type", "name", "table")
    for n in range(50):
        out.add_row(*map(str, rows[n % len(rows)]))
    Console().print(out)


@app.command()
def nothing() -> None:
    """Do nothing."""


if __name__ == "__main__":
    app()
