"""The whole way through, in a real browser, with a real worker: from signing up to a repaid installment and beyond."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from typing import Any, Final

import pytest
from django.core.management import call_command
from django.db import connection
from PIL import Image
from stdnum.cn import uscc

from accounts.identity.models import Enterprise, User
from accounts.identity.tests.builders import make_checked
from accounts.ledger import queries as ledger
from accounts.settlement import queries as settlement
from accounts.settlement.models import SettlementAccount
from accounts.statements import writing
from lending.applications.models import Application
from lending.applications.states import Status
from lending.loans.models import Loan
from portal.core import audit
from portal.core.tests import browser
from portal.pages.tests.visitor import Visitor, latest_code
from portal.seed import flows
from portal.seed.cast import ENTERPRISES, TRADES
from portal.seed.sign_ins import PASSWORD
from portal.seed.story import Story, tell_of
from training.models import Attempt, Certificate, Course

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("worker")]

SHOP: Final = ENTERPRISES[0]._replace(legal_name="河镇王芳便利店", health="strong")
LICENSE: Final = "92330523MA2B9999X"


@pytest.fixture(scope="module")
def desk() -> Iterator[Any]:
    """One browser for the module."""
    with browser.driver(width=1280) as driver:
        yield driver


@pytest.fixture
def visitor(desk: Any, live_server: Any) -> Visitor:
    """Whoever sits at the browser now."""
    someone = Visitor(desk, live_server.url)
    someone.forget()
    return someone


@pytest.fixture
def papers(tmp_path: Path, story: Story) -> Path:
    """What the owner brings: a photo of the license and a strong year at another bank."""
    Image.effect_noise((640, 480), 40).convert("RGB").save(tmp_path / "license.jpg")
    yesterday = story.today - timedelta(days=1)
    year = flows.statement(SHOP, TRADES[SHOP.trade], last=yesterday, rng=Random(11))
    (tmp_path / "year.xml").write_bytes(writing.as_camt053(year))
    return tmp_path


class TestOwner:
    def test_goes_from_signing_up_to_a_repaid_installment(
        self, visitor: Visitor, papers: Path, tmp_path: Path, story: Story
    ) -> None:
        sign_up(visitor, "Wang Fang", "152 0571 0001")
        register(visitor)
        check_papers(visitor, story)
        visitor.sign_in(User.objects.get(full_name="Wang Fang"))
        application = apply(visitor, papers)
        visitor.press("Send application")
        visitor.see("Approved:", "Yearly cost (APR)")  # by itself: nobody reloads the page
        loan = borrow(visitor, application)
        repay(visitor, loan)
        download_statement(visitor, loan.settlement_account, tmp_path / "downloads")
        invite_manager(visitor, "152 0571 0003")
        visitor.forget()
        sign_up(visitor, "Chen Jie", "152 0571 0003")
        visitor.open("/enterprises/")
        visitor.see(SHOP.legal_name)
        certificate = learn(visitor, "know-your-cash")
        visitor.forget()
        visitor.open(f"/training/verify/{certificate.code}/")
        visitor.see("This certificate is valid", "Chen Jie")
        everything_ties()

    def test_sees_the_answer_without_javascript_too(self, live_server: Any, papers: Path) -> None:
        with browser.driver(width=360, scripts=False) as phone:
            visitor = Visitor(phone, live_server.url)
            sign_up(visitor, "Wang Fang", "152 0571 0002")
            register(visitor)
            make_checked(Enterprise.objects.get(legal_name=SHOP.legal_name))
            apply(visitor, papers)
            visitor.press("Send application")
            visitor.see("Approved:")


class TestReferredCase:
    def test_is_recommended_by_one_person_and_approved_by_another(self, visitor: Visitor, story: Story) -> None:
        application = told(story, "referred")
        visitor.sign_in(story.staff["risk"])
        visitor.press("Open the checks")
        visitor.press("Open the hits")
        visitor.press(application.enterprise.watchlist_hits.get().reference)
        visitor.choose("No, somebody else")
        visitor.fill(reason="Another year of birth, and she has never been abroad.")
        visitor.press("Record it")
        visitor.see("Your ruling was recorded.")
        visitor.sign_in(story.staff["underwriter"])
        visitor.see("Your day")
        visitor.press("Open the cases")
        visitor.press(application.reference)
        visitor.choose("Approve")
        visitor.fill(note="I visited the shop; the counter is busy all day.")
        visitor.press("Send to a second person")
        visitor.see("A second person decides.")
        visitor.sign_in(story.staff["approver"])
        visitor.open(f"/applications/{application.reference}/")
        visitor.choose("Carry out the recommendation")
        visitor.fill(note="I agree.")
        visitor.press("Decide")
        visitor.see("The decision was recorded.")
        owner = application.enterprise.memberships.get().user
        visitor.sign_in(in_english(owner))
        visitor.open(f"/applications/{application.reference}/")
        visitor.see("Approved:")
        everything_ties()


class TestDeclinedOwner:
    def test_reads_why_and_reaches_the_course_that_helps(self, visitor: Visitor, story: Story) -> None:
        application = told(story, "declined")
        visitor.sign_in(in_english(application.enterprise.memberships.get().user))
        visitor.open(f"/applications/{application.reference}/")
        visitor.see("We cannot lend this now", "Why")
        visitor.press("Learn how")
        visitor.press("Know your cash" if "Know your cash" in visitor.browser.page_source else "Borrow well")
        visitor.press("Begin this course")
        visitor.see("Mark as read")


def sign_up(visitor: Visitor, name: str, phone: str) -> None:
    """Sign up with a number, and confirm it."""
    visitor.open("/")
    visitor.press("Apply now")
    visitor.fill(full_name=name, phone=phone, password1=PASSWORD)
    visitor.press("Sign up")
    visitor.fill(code=latest_code("sign_in_code"))
    visitor.press("Continue")
    visitor.see(f"Good day, {name}")


def register(visitor: Visitor) -> None:
    """Register the shop, one page after the other."""
    visitor.press("Continue")  # the next step on the home page
    visitor.fill(legal_name=SHOP.legal_name, identifier=LICENSE + str(uscc.calc_check_digit(LICENSE)))
    visitor.fill(founded_on="2016-03-01")
    visitor.press("Continue")
    visitor.open("/enterprises/new/industry/?q=convenience")
    visitor.choose("food")
    visitor.press("Continue")
    visitor.choose("Village")
    visitor.pick("branch", "River Town branch")
    visitor.fill(employees="4", annual_revenue_amount="600000")
    visitor.press("Continue")
    visitor.choose("I agree")
    visitor.press("Register")
    visitor.see(f"{SHOP.legal_name} is registered.")


def check_papers(visitor: Visitor, story: Story) -> None:
    """Let the branch's officer see the owner's papers and record it, before anything is asked for."""
    visitor.sign_in(story.staff["officer"])
    visitor.press("Open the checks")
    for paper in ("Business license", "Identity document: Wang Fang"):
        visitor.open("/checks/")
        visitor.press(SHOP.legal_name)
        visitor.pick("what", paper)
        visitor.choose("Passed")
        visitor.fill(evidence="Original seen at the counter.", expires_on=f"{story.today.year + 5}-01-31")
        visitor.press("Record the check")
        visitor.see("The check was recorded.")
    visitor.see("Every check that is needed was made")


def apply(visitor: Visitor, papers: Path) -> Application:
    """Fill in an application up to the page before sending it."""
    visitor.open("/")
    visitor.press("Continue")
    visitor.press("Choose: Quick working capital")
    visitor.fill(amount="20000")
    visitor.pick("term_months", "12 months")
    visitor.choose("Goods and raw materials")
    visitor.press("Continue")
    visitor.press("Documents")
    visitor.upload("file", papers / "license.jpg")
    visitor.press("Add document")
    visitor.see("license.jpg", "The document was added.")
    visitor.press("Back to your application")
    visitor.press("Bank statements")
    visitor.upload("file", papers / "year.xml")
    visitor.press("Send the statements")
    visitor.see("year.xml")
    visitor.press("Check and send")  # it is there once the statement was read
    return Application.objects.latest("pk")


def borrow(visitor: Visitor, application: Application) -> Loan:
    """Read the contract, open the account, have a code sent, and sign."""
    visitor.press("See the contract and sign")
    visitor.see("Confirm that it is you")
    visitor.fill(password=PASSWORD)
    visitor.press("Continue")
    visitor.press("Open a settlement account")
    visitor.press("Send me a code")
    visitor.choose("I have read the contract")
    visitor.fill(code=latest_code("signing_code"))
    visitor.press("Sign and pay out")
    visitor.see("is in your account.")
    loan = Loan.objects.select_related("settlement_account").get(offer__application=application)
    visitor.open(f"/settlement/{loan.settlement_account.reference}/")
    visitor.see("¥20,000.00")
    return loan


def repay(visitor: Visitor, loan: Loan) -> None:
    """Repay the first installment from the account."""
    first = loan.installments.order_by("number")[0]
    visitor.open(f"/loans/{loan.reference}/")
    visitor.press("Repay")
    visitor.press("Repay now")  # the amount of the next installment is filled in
    visitor.see("Thank you. The repayment is booked.")
    first.refresh_from_db()
    assert first.open_amount == 0
    left = settlement.available_balance(loan.settlement_account)
    assert left == loan.principal_amount - first.total_amount


def download_statement(visitor: Visitor, account: SettlementAccount, folder: Path) -> None:
    """Download the account's statement as PDF."""
    allow = {"behavior": "allow", "downloadPath": str(folder), "eventsEnabled": False}
    visitor.browser.execute_cdp_cmd("Browser.setDownloadBehavior", allow)
    visitor.open(f"/settlement/{account.reference}/")
    visitor.click("PDF in English")
    paper = visitor.wait(lambda: next(folder.glob("*.pdf"), None), "the statement")
    assert paper.read_bytes().startswith(b"%PDF-")


