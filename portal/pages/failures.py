"""What failed alone, in words, and telling it to those who watch over the bank."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.ledger import operations as ledger
from portal.core import failures

NAMED_AT_MOST: Final = 20
WORDS: Final[Mapping[str, Promise]] = {
    "cashflow.not_absorbed": _("Movements on accounts here not taken into the cash flow"),
    "identity.not_screened": _("Enterprise not held against the watchlists"),
    "ledger.hold_not_expired": _("Hold whose time is over not released"),
    "lending.introduction_not_lapsed": _("Introduction whose time is over not ended"),
    "lending.line_not_ended": _("Credit line whose time is over not ended"),
    "lending.line_not_reminded": _("Owner not told that a credit line ends soon"),
    "lending.not_claimed": _("Money for a loan not taken for it"),
    "lending.not_collected": _("Installment not collected"),
    "lending.not_lapsed": _("Proposal for a loan whose time is over not ended"),
    "lending.not_reminded": _("Owner not reminded of an installment"),
    "lending.not_weighed": _("What a loan asks for not worked out anew for the next decision"),
    "lending.offer_not_expired": _("Offer whose time is over not ended"),
    "settlement.account_not_closed": _("Account not closed"),
    "settlement.batch_failed": _("Batch not paid"),
    "settlement.bill_not_made": _("Bill not made"),
    "settlement.interest_not_accrued": _("Interest of a day not booked in a currency"),
    "settlement.line_not_booked": _("Line of a statement from the other bank not booked"),
    "settlement.month_not_booked": _("Month of an account not booked"),
    "settlement.not_announced": _("Movement or payment not told to the owner"),
    "settlement.payment_not_sent": _("Payment not sent: its payee’s account or bank cannot be right"),
    "settlement.payments_not_sent": _("Payments not written for the other bank"),
    "settlement.request_not_ended": _("Payment request whose time is over not ended"),
    "settlement.request_not_reminded": _("Payer not reminded of a payment request"),
    "settlement.standing_order_failed": _("Standing order not carried out"),
}


@transaction.atomic(durable=True)
def tell(*, at: datetime) -> int:
    """Tell administrators and auditors what failed since the last time, a notice for each kind; say how many kinds."""
    found = failures.take_untold(at=at)
    for failure, references in found.items():
        params = {
            "failure": WORDS.get(failure, failure),
            "count": len(references),
            "references": [*references[:NAMED_AT_MOST], *["…"][: len(references) > NAMED_AT_MOST]],
        }
        ledger.alarm("failed_alone", at=at, params=params)
    return len(found)
