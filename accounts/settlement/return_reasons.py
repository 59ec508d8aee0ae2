"""Why a payment was refused or came back: ISO 20022 codes in words."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from portal.core import formats

WORDS: Final[dict[str, str | Promise]] = {
    "AC01": _("The account number is wrong."),
    "AC03": _("The account number is wrong."),
    "AC04": _("The payee's account is closed."),
    "AC06": _("The payee's account is blocked."),
    "AC13": _("The payee's account cannot take such a payment."),
    "AG01": _("The payee's account cannot take such a payment."),
    "AG02": _("The other bank does not know this kind of payment."),
    "AM02": _("The amount is above what the other bank accepts."),
    "AM05": _("The other bank has seen this payment before."),
    "BE01": _("Name and account number of the payee do not fit."),
    "BE04": _("The payee's address is missing."),
    "CUST": _("The payment was called back."),
    "DUPL": _("The other bank has seen this payment before."),
    "FF01": _("The other bank could not read the payment."),
    "FOCR": _("The payment was called back."),
    "MD07": _("The payee has died."),
    "MS02": _("The payee did not want the payment."),
    "MS03": _("The other bank gave no reason."),
    "NARR": _("The other bank wrote its reason in words."),
    "RC01": _("The bank code is wrong."),
    "RR04": _("The other bank may not take the payment by law."),
    "TM01": _("The payment came too late in the day."),
}


def words(reason: str) -> str:
    """Say a reason, a code with or without text after it, in the active language; an unknown code stands for itself."""
    code, _space, rest = reason.partition(" ")
    known = WORDS.get(code)
    return f"{known} {rest}".rstrip() + formats.aside(code) if known else reason
