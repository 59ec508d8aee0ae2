"""Proofs of posts in the bank."""

from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import pytest
from allauth.account.models import EmailAddress
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from accounts.identity import operations
from accounts.identity.models import PostRequest, Role, StaffPost, User
from accounts.identity.operations.posts import OwnPost, PostEnded, PostHeld, PostRequestRefused, PostsMultiply
from accounts.identity.tests.builders import NOW, confirm_mail, make_user
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together, waiting_for_locks
from portal.tests.processes import until


@pytest.fixture
def newcomer(bank):
    """Gao Yu has signed up and is to become an officer."""
    return make_user("Gao Yu", phone="+8613500135000")


class TestGivePost:
    def test_opens_the_branch(self, newcomer, bank, administrator):
        operations.give_post(newcomer, role=Role.OFFICER, branch=bank.branch, by=administrator, at=NOW)
        person = User.objects.get(pk=newcomer.pk)
        assert (person.roles, person.branches()) == ({"officer"}, {bank.branch.pk})

    def test_records_who_and_when(self, newcomer, bank, administrator):
        operations.give_post(newcomer, role=Role.OFFICER, branch=bank.branch, by=administrator, at=NOW)
        event = AuditEvent.objects.get(verb="staff.post_given")
        assert (event.subject, event.by, event.at) == (newcomer.reference, administrator.reference, NOW)
        assert event.details == {"role": "officer", "branch": "001"}

    def test_tells_the_other_administrators_and_the_auditors(self, newcomer, bank, administrator, auditor):
        other = make_user("Luo Er", phone="+8613500135001", role="administrator", branch=bank.head_office)
        confirm_mail(auditor, "ai@bank.example")
        operations.give_post(newcomer, role=Role.OFFICER, branch=bank.branch, by=administrator, at=NOW)
        notices = Notice.objects.filter(code="post_given")
        assert {notice.address for notice in notices} == {other.phone, "ai@bank.example"}
        assert all("Gao Yu" in text_of(notice) for notice in notices)

    def test_keeps_an_approvers_limit_and_nobody_elses(self, newcomer, bank, administrator):
        given = {"branch": bank.branch, "by": administrator, "at": NOW, "approval_limit_amount": Decimal("100000.00")}
        assert operations.give_post(newcomer, role=Role.APPROVER, **given).approval_limit_amount == Decimal("100000.00")
        assert operations.give_post(newcomer, role=Role.OFFICER, **given).approval_limit_amount is None

    def test_refuses_a_post_that_is_held(self, newcomer, bank, administrator):
        operations.give_post(newcomer, role=Role.OFFICER, branch=bank.branch, by=administrator, at=NOW)
        with pytest.raises(PostHeld):
            operations.give_post(newcomer, role=Role.OFFICER, branch=bank.branch, by=administrator, at=NOW)

    def test_gives_an_approvers_post_anew_with_another_limit(self, newcomer, bank, administrator):
        given = {"role": Role.APPROVER, "branch": bank.branch, "by": administrator, "at": NOW}
        first = operations.give_post(newcomer, **given, approval_limit_amount=Decimal(500))
        for same in (None, Decimal(500)):
            with pytest.raises(PostHeld):
                operations.give_post(newcomer, **given, approval_limit_amount=same)
        second = operations.give_post(newcomer, **given, approval_limit_amount=Decimal(400))
        first.refresh_from_db()
        assert (first.ended_at, second.ended_at, second.approval_limit_amount) == (NOW, None, 400)
        event = AuditEvent.objects.get(verb="staff.post_limited")
        assert (event.by, event.details["approval_limit"]) == (administrator.reference, "400")

    def test_lets_no_role_count_at_a_branch_it_was_not_meant_for(self, newcomer, bank, administrator):
        given = {"by": administrator, "at": NOW}
        operations.give_post(newcomer, role=Role.OFFICER, branch=bank.branch, **given)
        with pytest.raises(PostsMultiply):
            operations.give_post(newcomer, role=Role.AUDITOR, branch=bank.head_office, **given)
        operations.give_post(newcomer, role=Role.OFFICER, branch=bank.other_branch, **given)
        with pytest.raises(PostsMultiply):
            operations.give_post(newcomer, role=Role.OPERATIONS, branch=bank.branch, **given)
        operations.end_post(StaffPost.objects.get(user=newcomer, branch=bank.other_branch), **given)
        operations.give_post(newcomer, role=Role.OPERATIONS, branch=bank.branch, **given)
        assert User.objects.get(pk=newcomer.pk).roles == {"officer", "operations"}

    def test_refuses_one_for_oneself(self, bank, administrator):
        with pytest.raises(OwnPost, match="post_for_oneself"):
            operations.give_post(administrator, role=Role.APPROVER, branch=bank.branch, by=administrator, at=NOW)
        assert StaffPost.objects.get(user=administrator).role == "administrator"


