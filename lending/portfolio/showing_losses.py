"""The book by risk class as a section."""

from decimal import Decimal
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from lending.portfolio.queries.losses import Losses
from lending.portfolio.sections import Figure, Section, Table, loans
from portal.core import formats

ZERO: Final = Decimal(0)


def of_losses(found: Losses) -> Section:
    """Show loans, principal and allowance by class, and beside them what was written off."""
    rows = [
        (
            str(each.risk_class.label),
            formats.number(each.loans),
            formats.money(each.principal_amount, whole=True),
            formats.money(each.allowance_amount, whole=True),
        )
        for each in found.classes
    ]
    whole = (
        _("In all"),
        formats.number(sum(each.loans for each in found.classes)),
        formats.money(sum((each.principal_amount for each in found.classes), ZERO), whole=True),
        formats.money(sum((each.allowance_amount for each in found.classes), ZERO), whole=True),
    )
    columns = (pgettext("risk", "Class"), _("Loans"), _("Principal outstanding"), _("Allowance"))
    figures = [
        Figure(
            pgettext("loan", "Written off"),
            formats.money(found.written_off_amount, whole=True),
            loans(found.written_off_loans),
        ),
        Figure(_("Recovered since"), formats.money(found.recovered_amount, whole=True)),
    ]
    text = _("What the classes ask for at the end of the day. What was written off stands in no class and in no share.")
    return Section(_("Risk classes"), text, figures, tables=[Table(_("The book by class"), columns, [*rows, whole])])
