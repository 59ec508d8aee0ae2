"""What stands before any case: branches, staff, books, rules, products, courses."""

from datetime import datetime
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Final

from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.conf import settings

from accounts.harvest import operations as harvest
from accounts.harvest.operations import editions as crop_editions
from accounts.identity import operations as identity
from accounts.identity.models import Branch, User
from accounts.ledger import operations as ledger
from accounts.settlement import operations as settlement
from lending.credit import operations as credit
from lending.products import files
from lending.products import operations as products
from portal.seed import words
from portal.seed.cast import ACCOUNT_TERMS, BRANCHES, CHALLENGER, MARKET_LOAN, STAFF
from portal.seed.sign_ins import PASSWORD
from portal.seed.story import watchlists
from portal.seed.story.bank import Story
from training import operations as training

COURSES: Final = Path(settings.BASE_DIR) / "training" / "courses"


def found_the_bank(story: Story) -> None:
    """Lay out what stands before any case: branches, staff, books, rules, products, courses."""
    story.say("branches, staff, books, rules, products, courses")
    identity.load_industries()
    for row in BRANCHES:
        story.branches[row.code] = Branch.objects.create(**row._asdict())
    begin = story.moment(story.days_ago(800))
    for number, person in enumerate(STAFF):
        user = sign_up(f"+86139{number:08d}", person.name, email=person.email)
        limit = Decimal(person.approval_limit)
        for branch, role in person.posts:
            place = story.branches[branch]
            identity.give_post(user, role=role, branch=place, by=None, at=begin, approval_limit_amount=limit)
        TOTP.activate(user, _authenticator_secret(number))
        RecoveryCodes.activate(user)
        story.staff[person.email.split("@")[0]] = user
    ledger.open_books(settings.BANK_CURRENCY, at=begin)
    watchlists.load(story, begin)
    _bring_account_terms_out(story, begin)
    rules_from = story.noon(story.days_ago(345))  # before the first case; to be looked at again in three weeks
    credit.install_shipped(approved_by=story.staff["risk"].reference, on=rules_from.date(), at=rules_from)
    _let_a_challenger_watch(story, rules_from)
    harvest.install_shipped(approved_by=story.staff["risk"].reference, on=begin.date(), at=begin)
    _propose_a_crop_calendar(story)
    _bring_products_out(story, begin)
    for folder in sorted(path for path in COURSES.iterdir() if path.is_dir()):
        training.publish_course_from(folder, at=begin, by=story.staff["editor"])


def _bring_account_terms_out(story: Story, begin: datetime) -> None:
    """Offer the terms of accounts: the administrator prepares, the risk analyst brings out; cheaper ones still wait."""
    admin, analyst = story.staff["admin"].reference, story.staff["risk"].reference
    terms = ACCOUNT_TERMS | {"currency": settings.BANK_CURRENCY}
    first = settlement.propose_account_product("business", key="first", by=admin, at=begin, **terms)
    settlement.approve_account_product(first, by=analyst, at=begin)
    cheaper = terms | {"monthly_fee_amount": Decimal("3.00")}
    recently = story.noon(story.days_ago(2))
    settlement.propose_account_product("business", key="cheaper", by=admin, at=recently, **cheaper)


def _bring_products_out(story: Story, begin: datetime) -> None:
    """Offer the shipped products: the administrator prepares, the risk analyst approves; one still waits."""
    admin, analyst = story.staff["admin"].reference, story.staff["risk"].reference
    for product in products.prepare_all(files.read(files.STARTING), by=admin, at=begin):
        products.approve(product, seen=product.fingerprint, offered_from=begin.date(), by=analyst, at=begin)
        story.products[product.code] = product
    products.prepare(**MARKET_LOAN, by=admin, at=story.noon(story.days_ago(2)))


def _propose_a_crop_calendar(story: Story) -> None:
    """Let the risk analyst propose prices of this autumn, which wait for a second person."""
    text = crop_editions.SHIPPED.read_text(encoding="utf-8").replace("16,600.00", "16,560.00")
    harvest.propose_edition(
        text,
        as_of=story.days_ago(20),
        source=words.PRICES_ASKED,
        by=story.staff["risk"].reference,
        at=story.noon(story.days_ago(3)),
    )


def _let_a_challenger_watch(story: Story, at: datetime) -> None:
    """Score a second opinion beside the cards, which decides nothing."""
    admin, risk = story.staff["admin"].reference, story.staff["risk"].reference
    challenger = credit.propose_challenger(CHALLENGER, by=risk, at=at, source=words.BY_HAND)
    credit.approve(challenger, by=admin, at=at)
    credit.activate(challenger, on=at.date(), by=admin, at=at)


def _authenticator_secret(number: int) -> str:
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
    rng = Random(f"authenticator {number} {settings.SECRET_KEY}")  # noqa: S311 - the demo shows its codes anyway
    return "".join(rng.choice(letters) for _ in range(32))


def sign_up(phone: str, name: str, *, email: str = "", language: str = "en") -> User:
    """Make a person who confirmed the number, and the e-mail if there is one."""
    user = User.objects.create_user(
        phone=phone, email=email, password=PASSWORD, full_name=name, phone_verified=True, language=language
    )
    if email:
        EmailAddress.objects.create(user=user, email=email, verified=True, primary=True)
    return user
