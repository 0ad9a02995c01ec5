"""An agent: the library's real client, which starts the program and talks to it over its stdin and stdout.

The program's clock stands where the test's does.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from anyio.from_thread import BlockingPortal, start_blocking_portal
from mcp import Client, StdioServerParameters, stdio_client
from mcp_types import CallToolResult, Implementation, TextContent, Tool

from pipecli import clock

FROZEN = """
import sys
from datetime import datetime
from pipecli import clock, entry
clock.freeze(datetime.fromisoformat(sys.argv[1]))
sys.exit(entry.run(sys.argv[2:]))
"""
Document = dict[str, Any]


class Agent:
    """A connected agent; `log` is what the program wrote to stderr."""

    def __init__(self, portal: BlockingPortal, client: Client, log: Path) -> None:
        self._portal = portal
        self.client = client
        self.log = log

    def call(self, tool: str, **arguments: Any) -> Document:
        """What a tool answers."""
        return self._document(tool, arguments, is_error=False)

    def refused(self, tool: str, **arguments: Any) -> Document:
        """The error a tool answers with."""
        return self._document(tool, arguments, is_error=True)

    def at_once(self, tool: str, *several: Document) -> list[Document]:
        """What a tool answers to several calls, none of which waits for another's answer."""
        calls = [self._portal.start_task_soon(self.client.call_tool, tool, given) for given in several]
        return [call.result(60).structured_content or {} for call in calls]

    def tools(self) -> list[Tool]:
        """The tools there are."""
        return self._portal.call(self.client.list_tools).tools

    def _document(self, tool: str, arguments: Document, *, is_error: bool) -> Document:
        found = self._portal.call(self.client.call_tool, tool, arguments)
        assert isinstance(found, CallToolResult)
        [text] = found.content
        assert isinstance(text, TextContent)
        assert bool(found.is_error) is is_error, text.text
        document = found.structured_content
        assert isinstance(document, dict) and json.loads(text.text) == document
        return document


def frozen(*words: str) -> list[str]:
    """The command line that runs the program with its clock standing where it stands here."""
    return [sys.executable, "-c", FROZEN, clock.now().isoformat(), *words]


@contextmanager
def agent(
    *words: str,
    name: str = "claude-code",
    mode: str = "auto",
    command: list[str] | None = None,
    **environment: str,
) -> Iterator[Agent]:
    """An agent of that name; `words` go behind `pipe mcp`, `environment` on top of the test's."""
    executable, *arguments = command or frozen("mcp", *words)
    log = Path(os.environ["PIPE_CONFIG"]).with_name("mcp.log")
    server = StdioServerParameters(command=executable, args=arguments, env={**os.environ, **environment})
    with log.open("w") as stderr, start_blocking_portal() as portal:
        client = Client(
            stdio_client(server, stderr), client_info=Implementation(name=name, version="1"), mode=mode
        )
        failure = None
        with portal.wrap_async_context_manager(client) as connected:
            try:
                yield Agent(portal, connected, log)
            except BaseException as error:  # which would come out of the client's tasks as a group of groups
                failure = error
        if failure:
            raise failure
