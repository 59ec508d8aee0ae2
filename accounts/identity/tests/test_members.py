"""Proofs of who acts for an enterprise."""

import pytest
from django.core.management import CommandError
from django.urls import reverse

from accounts.identity import operations
from accounts.identity.models import Enterprise, Invitation, Membership
from accounts.identity.operations.members import AlreadyMember, InvitationClosed, LastOwner, MembershipEnded
from accounts.identity.tests.builders import NOW, make_user
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together

NUMBER = "+8613500135000"


@pytest.fixture
def helper(bank):
    """Hu Min has signed up and acts for nobody yet."""
    return make_user("Hu Min", phone=NUMBER)


@pytest.fixture
def invitation(enterprise, owner):
    """Hu Min's number is invited to manage the enterprise."""
    return operations.invite_manager(enterprise, phone=NUMBER, by=owner, at=NOW)


class TestInviteManager:
    def test_tells_the_number(self, invitation):
        notice = Notice.objects.get()
        assert (notice.address, notice.code) == (NUMBER, "invitation")
        assert "Wang Fang invites you to manage Green Tea Shop" in text_of(notice)

    def test_writes_names_as_they_are(self, enterprise, owner):
        Enterprise.objects.update(legal_name="Wang's & Sons")
        enterprise.refresh_from_db()
        operations.invite_manager(enterprise, phone=NUMBER, by=owner, at=NOW)
        assert "Wang's & Sons" in text_of(Notice.objects.get())

    def test_speaks_the_invited_persons_language(self, enterprise, owner, helper):
        operations.keep_language(helper, "zh-hans")
        operations.invite_manager(enterprise, phone=NUMBER, by=owner, at=NOW)
        assert Notice.objects.get().language == "zh-hans"

    def test_records_who_and_when_but_no_number(self, invitation, enterprise, owner):
        event = AuditEvent.objects.get(verb="enterprise.manager_invited")
        assert (event.subject, event.by, event.at) == (enterprise.reference, owner.reference, NOW)
        assert "135" not in str(event.details)

    def test_twice_is_one_invitation_and_one_message(self, invitation, enterprise, owner):
        assert operations.invite_manager(enterprise, phone=NUMBER, by=owner, at=NOW) == invitation
        assert Notice.objects.count() == 1

    def test_refuses_a_member(self, enterprise, owner, manager):
        with pytest.raises(AlreadyMember):
            operations.invite_manager(enterprise, phone=manager.phone, by=owner, at=NOW)


class TestAcceptInvitation:
    def test_makes_a_manager(self, invitation, helper, enterprise):
        membership = operations.accept_invitation(invitation, by=helper, at=NOW)
        assert (membership.user, membership.role, membership.began_at) == (helper, "manager", NOW)
        assert Enterprise.objects.visible_to(helper).get() == enterprise

    def test_records_who_and_when(self, invitation, helper, enterprise):
        operations.accept_invitation(invitation, by=helper, at=NOW)
        event = AuditEvent.objects.get(verb="enterprise.manager_joined")
        assert (event.subject, event.by, event.at) == (enterprise.reference, helper.reference, NOW)

    def test_refuses_one_that_was_withdrawn(self, invitation, helper, owner):
        operations.withdraw_invitation(invitation, by=owner, at=NOW)
        with pytest.raises(InvitationClosed):
            operations.accept_invitation(invitation, by=helper, at=NOW)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_one_wins(self, invitation, helper):
        def accept():
            return operations.accept_invitation(Invitation.objects.get(), by=helper, at=NOW)

        came = together(accept, accept)
        assert sorted(type(each).__name__ for each in came) == ["InvitationClosed", "Membership"]


class TestWithdrawInvitation:
    def test_closes_it(self, invitation, helper, owner):
        operations.withdraw_invitation(invitation, by=owner, at=NOW)
        assert not Invitation.objects.addressed_to(helper).exists()
        assert AuditEvent.objects.filter(verb="enterprise.invitation_withdrawn", by=owner.reference).exists()

    def test_refuses_one_that_was_accepted(self, invitation, helper, owner):
        operations.accept_invitation(invitation, by=helper, at=NOW)
        with pytest.raises(InvitationClosed):
            operations.withdraw_invitation(invitation, by=owner, at=NOW)


class TestDeclineInvitation:
    def test_closes_it(self, invitation, helper):
        operations.decline_invitation(invitation, by=helper, at=NOW)
        assert AuditEvent.objects.filter(verb="enterprise.invitation_declined", by=helper.reference).exists()
        assert not helper.memberships.exists()


