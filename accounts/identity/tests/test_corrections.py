"""Proofs of corrections: at once what nobody checks, by two of the bank what checks and rules rest on."""

from datetime import timedelta
from threading import Thread

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from accounts.identity import operations, queries
from accounts.identity.models import DetailsCorrection, FormerName, Membership, WatchlistHit
from accounts.identity.operations import CorrectionRefused
from accounts.identity.operations.register import FoundedInFuture, FoundedTooEarly, IdentifierInvalid, IdentifierTaken
from accounts.identity.tests.builders import (
    NOW,
    confirm_mail,
    make_check,
    make_checked,
    make_enterprise,
    make_picture,
    make_user,
    make_watchlist,
)
from accounts.identity.tests.correcting import ANOTHER_NUMBER, NEW_NAME, ask
from portal.core.models import AuditEvent, Job, Notice
from portal.core.notices.operations import text_of
from portal.core.transitions import TransitionRefused

LATER = NOW + timedelta(days=1)


def agreed(enterprise, officer, second, *, person=None, at=NOW, **values):
    [made] = ask(enterprise, officer, person=person, key=str(values), **values)
    operations.agree_correction(made, by=second, at=at)
    return made


class TestAsk:
    def test_corrects_at_once_what_nobody_checks(self, enterprise, owner):
        [made] = ask(enterprise, owner, employees="7", setting="town", annual_revenue_amount="650000.00")
        enterprise.refresh_from_db()
        assert (enterprise.employees, enterprise.setting, made.status) == (7, "town", "done")
        assert [(each.label, each.before, each.after) for each in queries.changes_in(made.details.all())] == [
            ("Town or village", "Village", "Town"),
            ("People who work there", "4", "7"),
            ("Revenue in a year", "¥600,000.00", "¥650,000.00"),
        ]

    def test_changes_nothing_that_others_rest_on(self, asked, enterprise):
        enterprise.refresh_from_db()
        assert (enterprise.legal_name, asked.status) == ("Green Tea Shop", "asked")

    def test_parts_what_is_done_at_once_from_what_waits(self, enterprise, owner):
        made = ask(enterprise, owner, employees="7", founded_on="2018-05-01")
        assert [(each.status, *each.details.values_list("detail", flat=True)) for each in made] == [
            ("done", "employees"), ("asked", "founded_on"),
        ]  # fmt: skip

    def test_at_the_counter_waits_for_a_second_person_and_tells_the_owner(self, enterprise, officer, owner):
        [made] = ask(enterprise, officer, legal_name=NEW_NAME)
        assert (made.status, made.proposed_by) == ("proposed", officer)
        notice = Notice.objects.get(code="details_correction")
        assert (notice.address, made.reference in text_of(notice)) == (owner.phone, True)

    def test_tells_nothing_to_a_number_that_nobody_confirmed(self, enterprise, officer, owner):
        type(owner).objects.filter(pk=owner.pk).update(phone_verified=False)
        ask(enterprise, officer, legal_name=NEW_NAME)
        assert not Notice.objects.filter(code="details_correction").exists()

    def test_tells_the_branch(self, enterprise, owner, officer):
        confirm_mail(officer, "olga@bank.example")
        [made] = ask(enterprise, owner, legal_name=NEW_NAME)
        assert made.reference in text_of(Notice.objects.get(code="correction_waiting"))

    def test_is_traced_without_what_it_says(self, asked, enterprise, owner):
        event = AuditEvent.objects.get(verb="identity.correction_asked")
        assert (event.subject, event.by) == (enterprise.reference, owner.reference)
        assert event.details == {"of": asked.reference, "changed": ["legal_name"], "reason": "mistyped"}

    def test_keeps_the_paper_on_the_shelf(self, enterprise, owner):
        [made] = ask(enterprise, owner, legal_name=NEW_NAME, upload=make_picture())
        assert (made.paper.enterprise, made.paper.kind, made.paper.seen_at) == (enterprise, "business_license", None)

    def test_sent_twice_happens_once(self, asked, enterprise, owner):
        assert ask(enterprise, owner, legal_name=NEW_NAME) == [asked]

    @pytest.mark.parametrize(
        ("values", "refusal", "code"),
        [
            ({"legal_name": "Green Tea Shop"}, CorrectionRefused, "correction_nothing_new"),
            ({"identifier": "9111010855138508AA"}, IdentifierInvalid, "identifier_invalid"),
            ({"identifier": ANOTHER_NUMBER}, IdentifierTaken, "identifier_taken"),
            ({"founded_on": "2026-03-03"}, FoundedInFuture, "founded_in_future"),
            ({"founded_on": "0209-05-01"}, FoundedTooEarly, "founded_too_early"),
        ],
    )
    def test_refuses(self, enterprise, owner, stranger, values, refusal, code):
        with pytest.raises(refusal) as refused:
            ask(enterprise, owner, **values)
        assert refused.value.code == code

    def test_refuses_a_second_one_while_one_waits(self, asked, enterprise, owner):
        with pytest.raises(CorrectionRefused) as refused:
            ask(enterprise, owner, key="2", founded_on="2018-05-01")
        assert refused.value.code == "correction_waits"

    @pytest.mark.parametrize("who", ["manager", "stranger", "approver"])
    def test_is_not_for_everybody(self, request, enterprise, who):
        with pytest.raises(CorrectionRefused) as refused:
            ask(enterprise, request.getfixturevalue(who), legal_name=NEW_NAME)
        assert refused.value.code == "correction_elsewhere"

    def test_of_ones_own_name_is_a_manager_s_too(self, enterprise, manager, owner):
        [made] = ask(enterprise, manager, person=manager, full_name="Chen Yi")
        assert (made.subject, made.status) == (manager.reference, "asked")
        with pytest.raises(CorrectionRefused):
            ask(enterprise, owner, person=manager, full_name="Chen Er")


