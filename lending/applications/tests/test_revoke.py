"""An offer that nobody signed is taken back: by as many people as approved it, and never after it was signed."""

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError, IntegrityError, connection, transaction
from django.urls import reverse

from accounts.identity.models import Role
from accounts.identity.tests.builders import machine, make_user
from lending.applications import operations as applications
from lending.applications.models import Application, Revocation
from lending.applications.states import Status
from lending.applications.tests.builders import NOW, conclude, make_approved, make_in, make_recommended
from lending.credit.models import Exposure
from lending.products.tests.builders import make_product
from portal.core.models import AuditEvent, Notice
from portal.core.refusals import Refusal
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

SAID = {"reason": "changed", "note": "The shop has closed.", "at": NOW}


@pytest.fixture(autouse=True)
def product(bank):
    cache.clear()
    return make_product()


@pytest.fixture
def by_rules(enterprise, owner):
    """The rules alone approved it."""
    return make_approved(enterprise, by=owner)


@pytest.fixture
def by_two(enterprise, owner, officer, approver):
    """A person recommended it, a second one approved it."""
    approver.staffpost_set.update(approval_limit_amount=100000)
    made = make_recommended(enterprise, by=owner, recommender=officer)
    conclude(made, by=approver)
    made.refresh_from_db()
    assert made.status == Status.APPROVED
    return made


def code_of(act):
    with pytest.raises(Refusal) as refused:
        act()
    return refused.value.code


def second(application, by, outcome="confirmed", seen=None):
    waiting = application.revocations.get(outcome="")
    applications.conclude_revocation(application, outcome=outcome, by=by, at=NOW, seen=seen or waiting.shown)


class TestRevoke:
    def test_ends_at_once_what_the_rules_approved_and_tells_the_owner(self, by_rules, officer):
        applications.revoke(by_rules, by=officer, **SAID)
        by_rules.refresh_from_db()
        assert by_rules.status == Status.WITHDRAWN
        assert Exposure.objects.get().reserved_amount == 0
        event = by_rules.events.latest("pk")
        assert (event.event, event.by, event.at) == ("revoke", officer.reference, NOW)
        assert AuditEvent.objects.filter(verb="applications.revoke", by=officer.reference).count() == 1
        assert by_rules.reference in Notice.objects.get(code="offer_revoked").params

    def test_waits_for_a_second_person_where_two_approved(self, by_two, officer, approver):
        applications.revoke(by_two, by=officer, **SAID)
        by_two.refresh_from_db()
        assert (by_two.status, Notice.objects.filter(code="offer_revoked").count()) == (Status.APPROVED, 0)
        second(by_two, approver)
        by_two.refresh_from_db()
        assert (by_two.status, Notice.objects.filter(code="offer_revoked").count()) == (Status.WITHDRAWN, 1)

    def test_stands_where_the_second_person_says_so_and_can_be_asked_again(self, by_two, officer, approver):
        applications.revoke(by_two, by=officer, **SAID)
        second(by_two, approver, "declined")
        by_two.refresh_from_db()
        assert by_two.status == Status.APPROVED
        assert AuditEvent.objects.filter(verb="applications.revoke_declined").exists()
        assert applications.revoke(by_two, by=officer, **SAID).outcome == ""

    def test_is_dropped_by_who_asked_and_by_nobody_else(self, by_two, officer, approver):
        applications.revoke(by_two, by=officer, **SAID)
        assert code_of(lambda: applications.drop_revocation(by_two, by=approver, at=NOW)) == "revocation_gone"
        applications.drop_revocation(by_two, by=officer, at=NOW)
        assert code_of(lambda: applications.drop_revocation(by_two, by=officer, at=NOW)) == "revocation_gone"
        by_two.refresh_from_db()
        dropped = Revocation.objects.get()
        assert (by_two.status, dropped.outcome, dropped.concluded_by) == (Status.APPROVED, "declined", officer)
        assert AuditEvent.objects.filter(verb="applications.revoke_declined", by=officer.reference).count() == 1

    def test_is_not_dropped_once_the_owner_took_it_back(self, by_two, officer, owner):
        applications.revoke(by_two, by=officer, **SAID)
        applications.withdraw(by_two, by=owner, at=NOW)
        assert code_of(lambda: applications.drop_revocation(by_two, by=officer, at=NOW)) == "transition_refused"

    def test_dropped_and_confirmed_at_once_is_one_of_the_two(self, transactional_db, by_two, officer, approver):
        applications.revoke(by_two, by=officer, **SAID)
        came = together(
            lambda: applications.drop_revocation(Application.objects.get(), by=officer, at=NOW),
            lambda: second(Application.objects.get(), approver, seen=Revocation.objects.get().shown),
        )
        assert came.count(None) == 1

    def test_is_never_concluded_by_who_asked_nor_unread(self, by_two, officer, approver, owner):
        applications.revoke(by_two, by=approver, **SAID)
        assert code_of(lambda: second(by_two, approver)) == "same_person_twice"
        assert code_of(lambda: second(by_two, officer, seen="0")) == "changed_since"
        assert code_of(lambda: second(by_two, owner)) == "own_enterprise"
        assert code_of(lambda: second(by_two, officer, "perhaps")) == "review_outcome_unknown"

    def test_is_asked_for_once(self, by_two, officer):
        applications.revoke(by_two, by=officer, **SAID)
        assert code_of(lambda: applications.revoke(by_two, by=officer, **SAID)) == "revocation_waits"

    def test_refuses_without_a_word_why_and_by_a_member(self, by_rules, officer, owner):
        assert code_of(lambda: applications.revoke(by_rules, by=officer, **(SAID | {"note": " "}))) == (
            "review_note_missing"
        )
        assert code_of(lambda: applications.revoke(by_rules, by=owner, **SAID)) == "own_enterprise"

    @pytest.mark.parametrize("status", ["draft", "submitted", "referred", "recommended", "declined", "withdrawn"])
    def test_refuses_what_is_no_offer(self, enterprise, owner, officer, status):
        case = make_in(status, enterprise, by=owner, recommender=officer)
        assert code_of(lambda: applications.revoke(case, by=officer, **SAID)) == "transition_refused"

    def test_is_no_longer_asked_where_the_owner_took_it_back_first(self, by_two, officer, approver, owner):
        applications.revoke(by_two, by=officer, **SAID)
        applications.withdraw(by_two, by=owner, at=NOW)
        assert code_of(lambda: second(by_two, approver)) == "transition_refused"
        with transaction.atomic(), pytest.raises(TransitionRefused):
            applications.accept(by_two, by=owner, at=NOW)

    def test_twice_at_once_is_done_once(self, transactional_db, by_rules, officer):
        def act():
            applications.revoke(Application.objects.get(pk=by_rules.pk), by=officer, **SAID)

        came = together(act, act, act)
        assert came.count(None) == 1
        assert all(isinstance(each, TransitionRefused) for each in came if each)
        assert Revocation.objects.count() == 1


