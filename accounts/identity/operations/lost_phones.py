"""Letting somebody in again who lost what they sign in with: one sees who it is and asks, another confirms."""

from datetime import datetime, timedelta
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import IntegrityError, connection, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries
from accounts.identity.models import LostPhone, LostPhoneStatus, User
from accounts.identity.operations.credentials import Change, ending, note_change
from accounts.identity.operations.tokens import end_tokens
from portal.core import audit
from portal.core.fields import lookup_hash
from portal.core.idempotency import answer_once, fingerprint_of
from portal.core.models import Channel
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register

register(
    {
        "lost_phone_own": _("This is you. A colleague has to ask for you."),
        "lost_phone_elsewhere": _("Administrators help colleagues; officers and operations help customers."),
        "lost_phone_waits": _("This person already waits for a second person's word. Look at %(reference)s."),
        "lost_phone_taken": _("Somebody else uses this number here."),
        "lost_phone_same_number": _("This is the number there is. Leave it empty if it stays."),
        "lost_phone_unreachable": _("This person has neither a number nor a confirmed e-mail. Give a new number."),
        "lost_phone_decided": _("Somebody has decided on this already."),
        "lost_phone_same_person": _("You asked for this. A second person confirms it."),
        "lost_phone_changed": _("The person's number was changed since. Do not confirm this; ask anew."),
        "lost_phone_late": _("This is older than a day. Do not confirm it; ask anew."),
        "lost_phone_partner": _("Who acts or acted for an enterprise together with this person may not help them."),
    }
)


CONFIRMED_WITHIN: Final = timedelta(days=1)


class LostPhoneRefused(Refusal):
    """It cannot be so, or is not this person's to do."""

    code = "lost_phone_decided"


@transaction.atomic(durable=True)
def report_lost_phone(
    person: User, *, number: str, paper: str, reason: str, key: str, by: User, at: datetime
) -> LostPhone:
    """Ask to let a person in again whose identity paper was seen; the same key asks once.

    :param number: the new one in E.164 form; empty where the number stays and only a second factor is lost.
    :raises KeyReused: when the key asked for something else.
    :raises LostPhoneRefused: when it is not theirs to ask, or the number cannot be this person's.
    """
    reference = answer_once(
        f"identity.lost_phone {by.reference}",
        key,
        fingerprint=fingerprint_of([person.reference, lookup_hash(number), paper, reason.strip()]),
        make=lambda: _reported(person, number=number, paper=paper, reason=reason.strip(), by=by, at=at).reference,
    )
    return LostPhone.objects.get(reference=reference)


def _reported(person: User, *, number: str, paper: str, reason: str, by: User, at: datetime) -> LostPhone:
    person = _locked_person(person)
    _check_helper(person, by=by)
    waiting = person.lost_phones.waiting().first()
    if waiting:
        raise LostPhoneRefused("lost_phone_waits", reference=waiting.reference)
    if number and number == person.phone:
        raise LostPhoneRefused("lost_phone_same_number")
    _check_number(person, number)
    kept: LostPhone = LostPhone.objects.create(
        person=person,
        number_before=person.phone,
        number=number,
        paper=paper,
        reason=reason,
        proposed_by=by,
        proposed_at=at,
    )
    details = {"kind": paper, "reason": reason, "from": ending(person.phone), "to": ending(number)}
    _trace(kept, "reported", by=by, at=at, details=details)
    return kept


