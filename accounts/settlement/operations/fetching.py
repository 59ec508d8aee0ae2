"""Who fetches cash at the counter, and how the bank knows that it is them."""

import unicodedata
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import ClassVar, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations as identity
from accounts.identity import queries as people
from accounts.identity.models import User
from accounts.ledger import operations as ledger
from accounts.settlement import queries
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations.accounts import AccountNotOpen, check_not_own
from accounts.settlement.operations.confirming import PaymentReview
from accounts.settlement.queries import Destination
from accounts.settlement.states import PAYS, KnownBy, Way
from portal.core import audit, formats, tries
from portal.core.idempotency import fingerprint_of, refuse_answered
from portal.core.refusals import Refusal, register

MAX_TRIES: Final = 5  # at how a person's document ends: whoever tries more is guessing
TRIES_PERIOD: Final = timedelta(days=1)

register(
    {
        "fetcher_no_owner": _("Only an owner of the enterprise fetches cash from its account."),
        "fetcher_number_missing": _(
            "The bank has no confirmed mobile number of this person. Let them confirm it first, or see their identity"
            " document."
        ),
        "fetcher_number_new": _("This person's number is new. Until it has cooled off, see their identity document."),
        "document_not_recorded": _(
            "The bank has recorded no number of a document of this person that is still good. Look at the document and"
            " record an identity check first, or send a code."
        ),
        "document_differs": _("The document's number does not end as the one that the bank has recorded."),
        "document_tries": _("Too many numbers that differ were entered for this person. Send a code, or wait a day."),
    }
)


@dataclass(frozen=True)
class Fetcher:
    """The owner who stands at the counter, and how they are known.

    :param ending: the last four characters of the number on the document, where one was seen.
    """

    person: User
    known_by: KnownBy
    ending: str = ""


@dataclass(frozen=True)
class LeavingCash:
    """Cash about to be paid out: how much, from which account, under which key."""

    notice: ClassVar[str] = "cash_code"
    to: ClassVar[Collection[Destination]] = ()

    account: SettlementAccount
    amount: Decimal
    text: str
    key: str

    @property
    def subject(self) -> str:
        """Exactly this cash, fetched exactly once."""
        told = [self.account.reference, str(self.amount.normalize()), self.text, self.key]
        return f"cash {fingerprint_of(told)[:40]}"

    def told(self) -> dict[str, str]:
        """How much leaves which account."""
        amount = formats.money(self.amount, self.account.currency)
        return {"amount": amount, "number": self.account.number[-4:]}


def needs_second(way: Way, amount: Decimal, fetcher: Fetcher | None) -> bool:
    """Tell whether a second person must confirm: much cash, and any that goes out by no code of who fetches it."""
    by_code = fetcher is not None and fetcher.known_by == KnownBy.CODE
    return (way == Way.OUT and not by_code) or amount > settings.CASH_LIMIT_AMOUNT


def cash_scope(by: str) -> str:
    """Name where a person's keys of cash are kept."""
    return f"settlement.cash {by}"


def review_cash(leaving: LeavingCash, fetcher: Fetcher, *, at: datetime, by: str) -> PaymentReview[LeavingCash]:
    """Look at cash before it is paid out.

    :raises KeyReused: when the key moved cash already.
    :raises: as ``pay_out``, drawers and code aside.
    """
    refuse_answered(cash_scope(by), leaving.key)
    check_not_own(leaving.account, by=by)
    if leaving.account.status not in PAYS:
        raise AccountNotOpen
    with noted(leaving, fetcher, at=at, by=by):
        check_fetcher(leaving.account, fetcher, at=at)
    available = queries.available_balance(leaving.account)
    if available < leaving.amount:
        raise ledger.too_little(leaving.account.ledger_account)
    by_code = fetcher.known_by == KnownBy.CODE
    return PaymentReview(leaving, by_code, needs_second(Way.OUT, leaving.amount, fetcher), available - leaving.amount)


class FetcherRefused(Refusal):
    """The bank does not know this person well enough to hand them cash."""

    code = "fetcher_no_owner"


class DocumentDiffers(FetcherRefused):
    """The document's number ends otherwise."""

    code = "document_differs"


@contextmanager
def noted(leaving: LeavingCash, fetcher: Fetcher, *, at: datetime, by: str) -> Iterator[None]:
    """Record that another document was shown, after the transaction that the refusal rolled back."""
    try:
        yield
    except DocumentDiffers:
        details = {"account": leaving.account.reference}
        with transaction.atomic(durable=True):
            subject = fetcher.person.reference
            audit.record("settlement.cash_document_differs", subject=subject, by=by, at=at, details=details)
        raise


def check_fetcher(account: SettlementAccount, fetcher: Fetcher, *, at: datetime) -> None:
    """Refuse who is no owner, and who is not known by what they show; an inner step.

    :raises FetcherRefused: with the reason.
    """
    person = fetcher.person
    check_owns(person, account)
    if fetcher.known_by == KnownBy.CODE:
        if not person.phone_verified:
            raise FetcherRefused("fetcher_number_missing")
        if people.number_is_new(person, at=at):
            raise FetcherRefused("fetcher_number_new")
        return
    recorded = people.document_ending(person, on=timezone.localtime(at).date())
    if not recorded:
        raise FetcherRefused("document_not_recorded")
    about = f"document:{person.reference}"
    if tries.count(about, within=TRIES_PERIOD) > MAX_TRIES:
        raise FetcherRefused("document_tries")
    if recorded != plain_ending(fetcher.ending):
        raise DocumentDiffers
    tries.forget(about)


def check_owns(person: User, account: SettlementAccount) -> None:
    """Refuse cash to who is no owner of the account's enterprise now; an inner step.

    :raises FetcherRefused: when they are not.
    """
    if not people.owns(person, account.enterprise):
        raise FetcherRefused


def confirm_fetcher(leaving: LeavingCash, fetcher: Fetcher, *, code: str, at: datetime) -> None:
    """Hold the person against what they show: the code that was sent, or the document; an inner step.

    :raises FetcherRefused: with the reason.
    :raises SigningCodeWrong: and its kin, when the code does not confirm exactly this cash.
    """
    assert connection.in_atomic_block, "a confirmation belongs to what it lets go"
    check_fetcher(leaving.account, fetcher, at=at)
    if fetcher.known_by == KnownBy.CODE:
        identity.confirm_sent_code(fetcher.person, subject=leaving.subject, code=code, at=at)


def plain_ending(written: str) -> str:
    """Read the end of a document's number, however it was typed."""
    return "".join(unicodedata.normalize("NFKC", written).split()).upper()[-4:]
