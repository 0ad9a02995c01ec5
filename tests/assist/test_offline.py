"""What opens no connection: importing what asks, importing litellm through our door, and a dry run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

# Says every way out of the process that was tried. Importing urllib3, which litellm does, binds an address of the
# machine itself to see whether it knows IPv6; that reaches nobody.
WATCH = """
import sys
tried = []
ways = ("socket.connect", "socket.sendto", "socket.sendmsg", "socket.getaddrinfo", "socket.gethostbyname",
        "socket.gethostbyaddr", "urllib.Request", "http.client.connect", "subprocess.Popen", "os.system")
sys.addaudithook(lambda event, arguments: tried.append((event, repr(arguments))) if event in ways else None)
{code}
assert not tried, tried
"""
IMPORT = """
import os, pathlib
pathlib.Path(".env").write_text("OPENAI_API_KEY=sk-from-a-file\\n")
from pipecli.assist import answers, consent, faults, redact, request, streaming
from pipecli.assist import model
assert "litellm" not in sys.modules
litellm = model._litellm()
assert litellm.model_cost["gpt-4o-mini"]["input_cost_per_token"]
assert not (litellm.telemetry or litellm.success_callback or litellm.failure_callback or litellm.callbacks)
assert "OPENAI_API_KEY" not in os.environ
"""
DRY_RUN = """
from pipecli.assist.request import Part, Request
from pipecli.config import Settings
from pipecli.render.assistance import print_request
from pipecli.service import assistance, creating
from pipecli.service.workspace import Workspace
creating.init(Settings())
request = Request("summary", "Sum up.", (Part(3, "Hello"),), language="fr")
how = assistance.Assistance(dry_run=True, show=print_request)
assert assistance.ask(Workspace(Settings()), request, how) is None
assert "litellm" not in sys.modules
"""


def run(code: str, folder: Path, **environment: str) -> str:
    """What the code prints in a process of its own that is watched."""
    kept = {n: v for n, v in os.environ.items() if not n.startswith(("PIPE_", "LITELLM_", "OPENAI_"))}
    found = subprocess.run(
        [sys.executable, "-c", WATCH.replace("{code}", code)],
        cwd=folder,
        env={**kept, "PIPE_CONFIG": str(folder / "config.toml"), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert (found.returncode, found.stderr) == (0, "")
    return found.stdout


def test_importing_the_library_through_our_door_reaches_nobody(tmp_path: Path) -> None:
    assert run(IMPORT, tmp_path) == ""


def test_a_dry_run_reaches_nobody_and_loads_no_library(tmp_path: Path) -> None:
    found = run(
        DRY_RUN,
        tmp_path,
        PIPE_AI_MODEL="openai/x",
        OPENAI_API_KEY="sk-test-0123456789",
        PIPE_DB=str(tmp_path / "pipe.db"),
    )
    printed = json.loads(found)
    assert list(printed) == ["model", "messages", "max_tokens", "stream", "stream_options"]
    assert printed["messages"][1] == {"role": "user", "content": '{"entry": 3, "text": "Hello"}'}
    assert "sk-test" not in found


def test_the_watch_sees_what_reaches_out(tmp_path: Path) -> None:
    code = "import socket; socket.socket().connect_ex(('127.0.0.1', 9))"
    with pytest.raises(AssertionError):
        run(code, tmp_path)


def test_without_the_library_one_line_says_how_to_add_it(tmp_path: Path) -> None:
    code = """
sys.modules["litellm"] = None
from pipecli.assist.model import _litellm
from pipecli.errors import AssistError
try:
    _litellm()
except AssistError as error:
    print(error.message)
"""
    assert run(code, tmp_path) == "asking a model needs the [ai] extra; add it: pip install litellm\n"
