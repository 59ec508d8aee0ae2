"""The cash-flow picture as a page shows it: figures, charts and rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from babel.dates import format_skeleton
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.cashflow.queries import Month
from portal.core import formats
from portal.core.charts import Chart


@dataclass(frozen=True)
class Row:
    """A month in words and figures."""

    name: str
    month: Month


@dataclass(frozen=True)
class Picture:
    """What the evidence shows, ready to be drawn."""

    rows: list[Row]
    flows: Chart
    balances: Chart | None
    average_inflow: Decimal
    average_net: Decimal
    has_borrowed: bool
    has_repaid: bool

    @property
    def balance(self) -> Decimal | None:
        """What the accounts held when the last month's row ends."""
        return self.rows[0].month.balance


def drawn(months: Sequence[Month]) -> Picture | None:
    """Draw the months that the evidence reaches; none where there is nothing to draw.

    Averages are over these months, each counted whole.
    """
    first = next((index for index, month in enumerate(months) if _tells(month)), None)
    if first is None:
        return None
    told = months[first:]
    names = [_short_name(month) for month in told]
    has_balances = any(month.balance is not None for month in told)
    return Picture(
        rows=[Row(_name(month), month) for month in reversed(told)],
        flows=Chart(
            _("Money in and out by month"),
            settings.BANK_CURRENCY,
            names,
            [(_("In"), [month.inflow for month in told]), (_("Out"), [month.outflow for month in told])],
        ),
        balances=_balances(names, told) if has_balances else None,
        average_inflow=sum((month.inflow for month in told), Decimal(0)) / len(told),
        average_net=sum((month.net for month in told), Decimal(0)) / len(told),
        has_borrowed=any(month.borrowed for month in told),
        has_repaid=any(month.repaid for month in told),
    )


def _tells(month: Month) -> bool:
    return any((month.inflow, month.outflow, month.borrowed, month.repaid))


def _balances(names: list[str], told: Sequence[Month]) -> Chart:
    series = [(_("Balance"), [month.balance for month in told])]
    return Chart(_("Balance at the end of each month"), settings.BANK_CURRENCY, names, series)


def _name(month: Month) -> str:
    return str(format_skeleton("yMMMM", month.first_day, locale=formats.locale()))


def _short_name(month: Month) -> str:
    return f"{month.first_day:%y-%m}"
