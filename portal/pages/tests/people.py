"""Everyone who walks through the bank: visitors, owners whose stories end in every way, their people, all staff."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Final

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from accounts.cashflow import operations as cashflow
from accounts.identity.models import User
from accounts.ledger.models import Hold
from accounts.statements.parsing.tests.samples import zipped
from lending.loans.losses import operations as losses
from lending.loans.losses.classes import RiskClass
from lending.loans.losses.models import WriteOff
from portal.seed.cast import ENTERPRISES
from portal.seed.corrections import tell_of_a_correction
from portal.seed.drawers import tell_of_drawers
from portal.seed.funding import tell_of_funding
from portal.seed.learners import tell_of_learners
from portal.seed.lines import tell_of_a_line
from portal.seed.losses import tell_of_losses
from portal.seed.lost_phones import tell_of_a_lost_phone
from portal.seed.members import BOOKKEEPER, MANAGER, PASSED, tell_of_a_bookkeeper, tell_of_members
from portal.seed.payments import tell_of_payments
from portal.seed.sign_ins import PASSWORD
from portal.seed.story import Story, end_the_months, tell_of
from training import operations as training
from training.models import Attempt, Course

TOLD: Final = (
    *("repaying", "late", "lost", "offered", "referred", "recommended", "declined", "draft", "withdrawn", "expired"),
    *("registered", "rescheduled", "proposed", "doubted", "cleared", "revoked", "on_hold"),
)
VISITED: Final = (
    *("repaying", "offered", "referred", "declined", "draft", "late", "expired", "registered"),
    *("rescheduled", "doubted", "revoked", "on_hold"),
)
STAFF: Final = ("officer", "underwriter", "approver", "operations", "risk", "editor", "auditor", "admin")
FIRST_STEPS: Final = (
    "/",
    "/accounts/password/reset/",
    "/accounts/password/reset/done/",
    "/accounts/inactive/",
    "/training/verify/",
)
CODE: Final = "91110108551385082Q"
INSIDE: Final = (
    "/",
    "/profile/",
    "/profile/record/",
    "/accounts/2fa/",
    "/accounts/logout/",
    "/enterprises/new/who/",
    "/enterprises/new/industry/?q=tea",
)
AT_A_DESK: Final = (
    "/",
    "/profile/",
    "/profile/record/",
    "/settlement/",
    "/accounts/2fa/",
    "/accounts/2fa/totp/activate/",
    "/accounts/2fa/reauthenticate/",
)


def tell(story: Story, endings: tuple[str, ...] = TOLD) -> None:
    """Seed one enterprise for each story, a manager who learns, and a newcomer who has nothing yet."""
    for ending in endings:
        number, row = next((number, row) for number, row in enumerate(ENTERPRISES) if row.story == ending)
        tell_of(story, number, row)
    tell_of_payments(story)
    tell_of_a_line(story)
    tell_of_a_bookkeeper(story)
    tell_of_members(story)
    tell_of_learners(story)
    tell_of_drawers(story)
    tell_of_funding(story)
    tell_of_a_lost_phone(story)
    tell_of_losses(story)
    tell_of_second_thoughts(story)
    tell_of_a_correction(story)
    end_the_months(story)
    now = story.moment(story.today, 8) - timedelta(days=1)
    User.objects.create_user(phone="+8615205719001", password=PASSWORD, full_name="Newcomer", phone_verified=True)
    learner = manager()
    for course in Course.objects.exclude(slug=PASSED):
        for lesson in course.lessons.all():
            training.complete_lesson(lesson, by=learner, at=now)
        training.begin_attempt(course, by=learner, at=now)


def tell_of_second_thoughts(story: Story) -> None:
    """Propose to reverse the write-off, and bring other rules for losses out."""
    at, by = story.noon(story.today), story.staff["underwriter"]
    for lost in WriteOff.objects.filter(status="approved"):
        losses.propose_reversal(lost, reason="Another shop's.", key="walk", by=by, at=at, on=story.today)
    days = {"special_mention_days": 1, "substandard_days": 91, "doubtful_days": 181, "loss_days": 361}
    rates = dict.fromkeys((f"{each.code}_rate" for each in RiskClass), Decimal("0.5"))
    rules = losses.propose_rules(by=story.staff["risk"].reference, at=at, observed_months=12, **days, **rates)
    tomorrow = story.today + timedelta(days=1)
    losses.approve_rules(rules, in_force_from=tomorrow, by=story.staff["admin"].reference, at=at)


def tell_of_locked_files(story: Story) -> None:
    """Bring two statements behind passwords; one was opened, one waits for its own."""
    owner = owner_of("registered")
    enterprise = owner.memberships.get().enterprise
    for name, password in (("january.csv", "240181"), ("february.csv", "")):
        content = zipped({name: b"Date,Description,Amount\n2026-01-13,Sale,10.00\n"}, password="240181")
        upload = SimpleUploadedFile(f"{name}.zip", content)
        cashflow.bring(enterprise, upload, password=password, by=owner.reference, at=story.noon(story.today))


def manager() -> User:
    """Find the manager who learns."""
    return User.objects.get(full_name=MANAGER)


def everyone(story: Story) -> Iterator[tuple[str, Client, tuple[str, ...]]]:
    """Give everyone with a signed-in client and where they begin."""
    yield "visitor", Client(), (*FIRST_STEPS, "/accounts/signup/", "/demo/", "/gallery/")
    for ending in VISITED:
        yield f"owner {ending}", client_of(owner_of(ending)), INSIDE
    yield "newcomer", client_of(User.objects.get(full_name="Newcomer")), INSIDE
    yield from halfway(story)
    attempts = [f"/training/attempts/{each.reference}/" for each in Attempt.objects.visible_to(manager())]
    yield "manager", client_of(manager()), (*INSIDE, *attempts)
    yield "bookkeeper", client_of(User.objects.get(full_name=BOOKKEEPER)), INSIDE
    kept = Hold.objects.get(event="kept_back").ledger_account.settlement_account
    beyond = {"operations": reverse("settlement:kept", args=[kept.reference]), "risk": reverse("harvest:propose")}
    for name in STAFF:
        yield name, client_of(story.staff[name]), (*AT_A_DESK, *filter(None, [beyond.get(name)]))


def halfway(story: Story) -> Iterator[tuple[str, Client, tuple[str, ...]]]:
    """Give those who are half way in: signing up, signing in, choosing a new password, registering."""
    fresh, known = "+8615205719003", "+8615205719001"
    signing_up, forgetful, signing_in, clerk = Client(), Client(), Client(), Client()
    signing_up.post("/accounts/signup/", {"full_name": "Li", "phone": fresh, "password1": PASSWORD})
    yield "signing up", signing_up, ("/accounts/phone/verify/",)
    forgetful.post("/accounts/password/reset/", {"email": known})
    yield "forgetful", forgetful, ("/accounts/password/reset/confirm/",)
    signing_in.post("/accounts/login/", {"login": known, "password": PASSWORD})
    yield "signing in", signing_in, ("/accounts/login/code/confirm/",)
    clerk.post("/accounts/login/", {"login": story.staff["officer"].email, "password": PASSWORD})
    yield "clerk", clerk, ("/accounts/2fa/authenticate/",)
    registering = client_of(User.objects.get(full_name="Newcomer"))
    who = {"legal_name": "小店", "identifier_kind": "uscc", "identifier": CODE, "founded_on": "2020-01-01"}
    registering.post("/enterprises/new/who/", who)
    registering.post("/enterprises/new/industry/", {"industry": "4711"})
    yield "registering", registering, ("/enterprises/new/place/",)
    branch = story.branches["001"].pk
    place = {"setting": "village", "branch": branch, "employees": 2, "annual_revenue_amount": "90000"}
    registering.post("/enterprises/new/place/", place)
    yield "registered soon", registering, ("/enterprises/new/check/",)


def owner_of(ending: str) -> User:
    """Find the owner of the enterprise whose story ends so."""
    row = next(row for row in ENTERPRISES if row.story == ending)
    return User.objects.get(full_name=row.owner, memberships__enterprise__legal_name=row.legal_name)


def client_of(user: User) -> Client:
    """Sign a person in who has just proven who it is."""
    client = Client()
    client.force_login(user, backend=settings.AUTHENTICATION_BACKENDS[0])
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client
