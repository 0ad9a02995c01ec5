"""What is asked of an import beside its file; light, because every command that reads a file names it."""

from __future__ import annotations

from typing import NamedTuple


class Request(NamedTuple):
    """What was asked beside the file: `maps` are FIELD=COLUMN, `stages` LABEL=KEY, `dates` and `decimal` settle a
    column that shows neither; the rest names files, a sheet, an encoding."""

    maps: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    mapping: str | None = None
    history: str | None = None
    rejected: str | None = None
    sheet: str | None = None
    dates: str | None = None
    decimal: str | None = None
    encoding: str | None = None
    save_mapping: str | None = None

    def words(self) -> list[str]:
        """What says how the file is to be read, as options are typed; what labels mean is not among it."""
        found = [word for text in self.maps for word in ("--map", text)]
        for name in ("mapping", "history", "sheet", "dates", "decimal", "encoding"):
            if value := getattr(self, name):
                found += [f"--{name}", value]
        return found
