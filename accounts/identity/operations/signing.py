"""The second factor at each signing: a code sent to the phone, or the person's authenticator."""

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from hmac import compare_digest
from typing import Final

from allauth.mfa.models import Authenticator
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.identifiers import compact
from accounts.identity.models import SigningCode, User
from accounts.identity.queries.people import SIGNING_CODE_LIFETIME, telephone_for
from portal.core import audit, tries
from portal.core.fields import lookup_hash
from portal.core.models import Channel
from portal.core.notices import operations as notices
from portal.core.refusals import Refusal, register

MAX_ATTEMPTS: Final = 5
MAX_CODES: Final = 12  # whoever pays the month's bills one by one asks for one each
PERIOD: Final = timedelta(hours=1)
TWICE: Final = timedelta(seconds=5)  # within which a second press of the button means the first

register(
    {
        "signing_code_wrong": _("This code is not right. Look at the newest message and type its six digits."),
        "signing_code_missing": _("No code was sent for this yet. Ask for one first."),
        "signing_code_expired": _("This code is no longer valid. Ask for a new one."),
        "signing_code_attempts": _("Too many wrong codes. Ask for a new one."),
        "signing_codes_too_many": _("You have asked for many codes. Wait an hour, then ask for a new one."),
        "signing_phone_missing": _("Confirm your mobile number first; the code is sent there."),
    }
)


class SigningCodeWrong(Refusal):
    """The code is another one."""

    code = "signing_code_wrong"


class SigningCodeMissing(Refusal):
    """No code was sent for this."""

    code = "signing_code_missing"


class SigningCodeExpired(Refusal):
    """The code is older than its lifetime, or was used."""

    code = "signing_code_expired"


class SigningCodeAttempts(Refusal):
    """Too many wrong codes were tried."""

    code = "signing_code_attempts"


class SigningCodesTooMany(Refusal):
    """Too many codes were asked for in an hour."""

    code = "signing_codes_too_many"


class SigningPhoneMissing(Refusal):
    """The person has no verified number."""

    code = "signing_phone_missing"


@transaction.atomic(durable=True)
def send_signing_code(
    user: User,
    *,
    subject: str,
    at: datetime,
    notice: str = "signing_code",
    params: Mapping[str, str] | None = None,
    by: str = "",
) -> None:
    """Send a six-digit code that confirms the signing of one subject, within ten minutes; the newest one counts.

    Asked twice by a double click, it sends one: of two messages nobody could tell the newest.

    :param subject: the reference of what is signed; the message names it.
    :param notice: the message that carries it, where it says more than a reference does, with its ``params``.
    :param by: who asked for it, where it is not the person.
    :raises SigningPhoneMissing: when there is no verified number to send it to.
    :raises SigningCodesTooMany: when too many were asked for within an hour.
    """
    if not user.phone_verified:
        raise SigningPhoneMissing
    User.objects.locked().get(pk=user.pk)  # asked at once, one waits for the other
    asked = SigningCode.objects.filter(user=user, asked_at__gt=at - PERIOD)
    if asked.filter(subject=subject, used_at=None, asked_at__gt=at - TWICE).exists():
        return
    if asked.count() >= MAX_CODES:
        raise SigningCodesTooMany
    code = f"{secrets.randbelow(1_000_000):06d}"
    SigningCode.objects.create(user=user, subject=subject, code_hash=_hash(user, subject, code), asked_at=at)
    notices.send(
        notice,
        address=notices.Address(Channel.SMS, user.phone),
        language=user.language,
        params={**(params or {}), "code": code, "subject": subject, "telephone": telephone_for(user)},
        at=at,
    )
    audit.record("signing.code_sent", subject=subject, by=by or user.reference, at=at)


def confirm_signing_code(user: User, *, subject: str, code: str, at: datetime) -> None:
    """Confirm a signing by the newest code sent for it, or by the person's authenticator; either counts once.

    An inner step: what is signed and its confirmation stand or fall together. Wrong attempts are counted outside the
    transaction, because a refusal rolls it back; those at an authenticator until one is right, whatever is signed.

    :raises SigningCodeWrong: when the code is another one.
    :raises SigningCodeMissing: when no code was sent for it.
    :raises SigningCodeExpired: when the newest is too old, or was used.
    :raises SigningCodeAttempts: after five attempts.
    """
    assert connection.in_atomic_block, "a confirmation belongs to the signing it confirms"
    typed = compact(code)
    authenticator = Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).first()
    if authenticator and _accepts(authenticator, typed):
        means = "authenticator"
    elif authenticator and not SigningCode.objects.filter(user=user, subject=subject, used_at=None).exists():
        raise SigningCodeWrong
    else:
        _use_message(user, subject, typed, at=at)
        means = "message"
    if authenticator:
        tries.forget(_of(authenticator))
    audit.record("signing.confirmed", subject=subject, by=user.reference, at=at, details={"by": means})


def confirm_sent_code(user: User, *, subject: str, code: str, at: datetime) -> None:
    """Confirm by the newest code sent for it alone; an inner step.

    An authenticator's code tells nothing of what it confirms, so somebody else could have it confirm another thing.

    :raises SigningCodeWrong: and its kin, as ``confirm_signing_code``.
    """
    assert connection.in_atomic_block, "a confirmation belongs to the signing it confirms"
    _use_message(user, subject, compact(code), at=at)
    audit.record("signing.confirmed", subject=subject, by=user.reference, at=at, details={"by": "message"})


def _accepts(authenticator: Authenticator, typed: str) -> bool:
    _count_attempt(_of(authenticator))
    return bool(authenticator.wrap().validate_code(typed))


def _of(authenticator: Authenticator) -> str:
    """Name whose tries are counted, whatever is signed: one guesses at the same code by many payments, too."""
    return f"authenticator:{authenticator.pk}"


def _use_message(user: User, subject: str, typed: str, *, at: datetime) -> None:
    sent = SigningCode.objects.filter(user=user, subject=subject)
    waiting = list(sent.filter(used_at=None).locked())
    if not waiting and not sent.exists():
        raise SigningCodeMissing
    if not waiting or waiting[-1].asked_at + SIGNING_CODE_LIFETIME < at:
        raise SigningCodeExpired
    newest = waiting[-1]
    _count_attempt(newest.code_hash)
    if not compare_digest(newest.code_hash, _hash(user, subject, typed)):
        raise SigningCodeWrong
    SigningCode.objects.filter(pk__in=[code.pk for code in waiting]).update(used_at=at)


def _hash(user: User, subject: str, code: str) -> str:
    return lookup_hash(f"signing:{user.reference}:{subject}:{code}")


def _count_attempt(about: str) -> None:
    if tries.count(about, within=SIGNING_CODE_LIFETIME) > MAX_ATTEMPTS:
        raise SigningCodeAttempts
