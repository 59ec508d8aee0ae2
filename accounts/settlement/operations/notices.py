"""Telling owners, and their programs, what happened: behind the books' back, one sealed block after the other."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from django.db import connection, transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import override

from accounts.identity.models import Membership, MembershipRole, User
from accounts.identity.operations.telling import address_of, tell_owners, usual_address
from accounts.ledger.models import Direction, Hold, JournalEntry, Posting, SealedBlock
from accounts.settlement.happenings import ON_BY_DEFAULT, PAYMENT_EVENTS, Happening
from accounts.settlement.models import (
    AnnouncedBlock,
    CashCorrection,
    CashMovement,
    NoticePreference,
    PaymentInstruction,
    SettlementAccount,
)
from portal.core import audit, formats, jobs
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import Channel, WebhookEndpoint
from portal.core.money import rounded
from portal.core.notices import operations as notices
from portal.core.webhooks import operations as webhooks

ANNOUNCING_LOCK: Final = 7_203_014
NEWS: Final = timedelta(days=1)  # what is older is no news: after an outage, or when announcing begins


@dataclass(frozen=True)
class Choice:
    """What a person wants to be told, by which channel, from or below which amount."""

    kind: Happening
    channel: Channel
    threshold: Decimal = Decimal(0)


@transaction.atomic(durable=True)
def choose_notices(membership: Membership, choices: Sequence[Choice], *, at: datetime, by: str) -> None:
    """Tell a person of exactly this from now on."""
    Membership.objects.locked().get(pk=membership.pk)
    NoticePreference.objects.filter(membership=membership).delete()
    NoticePreference.objects.bulk_create(
        NoticePreference(membership=membership, kind=each.kind, channel=each.channel, threshold_amount=each.threshold)
        for each in choices
    )
    NoticePreference.objects.bulk_create(
        NoticePreference(membership=membership, kind=kind, channel=Channel.SMS, is_wanted=False)
        for kind in sorted(ON_BY_DEFAULT - {each.kind for each in choices})
    )
    details = {"chosen": [f"{each.kind} {each.channel}" for each in choices]}
    audit.record("settlement.notices_chosen", subject=membership.enterprise.reference, by=by, at=at, details=details)


@transaction.atomic(durable=True)
def announce_next(*, at: datetime) -> bool:
    """Tell what the next sealed block holds, once; say whether there was one. One announcer at a time.

    Notices and messages are promised in this transaction and sent after it, so nothing is told of what did not happen.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [ANNOUNCING_LOCK])
        if not cursor.fetchone()[0]:
            return False
    last = AnnouncedBlock.objects.order_by("-block_id").values_list("block_id", flat=True).first() or 0
    block = SealedBlock.objects.filter(number__gt=last).order_by("number").first()
    if block is None:
        return False
    AnnouncedBlock.objects.create(block=block, announced_at=at)
    _announce(block, at=at)
    return True


def _announce(block: SealedBlock, *, at: datetime) -> None:
    """Tell what a block holds; what fails through a fault of ours is tried again by itself while it is news."""
    telling = _telling(block, at=at)

    def tell_apart(piece: str) -> None:
        try:
            with transaction.atomic():
                telling[piece]()
        except Exception:
            jobs.ask("settlement.announce_again", f"{block.number} {piece}", at=at)
            raise

    jobs.each_alone(telling, tell_apart, failed="settlement.not_announced", name_of=lambda piece: piece.split()[0])


@transaction.atomic(durable=True)
def announce_again(reference: str, *, at: datetime) -> None:
    """Tell a piece of a block that could not be told before, once; what is a day old meanwhile is no news any more."""
    number, piece = reference.split(" ", 1)
    telling = _telling(SealedBlock.objects.get(number=number), at=at)
    if piece not in telling:
        return

    def make() -> str:
        telling[piece]()
        return reference

    answer_once("settlement.announce_again", reference, fingerprint=fingerprint_of(reference), make=make)


