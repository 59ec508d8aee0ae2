"""What a bookkeeper may read, and that nothing else is open to them."""

import re
from html import unescape
from typing import Final

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.identity import operations as identity
from accounts.identity.access import reading
from accounts.identity.models import Clearance, Enterprise, Membership, StaffPost
from accounts.identity.operations.members import AlreadyMember
from accounts.identity.tests.builders import NOW, machine, make_enterprise, make_user
from accounts.settlement.operations.agreeing import OwnerConfirms, check_second
from accounts.settlement.tests.builders import make_settlement_account
from lending.applications.queries import clearances_of
from lending.applications.tests.builders import make_draft
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.pages.bookkeeping import kept_among

NUMBER: Final = "+8613500135000"
CASH_FLOW: Final = ("enterprise", "payments", "forecast", "customers", "categories", "seasons")


@pytest.fixture
def bookkeeper(enterprise):
    """Ma Li keeps the books of the shop."""
    user = make_user("Ma Li", phone=NUMBER)
    enterprise.memberships.create(user=user, role="bookkeeper", began_at=enterprise.registered_at)
    return user


@pytest.fixture
def account(enterprise, owner):
    """The shop's account."""
    return make_settlement_account(enterprise, holding="1000.00")


class TestBooks:
    def test_of_another_enterprise_are_nobodys(self, client_of, bookkeeper, stranger, account):
        theirs = make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"))
        client = client_of(bookkeeper)
        assert client.get(reverse("settlement:account", args=[account.reference])).status_code == 200
        assert client.get(reverse("settlement:account", args=[theirs.reference])).status_code == 404
        assert client.post(reverse("settlement:close", args=[theirs.reference])).status_code == 404
        listed = client.get(reverse("settlement:list")).content.decode()
        assert (account.grouped_number in listed, theirs.grouped_number in listed) == (True, False)

    def test_are_closed_once_the_membership_ended(self, client_of, bookkeeper, owner, account):
        identity.end_membership(Membership.objects.get(user=bookkeeper), by=owner, at=NOW)
        for name in ("settlement:account", "settlement:statement"):
            assert client_of(bookkeeper).get(reverse(name, args=[account.reference])).status_code == 404

    @pytest.mark.parametrize("kind", ["pdf", "csv", "xml"])
    def test_have_statements(self, client_of, bookkeeper, account, kind):
        page = reverse("settlement:statement", args=[account.reference])
        assert client_of(bookkeeper).get(page, {"format": kind}).status_code == 200

    def test_show_no_button_that_would_be_refused(self, client_of, bookkeeper, account, enterprise):
        client, own = client_of(bookkeeper), {reverse("identity:leave", args=[enterprise.reference])}
        pages = [reverse("home"), reverse("settlement:list"), reverse("settlement:account", args=[account.reference])]
        pages += [reverse(name, args=[enterprise.reference]) for name in ("identity:enterprise", "cashflow:enterprise")]
        for page in pages:
            shown = re.search("<main.*</main>", client.get(page).content.decode(), re.DOTALL)[0]
            assert set(re.findall(r'<form method="post" action="([^"]+)"', shown)) <= own, page
            for link in set(re.findall(r'href="(/[^"?#]*)', shown)):
                assert client.get(link, follow=True).status_code == 200, (page, link)

    def test_say_nothing_of_checks_and_papers(self, client_of, bookkeeper, owner, enterprise):
        page = reverse("identity:enterprise", args=[enterprise.reference])
        assert "Papers the bank has seen" in client_of(owner).get(page).content.decode()
        assert "Papers the bank has seen" not in client_of(bookkeeper).get(page).content.decode()


