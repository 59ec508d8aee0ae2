"""What the commands of learning share: which rows, which options, and where results go."""

from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from lending.credit import shipped
from lending.credit.learning import gathering
from lending.credit.learning.rows import LabeledRow
from lending.credit.models import Policy


def add_arguments(parser: ArgumentParser) -> None:
    """Ask for the rows and what may enter."""
    parser.add_argument("dataset", help="what import_labeled brought in, or: book")
    parser.add_argument("--output", type=Path, required=True, help="folder for the report and the tables")
    parser.add_argument("--as-of", type=date.fromisoformat, help="judge everyone on this day, by evidence up to it")
    parser.add_argument("--code", default="learned", help="code of the scorecard")
    parser.add_argument(
        "--section", action="append", default=[], metavar="LETTER",
        help="a section of trades that the scorecard judges; without any, those that no other card in force names",
    )  # fmt: skip
    parser.add_argument("--without-size", action="store_true", help="leave out what tells of size")
    parser.add_argument("--without", action="append", default=[], metavar="FEATURE", help="a feature to leave out")
    parser.add_argument("--repeats", type=int, default=5, help="how often folds are dealt anew (5)")


def rows_of(options: Mapping[str, Any]) -> list[LabeledRow]:
    """Measure the rows.

    :raises LearningRefused: when there is no such data set.
    """
    return gathering.rows_of(options["dataset"], as_of=options["as_of"])


def grades() -> list[dict[str, Any]]:
    """Take the grades of the policy in force, or of the shipped one."""
    policy = Policy.objects.active().first()
    table = policy.table if policy else shipped.documents("policies")[0]
    found: list[dict[str, Any]] = table["grades"]
    return found


def options_of(options: Mapping[str, Any]) -> Any:
    """Turn a command's options into those of learning."""
    from lending.credit.learning import tables

    return tables.Options(
        code=options["code"],
        industries=tuple(options["section"]),
        without_size=options["without_size"],
        without=frozenset(options["without"]),
    )
