"""Proofs that whoever lost phone or authenticator is let in again by two of the bank, and by nobody alone."""

import re
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from knox.models import AuthToken

from accounts.identity import operations, queries
from accounts.identity.adapter import AccountAdapter
from accounts.identity.models import LostPhone, Membership, StaffPost, User
from accounts.identity.operations import LostPhoneRefused, lost_phones
from accounts.identity.tests.builders import NOW, make_enterprise, make_user
from accounts.identity.tests.signing_in import (
    E164,
    NUMBER,
    PASSWORD,
    code_now,
    give_authenticator,
    newest_code,
    sign_in,
)
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of

NEW_NUMBER = "+8613900139999"
NEW_PASSWORD = "four-odder-words"


def report(person, by, **changed):
    told = {"number": NEW_NUMBER, "paper": "identity_card", "reason": "stolen", "key": "1"} | changed
    return operations.report_lost_phone(person, by=by, at=NOW, **told)


def confirm(lost, by):
    operations.confirm_lost_phone(lost, by=by, at=NOW)


@pytest.fixture
def lost(li_na, officer):
    """Li Na stood at the counter with her identity card."""
    return report(li_na, officer)


@pytest.fixture
def partner(stranger, officer, bank):
    """Somebody whose manager the officer was once."""
    enterprise = make_enterprise(stranger, branch=bank.branch)
    Membership.objects.create(enterprise=enterprise, user=officer, role="manager", began_at=NOW, ended_at=NOW)
    return stranger


class TestReport:
    def test_changes_nothing_yet(self, lost, li_na):
        li_na.refresh_from_db()
        assert (li_na.phone, li_na.has_usable_password(), lost.number_before) == (E164, True, E164)

    def test_is_traced_without_the_numbers(self, lost, li_na, officer):
        event = AuditEvent.objects.get(verb="identity.lost_phone_reported")
        assert (event.subject, event.by) == (li_na.reference, officer.reference)
        assert event.details == {
            "of": lost.reference, "kind": "identity_card", "reason": "stolen", "from": "8000", "to": "9999",
        }  # fmt: skip

    def test_sent_twice_happens_once(self, lost, li_na, officer):
        assert report(li_na, officer) == lost

    @pytest.mark.parametrize(
        ("changed", "code"),
        [
            ({"key": "2"}, "lost_phone_waits"),
            ({"person": "stranger", "number": E164}, "lost_phone_taken"),
            ({"person": "stranger", "number": "+8613900139000"}, "lost_phone_same_number"),
            ({"person": "approver"}, "lost_phone_elsewhere"),
            ({"person": "officer"}, "lost_phone_own"),
            ({"person": "partner"}, "lost_phone_partner"),
        ],
    )
    def test_refuses(self, request, lost, li_na, officer, changed, code):
        person = request.getfixturevalue(changed.pop("person", "li_na"))
        with pytest.raises(LostPhoneRefused) as refused:
            report(person, officer, **({"key": "3"} | changed))
        assert refused.value.code == code

    def test_refuses_to_shut_out_who_can_be_reached_by_nothing(self, approver, administrator):
        with pytest.raises(LostPhoneRefused) as refused:
            report(approver, administrator, number="")
        assert refused.value.code == "lost_phone_unreachable"


