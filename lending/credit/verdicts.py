"""What judging a case says: an outcome, a limit and a price, and why. Pure: codes and figures, no sentences."""

from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

MOST_REASONS: Final = 4
MOST_HELPED: Final = 3


class Outcome(StrEnum):
    """What the bank's rules say of a case."""

    APPROVED = "approved"
    REFERRED = "referred"
    DECLINED = "declined"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why, as a code with parameters; `reasons.py` makes the sentence. A characteristic's code is its feature's."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)  # plain JSON
    family: str = "policy"
    topic: str = ""


@dataclass(frozen=True, slots=True)
class Alternative:
    """What would change the outcome, as a code with parameters."""

    code: str
    params: dict[str, Any] = field(default_factory=dict)  # plain JSON


@dataclass(frozen=True, slots=True)
class Verdict:
    """The whole answer. For an approval, `reasons` are what kept the grade from being better."""

    outcome: Outcome
    grade: str
    probability_of_default: Decimal
    points: int
    limit_amount: Decimal | None  # the largest amount that passes for this term; None when it cannot be measured
    annual_rate: Decimal | None  # None when no grade lends
    reasons: tuple[Reason, ...]
    helped: tuple[Reason, ...]
    alternatives: tuple[Alternative, ...]

    def as_data(self) -> dict[str, Any]:
        """Write the verdict as plain JSON: what a decision stores and a replay compares."""
        return {
            "outcome": self.outcome.value,
            "grade": self.grade,
            "probability_of_default": str(self.probability_of_default),
            "points": self.points,
            "limit_amount": None if self.limit_amount is None else str(self.limit_amount),
            "annual_rate": None if self.annual_rate is None else str(self.annual_rate),
            "reasons": [_reason_data(each) for each in self.reasons],
            "helped": [_reason_data(each) for each in self.helped],
            "alternatives": [{"code": each.code, "params": each.params} for each in self.alternatives],
        }


def reason_of(data: dict[str, Any]) -> Reason:
    """Read a reason that `Verdict.as_data` wrote."""
    return Reason(data["code"], data["params"], data["family"], data["topic"])


def alternative_of(data: dict[str, Any]) -> Alternative:
    """Read an alternative that `Verdict.as_data` wrote."""
    return Alternative(data["code"], data["params"])


def verdict_of(data: dict[str, Any]) -> Verdict:
    """Read a verdict that `as_data` wrote."""
    limit, rate = data["limit_amount"], data["annual_rate"]
    return Verdict(
        outcome=Outcome(data["outcome"]),
        grade=data["grade"],
        probability_of_default=Decimal(data["probability_of_default"]),
        points=data["points"],
        limit_amount=None if limit is None else Decimal(limit),
        annual_rate=None if rate is None else Decimal(rate),
        reasons=tuple(reason_of(each) for each in data["reasons"]),
        helped=tuple(reason_of(each) for each in data["helped"]),
        alternatives=tuple(alternative_of(each) for each in data["alternatives"]),
    )


def _reason_data(reason: Reason) -> dict[str, Any]:
    return {"code": reason.code, "params": reason.params, "family": reason.family, "topic": reason.topic}
