"""What is said where not even the least amount of a product would pass: asking for less is no advice then."""

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy

from lending.credit.verdicts import Reason, Verdict
from lending.credit.wordings import Wording

_NOTHING_CARRIED: Final = Wording(
    gettext_lazy("After what goes out and what you repay already, too little is left each month to carry a loan."),
    gettext_lazy(
        "A smaller amount or a longer term will not help. Apply again when clearly more comes in than goes out."
    ),
)
_WORDINGS: Final[dict[str, Wording]] = {
    "cash_flow_carries_less": Wording(
        gettext_lazy(
            "What your business has left each month carries %(limit)s; this kind of loan begins at %(least)s."
        ),
        gettext_lazy("A smaller amount will not help. Ask for a longer term, or apply again when more is left."),
    ),
    "above_share_of_inflow": Wording(
        gettext_lazy("By what you earn in a month we can lend %(limit)s; this kind of loan begins at %(least)s."),
        gettext_lazy("A smaller amount will not help. Apply again when more comes in each month."),
    ),
    "exposure_too_high": Wording(
        gettext_lazy(
            "With what you already owe us, we can lend %(limit)s more; this kind of loan begins at %(least)s."
        ),
        gettext_lazy("Repay part of what you owe first."),
    ),
}


def with_least(verdict: Verdict, product_terms: Mapping[str, Any]) -> Verdict:
    """Let the reasons whose limit lies below a product's least amount name that amount."""
    least = product_terms["min_amount"]
    told = (
        replace(each, params=each.params | {"least": least})
        if each.code in _WORDINGS and Decimal(each.params["limit"]) < Decimal(least)
        else each
        for each in verdict.reasons
    )
    return replace(verdict, reasons=tuple(told))


def wording_of(reason: Reason) -> Wording | None:
    """Find the words of a reason that names the least amount; none where it names none."""
    if "least" not in reason.params:
        return None
    if reason.code == "cash_flow_carries_less" and not Decimal(reason.params["limit"]):
        return _NOTHING_CARRIED
    return _WORDINGS.get(reason.code)