def _telling(block: SealedBlock, *, at: datetime) -> Mapping[str, Callable[[], None]]:
    """List what is told of a block's entries, by what it is about."""
    fresh = JournalEntry.objects.filter(seal__block=block, posted_at__gte=at - NEWS)
    moved = (
        Posting.objects.filter(entry__in=fresh, ledger_account__settlement_account__in=_listened_to())
        .select_related("entry", "ledger_account__settlement_account__enterprise", "ledger_account__kept_balance")
        .order_by("entry__seal__place", "pk")
    )
    lines = list(moved)
    payments = fresh.filter(event__in=PAYMENT_EVENTS).order_by("seal__place")
    return (
        {f"{line.entry.reference} {line.pk}": partial(_tell_of_movement, line, at=at) for line in lines}
        | {net[0].reference: partial(_tell_of_low_balance, net, at=at) for net in _nets(lines).values()}
        | {entry.reference: partial(_tell_of_payment, entry, at=at) for entry in payments}
    )


def _listened_to() -> QuerySet[SettlementAccount]:
    """Keep the accounts of which a person or a program wants to be told anything: on the first of a month all move."""
    endpoints = WebhookEndpoint.objects.filter(removed_at=None, disabled_at=None)
    wanted = NoticePreference.objects.filter(is_wanted=True, membership__ended_at=None)
    chosen = wanted.filter(membership__enterprise=OuterRef("enterprise"))
    return SettlementAccount.objects.filter(Q(enterprise__reference__in=endpoints.values("scope")) | Exists(chosen))


def _nets(lines: Iterable[Posting]) -> dict[int, tuple[SettlementAccount, Decimal]]:
    nets: dict[int, tuple[SettlementAccount, Decimal]] = {}
    for line in lines:
        account = line.ledger_account.settlement_account
        signed = line.amount if line.direction == Direction.CREDIT else -line.amount
        nets[account.pk] = (account, nets.get(account.pk, (account, Decimal(0)))[1] + signed)
    return nets


def _tell_of_movement(line: Posting, *, at: datetime) -> None:
    account, came = line.ledger_account.settlement_account, line.direction == Direction.CREDIT
    told = {
        "settlement_account": account.reference,
        "entry": line.entry.reference,
        "event": line.entry.event,
        "amount": str(rounded(line.amount, account.currency)),
        "currency": account.currency,
        "effective_date": line.entry.effective_date,
    }
    webhooks.tell(account.enterprise.reference, "account.money_in" if came else "account.money_out", told, at=at)
    kind = Happening.MONEY_IN if came else Happening.MONEY_OUT
    _notify(kind, account, line.amount, at=at, chosen=Q(threshold_amount__lte=line.amount))


def _tell_of_low_balance(fell_by: tuple[SettlementAccount, Decimal], *, at: datetime) -> None:
    """Tell only whose balance fell below what they named by this block, not each time that it stays there."""
    account, net = fell_by
    now = account.ledger_account.kept_balance.amount
    fell = Q(threshold_amount__gt=now, threshold_amount__lte=now - net)
    _notify(Happening.LOW_BALANCE, account, now, at=at, chosen=fell)


def _tell_of_payment(entry: JournalEntry, *, at: datetime) -> None:
    payments = PaymentInstruction.objects.select_related("settlement_account__enterprise")
    payment = payments.filter(reference=entry.subject).first()
    if payment is None:
        return
    account = payment.settlement_account
    told = {
        "payment": payment.reference,
        "settlement_account": account.reference,
        "amount": str(rounded(payment.amount, account.currency)),
        "currency": account.currency,
        "effective_date": entry.effective_date,
    }
    webhooks.tell(account.enterprise.reference, PAYMENT_EVENTS[entry.event], told, at=at)
    if entry.event == "payment_returned":
        _notify(Happening.PAYMENT_RETURNED, account, payment.amount, at=at)


def tell_of_failed_collection(account: SettlementAccount, missing: Decimal, *, at: datetime) -> None:
    """Tell those who want it that an account lacked money for what a department was to collect; an inner step."""
    assert connection.in_atomic_block, "what is told belongs to the attempt that it tells of"
    _notify(Happening.COLLECTION_FAILED, account, missing, at=at)


def tell_of_kept_ended(hold: Hold, at: datetime) -> None:
    """Tell those who want it that what the bank kept back is free again, its last day being over; an inner step."""
    account = SettlementAccount.objects.select_related("enterprise").get(ledger_account=hold.ledger_account_id)
    _notify(Happening.KEPT_ENDED, account, hold.amount, at=at)


@dataclass(frozen=True)
class News:
    """What is told of an account: ``params`` is asked for under each reader's language; ``threshold`` is added."""

    account: SettlementAccount
    params: Callable[[], Mapping[str, Any]]


