"""Proofs of introductions: asked for, passed on, answered, taken back, lapsed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.cashflow.tests.builders import make_statement
from accounts.identity.models import Consent
from accounts.identity.operations import ConsentMissing
from accounts.identity.tests.builders import make_user
from lending.funding import operations, queries
from lending.funding.models import Introduction
from lending.funding.sharing import Item
from lending.funding.states import Status
from lending.funding.tasks import lapse_introductions
from lending.funding.tests.builders import NOW, TODAY, ask, make_program, propose
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Notice
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

pytestmark = pytest.mark.django_db


@pytest.fixture
def program(bank):
    return make_program()


@pytest.fixture
def introduction(enterprise, program, owner):
    return ask(enterprise, program, by=owner)


def answer(introduction, by, **changed):
    told = {"is_funded": True, "amount": Decimal(30000), "note": "", "by": by, "at": NOW + timedelta(days=4)}
    operations.conclude(introduction, **(told | changed))


class TestAsk:
    def test_keeps_what_was_agreed_to(self, introduction, enterprise, program, owner):
        consent = Consent.objects.get(purpose="introduction")
        assert (consent.user, consent.enterprise, introduction.consent) == (owner, enterprise, consent)
        assert set(introduction.shared) == {"identity", "contact"}
        assert introduction.shared["contact"] == {"full_name": "Wang Fang", "phone": "+8613800138000"}
        event = AuditEvent.objects.get(verb="introductions.asked")
        assert event.details == {
            "program": "guarantee/1",
            "enterprise": enterprise.reference,
            "items": ["contact", "identity"],
        }

    def test_tells_the_database_nothing_in_clear(self, introduction):
        with connection.cursor() as cursor:
            cursor.execute("SELECT kept_content FROM lending_introduction")
            assert "Wang" not in cursor.fetchone()[0]

    def test_stands_on_the_edition_that_was_read(self, introduction):
        operations.approve(propose(cost_en="More"), published_from=TODAY, by="U-RISK", at=NOW)
        introduction.refresh_from_db()
        assert (introduction.program.version, introduction.program.cost_en) == (1, "0.8% a year")

    def test_happens_once_by_one_key(self, introduction, enterprise, program, owner):
        assert ask(enterprise, program, by=owner) == introduction
        assert Consent.objects.filter(purpose="introduction").count() == 1
        with pytest.raises(KeyReused):
            ask(enterprise, program, by=owner, amount=Decimal(50000))

    def test_is_open_once_for_a_program_in_all_its_editions(self, introduction, enterprise, owner):
        operations.approve(second := propose(), published_from=TODAY, by="U-RISK", at=NOW)
        with pytest.raises(operations.IntroductionRefused, match="introduction_open"):
            ask(enterprise, second, by=owner, key="two")

    @pytest.mark.parametrize("amount", ["9999", "100001", "40000.005"])
    def test_refuses_what_does_not_suit(self, enterprise, program, owner, amount):
        with pytest.raises(operations.IntroductionRefused, match="program_does_not_suit"):
            ask(enterprise, program, by=owner, amount=Decimal(amount))

    @pytest.mark.parametrize("code", ["draft", "over"])
    def test_refuses_what_is_not_published(self, enterprise, owner, code):
        program = propose() if code == "draft" else make_program(apply_by=date(2026, 3, 2))
        with pytest.raises(operations.IntroductionRefused, match="program_not_published"):
            ask(enterprise, program, by=owner, at=NOW + timedelta(days=1))

    def test_needs_the_consent_to_the_words_of_today(self, enterprise, program, owner):
        with pytest.raises(ConsentMissing):
            ask(enterprise, program, by=owner, wording_version="1999-01")
        assert not Introduction.objects.exists()

    def test_refuses_what_was_not_read(self, enterprise, program, owner):
        with pytest.raises(operations.IntroductionRefused, match="shared_changed"):
            ask(enterprise, program, by=owner, seen="another")


class TestCashFlow:
    def test_is_passed_on_where_it_was_agreed_to_only(self, enterprise, program, owner):
        make_statement(enterprise)
        introduction = ask(enterprise, program, by=owner, items=frozenset({Item.CASH_FLOW}))
        assert set(introduction.shared) == {"identity", "contact", "cash_flow"}
        assert set(introduction.shared["cash_flow"]) >= {"first_month", "last_month", "average_inflow", "average_net"}

    def test_is_absent_without_evidence(self, enterprise, program, owner):
        introduction = ask(enterprise, program, by=owner, items=frozenset({Item.CASH_FLOW}))
        assert set(introduction.shared) == {"identity", "contact"}


class TestPassOn:
    def test_names_who_and_tells_the_owner(self, introduction, officer):
        operations.pass_on(introduction, by=officer, at=NOW)
        assert (introduction.status, introduction.passed_on_by) == (Status.PASSED_ON, officer)
        assert Notice.objects.get(code="introduction_moved").address == "+8613800138000"

    def test_is_not_for_members_of_the_enterprise(self, introduction, enterprise, officer):
        enterprise.memberships.create(user=officer, role="manager", began_at=NOW, ended_at=NOW)
        with pytest.raises(operations.IntroductionRefused, match="own_introduction"):
            operations.pass_on(introduction, by=officer, at=NOW)

    def test_is_too_late_after_the_last_day(self, enterprise, officer, owner):
        introduction = ask(enterprise, make_program(apply_by=date(2026, 3, 5)), by=owner)
        with pytest.raises(operations.IntroductionRefused, match="program_over"):
            operations.pass_on(introduction, by=officer, at=NOW + timedelta(days=4))

    def test_is_refused_once_whoever_agreed_owns_the_enterprise_no_more(self, introduction, enterprise, officer):
        enterprise.memberships.update(ended_at=NOW)
        with pytest.raises(operations.IntroductionRefused, match="asker_left"):
            operations.pass_on(introduction, by=officer, at=NOW)

    @pytest.mark.parametrize("after", ["passed_on", "withdrawn"])
    def test_happens_once_and_never_after_a_withdrawal(self, introduction, officer, owner, after):
        if after == "withdrawn":
            operations.withdraw(introduction, by=owner, at=NOW)
        else:
            operations.pass_on(introduction, by=officer, at=NOW)
        with pytest.raises(TransitionRefused):
            operations.pass_on(introduction, by=officer, at=NOW)


class TestLetter:
    def test_is_recorded_each_time(self, introduction, officer):
        operations.pass_on(introduction, by=officer, at=NOW)
        for form in ("pdf", "csv"):
            operations.hand_out(introduction, form=form, by=officer, at=NOW)
        told = AuditEvent.objects.filter(verb="introductions.letter_taken").values_list("details__form", "by")
        assert list(told) == [("pdf", officer.reference), ("csv", officer.reference)]

    def test_is_refused_once_whoever_agreed_owns_the_enterprise_no_more(self, introduction, enterprise, officer):
        operations.pass_on(introduction, by=officer, at=NOW)
        enterprise.memberships.update(ended_at=NOW)
        with pytest.raises(operations.IntroductionRefused, match="asker_left"):
            operations.hand_out(introduction, form="pdf", by=officer, at=NOW)
        assert not AuditEvent.objects.filter(verb="introductions.letter_taken").exists()

    @pytest.mark.parametrize("withdrawn", [False, True])
    def test_is_there_while_it_is_passed_on_only(self, introduction, officer, owner, withdrawn):
        if withdrawn:
            operations.pass_on(introduction, by=officer, at=NOW)
            operations.withdraw(introduction, by=owner, at=NOW)
        with pytest.raises(operations.IntroductionRefused, match="letter_not_passed_on"):
            operations.hand_out(introduction, form="pdf", by=officer, at=NOW)


class TestConclude:
    def test_records_what_was_granted(self, introduction, officer):
        operations.pass_on(introduction, by=officer, at=NOW)
        answer(introduction, officer)
        assert (introduction.status, introduction.funded_amount) == (Status.FUNDED, 30000)
        assert Notice.objects.filter(code="introduction_moved").count() == 2

    @pytest.mark.parametrize(
        ("changed", "code"),
        [({"amount": None}, "funded_amount_missing"), ({"is_funded": False}, "answer_missing")],
    )
    def test_refuses_half_an_answer(self, introduction, officer, changed, code):
        operations.pass_on(introduction, by=officer, at=NOW)
        with pytest.raises(operations.IntroductionRefused, match=code):
            answer(introduction, officer, **changed)

    def test_funds_nothing_that_was_not_passed_on(self, introduction, officer):
        with pytest.raises(TransitionRefused):
            answer(introduction, officer)
        answer(introduction, officer, is_funded=False, note="The fund is empty.")
        assert introduction.status == Status.DECLINED

    def test_lets_the_owner_ask_again(self, introduction, enterprise, program, officer, owner):
        answer(introduction, officer, is_funded=False, note="The fund is empty.")
        assert ask(enterprise, program, by=owner, key="two") != introduction


class TestWithdraw:
    def test_changes_nothing_the_second_time(self, introduction, owner):
        for _time in range(2):
            operations.withdraw(introduction, by=owner, at=NOW)
        assert AuditEvent.objects.filter(verb="introductions.withdrawn").count() == 1

    def test_is_too_late_when_all_is_said(self, introduction, officer, owner):
        operations.pass_on(introduction, by=officer, at=NOW)
        answer(introduction, officer)
        with pytest.raises(TransitionRefused):
            operations.withdraw(introduction, by=owner, at=NOW)


class TestLapse:
    def test_ends_what_nobody_answers_in_ninety_days(self, introduction, officer):
        operations.pass_on(introduction, by=officer, at=NOW + timedelta(days=10))
        assert queries.lapsing(at=NOW + timedelta(days=99), on=TODAY) == []
        late = NOW + timedelta(days=100)
        for _time in range(2):
            operations.lapse(introduction.reference, at=late, on=late.date())
        introduction.refresh_from_db()
        assert (introduction.status, introduction.ended_at) == (Status.LAPSED, late)
        assert AuditEvent.objects.filter(verb="introductions.lapsed").count() == 1

    def test_ends_what_was_not_passed_on_by_the_last_day(self, enterprise, owner):
        introduction = ask(enterprise, make_program(apply_by=date(2026, 3, 5)), by=owner)
        assert queries.lapsing(at=NOW, on=date(2026, 3, 5)) == []
        assert queries.lapsing(at=NOW, on=date(2026, 3, 6)) == [introduction.reference]

    def test_is_what_the_worker_does(self, introduction):
        lapse_introductions()
        introduction.refresh_from_db()
        assert introduction.status == Status.LAPSED


class TestFigures:
    def test_count_by_program_and_branch(self, introduction, enterprise, owner, officer, bank):
        operations.pass_on(introduction, by=officer, at=NOW)
        answer(introduction, officer)
        ask(enterprise, make_program("grant"), by=owner, key="two")
        told = [
            (each.program.code, each.introduced, each.passed_on, each.funded, each.funded_amount, each.days)
            for each in queries.figures(officer)
        ]
        assert told == [("grant", 1, 0, 0, 0, None), ("guarantee", 1, 1, 1, 30000, 4)]
        assert queries.figures(make_user("Kai Zhou", role="officer", branch=bank.other_branch)) == []

    def test_name_editions_that_were_approved(self, introduction, officer):
        propose(name_en="Not yet")
        assert [each.program.version for each in queries.figures(officer)] == [1]

    def test_ask_the_database_as_often_however_many(
        self, introduction, enterprise, owner, officer, django_assert_num_queries
    ):
        for number in range(8):
            ask(enterprise, make_program(f"grant-{number}"), by=owner, key=f"key {number}")
        officer.posts  # noqa: B018 - known before
        with django_assert_num_queries(2):
            queries.figures(officer)


class TestTheDatabase:
    @pytest.mark.parametrize("change", ["amount = 1", "kept_content = ''", "program_code = 'other'"])
    def test_keeps_what_was_agreed_to(self, introduction, change):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE lending_introduction SET {change}")


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_ask_once(self, enterprise, program, owner):
        came = together(*[lambda key=key: ask(enterprise, program, by=owner, key=key) for key in "ab"])
        assert sorted(type(each).__name__ for each in came) == ["Introduction", "IntroductionRefused"]

    def test_ask_once_by_one_key(self, enterprise, program, owner):
        one, other = together(*[lambda: ask(enterprise, program, by=owner)] * 2)
        assert one == other

    def test_pass_on_or_withdraw_but_never_both_in_doubt(self, introduction, officer, owner):
        together(
            lambda: operations.pass_on(Introduction.objects.get(), by=officer, at=NOW),
            lambda: operations.withdraw(Introduction.objects.get(), by=owner, at=NOW),
        )
        verbs = list(
            AuditEvent.objects.filter(verb__startswith="introductions.").order_by("pk").values_list("verb", flat=True)
        )
        assert Introduction.objects.get().status == Status.WITHDRAWN
        assert verbs[-1] == "introductions.withdrawn"  # after it nobody passes on
