"""Every string that the sources mark for translation is translated, and none is in doubt."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from babel.messages.catalog import Message
from babel.messages.pofile import read_po

PROJECT = Path(__file__).resolve().parent.parent.parent
CATALOG = Path("locale") / "zh_Hans" / "LC_MESSAGES" / "django.po"
SOURCES = ("portal", "accounts", "lending", "training", "templates", "locale", "manage.py")
MAKE_MESSAGES = (
    "makemessages",
    "--locale",
    "zh_Hans",
    "--no-wrap",
    "--extension",
    "html,txt,py",
    "--ignore",
    "tests/*",
)
TOOLS = ("xgettext", "msgmerge", "msgfmt", "msguniq", "msgattrib")
SHOWN = 40
HALF_WIDTH = re.compile(r"[\u4e00-\u9fff][,;:!?(]|\)[\u4e00-\u9fff]|[，。、；：！？] [\u4e00-\u9fff]")


class GettextMissing(Exception):
    """The programs that collect strings are not installed."""


def collect_in_place(environment: Mapping[str, str]) -> int:
    """Bring the project's own catalog up to date with its sources.

    :raises GettextMissing: the programs for it are not installed.
    """
    _collect(PROJECT, environment, "--no-location", "--no-obsolete")
    print(_told(problems(PROJECT / CATALOG)) or "Every string is translated.")
    return 0


def problems(catalog: Path) -> list[str]:
    """Tell which strings of a catalog are not translated or in doubt, with the place that uses them."""
    with catalog.open("rb") as file:
        messages = read_po(file)
    return [
        f"{path}:{line}: {state}: {message.id!r}"
        for message in messages
        for state in _states(message)
        for path, line in (message.locations or [("", 0)])[:1]
    ]


def _states(message: Message) -> Iterator[str]:
    if not message.id:
        return
    texts = message.string if isinstance(message.string, (tuple, list)) else [message.string]
    if not all(texts):
        yield "not translated"
    elif message.fuzzy:
        yield "in doubt (fuzzy)"
    elif any(HALF_WIDTH.search(text or "") for text in texts):
        yield "set with stops or spaces of Latin text"


def _collect(project: Path, environment: Mapping[str, str], *options: str) -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        raise GettextMissing(f"{', '.join(missing)} not found. On Debian: apt-get install gettext")
    (project / CATALOG).parent.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "manage.py", *MAKE_MESSAGES, *options],
        cwd=project,
        env=dict(environment),
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stdout + done.stderr)


def _format_problems(catalog: Path) -> list[str]:
    """Tell where a translation's placeholders differ from the string's."""
    command = ["msgfmt", "--check-format", "--check-domain", "--output-file", os.devnull, str(catalog)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stderr.splitlines() if done.returncode else []


def main() -> int:
    """Collect the strings into a copy of the sources, and compare what the catalog makes of them."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder)
        for name in SOURCES:
            source = PROJECT / name
            if source.is_dir():
                shutil.copytree(source, copy / name, ignore=shutil.ignore_patterns("__pycache__", "*.mo", "tests"))
            elif source.exists():
                shutil.copy(source, copy / name)
        try:
            _collect(copy, os.environ)
        except GettextMissing as refusal:
            print(refusal)
            return 1
        found = problems(copy / CATALOG) + _format_problems(copy / CATALOG)
    print(_told(found))
    return 1 if found else 0


def _told(found: list[str]) -> str:
    if not found:
        return ""
    more = [f"... and {len(found) - SHOWN} more"] if len(found) > SHOWN else []
    advice = f"{len(found)} strings to see to: run `make messages`, then edit {CATALOG}."
    return "\n".join([*found[:SHOWN], *more, advice])


if __name__ == "__main__":
    sys.exit(main())