@transaction.atomic(durable=True)
def confirm_lost_phone(lost: LostPhone, *, by: User, at: datetime) -> None:
    """Let the person in again as the second one who saw who it is: by the new number, and nothing they had before.

    The password counts no more, and with it every session and every trust in a device; second factors and tokens end.
    The person chooses a new password by a code, which only whoever holds the number, or reads the main e-mail, gets.

    :raises LostPhoneRefused: when it does not wait, is old, is not theirs to confirm or was not the first one's to ask
        for by now, or the number is another.
    """
    _take(lost)
    if lost.proposed_by_id == by.pk:
        raise LostPhoneRefused("lost_phone_same_person")
    person = _locked_person(lost.person)
    for helper in (by, lost.proposed_by):
        _check_helper(person, by=helper)
    if at - lost.proposed_at > CONFIRMED_WITHIN:
        raise LostPhoneRefused("lost_phone_late")
    if person.phone != lost.number_before:
        raise LostPhoneRefused("lost_phone_changed")
    _check_number(person, lost.number)
    before = person.phone if person.phone_verified else ""
    _put_number(person, lost.number, at=at)
    person.set_unusable_password()
    person.save(update_fields=["password"])
    EmailAddress.objects.filter(user=person, primary=False).delete()
    Authenticator.objects.filter(user=person).delete()
    end_tokens(person, at=at)
    _decide(lost, LostPhoneStatus.CONFIRMED, by=by, at=at)
    note_change(person, Change.LET_IN_AGAIN, phone=before, by=by, at=at)
    if lost.number:
        to = notices.Address(Channel.SMS, lost.number)
        notices.send("number_replaced", address=to, language=person.language, params={}, at=at)


@transaction.atomic(durable=True)
def decline_lost_phone(lost: LostPhone, *, by: User, at: datetime) -> None:
    """Leave everything as it is; who asked may do so, too.

    :raises LostPhoneRefused: when it does not wait, or is not theirs to decide.
    """
    _take(lost)
    _check_role(lost.person, by=by)
    _decide(lost, LostPhoneStatus.DECLINED, by=by, at=at)


def _locked_person(person: User) -> User:
    assert connection.in_atomic_block, "a lock belongs to the transaction that needs it"
    return User.objects.locked().get(pk=person.pk)


def _check_role(person: User, *, by: User) -> None:
    if person.pk == by.pk:
        raise LostPhoneRefused("lost_phone_own")
    if not queries.may_let_in_again(by, person):
        raise LostPhoneRefused("lost_phone_elsewhere")


def _check_helper(person: User, *, by: User) -> None:
    _check_role(person, by=by)
    if queries.ever_acted_together(by, person):
        raise LostPhoneRefused("lost_phone_partner")


def _put_number(person: User, number: str, *, at: datetime) -> None:
    """Give the person the number; a sign-up that never confirmed it has to leave it."""
    if not number:
        return
    _others_with(number, person).filter(phone_verified=False, staffpost=None).update(phone="", phone_hash=None)
    person.put_phone(number)
    person.phone_verified, person.phone_changed_at = True, at
    try:
        with transaction.atomic():
            person.save(update_fields=["phone", "phone_hash", "phone_verified", "phone_changed_at"])
    except IntegrityError as error:  # somebody was faster
        raise LostPhoneRefused("lost_phone_taken") from error


def _others_with(number: str, person: User) -> QuerySet[User]:
    return User.objects.filter(phone_hash=lookup_hash(number)).exclude(pk=person.pk)


def _check_number(person: User, number: str) -> None:
    confirmed = Q(phone_verified=True) | Q(staffpost__isnull=False)
    if number and _others_with(number, person).filter(confirmed).exists():
        raise LostPhoneRefused("lost_phone_taken")
    if not number and not queries.is_reachable(person):
        raise LostPhoneRefused("lost_phone_unreachable")


def _take(lost: LostPhone) -> None:
    lost.refresh_from_db(from_queryset=LostPhone.objects.locked())
    if lost.status != LostPhoneStatus.WAITING:
        raise LostPhoneRefused("lost_phone_decided")


def _decide(lost: LostPhone, status: LostPhoneStatus, *, by: User, at: datetime) -> None:
    lost.status, lost.decided_by, lost.decided_at = status, by, at
    lost.save(update_fields=["status", "decided_by", "decided_at"])
    _trace(lost, status, by=by, at=at)


def _trace(lost: LostPhone, what: str, *, by: User, at: datetime, details: dict[str, str] | None = None) -> None:
    details = {"of": lost.reference, **(details or {})}
    audit.record(f"identity.lost_phone_{what}", subject=lost.person.reference, by=by.reference, at=at, details=details)