class TestEndMembership:
    def test_takes_the_sight_away(self, manager, owner, enterprise):
        operations.end_membership(manager.memberships.get(), by=owner, at=NOW)
        assert not Enterprise.objects.visible_to(manager).exists()

    def test_records_who_and_when(self, manager, owner, enterprise):
        operations.end_membership(manager.memberships.get(), by=owner, at=NOW)
        event = AuditEvent.objects.get(verb="enterprise.membership_ended")
        assert (event.by, event.at, event.details) == (
            owner.reference,
            NOW,
            {"person": manager.reference, "role": "manager"},
        )

    def test_refuses_to_end_twice(self, manager, owner):
        membership = manager.memberships.get()
        operations.end_membership(membership, by=owner, at=NOW)
        with pytest.raises(MembershipEnded):
            operations.end_membership(Membership.objects.get(pk=membership.pk), by=owner, at=NOW)

    def test_leaves_no_enterprise_without_an_owner(self, owner, enterprise):
        with pytest.raises(LastOwner):
            operations.end_membership(owner.memberships.get(), by=owner, at=NOW)


class TestPages:
    def test_let_an_owner_invite(self, client_of, owner, enterprise):
        answer = client_of(owner).post(
            reverse("identity:invite", args=[enterprise.reference]),
            {"phone": "135 0013 5000", "role": "manager"},
            follow=True,
        )
        assert "135 0013 5000" in answer.text
        assert "The invitation is on its way." in answer.text

    @pytest.mark.parametrize("phone", ["12345", "", "138 0013 8000"])
    def test_say_near_the_field_why_not(self, client_of, owner, enterprise, phone):
        page = client_of(owner).post(
            reverse("identity:invite", args=[enterprise.reference]), {"phone": phone, "role": "manager"}
        )
        assert 'id="id_phone_error"' in page.text
        assert not Invitation.objects.exists()

    def test_let_the_invited_person_accept(self, client_of, helper, invitation, enterprise):
        browser = client_of(helper)
        assert "Wang Fang invites you" in browser.get(reverse("identity:enterprises")).text
        answer = browser.post(reverse("identity:accept_invitation", args=[invitation.reference]), follow=True)
        assert "You now act for Green Tea Shop." in answer.text

    def test_sent_twice_accept_once(self, client_of, helper, invitation):
        for _time in range(2):
            client_of(helper).post(reverse("identity:accept_invitation", args=[invitation.reference]))
        assert helper.memberships.count() == 1

    def test_let_the_invited_person_decline(self, client_of, helper, invitation):
        client_of(helper).post(reverse("identity:decline_invitation", args=[invitation.reference]))
        assert not helper.memberships.exists()

    @pytest.mark.parametrize("answer", ["accept", "decline"])
    def test_hide_an_invitation_from_others(self, client_of, stranger, invitation, answer):
        assert (
            client_of(stranger).post(reverse(f"identity:{answer}_invitation", args=[invitation.reference])).status_code
            == 404
        )

    def test_hide_an_invitation_from_a_number_not_confirmed(self, client_of, helper, invitation):
        type(helper).objects.filter(pk=helper.pk).update(phone_verified=False)
        assert (
            client_of(helper).post(reverse("identity:accept_invitation", args=[invitation.reference])).status_code
            == 404
        )

    def test_let_an_owner_withdraw(self, client_of, owner, enterprise, invitation):
        client_of(owner).post(
            reverse("identity:withdraw_invitation", args=[enterprise.reference, invitation.reference])
        )
        assert not Invitation.objects.open().exists()

    def test_let_an_owner_end_a_managers_membership(self, client_of, owner, enterprise, manager):
        url = reverse("identity:end_membership", args=[enterprise.reference, manager.memberships.get().pk])
        assert "Done." in client_of(owner).post(url, follow=True).text
        assert "This membership ended before." in client_of(owner).post(url, follow=True).text

    @pytest.mark.parametrize(("who", "status"), [("stranger", 404), ("manager", 403), ("officer", 403)])
    def test_are_the_owners_alone(self, request, client_of, enterprise, owner, invitation, who, status):
        browser = client_of(request.getfixturevalue(who))
        for url in (
            reverse("identity:invite", args=[enterprise.reference]),
            reverse("identity:withdraw_invitation", args=[enterprise.reference, invitation.reference]),
            reverse("identity:end_membership", args=[enterprise.reference, owner.memberships.get().pk]),
        ):
            assert browser.post(url, {"phone": "135 0013 5001"}).status_code == status

    def test_refuse_another_method(self, client_of, owner, enterprise, invitation):
        for url in (
            reverse("identity:invite", args=[enterprise.reference]),
            reverse("identity:withdraw_invitation", args=[enterprise.reference, invitation.reference]),
            reverse("identity:end_membership", args=[enterprise.reference, 1]),
            reverse("identity:accept_invitation", args=[invitation.reference]),
            reverse("identity:decline_invitation", args=[invitation.reference]),
        ):
            assert client_of(owner).get(url).status_code == 405


class TestBefore:
    """There were invitations to manage alone."""

    def test_is_kept_from_an_invitation_to_read(self, invitation, migrate):
        Invitation.objects.update(role="bookkeeper")
        with pytest.raises(CommandError, match="taken for invitations to manage"):
            migrate("accounts", "0035_payees_of_money_kept_back")
