"""A statement that was judged by, withdrawn and replaced by one that tells otherwise makes a person look."""

from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.cashflow import operations as evidence
from accounts.cashflow.tests.builders import Told, make_statement
from accounts.identity.tests.builders import make_checked
from lending.applications import judgment
from lending.applications import operations as applications
from lending.applications.models import Application
from lending.applications.states import Status
from lending.applications.tests.builders import DAY, NOW, TODAY, make_declined, make_draft, sound_lines
from lending.applications.tests.pages import shown, url
from lending.products.tests.builders import make_product

LATER = NOW + timedelta(hours=1)
SOLD_MORE = [
    (day, str(Decimal(amount) * 2) if amount[0] != "-" else amount, *who) for day, amount, *who in sound_lines()
]


@pytest.fixture
def declined(bank, enterprise, owner):
    """A case that was declined on a year's statement."""
    make_product()
    make_checked(enterprise)
    return make_declined(enterprise, by=owner)


def again(declined: Application, lines: Iterable[Told], *, account: str = "6222021234567890") -> Application:
    """Withdraw the statement, bring another, and ask again for what the rules approve."""
    enterprise, owner = declined.enterprise, declined.applicant
    evidence.withdraw(enterprise.statements.get(), by=owner.reference, at=LATER)
    lines = list(lines)
    make_statement(enterprise, lines, account=account, holder=enterprise.legal_name, opening="30000.00", at=LATER)
    application = make_draft(enterprise, by=owner, key="again", at=LATER)
    applications.submit(application, by=owner, at=LATER)
    applications.decide(application.reference, at=LATER + DAY, on=TODAY + DAY)
    return Application.objects.get(pk=application.pk)


class TestDecide:
    """What becomes of the next application."""

    def test_asks_a_person_and_keeps_why(self, declined):
        application = again(declined, SOLD_MORE)
        decision = application.decision
        withdrawn, by = application.enterprise.statements.order_by("pk")
        (found,) = decision.facts["replaced_statements"]
        assert application.status == Status.REFERRED
        assert decision.verdict["reasons"][0]["code"] == "evidence_contradicts"
        assert (found["withdrawn"], found["by"]) == (withdrawn.reference, by.reference)
        assert found["days"] == decision.facts["suspicions"] > 100

    def test_asks_nobody_once_a_person_cleared_it(self, declined, approver):
        application = again(declined, SOLD_MORE)
        withdrawn, by = application.enterprise.statements.order_by("pk")
        evidence.clear(withdrawn, replaced_by=by, reason="The bank confirmed it.", by=approver, at=LATER + DAY)
        judged = judgment.judge(application, on=TODAY + DAY, at=LATER + DAY)
        assert (judged.facts["suspicions"], "replaced_statements" in judged.facts) == (0, False)
        assert judged.verdict.outcome == "approved"

    @pytest.mark.parametrize(
        ("lines", "account"),
        [
            (list(sound_lines()), "6222021234567890"),
            ([*sound_lines(), (TODAY.isoformat(), "2500.00", "Customer 1", "sale")], "6222021234567890"),
            (SOLD_MORE, "6222020000000000"),
        ],
        ids=["the same again", "with days that came since", "of another account"],
    )
    def test_trusts_an_honest_replacement(self, declined, lines, account):
        application = again(declined, lines, account=account)
        assert "replaced_statements" not in application.decision.facts
        assert (application.status, application.decision.facts["suspicions"]) == (Status.APPROVED, 0)

    def test_minds_no_file_that_nobody_judged_by(self, bank, enterprise, owner):
        make_product()
        make_checked(enterprise)
        early = make_statement(enterprise, SOLD_MORE, holder=enterprise.legal_name, opening="30000.00", at=NOW - DAY)
        evidence.withdraw(early, by=owner.reference, at=NOW - timedelta(hours=1))
        application = make_declined(enterprise, by=owner)
        assert application.decision.facts["suspicions"] == 0


class TestCase:
    """What a person on the case sees."""

    def test_names_the_files_and_the_days(self, client_of, officer, declined):
        application = again(declined, SOLD_MORE)
        withdrawn, by = application.enterprise.statements.order_by("pk")
        page = shown(client_of(officer).get(url("detail", application)))
        assert "after an earlier application had been judged by it, or" in page
        assert withdrawn.reference in page
        assert by.reference in page
        assert "had been judged by it" not in shown(client_of(officer).get(url("detail", declined)))

    def test_says_who_cleared_it_since(self, client_of, officer, approver, declined):
        application = again(declined, SOLD_MORE)
        withdrawn, by = application.enterprise.statements.order_by("pk")
        assert "clear it" in shown(client_of(officer).get(url("detail", application)))
        evidence.clear(withdrawn, replaced_by=by, reason="The bank confirmed it.", by=approver, at=LATER + DAY)
        page = shown(client_of(officer).get(url("detail", application)))
        assert f"Cleared by {approver.full_name}" in page
        assert "The bank confirmed it." in page
        assert "clear it" not in page