class TestOfStaff:
    """Somebody of another branch keeps the shop's books."""

    @pytest.fixture
    def keeper(self, bank, enterprise):
        """Wen Lu is an officer and handles cash elsewhere."""
        user = make_user("Wen Lu", role="officer", branch=bank.other_branch)
        StaffPost.objects.create(user=user, branch=bank.other_branch, role="operations")
        enterprise.memberships.create(user=user, role="bookkeeper", began_at=NOW)
        return user

    @pytest.mark.parametrize("name", ["identity:enterprise", *(f"cashflow:{each}" for each in CASH_FLOW)])
    def test_show_a_page_while_they_keep_them(self, client_of, keeper, enterprise, name):
        page = reverse(name, args=[enterprise.reference])
        shown = client_of(keeper).get(page).content.decode()
        for words in ("Identity checks", "Who stands behind it", "The whole record", "Mobile number", "The plots"):
            assert words not in shown
        main = re.search("<main.*</main>", shown, re.DOTALL)[0]
        leave = reverse("identity:leave", args=[enterprise.reference])
        assert set(re.findall(r'<form method="post"[^>]* action="([^"]+)"', main)) <= {leave}
        assert client_of(keeper).post(page).status_code in {404, 405}
        Membership.objects.filter(user=keeper).update(ended_at=NOW)
        assert client_of(keeper).get(page).status_code == 404

    @pytest.mark.parametrize("name", ["identity:checks", "identity:papers", "identity:parties", "identity:correct"])
    def test_are_no_papers_and_checks(self, client_of, keeper, enterprise, name):
        assert client_of(keeper).get(reverse(name, args=[enterprise.reference])).status_code in {403, 404}

    def test_are_read_by_their_program(self, keeper, enterprise):
        address = f"/api/v1/enterprises/{enterprise.reference}"
        answers = [
            machine(keeper).get(f"{address}{each}").status_code for each in ("", "/statements", "/papers", "/checks")
        ]
        assert answers == [200, 200, 404, 404]

    def test_let_them_bring_nothing_as_an_officer_of_its_branch(self, client_of, bank, keeper, enterprise):
        StaffPost.objects.create(user=keeper, branch=bank.branch, role="officer")
        assert (
            client_of(keeper).get(reverse("cashflow:enterprise", args=[enterprise.reference])).context["may_bring"]
            is False
        )
        assert client_of(keeper).post(reverse("cashflow:upload", args=[enterprise.reference])).status_code == 403

    def test_are_read_whole(self, client_of, bank, account):
        keeper = make_user("Wen Lu", role="officer", branch=bank.other_branch)
        page = reverse("settlement:account", args=[account.reference])
        assert client_of(keeper).get(page).status_code == 404
        account.enterprise.memberships.create(user=keeper, role="bookkeeper", began_at=NOW)
        assert client_of(keeper).get(page).status_code == 200
        assert client_of(keeper).get(reverse("settlement:pay", args=[account.reference])).status_code == 404


class TestOwnName:
    """A bookkeeper who acts for nobody."""

    def test_is_corrected_where_the_books_are(self, client_of, bookkeeper, enterprise, officer):
        client = client_of(bookkeeper)
        [page] = re.findall(r'href="([^"]*/name/)"', client.get(reverse("identity:profile")).content.decode())
        assert page in client.get(reverse("identity:enterprise", args=[enterprise.reference])).content.decode()
        told = {"full_name": "Ma Lily", "reason": "mistyped", "idempotency_key": "k"}
        assert client.get(client.post(page, told)["Location"]).status_code == 200
        asked = bookkeeper.corrections.get()
        assert (asked.status, asked.enterprise) == ("asked", enterprise)
        assert client_of(officer).get(page).status_code == 200

    def test_is_corrected_by_a_program_as_on_the_page(self, bookkeeper, owner, enterprise):
        client, address = machine(bookkeeper), f"/api/v1/enterprises/{enterprise.reference}/corrections"
        told = {"person": bookkeeper.reference, "full_name": "Ma Lily", "reason": "mistyped"}
        assert client.post(address, told, headers={"Idempotency-Key": "k"}).status_code == 201
        [asked] = bookkeeper.corrections.all()
        assert client.get(f"/api/v1/corrections/{asked.reference}").json()["reference"] == asked.reference
        for other in (owner.reference, ""):
            answer = client.post(address, told | {"person": other}, headers={"Idempotency-Key": "other"})
            assert answer.status_code == 403
        assert enterprise.corrections.count() == 1

    def test_is_nobody_elses(self, client_of, bookkeeper, owner, enterprise):
        of_owner, of_keeper = (
            reverse("identity:correct_name", args=[enterprise.reference, enterprise.memberships.get(user=each).pk])
            for each in (owner, bookkeeper)
        )
        assert client_of(bookkeeper).get(of_owner).status_code == 403
        assert client_of(owner).get(of_keeper).status_code == 403


