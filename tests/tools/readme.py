"""Hold the README against the program: the help text it shows, and the commands it tells people to type."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PIPE = Path(sys.executable).with_name("pipe")


def printed_help() -> str:
    """What `pipe --help` prints, in English."""
    environ = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "PIPE_CONFIG": "/nonexistent", "HOME": "/"}
    return subprocess.run(
        [PIPE, "--help"], env=environ, capture_output=True, text=True, check=True
    ).stdout.strip()


def shown_help(readme: str) -> str:
    """The help text between the README's markers."""
    found = re.search(r"<!-- help -->\n```text\n(.*?)\n```", readme, re.DOTALL)
    return found.group(1).strip() if found else ""


def faults(readme: str) -> list[str]:
    """What the README says that is not so."""
    out = []
    if shown_help(readme) != printed_help():
        out.append("the help text is not the program's: python tests/tools/readme.py --write")
    commands = set(re.findall(r"^  ([a-z]+) +", printed_help(), re.MULTILINE))
    typed = {m.group(1) for m in re.finditer(r"^\$ pipe (?:--demo )?([a-z]+)", readme, re.MULTILINE)}
    out += [f"there is no command {name!r}" for name in sorted(typed - commands)]
    # The name on the public index is a stranger's package.
    out += [
        f"tells to install a stranger's package: {m}"
        for m in re.findall(r"(?:pip|pipx|uv tool) install pipecli\b", readme)
    ]
    return out


def main() -> int:
    """Print the faults; with --write put the program's help text in."""
    readme = README.read_text(encoding="utf-8")
    if "--write" in sys.argv:
        block = f"<!-- help -->\n```text\n{printed_help()}\n```"
        readme = re.sub(r"<!-- help -->\n```text\n.*?\n```", lambda _m: block, readme, flags=re.DOTALL)
        README.write_text(readme, encoding="utf-8")
    found = faults(readme)
    print("\n".join(f"README.md: {fault}" for fault in found) or "README.md: the help text is the program's")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
