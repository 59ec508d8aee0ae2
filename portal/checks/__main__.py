"""Run every check, say how each went, and show in full what failed."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from portal import engines
from portal.checks import translations

PROJECT = Path(__file__).resolve().parent.parent.parent
PROGRAMS = Path(sys.executable).parent
PYTHON = sys.executable
PRODUCTION = {
    "SECURE": "1",
    "DEMO": "0",
    "ALLOWED_HOSTS": "bank.example",
    "SITE_URL": "https://bank.example",
    "SMS_URL": "https://sms.bank.example/messages",
    "BANK_NAME_EN": "Bank",
    "BANK_NAME_ZH_HANS": "银行",
    "NOSTRO_NUMBER": "1",
    "NOSTRO_BIC": "BANKCNBJXXX",
}


@dataclass(frozen=True)
class Check:
    """One proof: a command that ends with zero when it holds."""

    name: str
    command: Sequence[str]
    production: bool = False  # under the settings that a bank runs with


def checks() -> list[Check]:
    """List the checks, the quick ones first."""
    templates = sorted(str(path.relative_to(PROJECT)) for path in (PROJECT / "templates").rglob("*.html"))
    return [
        Check("format", [_program("ruff"), "format", "--check", "."]),
        Check("lint", [_program("ruff"), "check", "."]),
        Check("layers", [_program("lint-imports"), "--no-cache"]),
        Check("template format", [_program("djade"), "--check", *templates]),
        Check("template rules", [PYTHON, "-m", "portal.checks.templates"]),
        Check("stylesheet", [PYTHON, "-m", "portal.core.theme.build", "--check"]),
        Check("pins", [PYTHON, "-m", "portal.checks.pins"]),
        Check("migrations", [PYTHON, "manage.py", "makemigrations", "--check", "--dry-run"]),
        Check("translations", [PYTHON, "-m", "portal.checks.translations"]),
        Check("deployment", [PYTHON, "manage.py", "check", "--deploy", "--fail-level", "WARNING"], production=True),
        Check("types", [_program("mypy"), "."]),
    ]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the checks, or those that are named, and give 0 when all hold."""
    parser = argparse.ArgumentParser(prog="python -m portal.checks", description=__doc__)
    parser.add_argument("names", nargs="*", help="only these checks")
    parser.add_argument("--collect-messages", action="store_true", help="collect strings to translate, and end")
    options = parser.parse_args(arguments)
    os.chdir(PROJECT)
    try:
        with engines.endings_raised(), engines.trial(os.environ) as environment:
            if options.collect_messages:
                return translations.collect_in_place({**os.environ, **environment})
            return _run_all(options.names, {**os.environ, **environment})
    except (engines.EngineRefused, translations.GettextMissing) as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except engines.Ended as ending:
        return 128 + ending.signal


def _run_all(names: Sequence[str], environment: dict[str, str]) -> int:
    chosen = [check for check in checks() if not names or check.name in names]
    failed = [check.name for check in chosen if not _holds(check, environment)]
    if failed:
        print(f"Failed: {', '.join(failed)}.")
        return 1
    print(f"All {len(chosen)} checks hold.")
    return 0


def _holds(check: Check, environment: dict[str, str]) -> bool:
    print(f"{check.name:16} ", end="", flush=True)
    began = time.monotonic()
    if check.production:
        environment = {name: value for name, value in environment.items() if name != "ENGINES_EMBEDDED"} | PRODUCTION
    done = subprocess.run(
        check.command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
        preexec_fn=engines.dies_with_parent(),  # no threads here
    )
    holds = done.returncode == 0
    print(f"{'ok' if holds else 'FAILED':6} {time.monotonic() - began:5.1f} s", flush=True)
    if not holds:
        print(done.stdout, flush=True)
    return holds


def _program(name: str) -> str:
    return str(PROGRAMS / name)


if __name__ == "__main__":
    sys.exit(main())