class TestRefusal:
    @pytest.mark.parametrize(
        ("language", "words"), [("en", "You keep the books of Green Tea Shop"), ("zh-hans", "记账")]
    )
    def test_says_why_on_a_page(self, client_of, bookkeeper, account, language, words):
        client = client_of(bookkeeper)
        client.cookies[settings.LANGUAGE_COOKIE_NAME] = language
        for answered in (
            client.post(reverse("settlement:close", args=[account.reference])),
            client.get(reverse("settlement:pay", args=[account.reference])),
            client.post(reverse("settlement:open"), {"enterprise": account.enterprise.reference}),
            client.get(reverse("identity:papers", args=[account.enterprise.reference])),
        ):
            assert answered.status_code == 403
            assert words in answered.content.decode()

    @pytest.mark.parametrize(
        ("language", "words"), [("en", "You keep the books of Green Tea Shop"), ("zh-hans", "记账")]
    )
    def test_says_why_to_a_program(self, bookkeeper, account, language, words):
        client, headers = machine(bookkeeper), {"Accept-Language": language}
        for address, body in (
            (f"settlement-accounts/{account.reference}/close", {}),
            (f"settlement-accounts/{account.reference}/payments", {}),
            ("settlement-accounts", {"enterprise": account.enterprise.reference}),
        ):
            answered = client.post(f"/api/v1/{address}", body, format="json", headers=headers)
            assert (answered.status_code, answered.json()["code"]) == (403, "only_reads")
            assert words in answered.json()["detail"]

    def test_is_not_told_of_what_is_missing_where_they_may_read(self, client_of, bookkeeper, account):
        page = reverse("cashflow:statement", args=[account.enterprise.reference, "S-NONE"])
        assert client_of(bookkeeper).get(page).status_code == 404
        told = machine(bookkeeper).get(f"/api/v1/settlement-accounts/{account.reference}/postings/none/receipt")
        assert (told.status_code, told.json()["code"]) == (404, "not_found")

    @pytest.mark.parametrize("body", ['{"enterprise": "\\u0000"}', "x" * (settings.DATA_UPLOAD_MAX_MEMORY_SIZE + 1)])
    def test_reads_no_body_that_cannot_be_read(self, bookkeeper, account, body):
        told = machine(bookkeeper).post("/api/v1/settlement-accounts/none/close", body, content_type="application/json")
        assert (told.status_code, told.json()["code"]) == (404, "not_found")

    def test_does_not_tell_who_applied(self, enterprise, owner, bookkeeper):
        make_draft(enterprise, by=owner)
        assert kept_among([owner.reference], bookkeeper) is None

    def test_is_told_to_nobody_else(self, client_of, stranger, account):
        assert client_of(stranger).post(reverse("settlement:close", args=[account.reference])).status_code == 404


class TestHome:
    def test_lists_the_books_with_their_newest_statement(self, client_of, bookkeeper, account):
        shown = client_of(bookkeeper).get("/").content.decode()
        links = re.findall(r'href="(/settlement/[^"]*/statement/[^"]*)"', shown)
        assert account.grouped_number in shown
        assert "Register your enterprise" not in shown
        assert [client_of(bookkeeper).get(unescape(each)).status_code for each in links] == [200, 200, 200]

    def test_asks_no_more_for_thirty(self, client_of, bookkeeper, owner, bank, account, django_assert_num_queries):
        client = client_of(bookkeeper)
        with CaptureQueriesContext(connection) as few:
            client.get("/")
        for number in range(29):
            made = make_enterprise(owner, branch=bank.branch, legal_name=f"Shop {number}", identifier=str(number))
            made.memberships.create(user=bookkeeper, role="bookkeeper", began_at=NOW)
            make_settlement_account(made)
        with django_assert_num_queries(len(few)):
            shown = client.get("/").content.decode()
        assert shown.count("camt.053") == 30

    def test_of_an_owner_who_keeps_books_has_both(self, client_of, stranger, enterprise, account):
        enterprise.memberships.create(user=stranger, role="bookkeeper", began_at=NOW)
        shown = client_of(stranger).get("/").content.decode()
        assert ("Apply for a loan" in shown, account.grouped_number in shown) == (True, True)

    def test_loans_lead_to_the_loans(self, client_of, bookkeeper):
        page = client_of(bookkeeper).get(reverse("applications:list"), follow=True)
        assert page.redirect_chain == [(reverse("loans:list"), 302)]
        assert [row["title"] for row in page.context["navigation"] if row["current"]] == ["Loans"]


