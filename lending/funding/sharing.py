"""What an introduction passes on: gathered once, shown item by item, kept as it was agreed to."""

from enum import StrEnum
from typing import Final

from accounts.cashflow import picture
from accounts.cashflow import queries as cashflow
from accounts.identity.models import Enterprise, User
from portal.core import idempotency


class Item(StrEnum):
    """What is passed on together; one that is optional is agreed to by itself."""

    IDENTITY = "identity"
    CONTACT = "contact"
    CASH_FLOW = "cash_flow"


NEEDED: Final = (Item.IDENTITY, Item.CONTACT)
Content = dict[str, dict[str, str]]


def content_of(enterprise: Enterprise, person: User, *, items: frozenset[Item]) -> Content:
    """Gather what these items say today, as codes and figures without a language; items that say nothing are absent."""
    told = {Item.IDENTITY: _identity(enterprise), Item.CONTACT: _contact(person)}
    if Item.CASH_FLOW in items:
        told[Item.CASH_FLOW] = cash_flow_of(enterprise)
    return {item.value: {name: text for name, text in rows.items() if text} for item, rows in told.items() if rows}


def fingerprint_of(program: str, content: Content) -> str:
    """Digest what is passed on to which edition, so that nothing else is passed on than was read."""
    return idempotency.fingerprint_of([program, content])


def seen_of(program: str, enterprise: Enterprise, person: User, *, items: frozenset[Item]) -> str:
    """Digest what would be passed on today."""
    return fingerprint_of(program, content_of(enterprise, person, items=items))


def _identity(enterprise: Enterprise) -> dict[str, str]:
    return {
        "legal_name": enterprise.legal_name,
        "identifier": enterprise.identifier,
        "industry": enterprise.industry_id,
        "setting": enterprise.setting,
        "founded_on": enterprise.founded_on.isoformat(),
    }


def _contact(person: User) -> dict[str, str]:
    return {"full_name": person.full_name, "phone": person.phone, "email": person.email}


def cash_flow_of(enterprise: Enterprise) -> dict[str, str]:
    """Sum the last twelve months up: averages of a month, and what the accounts held; nothing without evidence."""
    drawn = picture.drawn(cashflow.monthly(enterprise))
    if drawn is None:
        return {}
    return {
        "first_month": drawn.rows[-1].month.first_day.isoformat(),
        "last_month": drawn.rows[0].month.first_day.isoformat(),
        "average_inflow": f"{drawn.average_inflow:.2f}",
        "average_net": f"{drawn.average_net:.2f}",
        "balance": "" if drawn.balance is None else f"{drawn.balance:.2f}",
    }