class TestAgree:
    def test_lets_the_new_name_stand_and_keeps_the_former(self, proposed, enterprise, teller):
        operations.agree_correction(proposed, by=teller, at=LATER)
        enterprise.refresh_from_db()
        former = FormerName.objects.get()
        assert (enterprise.legal_name, enterprise.identity_corrected_at) == (NEW_NAME, LATER)
        assert (former.enterprise, former.name, former.until) == (enterprise, "Green Tea Shop", LATER)
        assert queries.name_at(enterprise, NOW) == "Green Tea Shop"
        assert queries.name_at(enterprise, LATER) == NEW_NAME
        assert queries.name_on(enterprise, NOW.date()) == "Green Tea Shop"

    def test_asks_for_the_checks_anew(self, proposed, enterprise, teller):
        make_checked(enterprise)
        today = NOW.date()
        assert queries.identity_verified(enterprise, on=today)
        assert enterprise not in queries.checks_due(teller, on=today)
        operations.agree_correction(proposed, by=teller, at=LATER)
        enterprise.refresh_from_db()
        states = [each.state for each in queries.requirements_of([enterprise], on=today)[enterprise.pk]]
        assert states == ["former", "good"]
        assert queries.identity_verified(enterprise, on=today) is None
        assert enterprise in queries.checks_due(teller, on=today)
        make_check(enterprise, at=LATER, by=teller)
        assert queries.identity_verified(enterprise, on=today)

    def test_screens_the_new_name_at_once(self, proposed, enterprise, teller):
        make_watchlist(f"{NEW_NAME},,,CN,sanctions,S-9")
        operations.agree_correction(proposed, by=teller, at=LATER)
        assert WatchlistHit.objects.get().subject_name == NEW_NAME
        make_watchlist("Green Tea Shop,,,CN,sanctions,S-8", name="other", at=LATER)
        operations.screen([enterprise.reference], at=LATER)
        assert set(WatchlistHit.objects.values_list("subject_name", flat=True)) == {NEW_NAME, "Green Tea Shop"}

    def test_finds_it_by_either_name(self, proposed, enterprise, teller):
        operations.agree_correction(proposed, by=teller, at=LATER)
        for name in ("tea house", "tea shop"):
            assert list(queries.enterprises_matching(name, user=teller)) == [enterprise]

    def test_corrects_number_trade_day_and_branch(self, enterprise, officer, teller, bank):
        number, other = "91330106673959654P", bank.other_branch
        agreed(
            enterprise, officer, teller, identifier=number, founded_on="2018-01-02", branch=other.code, at=LATER
        )  # fmt: skip
        enterprise.refresh_from_db()
        assert (enterprise.identifier, str(enterprise.founded_on), enterprise.branch) == (number, "2018-01-02", other)
        assert list(queries.enterprises_matching(number, user=make_user(role="officer", branch=other))) == [enterprise]
        assert queries.identifier_at(enterprise, NOW) == "91110108551385082Q"
        assert {each.detail for each in queries.corrected_since(enterprise, NOW)} == {"identifier", "founded_on"}

    def test_of_a_person_asks_for_the_document_anew_and_screens_everywhere(
        self, enterprise, owner, officer, teller, bank
    ):
        second = make_enterprise(owner, branch=bank.branch, legal_name="Noodles", identifier=ANOTHER_NUMBER)
        make_checked(enterprise)
        make_watchlist("Wang Fangfang,,,CN,sanctions,S-9")
        agreed(enterprise, officer, teller, person=owner, full_name="Wang Fangfang", at=LATER)
        owner.refresh_from_db()
        assert (owner.full_name, queries.person_name_at(owner, NOW)) == ("Wang Fangfang", "Wang Fang")
        states = [each.state for each in queries.requirements_of([enterprise], on=NOW.date())[enterprise.pk]]
        assert states == ["good", "former"]
        assert set(WatchlistHit.objects.values_list("enterprise", flat=True)) == {enterprise.pk, second.pk}

    def test_still_holds_a_person_s_former_name_against_the_lists(self, enterprise, officer, teller, owner):
        former = owner.full_name
        agreed(enterprise, officer, teller, person=owner, full_name="Zhao Min", at=LATER)
        make_watchlist(f"{former},,,CN,sanctions,S-7", at=LATER)
        operations.screen([enterprise.reference], at=LATER)
        assert WatchlistHit.objects.get().subject_name == former

    @pytest.mark.parametrize("who", ["officer", "owner", "approver", "stranger"])
    def test_refuses_whoever_proposed_and_whoever_is_not_of_the_bank(self, request, proposed, who):
        with pytest.raises(CorrectionRefused):
            operations.agree_correction(proposed, by=request.getfixturevalue(who), at=NOW)

    def test_refuses_who_ever_acted_for_the_enterprise(self, proposed, enterprise, teller):
        Membership.objects.create(enterprise=enterprise, user=teller, role="manager", began_at=NOW, ended_at=NOW)
        with pytest.raises(CorrectionRefused) as refused:
            operations.agree_correction(proposed, by=teller, at=NOW)
        assert refused.value.code == "correction_elsewhere"

    def test_refuses_the_customer_who_became_staff(self, enterprise, owner, asked, officer):
        with pytest.raises(TransitionRefused):
            operations.agree_correction(asked, by=officer, at=NOW)

    def test_refuses_what_was_overtaken(self, proposed, enterprise, teller):
        enterprise.legal_name = "Third Name"
        enterprise.save()
        with pytest.raises(CorrectionRefused) as refused:
            operations.agree_correction(proposed, by=teller, at=NOW)
        assert refused.value.code == "correction_overtaken"

    def test_refuses_a_number_that_was_registered_meanwhile(self, enterprise, officer, teller, bank, owner):
        [made] = ask(enterprise, officer, identifier=ANOTHER_NUMBER)
        make_enterprise(owner, branch=bank.branch, identifier=ANOTHER_NUMBER)
        with pytest.raises(IdentifierTaken):
            operations.agree_correction(made, by=teller, at=NOW)
        made.refresh_from_db()
        assert made.status == "proposed"

    def test_twice_happens_once(self, proposed, teller):
        operations.agree_correction(proposed, by=teller, at=NOW)
        with pytest.raises(TransitionRefused):
            operations.agree_correction(proposed, by=teller, at=NOW)

    def test_has_names_above_follow(self, proposed, enterprise, teller):
        operations.agree_correction(proposed, by=teller, at=NOW)
        asked_for = set(Job.objects.filter(reference=enterprise.reference).values_list("name", flat=True))
        assert {"settlement.rename_holder", "cashflow.know_by_new_name"} <= asked_for