def invite_manager(visitor: Visitor, phone: str) -> None:
    """Invite someone by number from the enterprise's page."""
    visitor.open("/enterprises/")
    visitor.press(SHOP.legal_name)
    visitor.fill(phone=phone)
    visitor.choose("Manager")
    visitor.press("Send the invitation")
    visitor.see("Invited")


def learn(visitor: Visitor, slug: str) -> Certificate:
    """Read every lesson, answer the quiz rightly, and get the certificate."""
    course = Course.objects.get(slug=slug)
    visitor.open(f"/training/courses/{slug}/")
    visitor.press("Begin this course")
    for _lesson in course.lessons.all():
        visitor.press("Mark as read")
    visitor.press("Take the quiz")
    attempt = Attempt.objects.latest("pk")
    for answer in attempt.answers.order_by("position"):
        right = answer.question.choices.get(is_correct=True)
        box = visitor.browser.find_element(
            "css selector", f"input[name='question_{answer.position}'][value='{right.pk}']"
        )
        visitor.browser.execute_script("arguments[0].click()", box)
    visitor.press("Send my answers")
    visitor.see("You have passed")
    visitor.press("Get the certificate")
    visitor.see("Know your cash")
    return Certificate.objects.get()


def told(story: Story, ending: str) -> Application:
    """Let the seed tell the story of one enterprise, and find its application."""
    number, row = next((number, row) for number, row in enumerate(ENTERPRISES) if row.story == ending)
    tell_of(story, number, row)
    return Application.objects.select_related("enterprise").get(status=Status(ending))


def in_english(user: User) -> User:
    """Let a person read English."""
    user.language = "en"
    user.save(update_fields=["language"])
    return user


def everything_ties() -> None:
    """Check books and trail as the bank's own commands do."""
    call_command("check_books", verbosity=0)
    while audit.seal():
        continue
    call_command("verify_audit", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT CURRENT_DATE")
        today = cursor.fetchone()[0]
    balance = ledger.trial_balance(today + timedelta(days=1))
    assert balance.debit_total == balance.credit_total
