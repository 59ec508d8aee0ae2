"""Introducing an enterprise to a program: asked for by an owner, passed on by an officer, answered by the program."""

import json
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.identity import consents
from accounts.identity import operations as identity
from accounts.identity.models import Enterprise, User
from accounts.identity.operations.telling import tell_owners
from accounts.identity.queries import ever_acted_for, owns
from lending.funding import queries, sharing
from lending.funding.eligibility import Fit, judge
from lending.funding.models import FundingProgram, Introduction
from lending.funding.sharing import Item
from lending.funding.states import TRANSITIONS, Event, Status
from portal.core import audit, idempotency
from portal.core.money import is_exact
from portal.core.refusals import Refusal, register
from portal.core.transitions import target_of

MOVING: Final = ["status", "passed_on_by", "passed_on_at", "ended_at", "funded_amount", "note"]

register(
    {
        "program_not_published": _("This program is no longer open. See which others suit you."),
        "program_does_not_suit": _(
            "With this the program does not suit your enterprise. Its page says what is missing."
        ),
        "introduction_open": _("You have already asked for this introduction. It is still open."),
        "shared_changed": _("What would be passed on has changed since you opened this page. Read it again."),
        "own_introduction": _("This is an introduction of your own enterprise. A colleague has to see to it."),
        "asker_left": _("Whoever agreed to this no longer owns the enterprise. Nothing more is passed on."),
        "funded_amount_missing": _("Say how much was granted."),
        "answer_missing": _("Say in a sentence what the program answered."),
        "letter_not_passed_on": _("The letter is there while the introduction is passed on and open."),
    }
)


class IntroductionRefused(Refusal):
    """The introduction cannot be asked for, or cannot be seen to by this person or in this way."""


@transaction.atomic(durable=True)
def ask(
    enterprise: Enterprise, program: FundingProgram, *, amount: Decimal, purpose: str, items: frozenset[Item],
    wording_version: str, seen: str, key: str, by: User, at: datetime,
) -> Introduction:  # fmt: skip
    """Let an owner ask for an introduction, agreeing to what is passed on; the same key asks once.

    :param items: what is agreed to beside what every introduction needs.
    :param seen: the fingerprint of what the owner read, so that nothing else is passed on.
    :raises IntroductionRefused: when the program is not published or does not suit, an introduction to it is open, or
        what would be passed on is not what was read.
    :raises ConsentMissing: when the wording agreed to is not the current one.
    :raises KeyReused: when the key asked for something else.
    """
    fingerprint = idempotency.fingerprint_of([enterprise.pk, program.pk, amount, purpose, sorted(items)])

    def make() -> str:
        Enterprise.objects.locked().get(pk=enterprise.pk)
        _check(enterprise, program, queries.Wanted(amount, purpose), on=timezone.localtime(at).date())
        content = sharing.content_of(enterprise, by, items=items)
        if seen != sharing.fingerprint_of(program.reference, content):
            raise IntroductionRefused("shared_changed")
        agreed = identity.agree(
            enterprise, purpose=consents.INTRODUCTION, wording_version=wording_version, by=by, at=at
        )
        introduction = Introduction.objects.create(
            enterprise=enterprise,
            program=program,
            program_code=program.code,
            amount=amount,
            purpose=purpose,
            consent=agreed,
            kept_content=json.dumps(content, ensure_ascii=False),
            asked_by=by,
            asked_at=at,
        )
        details = {"program": program.reference, "enterprise": enterprise.reference, "items": sorted(content)}
        audit.record("introductions.asked", subject=introduction.reference, by=by.reference, at=at, details=details)
        return introduction.reference

    reference = idempotency.answer_once(f"funding.ask:{by.reference}", key, fingerprint=fingerprint, make=make)
    return Introduction.objects.get(reference=reference)


def _check(enterprise: Enterprise, program: FundingProgram, wanted: queries.Wanted, *, on: date) -> None:
    if not queries.published(on).filter(pk=program.pk).exists():
        raise IntroductionRefused("program_not_published")
    exact = wanted.amount is not None and is_exact(wanted.amount, settings.BANK_CURRENCY)
    if not exact or judge(program.rules(), queries.facts_of(enterprise, wanted), on=on).fit != Fit.FITS:
        raise IntroductionRefused("program_does_not_suit")
    if queries.open_to(enterprise, program.code):
        raise IntroductionRefused("introduction_open")


