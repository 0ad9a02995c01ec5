"""A bar on stderr for what takes its time."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from pipecli.render.console import is_terminal

Progress = Callable[[int, int], None]


@contextmanager
def progress_bar(label: str) -> Iterator[Progress | None]:
    """A bar on stderr where somebody watches; nothing in a script."""
    if not is_terminal(sys.stderr):
        yield None
        return
    with ExitStack() as shown:
        bar, task = None, None

        def tell(done: int, total: int) -> None:
            nonlocal bar, task
            if bar is None or task is None:  # what is asked first would stand in its way
                from rich.console import Console
                from rich.progress import Progress as Bar

                bar = shown.enter_context(Bar(console=Console(stderr=True), transient=True))
                task = bar.add_task(label, total=None)
            bar.update(task, completed=done, total=total)

        yield tell
