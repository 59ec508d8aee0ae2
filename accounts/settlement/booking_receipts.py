"""Electronic receipts: one booking of an account on paper, with a code by which anyone can verify it.

Nothing is kept for them: books are never rewritten, so a receipt can be set anew at any time with the same code.
"""

from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from accounts.identity.queries import name_at
from accounts.ledger import events
from accounts.ledger.models import Posting
from accounts.settlement import numbers, queries
from accounts.settlement.models import SettlementAccount
from portal.core import formats, pdf
from portal.core.fields import lookup_hash
from portal.core.language import bank_name
from portal.core.money import rounded
from portal.core.references import ALPHABET

PREFIX: Final = "R-"
ENTRY: Final = 12  # characters of an entry's reference
SEAL: Final = 10  # characters that nobody without the bank's key can guess: 50 bits


def code_of(account: SettlementAccount, posting: Posting) -> str:
    """Give the code of an account's receipt for a booking."""
    entry = posting.entry.reference.partition("-")[2]
    digest = bytes.fromhex(lookup_hash(f"receipt:{account.reference}:{posting.entry.reference}"))
    return PREFIX + entry + "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:SEAL])


def found(code: str) -> tuple[SettlementAccount, Posting] | None:
    """Find the account and the booking that a code was made for."""
    reference = f"J-{code.removeprefix(PREFIX)[:ENTRY]}"
    touched = SettlementAccount.objects.filter(ledger_account__postings__entry__reference=reference)
    for account in touched.select_related("enterprise").distinct():
        posting = posting_of(account, reference)
        if posting and code_of(account, posting) == code:
            return account, posting
    return None


def posting_of(account: SettlementAccount, reference: str) -> Posting | None:
    """Find what an entry moved on an account."""
    return queries.postings(account).filter(entry__reference=reference).first()


def rows_of(account: SettlementAccount, posting: Posting, *, is_public: bool) -> list[tuple[str, str]]:
    """Say what the receipt says; where anyone may read it, of numbers only the end, and no words."""
    entry, other = posting.entry, queries.counterparty_number(posting)
    write = _ending if is_public else numbers.grouped
    reversal = getattr(entry, "reversed_by", None)
    amount = rounded(posting.signed, account.currency)  # type: ignore[attr-defined]  # annotated
    rows = [
        (_("Amount in words"), formats.in_words(amount, account.currency)),
        (_("Account holder"), name_at(account.enterprise, entry.posted_at)),
        (_("Account number"), write(account.number)),
        (_("What"), events.name_of(entry.event)),
        (_("With whom"), queries.counterparty(posting)),
        (_("Account number of the other side"), write(other) if other else ""),
        (_("What for"), "" if is_public else queries.told(entry.event, entry.text)),
        (_("Date"), formats.day(posting.effective_date)),
        (_("Reference"), entry.reference),
        (_("Reversed on"), formats.day(reversal.effective_date) if reversal else ""),
    ]
    return [(label, value) for label, value in rows if value]


def _ending(number: str) -> str:
    return f"•••• {number[-4:]}"


def amount_of(account: SettlementAccount, posting: Posting) -> str:
    """Write what came in, or with a minus what went out."""
    signed = posting.signed  # type: ignore[attr-defined]  # annotated
    return formats.money(rounded(signed, account.currency), account.currency)


def as_pdf(account: SettlementAccount, posting: Posting, *, language: str) -> bytes:
    """Set the receipt in a language."""
    with override(language):
        return pdf.render("balance", _content(account, posting), language=language)


def _content(account: SettlementAccount, posting: Posting) -> dict[str, Any]:
    code = code_of(account, posting)
    address = f"{settings.SITE_URL}{reverse('settlement:verified', args=[code])}"
    facts = rows_of(account, posting, is_public=False)
    return {
        "bank": bank_name(),
        "title": _("Electronic receipt"),
        "certifies": _("By our books this was booked on the account named below:"),
        "amount": amount_of(account, posting),
        "facts": [list(fact) for fact in facts],
        "issued": _("Code of the receipt: %(code)s") % {"code": code},
        "verify": _("Anyone can verify this receipt at"),
        "address": address,
        "qr": pdf.qr(address),
    }