@dataclass(frozen=True)
class Reader:
    """Who is told, and how; no channel is the usual one."""

    user: User
    channel: Channel | None
    threshold_amount: Decimal = Decimal(0)

    @property
    def address(self) -> notices.Address | None:
        """Tell where: by the chosen channel, or else by the usual one."""
        return address_of(self.user, self.channel) if self.channel else usual_address(self.user)


def tell(kind: Happening, told: Sequence[News], *, at: datetime, chosen: Q | None = None) -> None:
    """Tell of a kind of happening on many accounts whoever wants it, members as they are now; an inner step.

    :param chosen: which choices are meant, where a kind has an amount.
    """
    readers = _readers(kind, {each.account.enterprise_id for each in told}, chosen or Q())
    outgoing = []
    for news in told:
        for reader in readers.get(news.account.enterprise_id, []):
            address = reader.address
            if address is None:
                continue
            with override(reader.user.language):
                threshold = formats.money(reader.threshold_amount, news.account.currency)
                params = {"threshold": threshold, "number": news.account.number[-4:]} | dict(news.params())
            outgoing.append(notices.Outgoing(kind, address, reader.user.language, params))
    notices.send_all(outgoing, at=at)


def _readers(kind: Happening, enterprises: set[int], chosen: Q) -> dict[int, list[Reader]]:
    """Find who wants to be told: who chose so, and the owners who chose nothing where it is on by default."""
    readers: dict[int, list[Reader]] = defaultdict(list)
    members = Membership.objects.acting().filter(enterprise__in=enterprises).select_related("user")
    if kind in ON_BY_DEFAULT:
        about = NoticePreference.objects.filter(membership=OuterRef("pk"), kind=kind)
        for member in members.filter(~Exists(about), role=MembershipRole.OWNER).order_by("pk"):
            readers[member.enterprise_id].append(Reader(member.user, None))
    wanted = NoticePreference.objects.filter(chosen, kind=kind, is_wanted=True, membership__in=members)
    for each in wanted.select_related("membership__user").order_by("pk"):
        reader = Reader(each.membership.user, Channel(each.channel), each.threshold_amount)
        readers[each.membership.enterprise_id].append(reader)
    return readers


def _notify(
    kind: Happening, account: SettlementAccount, amount: Decimal, *, at: datetime, chosen: Q | None = None
) -> None:
    """Tell of an amount; of the account's number only its end is told."""
    tell(kind, [News(account, lambda: {"amount": formats.money(amount, account.currency)})], at=at, chosen=chosen)


def tell_of_corrected_cash(correction: CashCorrection, *, at: datetime) -> None:
    """Tell the owners what was reversed on their account and what was booked instead, chosen or not; an inner step."""
    assert connection.in_atomic_block, "what is told belongs to the correction that it tells of"
    wrong, right = correction.movement, correction.replacement
    for account in dict.fromkeys(each.settlement_account for each in (wrong, right) if each):
        told = partial(_corrected_in_words, correction, account)
        tell_owners(account.enterprise, "cash_corrected", params=told, at=at)


def _corrected_in_words(correction: CashCorrection, account: SettlementAccount) -> dict[str, Any]:
    def here(cash: CashMovement | None) -> str | None:
        return _cash_in_words(cash) if cash and cash.settlement_account_id == account.pk else None

    return {
        "reversed": here(correction.movement),
        "booked": here(correction.replacement),
        "number": account.number[-4:],
        "reference": correction.reference,
    }


def tell_of_fetched_cash(cash: CashMovement, *, at: datetime) -> None:
    """Tell the owners what was handed out of their account, chosen or not; an inner step."""
    assert connection.in_atomic_block, "what is told belongs to the cash that it tells of"
    account = cash.settlement_account

    def told() -> dict[str, str]:
        amount = formats.money(cash.amount, account.currency)
        return {"amount": amount, "number": account.number[-4:], "reference": cash.reference}

    tell_owners(account.enterprise, "cash_fetched", params=told, at=at)


def _cash_in_words(cash: CashMovement) -> str:
    return f"{cash.get_way_display()} {formats.money(cash.amount, cash.settlement_account.currency)}"


def usual_channel(user: User) -> Channel:
    """Tell how a person is told who chose no channel."""
    address = usual_address(user)
    return address.channel if address else Channel.SMS
