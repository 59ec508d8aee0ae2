"""What a file leaves open and only its owner can tell: the readings side by side, and the answers. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Self

DATES: Final = "dates"
AMOUNTS: Final = "amounts"
COLUMNS: Final = "columns"
PASSWORD: Final = "password"  # noqa: S105 - the name of a kind
SHOWN: Final = 4  # examples of each reading
ROWS_SHOWN: Final = 8
FIRST_ROW: Final = "first_row"  # stands beside the roles of an answer about columns


@dataclass(frozen=True, slots=True)
class Example:
    """A place in the file: its line, what stands there, and how it would be read."""

    line: int
    written: str
    read: str


@dataclass(frozen=True, slots=True)
class Option:
    """One way to read the file."""

    answer: str
    examples: tuple[Example, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """Which of several readings is meant; about columns, the first rows and what each column seems to be.

    Of a locked file, what kind it is; the answer opens it and is kept nowhere.
    """

    kind: str
    options: tuple[Option, ...] = ()
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    guessed: Mapping[str, int] = field(default_factory=dict)
    locked: str = ""

    def as_data(self) -> dict[str, Any]:
        """Write it as plain JSON, to be kept beside the statement."""
        if self.kind == PASSWORD:
            return {"kind": self.kind, "locked": self.locked}
        if self.kind == COLUMNS:
            rows = [{"line": line, "cells": list(cells)} for line, cells in self.rows]
            return {"kind": self.kind, "rows": rows, "guessed": dict(self.guessed)}
        return {
            "kind": self.kind,
            "options": [
                {
                    "answer": option.answer,
                    "examples": [{"line": each.line, "written": each.written, "read": each.read} for each in examples],
                }
                for option in self.options
                for examples in [option.examples]
            ],
        }


@dataclass(frozen=True, slots=True)
class Answers:
    """What was answered about a file so far; empty where nothing was asked."""

    dates: str = ""
    amounts: str = ""
    columns: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of_data(cls, data: Mapping[str, Any]) -> Self:
        """Read the answers that were kept."""
        return cls(data.get(DATES, ""), data.get(AMOUNTS, ""), data.get(COLUMNS, {}))


NOTHING_ANSWERED: Final = Answers()