class TestGuards:
    def test_nobody_rewrites_why(self, by_rules, officer):
        applications.revoke(by_rules, by=officer, **SAID)
        for sql in ("UPDATE lending_revocation SET note = 'x'", "DELETE FROM lending_revocation"):
            with connection.cursor() as cursor:
                cursor.execute("RESET ROLE")
                with pytest.raises(DatabaseError, match="never rewritten"), transaction.atomic():
                    cursor.execute(sql)
                cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")

    def test_the_database_asks_for_two(self, by_two, officer):
        made = applications.revoke(by_two, by=officer, **SAID)
        made.outcome, made.concluded_by, made.concluded_at = "confirmed", officer, NOW
        with pytest.raises(IntegrityError, match="two_pairs_of_eyes"), transaction.atomic():
            made.save()


class TestPages:
    FORM = {"reason": "changed", "note": "The shop has closed."}

    def address(self, name, application):
        return reverse(f"applications:{name}", args=[application.reference])

    def test_two_people_revoke_and_the_owner_reads_why(self, client_of, by_two, officer, approver, owner):
        detail, asked = self.address("detail", by_two), client_of(officer)
        assert "Revoke the offer" in asked.get(detail).content.decode()
        asked.post(self.address("revoke", by_two), self.FORM)
        shown = client_of(approver).get(detail).content.decode()
        assert "Let the offer stand" in shown
        assert self.address("conclude_revocation", by_two) not in asked.get(detail).content.decode()
        told = {"outcome": "confirmed", "seen": Revocation.objects.get().shown}
        client_of(approver).post(self.address("conclude_revocation", by_two), told)
        seen = client_of(owner).get(detail).content.decode()
        assert "What the offer rested on has changed" in seen
        assert "The shop has closed" not in seen

    def test_lists_say_that_the_bank_did_it(self, client_of, by_rules, officer, owner):
        applications.revoke(by_rules, by=officer, **SAID)
        page = client_of(owner).get(reverse("applications:list")).content.decode()
        assert ("Revoked by the bank" in page, "Withdrawn" in page) == (True, False)

    def test_who_asked_may_drop_it(self, client_of, by_two, officer, approver):
        address = self.address("drop_revocation", by_two)
        applications.revoke(by_two, by=officer, **SAID)
        assert address in client_of(officer).get(self.address("detail", by_two)).content.decode()
        assert address not in client_of(approver).get(self.address("detail", by_two)).content.decode()
        for _twice in range(2):
            assert client_of(officer).post(address).status_code == 302
        assert Revocation.objects.get().outcome == "declined"

    def test_approvers_are_led_to_what_waits(self, client_of, by_two, officer, approver):
        told, queue = "Revocations of offers to decide on: 1", reverse("applications:queue")
        assert told not in client_of(approver).get("/").content.decode()
        applications.revoke(by_two, by=officer, **SAID)
        assert told in client_of(approver).get("/").content.decode()
        listed = client_of(approver).get(queue).content.decode()
        assert by_two.reference in listed
        assert "Revocation asked for" in listed
        assert told not in client_of(officer).get("/").content.decode()
        by_two.enterprise.memberships.create(user=approver, role="manager", began_at=NOW, ended_at=NOW)
        assert told not in client_of(approver).get("/").content.decode()
        applications.drop_revocation(by_two, by=officer, at=NOW)
        assert by_two.reference not in client_of(officer).get(queue).content.decode()

    def test_approvers_are_not_led_to_what_they_asked_for_themselves(self, client_of, by_two, approver):
        applications.revoke(by_two, by=approver, **SAID)
        assert "Revocations of offers to decide on" not in client_of(approver).get("/").content.decode()

    def test_an_owner_is_not_told_to_sign_while_it_waits(self, client_of, by_two, officer, owner, manager):
        pages = ["/", self.address("detail", by_two)]
        words = ["Read the contract and sign it.", "See the contract and sign"]
        before = [client_of(owner).get(page).content.decode() for page in pages]
        assert all(word in page for word, page in zip(words, before, strict=True))
        applications.revoke(by_two, by=officer, **SAID)
        held = [client_of(owner).get(page).content.decode() for page in pages]
        assert not any(word in page for word, page in zip(words, held, strict=True))
        assert "look at this offer once more" in held[1]
        assert "An owner of the enterprise signs." not in client_of(manager).get(pages[1]).content.decode()

    def test_what_is_wrong_is_said_at_its_field(self, client_of, by_rules, officer):
        answer = client_of(officer).post(self.address("revoke", by_rules), self.FORM | {"note": ""})
        assert (answer.status_code, "Say why" in answer.content.decode()) == (422, True)

    def test_are_closed_to_other_roles_and_branches(self, client_of, bank, by_rules, owner, auditor, operations):
        pages = [self.address(name, by_rules) for name in ("revoke", "conclude_revocation", "drop_revocation")]
        for user in (owner, auditor, operations):
            assert [client_of(user).post(page, self.FORM).status_code for page in pages] == [403, 403, 403]
        far = client_of(make_user("Far Off", role=Role.OFFICER, branch=bank.other_branch))
        assert far.post(pages[0], self.FORM).status_code == 404
        assert [far.get(page).status_code for page in pages] == [405, 405, 405]


