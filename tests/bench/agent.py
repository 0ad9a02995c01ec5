"""An agent's server, timed from outside: until it has introduced itself, and how long a list takes after that.

What is sent and read are lines of JSON on its pipes, so that nothing of a client's own is timed. Run and printed by
`ratio.py`. Needs Unix (wait4).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from typing import Any, NamedTuple

CALLS = 20
HELLO = {"protocolVersion": "2025-11-25", "capabilities": {}, "clientInfo": {"name": "bench", "version": "1"}}


class Served(NamedTuple):
    """One run: until `initialize` was answered, each list after it (the first one apart), in seconds; memory."""

    initialize: float
    first: float
    lists: list[float]
    n: int
    maxrss: int


def served(command: list[str], env: dict[str, str]) -> Served:
    """Start a server, be introduced, ask for lists, and let it end."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    _ask(process, 0, "initialize", HELLO)
    initialize = time.perf_counter() - start
    lists, found = [], {}
    for number in range(1, CALLS + 2):
        start = time.perf_counter()
        found = _ask(process, number, "tools/call", {"name": "list_opportunities", "arguments": {}})
        lists.append(time.perf_counter() - start)
    assert process.stdin
    process.stdin.close()
    _pid, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        sys.exit(f"the server ended with exit code {process.returncode}")
    return Served(initialize, lists[0], lists[1:], found["structuredContent"]["n"], usage.ru_maxrss)


def _ask(process: subprocess.Popen[str], number: int, method: str, params: dict[str, Any]) -> dict[str, Any]:
    assert process.stdin and process.stdout
    request = {"jsonrpc": "2.0", "id": number, "method": method, "params": params}
    process.stdin.write(json.dumps(request) + "\n")
    process.stdin.flush()
    answer = json.loads(process.stdout.readline())
    if "result" not in answer:
        sys.exit(f"{method} is not answered: {answer}")
    return answer["result"]  # type: ignore[no-any-return]