@transaction.atomic(durable=True)
def pass_on(introduction: Introduction, *, by: User, at: datetime) -> None:
    """Take it upon oneself to pass on what the owner agreed to; from now on there is a letter.

    :raises IntroductionRefused: by a member of the enterprise, past the last day to apply, or when whoever agreed no
        longer owns the enterprise.
    :raises TransitionRefused: when it was passed on already, or is over.
    """
    _lock(introduction)
    target = target_of(TRANSITIONS, Event.PASS_ON, introduction.status)
    _check_not_own(introduction, by)
    last_day = introduction.program.apply_by
    if last_day is not None and last_day < timezone.localtime(at).date():
        raise IntroductionRefused("program_over")
    _check_asker(introduction)
    introduction.passed_on_by, introduction.passed_on_at = by, at
    _move(introduction, target, "passed_on", by=by, at=at)
    _tell(introduction, at=at)


@transaction.atomic(durable=True)
def hand_out(introduction: Introduction, *, form: str, by: User, at: datetime) -> None:
    """Note that a person takes the letter, as ``pdf`` or ``csv``.

    :raises IntroductionRefused: by a member of the enterprise, when it is not passed on, or no longer, or when whoever
        agreed no longer owns the enterprise.
    """
    _lock(introduction)
    _check_not_own(introduction, by)
    if introduction.status != Status.PASSED_ON:
        raise IntroductionRefused("letter_not_passed_on")
    _check_asker(introduction)
    _record(introduction, "letter_taken", by=by, at=at, form=form, items=sorted(introduction.shared))


@transaction.atomic(durable=True)
def conclude(
    introduction: Introduction, *, is_funded: bool, amount: Decimal | None, note: str, by: User, at: datetime
) -> None:
    """Record what the program answered; its owner is told.

    :param amount: what was granted; needed where it was funded.
    :raises IntroductionRefused: by a member of the enterprise, without the amount, or without a word of why not.
    :raises TransitionRefused: when it is over, or was funded before it was passed on.
    """
    _lock(introduction)
    target = target_of(TRANSITIONS, Event.FUND if is_funded else Event.DECLINE, introduction.status)
    _check_not_own(introduction, by)
    if is_funded and (amount is None or amount <= 0 or not is_exact(amount, settings.BANK_CURRENCY)):
        raise IntroductionRefused("funded_amount_missing")
    if not is_funded and not note.strip():
        raise IntroductionRefused("answer_missing")
    introduction.funded_amount = amount if is_funded else None
    introduction.note, introduction.ended_at = note.strip(), at
    _move(introduction, target, "funded" if is_funded else "declined", by=by, at=at, amount=introduction.funded_amount)
    _tell(introduction, at=at)


@transaction.atomic(durable=True)
def withdraw(introduction: Introduction, *, by: User, at: datetime) -> None:
    """Let an owner take the consent back: nothing more is passed on. Withdrawn again, nothing changes.

    :raises TransitionRefused: when it is over.
    """
    _lock(introduction)
    if introduction.status == Status.WITHDRAWN:
        return
    target = target_of(TRANSITIONS, Event.WITHDRAW, introduction.status)
    introduction.ended_at = at
    _move(introduction, target, "withdrawn", by=by, at=at)


@transaction.atomic(durable=True)
def lapse(reference: str, *, at: datetime, on: date) -> None:
    """End an introduction of which nothing came; its owner is told. One that has moved on stays as it is."""
    introduction = Introduction.objects.get(reference=reference)
    _lock(introduction)
    if introduction.reference not in queries.lapsing(at=at, on=on):
        return
    introduction.ended_at = at
    _move(introduction, target_of(TRANSITIONS, Event.LAPSE, introduction.status), "lapsed", by=None, at=at)
    _tell(introduction, at=at)


def _lock(introduction: Introduction) -> None:
    introduction.refresh_from_db(from_queryset=Introduction.objects.locked())


def _check_not_own(introduction: Introduction, by: User) -> None:
    if ever_acted_for(introduction.enterprise, person=by.reference):
        raise IntroductionRefused("own_introduction")


def _check_asker(introduction: Introduction) -> None:
    if not owns(introduction.asked_by, introduction.enterprise):
        raise IntroductionRefused("asker_left")


def _move(introduction: Introduction, target: str, verb: str, *, by: User | None, at: datetime, **details: Any) -> None:
    introduction.status = target
    introduction.save(update_fields=MOVING)
    _record(introduction, verb, by=by, at=at, **details)


def _record(introduction: Introduction, verb: str, *, by: User | None, at: datetime, **details: Any) -> None:
    actor = by.reference if by else None
    audit.record(f"introductions.{verb}", subject=introduction.reference, by=actor, at=at, details=details)


def _tell(introduction: Introduction, *, at: datetime) -> None:
    """Send the owners a message that there is news; more is read behind the sign-in."""
    params = {"reference": introduction.reference}
    tell_owners(introduction.enterprise, "introduction_moved", params=lambda: params, at=at)