class TestAskPost:
    @pytest.fixture
    def other(self, bank):
        return make_user("Luo Er", phone="+8613500135001", role="administrator", branch=bank.head_office)

    @pytest.fixture
    def asked(self, newcomer, bank, administrator, other):
        limit = Decimal("100000.00")
        told = {"role": Role.APPROVER, "branch": bank.branch, "approval_limit_amount": limit}
        assert operations.ask_post(newcomer, **told, by=administrator, at=NOW) is None
        return PostRequest.objects.get()

    def test_gives_it_at_once_where_there_is_no_other_administrator(self, newcomer, bank, administrator):
        assert operations.ask_post(newcomer, role=Role.OFFICER, branch=bank.branch, by=administrator, at=NOW)
        assert User.objects.get(pk=newcomer.pk).roles == {"officer"}

    def test_waits_for_another_and_tells_that_one(self, asked, newcomer, administrator, other):
        assert not User.objects.get(pk=newcomer.pk).is_staff_member
        event = AuditEvent.objects.get(verb="staff.post_asked")
        assert (event.subject, event.by) == (newcomer.reference, administrator.reference)
        notice = Notice.objects.get(code="post_asked")
        assert notice.address == other.phone
        assert "Gao Yu" in text_of(notice)

    def test_is_given_on_another_s_word(self, asked, newcomer, other):
        post = operations.confirm_post(asked, by=other, at=NOW)
        assert (post.user, post.role, post.approval_limit_amount) == (newcomer, "approver", Decimal("100000.00"))
        assert AuditEvent.objects.get(verb="staff.post_given").by == other.reference
        assert (asked.post, asked.decided_by, asked.decided_at) == (post, other, NOW)

    def test_changes_a_limit_on_another_s_word(self, asked, newcomer, bank, administrator, other):
        held = operations.confirm_post(asked, by=other, at=NOW)
        told = {"role": Role.APPROVER, "branch": bank.branch, "approval_limit_amount": Decimal("200000.00")}
        assert operations.ask_post(newcomer, **told, by=administrator, at=NOW) is None
        assert StaffPost.objects.get(user=newcomer, ended_at=None) == held
        operations.confirm_post(PostRequest.objects.get(decided_at=None), by=other, at=NOW)
        assert StaffPost.objects.get(user=newcomer, ended_at=None).approval_limit_amount == 200_000

    def test_is_not_given_on_the_word_of_who_asked(self, asked, administrator):
        with pytest.raises(PostRequestRefused, match="post_request_own"):
            operations.confirm_post(asked, by=administrator, at=NOW)
        post = StaffPost.objects.create(user=asked.user, role="approver", branch=asked.branch)
        with pytest.raises(IntegrityError), transaction.atomic():
            PostRequest.objects.update(post=post, decided_by=administrator, decided_at=NOW)

    def test_is_not_given_on_the_word_of_who_gets_it(self, bank, administrator, other):
        operations.ask_post(other, role=Role.AUDITOR, branch=bank.head_office, by=administrator, at=NOW)
        assert User.objects.get(pk=other.pk).has_role("auditor")  # no third administrator is there to ask
        third = make_user("Luo San", phone="+8613500135002", role="administrator", branch=bank.head_office)
        operations.ask_post(third, role=Role.OPERATIONS, branch=bank.head_office, by=administrator, at=NOW)
        with pytest.raises(PostRequestRefused, match="post_request_own"):
            operations.confirm_post(PostRequest.objects.get(), by=third, at=NOW)

    def test_tells_who_asked_that_another_declined(self, asked, administrator, other):
        confirm_mail(administrator, "luo@bank.example")
        operations.decline_post(asked, by=other, at=NOW)
        notice = Notice.objects.get(code="post_declined")
        assert notice.address == "luo@bank.example"
        assert f"{other} declined the post that you asked for: {asked.user}." in text_of(notice)

    def test_is_declined_by_another_or_taken_back(self, asked, newcomer, administrator, other):
        operations.decline_post(asked, by=administrator, at=NOW)
        assert AuditEvent.objects.get(verb="staff.post_declined").subject == newcomer.reference
        assert not Notice.objects.filter(code="post_declined").exists()
        with pytest.raises(PostRequestRefused, match="post_request_decided"):
            operations.confirm_post(asked, by=other, at=NOW)

    def test_is_asked_for_once(self, asked, newcomer, bank, administrator):
        with pytest.raises(PostRequestRefused, match="post_asked"):
            operations.ask_post(newcomer, role=Role.APPROVER, branch=bank.branch, by=administrator, at=NOW)

    def test_is_never_rewritten(self, asked):
        with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
            PostRequest.objects.update(approval_limit_amount=Decimal("900000.00"))

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_are_one_word(self, asked, bank, other):
        third = make_user("Luo San", phone="+8613500135002", role="administrator", branch=bank.head_office)

        def act(verb, by):
            return lambda: verb(PostRequest.objects.get(pk=asked.pk), by=by, at=NOW)

        came = together(act(operations.confirm_post, other), act(operations.decline_post, third))
        assert sorted(isinstance(each, PostRequestRefused) for each in came) == [False, True]

    @pytest.mark.django_db(transaction=True)
    def test_two_who_ask_for_each_other_wait_in_no_circle(self, bank, administrator, other):
        make_user("Luo San", phone="+8613500135002", role="administrator", branch=bank.head_office)

        def ask(user, by):
            return lambda: operations.ask_post(user, role=Role.AUDITOR, branch=bank.head_office, by=by, at=NOW)

        with ThreadPoolExecutor() as pool, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("LOCK TABLE core_notice IN EXCLUSIVE MODE")  # both stop before they tell what they did
            came = pool.submit(together, ask(other, administrator), ask(administrator, other))
            assert until(lambda: waiting_for_locks(cursor) == 2)
        assert came.result() == [None, None]

    def test_ends_with_the_post_of_who_asked(self, asked, administrator, other):
        operations.end_post(StaffPost.objects.get(user=administrator), by=other, at=NOW)
        with pytest.raises(PostRequestRefused, match="post_request_decided"):
            operations.confirm_post(asked, by=other, at=NOW)
        assert AuditEvent.objects.get(verb="staff.post_declined").by == other.reference

    def test_stands_while_who_asked_is_an_administrator_elsewhere(self, asked, administrator, other, bank):
        held = StaffPost.objects.get(user=administrator)
        StaffPost.objects.create(user=administrator, role=Role.ADMINISTRATOR, branch=bank.branch)
        operations.end_post(held, by=other, at=NOW)
        assert operations.confirm_post(asked, by=other, at=NOW)

    def test_is_over_once_the_only_administrator_left_gives_the_post(self, asked, newcomer, administrator, other):
        operations.end_post(StaffPost.objects.get(user=other), by=administrator, at=NOW)
        told = {"role": Role.APPROVER, "branch": asked.branch, "by": administrator, "at": NOW}
        assert operations.ask_post(newcomer, **told)
        asked.refresh_from_db()
        assert (asked.decided_by, asked.post) == (administrator, None)


