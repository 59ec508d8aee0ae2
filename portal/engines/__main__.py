"""The command: runs another command with the engines around it."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from portal.engines.folders import EngineRefused, default_folder
from portal.engines.kept import kept_settings
from portal.engines.pair import running
from portal.engines.processes import dies_with_parent
from portal.engines.signals import ENDINGS, Ended, at_the_terminal, endings_raised


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command with the engines around it and give the command's exit code."""
    parser = argparse.ArgumentParser(prog="python -m portal.engines", description=__doc__)
    parser.add_argument("--data", type=Path, default=None, help="data folder; by default one of this project")
    parser.add_argument("--fast", action="store_true", help="give durability up for speed; for tests")
    parser.add_argument("command", nargs=argparse.REMAINDER, help="-- and the command to run")
    options = parser.parse_args(arguments)
    command = [*options.command]
    if command[:1] == ["--"]:
        command = command[1:]
    if not command:
        parser.error("name a command after --")
    folder = options.data or default_folder()
    try:
        with endings_raised(), running(folder, fast=options.fast, given=os.environ) as engines:
            return _run(command, {**kept_settings(folder.resolve()), **os.environ, **engines.environment()})
    except EngineRefused as refusal:
        print(refusal, file=sys.stderr)
        return 1
    except Ended as ending:
        return 128 + ending.signal


def _run(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run a command to its end, hand signals on to it, and give its exit code."""
    try:
        process = subprocess.Popen(
            command,
            env=dict(environment),
            preexec_fn=dies_with_parent(signal.SIGTERM),  # noqa: PLW1509  # no threads here
        )
    except OSError as problem:
        print(f"{command[0]}: {problem.strerror}", file=sys.stderr)
        return 127

    def hand_on(number: int, _frame: object) -> None:
        if number != signal.SIGINT or not at_the_terminal():  # the terminal itself tells the whole group
            process.send_signal(number)

    before = {number: signal.signal(number, hand_on) for number in ENDINGS}
    try:
        code = process.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    sys.exit(main())
