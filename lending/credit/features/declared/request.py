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
    """An amount, for how many months, and what is earned in an average month, all above zero; balances where known."""

    amount: Decimal
    term_months: int
    monthly_inflow: Decimal
    usual_balance: Decimal | None
    lowest_balance: Decimal | None

    @property
    def payment(self) -> Decimal:
        """What is paid back in an average month, without interest, which follows from the score."""
        return self.amount / self.term_months

    def payments_in(self, balance: Decimal | None) -> Decimal | None:
        """Count the payments that a balance covers: none where it is overdrawn, however little is asked for."""
        return None if balance is None else max(balance, Decimal(0)) / self.payment


REQUESTED: tuple[Feature, ...] = (
    Feature(
        code="payment_to_inflow",
        name=_("Earnings that this loan would take"),
        meaning=_("What the loan takes back in an average month, without interest, against what you earn in one."),
        advice=_("Ask for less, or for a longer term."),
        unit=Unit.SHARE,
        # The payment-to-income ratio.
        direction=Direction.LOWER_IS_BETTER,
        family=Family.OBLIGATIONS,
        topic=Topic.DEBT_BURDEN,
        digits=3,
        formula=lambda r: r.payment / r.monthly_inflow,
    ),
    Feature(
        code="reserve_payments",
        name=_("Payments that your reserve would cover"),
        meaning=_("For how many payments of this loan, without interest, your usual balance would do."),
        advice=_("Ask for less, or for a longer term, or keep more in the account."),
        unit=Unit.RATIO,
        # Lenders on houses call it months of reserves.
        direction=Direction.HIGHER_IS_BETTER,
        family=Family.BUFFERS,
        topic=Topic.CASH_BUFFER,
        digits=2,
        formula=lambda r: r.payments_in(r.usual_balance),
    ),
    Feature(
        code="thinnest_day_payments",
        name=_("Payments that your thinnest day would cover"),
        meaning=_("For how many payments of this loan, without interest, your lowest balance would have done."),
        advice=_("Ask for less, or for a longer term, or keep more in the account."),
        unit=Unit.RATIO,
        direction=Direction.HIGHER_IS_BETTER,
        family=Family.BUFFERS,
        topic=Topic.CASH_BUFFER,
        digits=2,
        formula=lambda r: r.payments_in(r.lowest_balance),
    ),
)
OF_REQUEST: Final = {feature.code: feature.direction for feature in REQUESTED}


def requested(features: Mapping[str, Any], *, amount: Any, term_months: Any) -> dict[str, float | None]:
    """Work out the features of a request, each rounded once; missing without a measured inflow, an amount or a term.

    :param features: `monthly_inflow`, in the currency of `amount`, `buffer_to_inflow`, `lowest_to_usual_balance`.
    """
    inflow, wanted, months = (_number(each) for each in (features.get("monthly_inflow"), amount, term_months))
    if not (inflow and wanted and months) or min(inflow, wanted, months) < 0:
        return dict.fromkeys((each.code for each in REQUESTED), None)
    usual = _times(inflow, _number(features.get("buffer_to_inflow")))
    lowest = _times(usual, _number(features.get("lowest_to_usual_balance")))
    request = Request(wanted, int(months), inflow, usual, lowest)
    return {each.code: _rounded(each, request) for each in REQUESTED}


def _number(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _times(balance: Decimal | None, share: Decimal | None) -> Decimal | None:
    return None if balance is None or share is None else balance * share


def _rounded(feature: Feature, request: Request) -> float | None:
    figure = feature.formula(request)
    if figure is None:
        return None
    return float(min(figure, Decimal(LARGEST_RATIO)).quantize(Decimal(1).scaleb(-feature.digits), context=_EXACT))
