"""Every installed package is pinned, by a requirement or a constraint, at the version installed."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from importlib.metadata import distributions
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
FILES = (*sorted(path.name for path in PROJECT.glob("requirements*.txt")), "constraints.txt")  # optional extras too
INSTALLERS = {"pip", "setuptools", "wheel"}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==(\S+)")
DIRECT = re.compile(r"^[A-Za-z0-9]")


def normal(name: str) -> str:
    """Spell a package's name as indexes compare it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def pins_of(lines: Iterable[str]) -> dict[str, str]:
    """Read the pins of a requirements file."""
    found = (PIN.match(line) for line in lines)
    return {normal(match[1]): match[2] for match in found if match}


def problems(installed: dict[str, str], files: dict[str, list[str]]) -> list[str]:
    """Tell what is installed without a pin or beside it, and what is required without pin or purpose."""
    pins: dict[str, str] = {}
    found = []
    for file, lines in files.items():
        pins |= pins_of(lines)
        for line in lines:
            if DIRECT.match(line) and not PIN.match(line):
                found.append(f"{file}: not pinned: {line.strip()}")
            elif DIRECT.match(line) and file.startswith("requirements") and "#" not in line:
                found.append(f"{file}: no purpose given: {line.strip()}")
    for name, version in sorted(installed.items()):
        if pins.get(name) != version and name not in INSTALLERS:
            found.append(
                f"{name} {version} is installed, pinned is {pins.get(name, 'nothing')}: run `make constraints`"
            )
    return found


def main() -> int:
    """Compare this environment with the project's files."""
    installed = {normal(found.name): found.version for found in distributions()}
    found = problems(installed, {name: (PROJECT / name).read_text().splitlines() for name in FILES})
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