class TestConfirm:
    def test_lets_in_by_the_new_number_and_by_nothing_from_before(self, browser, client_of, li_na, lost, teller):
        old = client_of(li_na)
        give_authenticator(li_na)
        operations.give_token(li_na, at=NOW)
        confirm(lost, teller)
        assert old.get(reverse("identity:profile")).status_code == 302
        assert not Authenticator.objects.filter(user=li_na).exists()
        assert not AuthToken.objects.filter(user=li_na).exists()
        assert sign_in(browser, NUMBER).status_code == 200
        browser.post(reverse("account_reset_password"), {"email": NEW_NUMBER})
        answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code()})
        browser.post(answer.url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        sign_in(fresh := Client(), NEW_NUMBER, password=NEW_PASSWORD)
        fresh.post(reverse("account_confirm_login_code"), {"code": newest_code()})
        assert fresh.get(reverse("identity:profile")).status_code == 200

    def test_ends_the_trust_in_a_device(self, browser, li_na, lost, teller):
        sign_in(browser)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code(), "trusts_device": "on"})
        browser.post(reverse("account_logout"))
        confirm(lost, teller)
        user = User.objects.get(pk=li_na.pk)
        user.set_password(PASSWORD)
        user.save()
        assert sign_in(browser, NEW_NUMBER).url == reverse("account_confirm_login_code")

    @pytest.mark.parametrize("number", [NEW_NUMBER, ""], ids=["new number", "number stays"])
    def test_ends_a_sign_in_that_waits_for_its_code(self, browser, li_na, officer, teller, number):
        sign_in(browser)
        code = newest_code()
        confirm(report(li_na, officer, number=number), teller)
        browser.post(reverse("account_confirm_login_code"), {"code": code})
        assert browser.get(reverse("identity:profile")).status_code == 302
        li_na.refresh_from_db()
        assert li_na.phone == (number or E164)

    def test_ends_a_sign_in_that_waits_for_its_code_by_e_mail(self, browser, bank, approver, administrator):
        other = make_user("Bo Luo", role="administrator", branch=bank.head_office)
        EmailAddress.objects.create(user=approver, email="approver@bank.example", verified=True, primary=True)
        approver.set_password(PASSWORD)
        approver.save()
        sign_in(browser, "approver@bank.example")
        code = newest_code("mail")
        confirm(report(approver, administrator, number=""), other)
        browser.post(reverse("account_confirm_login_code"), {"code": code})
        assert "_auth_user_id" not in browser.session

    @pytest.mark.parametrize(("act", "more"), [("set_phone_verified", []), ("set_phone", [False])])
    def test_ends_a_sign_in_that_waits_to_confirm_a_number(self, rf, li_na, lost, teller, act, more):
        confirm(lost, teller)
        request = rf.get("/")
        request.user = AnonymousUser()
        with context.request_context(request), pytest.raises(PermissionDenied):
            getattr(AccountAdapter(request), act)(User.objects.get(pk=li_na.pk), E164, *more)

    def test_ends_a_password_reset_that_began_before(self, browser, li_na, lost, teller):
        browser.post(reverse("account_reset_password"), {"email": NUMBER})
        answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code()})
        confirm(lost, teller)
        done = browser.post(answer.url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        li_na.refresh_from_db()
        assert (done.status_code, li_na.has_usable_password()) == (403, False)

    @pytest.mark.parametrize("act", ["set_password", "set_phone_verified"])
    def test_is_not_undone_by_who_read_the_person_before(self, rf, li_na, lost, teller, act):
        request = rf.get("/")
        request.user = stale = User.objects.get(pk=li_na.pk)
        confirm(lost, teller)
        with context.request_context(request), pytest.raises(PermissionDenied):
            getattr(AccountAdapter(request), act)(stale, "+8613900139002")
        li_na.refresh_from_db()
        assert (li_na.phone, li_na.has_usable_password()) == (NEW_NUMBER, False)

    def test_tells_the_old_number_the_e_mail_and_the_new_number(self, lost, teller):
        confirm(lost, teller)
        old, mail, new = Notice.objects.order_by("pk")
        assert (old.address, mail.address, new.address) == (E164, "li.na@example.org", NEW_NUMBER)
        assert "ends in 9999" in text_of(old)
        assert NEW_NUMBER not in text_of(old)
        assert reverse("account_reset_password") in text_of(new)

    def test_is_traced_with_who_did_it(self, lost, li_na, teller):
        confirm(lost, teller)
        told = AuditEvent.objects.filter(subject=li_na.reference).order_by("pk").values_list("verb", "by")
        assert list(told)[-2:] == [
            ("identity.lost_phone_confirmed", teller.reference),
            ("identity.let_in_again", teller.reference),
        ]

    def test_takes_a_second_person(self, lost, officer):
        with pytest.raises(LostPhoneRefused) as refused:
            confirm(lost, officer)
        assert refused.value.code == "lost_phone_same_person"

    def test_takes_it_of_no_other_post(self, lost, approver, administrator):
        for somebody in (approver, administrator):
            with pytest.raises(LostPhoneRefused):
                confirm(lost, somebody)

    def test_happens_once(self, lost, teller):
        confirm(lost, teller)
        with pytest.raises(LostPhoneRefused) as refused:
            confirm(lost, teller)
        assert refused.value.code == "lost_phone_decided"

    def test_refuses_where_the_number_moved_on(self, lost, li_na, teller):
        li_na.put_phone("+8613900139001")
        li_na.save()
        with pytest.raises(LostPhoneRefused) as refused:
            confirm(lost, teller)
        assert refused.value.code == "lost_phone_changed"

    def test_refuses_a_number_that_somebody_took_meanwhile(self, lost, teller):
        make_user("Zhao Lei", phone=NEW_NUMBER)
        with pytest.raises(LostPhoneRefused) as refused:
            confirm(lost, teller)
        assert refused.value.code == "lost_phone_taken"

    def test_refuses_who_acted_for_the_same_enterprise(self, bank, li_na, lost, teller):
        enterprise = make_enterprise(li_na, branch=bank.branch)
        Membership.objects.create(enterprise=enterprise, user=teller, role="manager", began_at=NOW)
        with pytest.raises(LostPhoneRefused) as refused:
            confirm(lost, teller)
        assert refused.value.code == "lost_phone_partner"

    def test_refuses_where_the_first_one_could_not_ask_any_more(self, bank, li_na, lost, administrator):
        StaffPost.objects.create(user=li_na, branch=bank.branch, role="approver")
        with pytest.raises(LostPhoneRefused) as refused:
            confirm(lost, administrator)
        assert refused.value.code == "lost_phone_elsewhere"

    def test_refuses_what_is_older_than_a_day(self, lost, teller):
        with pytest.raises(LostPhoneRefused) as refused:
            operations.confirm_lost_phone(lost, by=teller, at=NOW + timedelta(days=1, seconds=1))
        assert refused.value.code == "lost_phone_late"

    def test_refuses_a_number_that_somebody_takes_at_this_moment(self, li_na):
        make_user("Zhao Lei", phone=NEW_NUMBER)
        with pytest.raises(LostPhoneRefused) as refused:
            lost_phones._put_number(li_na, NEW_NUMBER, at=NOW)
        assert refused.value.code == "lost_phone_taken"

    def test_takes_the_number_from_a_sign_up_that_never_confirmed_it(self, li_na, lost, teller):
        squatter = make_user("Zhao Lei", phone=NEW_NUMBER)
        User.objects.filter(pk=squatter.pk).update(phone_verified=False)
        confirm(lost, teller)
        squatter.refresh_from_db()
        li_na.refresh_from_db()
        assert (squatter.phone, li_na.phone) == ("", NEW_NUMBER)

    def test_leaves_a_colleague_the_number_that_waits_to_be_confirmed(self, lost, bank, teller):
        colleague = make_user("Zhao Lei", phone=NEW_NUMBER, role="approver", branch=bank.branch)
        User.objects.filter(pk=colleague.pk).update(phone_verified=False)
        with pytest.raises(LostPhoneRefused):
            confirm(lost, teller)

    def test_leaves_the_main_e_mail_alone(self, li_na, lost, teller):
        EmailAddress.objects.create(user=li_na, email="old@private.example", verified=True, primary=False)
        confirm(lost, teller)
        assert [each.email for each in li_na.emailaddress_set.all()] == ["li.na@example.org"]

    def test_resets_a_colleagues_authenticator_by_two_administrators(self, browser, bank, approver, administrator):
        other = make_user("Bo Luo", role="administrator", branch=bank.head_office)
        EmailAddress.objects.create(user=approver, email="approver@bank.example", verified=True, primary=True)
        give_authenticator(approver)
        confirm(report(approver, administrator, number=""), other)
        browser.post(reverse("account_reset_password"), {"email": "approver@bank.example"})
        answer = browser.post(reverse("account_confirm_password_reset_code"), {"code": newest_code("mail")})
        browser.post(answer.url, {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD})
        sign_in(browser, "approver@bank.example", password=NEW_PASSWORD)
        browser.post(reverse("account_confirm_login_code"), {"code": newest_code("mail")})
        assert browser.get(reverse("home")).url == reverse("mfa_activate_totp")
        secret = browser.get(reverse("mfa_activate_totp")).context["form"].secret
        browser.post(reverse("mfa_activate_totp"), {"code": code_now(secret)})
        assert browser.get(reverse("home")).status_code == 200

    def test_makes_new_payees_wait(self, li_na, bank, lost, teller):
        enterprise = make_enterprise(li_na, branch=bank.branch)
        assert not queries.has_new_number(enterprise, at=NOW)
        confirm(lost, teller)
        assert queries.has_new_number(enterprise, at=NOW)


class TestDecline:
    def test_changes_nothing_and_lets_it_be_asked_anew(self, lost, li_na, officer):
        operations.decline_lost_phone(lost, by=officer, at=NOW)
        assert AuditEvent.objects.filter(verb="identity.lost_phone_declined").count() == 1
        assert report(li_na, officer, key="2").number_before == E164

    def test_goes_on_where_the_first_ones_post_ended(self, client_of, li_na, lost, officer, teller):
        officer.staffpost_set.update(ended_at=NOW)
        second = client_of(teller)
        assert lost.reference in second.get(reverse("identity:lost_phones")).text
        second.post(reverse("identity:confirm_lost_phone", args=[lost.reference]))
        lost.refresh_from_db()
        assert lost.status == "waiting"
        second.post(reverse("identity:decline_lost_phone", args=[lost.reference]))
        assert report(li_na, teller, key="2").number_before == E164


class TestRecord:
    def test_is_never_rewritten(self, lost):
        with pytest.raises(IntegrityError), transaction.atomic():
            LostPhone.objects.filter(pk=lost.pk).update(reason="lost")

    def test_is_confirmed_by_another_even_in_the_database(self, lost):
        with pytest.raises(IntegrityError), transaction.atomic():
            LostPhone.objects.filter(pk=lost.pk).update(status="confirmed", decided_by=lost.proposed_by)

    @pytest.mark.parametrize(
        "changed",
        [{"status": "declined"}, {"decided_at": NOW}, {"status": "declined", "decided_at": NOW, "decided_by": "li_na"}],
        ids=["by nobody", "while it waits", "by the person"],
    )
    def test_is_decided_by_another_than_the_person(self, lost, li_na, changed):
        changed = {name: li_na if value == "li_na" else value for name, value in changed.items()}
        with pytest.raises(IntegrityError), transaction.atomic():
            LostPhone.objects.filter(pk=lost.pk).update(**changed)

    def test_is_not_asked_for_by_the_person(self, li_na):
        with pytest.raises(IntegrityError), transaction.atomic():
            LostPhone.objects.create(person=li_na, paper="passport", reason="lost", proposed_by=li_na, proposed_at=NOW)


class TestPages:
    def test_lead_from_the_counter_to_the_second_person(self, client_of, li_na, officer, teller):
        data = {"contact": NUMBER, "number": "139 0013 9999", "paper": "passport", "reason": "stolen"}
        data["idempotency_key"] = "1"
        first, second = client_of(officer), client_of(teller)
        page = first.post(reverse("identity:lost_phones"), data, follow=True)
        assert "A second person has to confirm it." in page.text
        assert "confirm the" not in page.text
        reference = LostPhone.objects.get().reference
        assert reference in second.get(reverse("identity:lost_phones")).text
        assert "/lost-phones/" in second.get("/").text
        shown = second.get(reverse("identity:lost_phone", args=[reference])).text
        assert all(each in shown for each in ("139 0013 9999", "Passport", "li.na@example.org"))
        second.post(reverse("identity:confirm_lost_phone", args=[reference]))
        li_na.refresh_from_db()
        assert li_na.phone == NEW_NUMBER

    def test_tell_books_kept_from_enterprises_acted_for(self, client_of, li_na, lost, stranger, teller):
        stranger.memberships.get().enterprise.memberships.create(user=li_na, role="bookkeeper", began_at=NOW)
        shown = client_of(teller).get(reverse("identity:lost_phone", args=[lost.reference])).text
        assert re.search(r"Keeps the books of</dt>\s*<dd>Stranger Noodles</dd>", shown)
        assert shown.count("Stranger Noodles") == 1

    @pytest.mark.parametrize(
        ("changed", "field"),
        [({"contact": "139 0000 0000"}, "contact"), ({"paper": ""}, "paper"), ({"reason": ""}, "reason")],
    )
    def test_say_near_the_field_what_is_wrong(self, client_of, li_na, officer, changed, field):
        data = {"contact": NUMBER, "number": "", "paper": "passport", "reason": "stolen", "idempotency_key": "1"}
        page = client_of(officer).post(reverse("identity:lost_phones"), data | changed)
        assert (page.status_code, list(page.context["form"].errors)) == (422, [field])

    @pytest.mark.parametrize("who", ["stranger", "approver", "auditor", "course_editor"])
    def test_are_closed_to(self, request, client_of, lost, who):
        client = client_of(request.getfixturevalue(who))
        assert client.get(reverse("identity:lost_phones")).status_code == 403
        assert client.post(reverse("identity:confirm_lost_phone", args=[lost.reference])).status_code == 403

    def test_show_nothing_to_another_branch_and_to_administrators(self, client_of, bank, lost, administrator):
        elsewhere = make_user("Xu Wei", role="officer", branch=bank.other_branch)
        for somebody in (elsewhere, administrator):
            client = client_of(somebody)
            assert client.get(reverse("identity:lost_phone", args=[lost.reference])).status_code == 404
            assert client.post(reverse("identity:confirm_lost_phone", args=[lost.reference])).status_code == 404

    def test_confirm_by_post_only(self, client_of, lost, teller):
        assert client_of(teller).get(f"/lost-phones/{lost.reference}/confirm").status_code == 405

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_of_the_code_say_where_to_go(self, browser, li_na, bank, language):
        browser.cookies["language"] = language
        sign_in(browser)
        page = browser.get(reverse("account_confirm_login_code")).text
        assert reverse("find_us") in page
        assert ("identity card" if language == "en" else "身份证") in page