class TestByMachine:
    def told(self, application, owner):
        told = machine(owner).get(f"/api/v1/applications/{application.reference}/decision").json()
        return told["status"], told["revocation_reason"], told["offer"] and told["offer"]["reference"]

    def test_the_reason_is_told_and_no_offer_that_nobody_can_sign(self, by_rules, officer, owner):
        assert self.told(by_rules, owner) == ("approved", None, by_rules.offer.reference)
        applications.revoke(by_rules, by=officer, **SAID)
        assert self.told(by_rules, owner) == ("withdrawn", "changed", None)


class TestByTheOwner:
    def test_an_offer_is_not_wanted(self, client_of, by_rules, owner):
        page = reverse("applications:detail", args=[by_rules.reference])
        assert "I do not want this loan" in client_of(owner).get(page).content.decode()
        client_of(owner).post(reverse("applications:withdraw", args=[by_rules.reference]))
        by_rules.refresh_from_db()
        assert (by_rules.status, Exposure.objects.get().reserved_amount) == (Status.WITHDRAWN, 0)

    def test_by_machine_too_but_by_no_manager_nor_stranger(self, by_rules, owner, manager, stranger):
        address = f"/api/v1/applications/{by_rules.reference}/withdrawal"
        assert [machine(each).post(address).status_code for each in (manager, stranger)] == [403, 404]
        answer = machine(owner).post(address)
        assert (answer.status_code, answer.json()["status"]) == (200, "withdrawn")
        assert machine(owner).post(address).status_code == 409