class TestEndPost:
    def test_closes_the_door(self, officer, administrator):
        operations.end_post(StaffPost.objects.get(user=officer), by=administrator, at=NOW)
        assert not User.objects.get(pk=officer.pk).is_staff_member

    def test_records_who_and_when(self, officer, administrator):
        operations.end_post(StaffPost.objects.get(user=officer), by=administrator, at=NOW)
        event = AuditEvent.objects.get(verb="staff.post_ended")
        assert (event.subject, event.by, event.at) == (officer.reference, administrator.reference, NOW)

    def test_refuses_to_end_twice(self, officer, administrator):
        operations.end_post(StaffPost.objects.get(user=officer), by=administrator, at=NOW)
        with pytest.raises(PostEnded):
            operations.end_post(StaffPost.objects.get(user=officer), by=administrator, at=NOW)

    def test_refuses_ones_own(self, administrator):
        with pytest.raises(OwnPost):
            operations.end_post(StaffPost.objects.get(user=administrator), by=administrator, at=NOW)

    @pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
    def test_tells_all_who_watch_over_posts_that_one_of_them_is_gone(self, role, bank, administrator, auditor):
        """An administrator who ends the others' posts could give posts alone, unseen."""
        other = make_user("Luo Er", phone="+8613500135001", role=role, branch=bank.head_office)
        confirm_mail(auditor, "ai@bank.example")
        operations.end_post(StaffPost.objects.get(user=other), by=administrator, at=NOW)
        notices = Notice.objects.filter(code="post_ended")
        assert {notice.address for notice in notices} == {other.phone, "ai@bank.example"}
        assert all("Luo Er" in text_of(notice) for notice in notices)

    def test_tells_nothing_to_addresses_that_nobody_confirmed(self, bank, administrator, auditor):
        other = make_user("Luo Er", phone="+8613500135001", role=Role.AUDITOR, branch=bank.head_office)
        User.objects.filter(pk=auditor.pk).update(email="ai@bank.example", phone="+8613500135009", phone_verified=False)
        operations.end_post(StaffPost.objects.get(user=other), by=administrator, at=NOW)
        assert Notice.objects.get(code="post_ended").address == other.phone

    def test_tells_nobody_of_other_posts(self, officer, administrator, auditor):
        operations.end_post(StaffPost.objects.get(user=officer), by=administrator, at=NOW)
        assert not Notice.objects.filter(code="post_ended").exists()

    def test_lets_the_same_post_be_given_again(self, officer, administrator, bank):
        operations.end_post(StaffPost.objects.get(user=officer), by=administrator, at=NOW)
        operations.give_post(officer, role=Role.OFFICER, branch=bank.branch, by=administrator, at=NOW)
        assert StaffPost.objects.filter(user=officer).count() == 2


