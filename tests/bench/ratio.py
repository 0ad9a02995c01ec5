"""The benchmark: each command's time as a ratio to the floor of this stack, on a small and on a large workspace.

    python tests/bench/ratio.py [--size 100000] [--runs 9]

A ratio compares programs on one machine, where seconds compare machines. Each round runs the floor and then every
command once on either workspace, so that a machine whose speed drifts moves all of them alike; the median of the
rounds is printed. Workspaces are made with `pipe demo` under .bench/ and used again on the same day; writes run on
copies of them. The board runs on a terminal of its own (board.py), an agent's server on pipes (agent.py). Targets are
printed beside the figures and asserted nowhere. Needs Unix (pty, wait4).
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from random import Random
from typing import NamedTuple

from agent import served
from board import Paint, Seen, watched
from bring_in import write_export, write_mailbox

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / ".bench"
FLOOR = Path(__file__).with_name("floor.py")
MAPPING = ROOT / "examples" / "maven.toml"
SMALL = 100
ACTOR, ENGINEER = "lea", "marc"  # who types, and who may approve in the demo
IMPORTED_ROWS = 8_800
# A company's pipeline as a founder forecasts it (about 1,000 open of these), and one to try past days on.
FORECAST_SIZE, BACKTEST_SIZE = 5_500, 10_000
REPORT_SIZE = 10_000
BOARD_SIZE = 52_500  # about 5,000 of them open
# ru_maxrss is in KiB on Linux and in bytes on macOS.
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Case(NamedTuple):
    """A command to time: its words, the targets, and what brings the workspace back afterwards."""

    words: tuple[str, ...]
    target: float
    flat: float | None = None
    writes: bool = False
    completes: str = ""
    after: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """How the table calls it."""
        return (
            f"Tab after: {self.completes}" if self.completes else f"pipe {' '.join(self.words)}"[:40].strip()
        )


class Run(NamedTuple):
    """One run of a command: wall time, peak memory in MB, exit code."""

    seconds: float
    megabytes: float
    code: int


class Place(NamedTuple):
    """A workspace to run on, and the copy that writes may change."""

    reads: Path
    writes: Path


ADVANCE = (
    "advance", "12", "--amount", "48000", "--set", "decision_maker=Jeanne Martin",
    "--prove", "decision-maker=She said that she signs",
)  # fmt: skip
CASES = (
    Case(("--version",), 0.5),
    Case(("--help",), 0.5),
    Case((), 0.3, completes="pipe show a"),
    *(Case((word,), 1.4, 1.2) for word in ("list", "overdue", "today", "stale")),
    *(Case((word, "12"), 1.4, 1.2) for word in ("show", "why")),
    Case(("summary", "12"), 1.5, 1.2),
    Case(("add", "Bench", "10k", "-n", "call", "-d", "+3d"), 1.8, 1.2, writes=True),
    Case(("next", "12", "call", "-d", "+3d"), 1.8, 1.2, writes=True),
    Case(("prove", "12", "problem", "Stock errors"), 1.8, 1.2, writes=True),
    Case(ADVANCE, 1.8, 1.2, writes=True, after=("back", "12", "--reason", "bench")),
    Case(("done", "12", "They agree", "-n", "call", "-d", "+3d"), 1.8, 1.2, writes=True),
)


def main() -> None:
    """Make the workspaces, run the rounds, print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=100_000, help="opportunities in the large workspace")
    parser.add_argument("--runs", type=int, default=9, help="measured rounds, after one that is not")
    parser.add_argument("--rows", type=int, default=10_000, help="rows of the wide import (in full: 100000)")
    parser.add_argument("--mailbox", type=int, default=10, help="megabytes of the mailbox (in full: 100)")
    options = parser.parse_args()
    FOLDER.mkdir(exist_ok=True)
    places = [prepared(SMALL), prepared(options.size)]
    floors, runs = rounds(places, options.runs)
    print_table(options.size, floors, runs)
    print()
    print_long(f"demo --size {options.size}", made(options.size), 120 if options.size == 100_000 else None)
    print_long(f"import of {IMPORTED_ROWS} rows", import_time(), 6)
    print_imports(options.rows, options.mailbox)
    large = environment(places[1].reads)
    print_long(f"audit of {options.size}", run([*pipe(), "audit"], large), 3 * options.size / 100_000)
    workbook = [*pipe(), "export", "--xlsx", "-o", str(FOLDER / "import.xlsx")]
    print_long(
        f"workbook of {BACKTEST_SIZE}", run(workbook, environment(prepared(BACKTEST_SIZE).reads)), None
    )
    print_long(f"forecast of {options.size}", run([*pipe(), "forecast"], large), 6)
    backtest = [*pipe(), "forecast", "backtest", "--every", "21d"]
    tried = run(backtest, environment(prepared(BACKTEST_SIZE).reads))
    print_long(f"backtest, about 50 days of {BACKTEST_SIZE}", tried, 15)
    page = run([*pipe(), "report", "--html"], environment(prepared(REPORT_SIZE).reads))
    print_long(f"report --html of {REPORT_SIZE}", page, 5)
    print_forecast(options.runs)
    print_board(options.runs)
    print_agent(options.runs)
    remove(*FOLDER.glob("*-writes.db*"))