@pytest.mark.django_db(transaction=True)
def test_two_who_agree_at_once_are_one(proposed, teller, bank):
    second, outcomes = make_user("Second Gao", role="officer", branch=bank.branch), []

    def agree(by):
        try:
            operations.agree_correction(DetailsCorrection.objects.get(), by=by, at=NOW)
            outcomes.append("agreed")
        except TransitionRefused:
            outcomes.append("refused")
        finally:
            connection.close()

    threads = [Thread(target=agree, args=(by,)) for by in (teller, second)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["agreed", "refused"]
    assert FormerName.objects.count() == 1


class TestRefuse:
    def test_leaves_everything_and_says_why(self, asked, enterprise, officer):
        operations.refuse_correction(asked, note="The license says otherwise.", by=officer, at=NOW)
        enterprise.refresh_from_db()
        assert (enterprise.legal_name, asked.status) == ("Green Tea Shop", "refused")
        assert asked.reference in text_of(Notice.objects.get(code="details_correction"))

    def test_asks_for_a_reason(self, asked, officer):
        with pytest.raises(CorrectionRefused) as refused:
            operations.refuse_correction(asked, note=" ", by=officer, at=NOW)
        assert refused.value.code == "correction_note_missing"

    def test_is_not_the_customer_s(self, asked, owner):
        with pytest.raises(CorrectionRefused):
            operations.refuse_correction(asked, note="no", by=owner, at=NOW)


class TestWithdraw:
    def test_is_the_owner_s_also_of_what_was_asked_on_their_behalf(self, enterprise, officer, owner, teller):
        [made] = ask(enterprise, officer, legal_name=NEW_NAME)
        operations.withdraw_correction(made, by=owner, at=NOW)
        assert made.status == "withdrawn"
        with pytest.raises(TransitionRefused):
            operations.agree_correction(made, by=teller, at=NOW)

    def test_is_nobody_else_s(self, asked, officer, stranger):
        for who in (officer, stranger):
            with pytest.raises(CorrectionRefused):
                operations.withdraw_correction(asked, by=who, at=NOW)


class TestTheDatabase:
    def test_never_rewrites_what_was_asked_and_what_was(self, proposed, teller):
        operations.agree_correction(proposed, by=teller, at=NOW)
        changes = (
            lambda: FormerName.objects.update(name="x"),
            lambda: proposed.details.update(after="x"),
            lambda: DetailsCorrection.objects.update(reason="x"),
            lambda: DetailsCorrection.objects.all().delete(),
        )
        for change in changes:
            with pytest.raises(DatabaseError), transaction.atomic():
                change()

    def test_keeps_four_eyes(self, proposed, officer):
        with pytest.raises(IntegrityError, match="four_eyes"), transaction.atomic():
            DetailsCorrection.objects.update(status="agreed", decided_by=officer, decided_at=NOW)
