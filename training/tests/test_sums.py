"""Every sum that a lesson or a question writes down is right."""

import re
from decimal import Decimal
from functools import reduce

import pytest

from training.tests.builders import COURSES

NUMBER = r"\d[\d,]*(?:\.\d+)?%?"
TERM = rf"\(?{NUMBER}\)?"
SUM = re.compile(rf"({TERM}(?:\s*[×÷+−]\s*{TERM})+)\s*=\s*({NUMBER})")
TEXTS = sorted(path for path in COURSES.glob("*/*") if path.suffix in {".md", ".toml"})


def amount(text: str) -> Decimal:
    """Read a number as it is written; a percentage is a fraction."""
    plain = Decimal(text.rstrip("%").replace(",", ""))
    return plain / 100 if text.endswith("%") else plain


def worked_out(text: str) -> Decimal:
    """Work a sum out: brackets first, then × and ÷, then + and −."""
    while bracket := re.search(r"\(([^()]*)\)", text):
        text = text.replace(bracket.group(0), f"{worked_out(bracket.group(1)):f}")
    parts = re.split(r"\s*([+−])\s*", text)
    signs = ["+", *parts[1::2]]
    return sum(
        (product(part) * (1 if sign == "+" else -1) for sign, part in zip(signs, parts[::2], strict=True)), Decimal(0)
    )


def product(text: str) -> Decimal:
    """Multiply and divide from the left."""
    first, *rest = re.split(r"\s*([×÷])\s*", text)
    steps = zip(rest[::2], rest[1::2], strict=True)
    return reduce(
        lambda value, step: value * amount(step[1]) if step[0] == "×" else value / amount(step[1]), steps, amount(first)
    )


def test_works_sums_out() -> None:
    assert worked_out("(28,000 + 400) ÷ 100 − 2 × 50%") == 283


@pytest.mark.parametrize("path", TEXTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_are_right(path) -> None:
    for told, result in SUM.findall(path.read_text().replace("**", "")):
        places = len(result.rstrip("%").partition(".")[2]) + 2 * result.endswith("%")
        assert round(worked_out(told), places) == amount(result), f"{told} = {result}"
