"""Programs and introductions with believable defaults."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Final

from django.utils import timezone

from accounts.identity import consents
from accounts.identity.models import Enterprise, User
from lending.funding import operations, sharing
from lending.funding.models import FundingProgram, Introduction
from lending.funding.sharing import Item

NOW: Final = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY: Final = date(2026, 3, 2)
GUARANTEE: Final[dict[str, Any]] = {
    "kind": "guarantee",
    "name_en": "County guarantee",
    "name_zh_hans": "县域担保",
    "summary_en": "Stands in for a loan.",
    "summary_zh_hans": "为贷款提供担保。",
    "run_by_en": "Public fund",
    "run_by_zh_hans": "担保基金",
    "website": "https://fund.example/",
    "min_amount": Decimal(10000),
    "max_amount": Decimal(100000),
    "cost_en": "0.8% a year",
    "cost_zh_hans": "每年0.8%",
    "papers_en": "License",
    "papers_zh_hans": "营业执照",
}


def propose(code: str = "guarantee", **changed: Any) -> FundingProgram:
    """Propose an edition that waits for approval."""
    at = changed.pop("at", NOW)
    return operations.propose(code, by="U-ADMIN", at=at, **(GUARANTEE | changed))


def make_program(code: str = "guarantee", **changed: Any) -> FundingProgram:
    """Bring a program out."""
    at = changed.get("at", NOW)
    program = propose(code, **changed)
    operations.approve(program, published_from=timezone.localtime(at).date(), by="U-RISK", at=at)
    return program


def ask(enterprise: Enterprise, program: FundingProgram, *, by: User, **changed: Any) -> Introduction:
    """Let an owner ask for an introduction: 40,000 for goods, without the cash flow."""
    asked: dict[str, Any] = {
        "amount": Decimal(40000),
        "purpose": "stock",
        "items": frozenset[Item](),
        "wording_version": consents.CURRENT_VERSION,
        "key": "one",
        "at": NOW,
    }
    asked |= changed
    seen = sharing.seen_of(program.reference, enterprise, by, items=asked["items"])
    return operations.ask(enterprise, program, by=by, **({"seen": seen} | asked))