class TestActing:
    def test_counts_owners_and_managers_only(self, enterprise, owner, bookkeeper, manager):
        check_second(enterprise, made_by=owner.reference, by=manager.reference)
        with pytest.raises(OwnerConfirms):
            check_second(enterprise, made_by=owner.reference, by=bookkeeper.reference)

    def test_is_what_everybody_asks_for_who_says_nothing(self, enterprise, bookkeeper):
        assert list(Enterprise.objects.visible_to(bookkeeper)) == []
        assert list(Enterprise.objects.visible_to(reading(bookkeeper))) == [enterprise]

    def test_a_bookkeepers_certificate_clears_nobody(self, enterprise, bookkeeper):
        Clearance.objects.create(user=bookkeeper, code="cash-flow", source="x", granted_at=NOW)
        assert clearances_of(enterprise) == []


class TestInvitation:
    def test_makes_a_bookkeeper(self, client_of, enterprise, owner):
        invited = make_user("Ma Li", phone=NUMBER)
        page = reverse("identity:invite", args=[enterprise.reference])
        client_of(owner).post(page, {"phone": NUMBER, "role": "bookkeeper"})
        notice, invitation = Notice.objects.get(), enterprise.invitations.get()
        assert "invites you to read the books of Green Tea Shop" in text_of(notice)
        client = client_of(invited)
        assert "and changes nothing" in client.get(reverse("identity:enterprises")).content.decode()
        client.post(reverse("identity:accept_invitation", args=[invitation.reference]))
        assert Membership.objects.get(user=invited).role == "bookkeeper"
        verbs = AuditEvent.objects.filter(verb__startswith="enterprise.bookkeeper").order_by("pk")
        assert [each.verb for each in verbs] == ["enterprise.bookkeeper_invited", "enterprise.bookkeeper_joined"]
        assert "Bookkeeper" in client.get("/profile/record/").content.decode()

    def test_to_another_role_takes_the_place_of_the_first(self, enterprise, owner):
        first = identity.invite_manager(enterprise, phone=NUMBER, by=owner, at=NOW)
        second = identity.invite_bookkeeper(enterprise, phone=NUMBER, by=owner, at=NOW)
        first.refresh_from_db()
        assert (first.withdrawn_at, second.role) == (NOW, "bookkeeper")

    def test_refuses_who_keeps_the_books(self, enterprise, owner, bookkeeper):
        with pytest.raises(AlreadyMember):
            identity.invite_manager(enterprise, phone=NUMBER, by=owner, at=NOW)

    def test_by_another_number_changes_no_role(self, enterprise, owner, bookkeeper):
        invitation = identity.invite_manager(enterprise, phone="+8613500135001", by=owner, at=NOW)
        bookkeeper.put_phone("+8613500135001")
        bookkeeper.phone_verified = True
        bookkeeper.save()
        assert identity.bind_invitations(bookkeeper, at=NOW) == 0
        with pytest.raises(AlreadyMember):
            identity.accept_invitation(invitation, by=bookkeeper, at=NOW)
        assert Membership.objects.get(user=bookkeeper).role == "bookkeeper"
        assert not AuditEvent.objects.filter(verb="enterprise.manager_joined").exists()

    def test_ends_by_either(self, client_of, enterprise, owner, bookkeeper):
        client_of(bookkeeper).post(reverse("identity:leave", args=[enterprise.reference]))
        ended = Membership.objects.get(user=bookkeeper)
        assert (
            ended.ended_at is None,
            client_of(bookkeeper).get(f"/enterprises/{enterprise.reference}/").status_code,
        ) == (
            False,
            404,
        )

    def test_an_owner_cannot_leave(self, client_of, enterprise, owner):
        assert client_of(owner).post(reverse("identity:leave", args=[enterprise.reference])).status_code == 404
