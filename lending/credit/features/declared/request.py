"""Features of what a loan would ask for, against what was measured. Pure: they belong to an amount, not to evidence.

Their formulas read a `Request`, not measures, because the limit is searched by asking for other amounts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from django.utils.translation import gettext_lazy as _

from lending.credit.features.arithmetic import LARGEST_RATIO
from lending.credit.features.vocabulary import Direction, Family, Feature, Topic, Unit

_EXACT: Final = Context(prec=40)


@dataclass(frozen=True, slots=True)
class Request:
    """An amount, for how many months, and what is earned in an average month; all above zero."""

    amount: Decimal
    term_months: int
    monthly_inflow: Decimal


REQUESTED: tuple[Feature, ...] = (
    Feature(
        code="payment_to_inflow",
        name=_("Earnings that this loan would take"),
        meaning=_("What the loan takes back in an average month, without interest, against what you earn in one."),
        advice=_("Ask for less, or for a longer term."),
        unit=Unit.SHARE,
        # The payment-to-income ratio; without interest, which follows from the score.
        direction=Direction.LOWER_IS_BETTER,
        family=Family.OBLIGATIONS,
        topic=Topic.DEBT_BURDEN,
        digits=3,
        formula=lambda r: r.amount / r.term_months / r.monthly_inflow,
    ),
)
OF_REQUEST: Final = frozenset(feature.code for feature in REQUESTED)


def requested(features: Mapping[str, Any], *, amount: Any, term_months: Any) -> dict[str, float | None]:
    """Work out the features of a request, each rounded once; missing without a measured inflow, an amount or a term.

    :param features: must hold `monthly_inflow`, in the currency of `amount`.
    """
    told = [features.get("monthly_inflow"), amount, term_months]
    if not all(each is not None and Decimal(str(each)) > 0 for each in told):
        return dict.fromkeys((each.code for each in REQUESTED), None)
    request = Request(Decimal(str(amount)), int(term_months), Decimal(str(told[0])))
    return {each.code: _rounded(each, request) for each in REQUESTED}


def _rounded(feature: Feature, request: Request) -> float:
    figure = min(feature.formula(request), Decimal(LARGEST_RATIO))
    return float(figure.quantize(Decimal(1).scaleb(-feature.digits), context=_EXACT))