def environment(db: Path, **more: str) -> dict[str, str]:
    """What a command runs with: this workspace, this actor, no configuration of the user's."""
    return {
        **os.environ,
        "PIPE_DB": str(db),
        "PIPE_ME": ACTOR,
        "PIPE_CONFIG": str(FOLDER / "config.toml"),
        "COLUMNS": "120",
        **more,
    }


def pipe() -> list[str]:
    """The installed command beside this Python, else the module."""
    script = Path(sys.executable).with_name("pipe")
    return [str(script)] if script.exists() else [sys.executable, "-m", "pipecli"]


def run(command: list[str], env: dict[str, str]) -> Run:
    """Run a command to its end. Its memory is read from the kernel: Linux counts what this process holds as well
    while it starts the other, which is less than any of them needs.
    """
    start = time.perf_counter()
    process = subprocess.Popen(
        command, env=env, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _pid, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    return Run(seconds, usage.ru_maxrss * RSS_UNIT / 1e6, process.returncode)


def must(words: tuple[str, ...], db: Path, **more: str) -> Run:
    """Run a `pipe` command that has to succeed."""
    result = run([*pipe(), *words], environment(db, **more))
    if result.code:
        sys.exit(f"pipe {' '.join(words)} on {db.name}: exit {result.code}")
    return result


def prepared(size: int) -> Place:
    """A demo workspace of that size, made today, and a fresh copy of it to write to."""
    place = Place(database(size), FOLDER / f"{size}-writes.db")
    if not record(size).exists():
        remove(*FOLDER.glob(f"{size}-*"))
        print(f"making a workspace of {size} opportunities", file=sys.stderr)
        result = must(("demo", "--size", str(size), "--seed", "1"), place.reads)
        record(size).write_text(json.dumps(result._asdict()), encoding="utf-8")
    remove(*FOLDER.glob(f"{size}-writes.db*"))
    shutil.copyfile(place.reads, place.writes)
    must(("approve", "12", "feasible"), place.writes, PIPE_ME=ENGINEER)
    return place


def database(size: int) -> Path:
    """Where the workspace of today is."""
    return FOLDER / f"{size}-{date.today()}.db"


def record(size: int) -> Path:
    """Where it is kept how long making it took."""
    return database(size).with_suffix(".json")


def made(size: int) -> Run:
    """How making the workspace went."""
    return Run(**json.loads(record(size).read_text(encoding="utf-8")))


def remove(*paths: Path) -> None:
    """Remove files that may be there."""
    for path in paths:
        path.unlink(missing_ok=True)


def rounds(places: list[Place], count: int) -> tuple[list[float], dict[tuple[int, int], list[Run]]]:
    """The floor's times, and the runs of every case on every workspace, round by round; the first is left out."""
    floors: list[float] = []
    runs: dict[tuple[int, int], list[Run]] = {}
    for n in range(count + 1):
        floor = run([sys.executable, str(FLOOR), "table", str(places[0].reads)], environment(places[0].reads))
        one = dict(one_round(places))
        if n:
            floors.append(floor.seconds)
            for key, result in one.items():
                runs.setdefault(key, []).append(result)
        print(f"\rround {n} of {count}", end="" if n < count else "\n", file=sys.stderr, flush=True)
    return floors, runs


def one_round(places: list[Place]) -> Iterator[tuple[tuple[int, int], Run]]:
    """Every case on every workspace, once."""
    for number, case in enumerate(CASES):
        for which, place in enumerate(places):
            db = place.writes if case.writes else place.reads
            more = {"_PIPE_COMPLETE": "complete_bash", "COMP_WORDS": case.completes, "COMP_CWORD": "2"}
            yield (
                (number, which),
                run([*pipe(), *case.words], environment(db, **(more if case.completes else {}))),
            )
            if case.after:
                must(case.after, db)


def print_table(size: int, floors: list[float], runs: dict[tuple[int, int], list[Run]]) -> None:
    """One line per command: how many times the floor at either size, and how the two compare."""
    print(
        f"floor {statistics.median(floors) * 1000:.0f} ms; times in multiples of it, {len(floors)} rounds\n"
    )
    print(f"{'':40}  {SMALL:>7} {size:>7}  target  growth  target   memory")
    for number, case in enumerate(CASES):
        small, large = (runs[number, which] for which in (0, 1))
        ratios = [
            statistics.median(r.seconds / f for r, f in zip(some, floors, strict=True))
            for some in (small, large)
        ]
        growth = statistics.median(b.seconds / a.seconds for a, b in zip(small, large, strict=True))
        flat = f"≤ {case.flat:.1f}" if case.flat else ""
        memory = max(r.megabytes for r in large)
        codes = {r.code for r in (*small, *large)} - {0}
        note = "" if codes <= {4} and (not codes or case.words[:1] == ("why",)) else f"  exit {codes}"
        print(
            f"{case.name:40}  {ratios[0]:7.2f} {ratios[1]:7.2f}  ≤ {case.target:<4.1f}"
            f"  {growth:6.2f}  {flat:6}  {memory:4.0f} MB{note}"
        )
    print("\nmemory of the reads: target ≤ 60 MB")


def print_forecast(count: int) -> None:
    """The forecast of a company's size, in multiples of the floor."""
    env = environment(prepared(FORECAST_SIZE).reads)
    ratios = []
    for n in range(count + 1):
        floor = run([sys.executable, str(FLOOR), "table", env["PIPE_DB"]], env)
        found = run([*pipe(), "forecast"], env)
        if n:
            ratios.append(found.seconds / floor.seconds)
    ratio = statistics.median(ratios)
    print(f"forecast of {FORECAST_SIZE:<28}  {ratio:6.2f} x  target ≤ 4.0    {found.megabytes:5.0f} MB")


def print_board(count: int) -> None:
    """The board: its first paint in multiples of the floor, keys and letters in milliseconds."""
    env = environment(prepared(BOARD_SIZE).reads)
    floors: list[float] = []
    seen: list[Seen] = []
    for n in range(count + 1):
        floor = run([sys.executable, str(FLOOR), "table", env["PIPE_DB"]], env)
        found = watched([*pipe(), "board"], env)
        if n:
            floors.append(floor.seconds)
            seen.append(found)
    shown, settled = (
        statistics.median(s.first[which] / f for s, f in zip(seen, floors, strict=True)) for which in (0, 1)
    )
    memory = max(s.maxrss for s in seen) * RSS_UNIT / 1e6
    name = f"board of {seen[0].cards} open, first paint"
    print(f"{name:40}  {shown:6.2f} x  target ≤ 7.0    {memory:5.0f} MB  ≤ 200 MB  settled {settled:.2f} x")
    print_paints("board, a key to its card", [paint for s in seen for paint in s.keys], 60)
    print_paints("board, a letter of the filter", [paint for s in seen for paint in s.letters])


def print_agent(count: int) -> None:
    """The server of an agent: until it is introduced, and a list after that, in multiples of the floor."""
    env = environment(prepared(BOARD_SIZE).reads)
    ratios: list[tuple[float, float, float]] = []
    for n in range(count + 1):
        floor = run([sys.executable, str(FLOOR), "table", env["PIPE_DB"]], env).seconds
        found = served([*pipe(), "mcp"], env)
        if n:
            times = (found.initialize, found.first, statistics.median(found.lists))
            ratios.append((times[0] / floor, times[1] / floor, times[2] / floor))
    hello, first, later = (statistics.median(some) for some in zip(*ratios, strict=True))
    memory = found.maxrss * RSS_UNIT / 1e6
    print(f"{'mcp, until it is introduced':40}  {hello:6.2f} x  target ≤ 10     {memory:5.0f} MB")
    print(f"{f'mcp, a list of {found.n} open':40}  {later:6.2f} x  target ≤ 0.33   the first {first:.2f} x")


def print_paints(name: str, paints: list[Paint], target: float | None = None) -> None:
    """How long until it was shown, median and 90th percentile, and until the board had settled."""
    shown, settled = ([1000 * paint[which] for paint in paints] for which in (0, 1))
    middle, ninth = statistics.median(shown), statistics.quantiles(shown, n=10)[-1]
    beside = f"target ≤ {target:.0f} ms" if target else ""
    more = f"p90 {ninth:.0f} ms  settled {statistics.median(settled):.0f} ms  n = {len(paints)}"
    print(f"{name:40}  {middle:5.0f} ms  {beside:14}  {more}")


def import_time() -> Run:
    """An import of a generated file, as wide and as long as the Maven sample, into a workspace as `init` makes it."""
    db, file = FOLDER / "import.db", FOLDER / "import.csv"
    remove(*FOLDER.glob("import.*"))
    file.write_text("\n".join(csv_lines(Random(1))) + "\n", encoding="utf-8")
    must(("init", "--template", "b2b"), db)
    return must(("import", str(file), "--mapping", str(MAPPING)), db)


def print_imports(rows: int, megabytes: int) -> None:
    """A wide export that lands, comes again unchanged and with one row in a hundred changed; then a mailbox.

    Targets are those of 100,000 rows and 100 MB, for less in proportion; memory is not to grow with them.
    """
    db, file, box = FOLDER / "import.db", FOLDER / "import.csv", FOLDER / "import.mbox"
    remove(*FOLDER.glob("import.*"))
    must(("init", "--template", "b2b"), db)
    write_export(file, rows)
    bring = ("import", str(file))
    print_long(f"import of {rows} wide rows", must(bring, db), 30 * rows / 100_000, 400)
    print_long("  the same again", must(bring, db), None, 400)
    write_export(file, rows, changed=rows // 100)
    print_long("  with 1 % changed", must(bring, db), None, 400)
    write_mailbox(box, megabytes, max(1, rows // 4))
    taken = run([*pipe(), "import", str(box)], environment(db))
    print_long(f"mailbox of {megabytes} MB", taken, 60 * megabytes / 100, 200)
    remove(*FOLDER.glob("import.*"))


def csv_lines(rng: Random) -> Iterator[str]:
    """A header and rows like those of the Maven sample: two thirds closed, the rest open, some blank."""
    yield "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value"
    for n in range(IMPORTED_ROWS):
        engaged = date.fromordinal(date(2016, 10, 20).toordinal() + rng.randrange(400))
        closed = date.fromordinal(engaged.toordinal() + rng.randrange(1, 140))
        stage = rng.choices(("Won", "Lost", "Engaging", "Prospecting"), (48, 28, 18, 6))[0]
        account = f"Account {rng.randrange(85)}" if stage in ("Won", "Lost") or rng.random() < 0.3 else ""
        dates = (
            f"{engaged},{closed}"
            if stage in ("Won", "Lost")
            else f"{engaged if stage == 'Engaging' else ''},"
        )
        value = rng.randrange(40, 30_000) if stage == "Won" else 0 if stage == "Lost" else ""
        yield f"B{n:07d},Seller {rng.randrange(30)},Product {rng.randrange(7)},{account},{stage},{dates},{value}"


def print_long(name: str, result: Run, target: float | None, room: int | None = None) -> None:
    """A command that takes long, in seconds, and what memory it takes."""
    beside = f"target ≤ {target:.3g} s" if target else ""
    most = f"  ≤ {room} MB" if room else ""
    print(f"{name:40}  {result.seconds:6.1f} s  {beside:14}  {result.megabytes:5.0f} MB{most}")


if __name__ == "__main__":
    main()
