"""Data in and out: demo."""

from __future__ import annotations

from typing import Annotated

import typer

from pipecli.render.console import note
from pipecli.text import _

from .options import workspace


def demo(
    context: typer.Context,
    size: Annotated[int, typer.Option("--size", min=1, max=1_000_000, help=_("how many opportunities"))] = 60,
    seed: Annotated[int, typer.Option("--seed", help=_("another sample"))] = 1,
) -> None:
    from pipecli.service import demo as sample

    place = workspace(context)
    result = sample.demo(place.settings, size=size, seed=seed)
    note(str(result))