class TestPages:
    def test_list_who_holds_what(self, client_of, administrator, officer):
        page = client_of(administrator).get(reverse("identity:staff")).text
        assert "Olga Sun" in page
        assert "Loan officer" in page

    @pytest.mark.parametrize(
        ("limit", "told"), [("50000", "up to ¥50,000.00 a loan"), (None, "approves nothing: no limit was set")]
    )
    def test_tell_an_approvers_limit(self, client_of, auditor, newcomer, bank, limit, told):
        StaffPost.objects.create(user=newcomer, role=Role.APPROVER, branch=bank.branch, approval_limit_amount=limit)
        assert told in client_of(auditor).get(reverse("identity:staff")).text

    @pytest.mark.parametrize("contact", ["135 0013 5000", "gao.yu@example.org"])
    def test_let_an_administrator_give_a_post_to(self, client_of, administrator, newcomer, bank, contact):
        EmailAddress.objects.create(user=newcomer, email="gao.yu@example.org", verified=True, primary=True)
        data = {"contact": contact, "role": "approver", "branch": bank.branch.pk}
        answer = client_of(administrator).post(reverse("identity:give_post"), data, follow=True)
        assert "Gao Yu holds the post now." in answer.text
        assert User.objects.get(pk=newcomer.pk).has_role("approver")

    @pytest.mark.parametrize("contact", ["139 0013 9000", "nobody@example.org", "?"])
    def test_say_that_nobody_has_the_contact(self, client_of, administrator, bank, contact):
        data = {"contact": contact, "role": "approver", "branch": bank.branch.pk}
        assert "Nobody has signed up" in client_of(administrator).post(reverse("identity:give_post"), data).text

    def test_sent_twice_give_once(self, client_of, administrator, newcomer, bank):
        data = {"contact": "135 0013 5000", "role": "approver", "branch": bank.branch.pk}
        client_of(administrator).post(reverse("identity:give_post"), data)
        assert "already holds this post" in client_of(administrator).post(reverse("identity:give_post"), data).text
        assert StaffPost.objects.filter(user=newcomer).count() == 1

    def test_let_another_administrator_agree(self, client_of, administrator, newcomer, bank):
        other = make_user("Luo Er", phone="+8613500135001", role="administrator", branch=bank.head_office)
        data = {"contact": "135 0013 5000", "role": "approver", "branch": bank.branch.pk}
        asker, agreeing = client_of(administrator), client_of(other)
        answer = asker.post(reverse("identity:give_post"), data, follow=True)
        assert "gets the post once another administrator agrees" in answer.text
        url = reverse("identity:confirm_post", args=[PostRequest.objects.get().pk])
        assert url not in answer.text
        assert url in agreeing.get(reverse("identity:staff")).text
        assert "Posts to agree to" in agreeing.get("/").text
        assert "Another administrator confirms it" in asker.post(url, follow=True).text
        assert "Gao Yu holds the post now." in agreeing.post(url, follow=True).text
        assert "decided on this already" in agreeing.post(url, follow=True).text

    def test_let_an_administrator_end_a_post(self, client_of, administrator, officer):
        url = reverse("identity:end_post", args=[StaffPost.objects.get(user=officer).pk])
        assert "The post has ended." in client_of(administrator).post(url, follow=True).text
        assert "already ended" in client_of(administrator).post(url, follow=True).text

    def test_let_an_auditor_only_look(self, client_of, auditor, officer):
        browser = client_of(auditor)
        page = browser.get(reverse("identity:staff"))
        assert (page.status_code, reverse("identity:give_post") in page.text) == (200, False)
        assert browser.post(reverse("identity:give_post")).status_code == 403
        for verb in ("end_post", "confirm_post", "decline_post"):
            assert browser.post(reverse(f"identity:{verb}", args=[1])).status_code == 403

    @pytest.mark.parametrize("who", ["owner", "officer", "operations"])
    def test_are_closed_to(self, request, client_of, who):
        assert client_of(request.getfixturevalue(who)).get(reverse("identity:staff")).status_code == 403

    def test_say_to_owners_and_to_staff_whom_to_ask(self, client_of, owner, officer):
        told = {who.full_name: client_of(who).get(reverse("identity:staff")).text for who in (owner, officer)}
        assert "for the owner of the enterprise, or for staff" in told["Wang Fang"]
        assert "looks after roles" not in told["Wang Fang"]
        assert "looks after roles" in told["Olga Sun"]

    def test_refuse_another_method(self, client_of, administrator):
        browser = client_of(administrator)
        assert browser.post(reverse("identity:staff")).status_code == 405
        assert browser.get(reverse("identity:give_post")).status_code == 405
        for verb in ("end_post", "confirm_post", "decline_post"):
            assert browser.get(reverse(f"identity:{verb}", args=[1])).status_code == 405

    def test_keep_their_query_budget(self, client_of, administrator, bank, django_assert_max_num_queries):
        for number in range(20):
            make_user(f"Clerk {number}", role="officer", branch=bank.branch)
        browser = client_of(administrator)
        with django_assert_max_num_queries(8):
            browser.get(reverse("identity:staff"))
