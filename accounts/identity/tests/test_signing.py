"""Proofs of the code that confirms a signing."""

import re
from datetime import timedelta

import pytest
from allauth.mfa.totp.internal import auth as totp
from django.core.cache import cache
from django.db import transaction

from accounts.identity import operations, queries
from accounts.identity.models import SigningCode
from accounts.identity.operations.signing import (
    SigningCodeAttempts,
    SigningCodeExpired,
    SigningCodeMissing,
    SigningCodesTooMany,
    SigningCodeWrong,
    SigningPhoneMissing,
)
from accounts.identity.tests.builders import NOW, make_user
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together

SUBJECT = "A-7K3QX9TM"
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


@pytest.fixture(autouse=True)
def nobody_tried(db):
    """Forget the tries of other tests."""
    cache.clear()


def sent(user, *, subject=SUBJECT, at=NOW):
    """Send a code and read it as the person does."""
    operations.send_signing_code(user, subject=subject, at=at)
    return re.search(r"\d{6}", text_of(Notice.objects.latest("pk"))).group()


def confirm(user, code, *, subject=SUBJECT, at=NOW):
    """Sign with a code."""
    with transaction.atomic():
        operations.confirm_signing_code(user, subject=subject, code=code, at=at)


def other_than(code):
    return f"{(int(code) + 1) % 1_000_000:06d}"


class TestSendSigningCode:
    def test_names_what_is_signed(self, owner):
        code = sent(owner)
        assert text_of(Notice.objects.get()).startswith(f"{code} is your code to sign {SUBJECT}.")
        assert Notice.objects.get().address == owner.phone

    @pytest.mark.parametrize("notice", ["payment_code", "batch_code", "cash_code", "token_code", "draw_code"])
    def test_says_by_which_number_the_bank_is_called(self, owner, settings, notice):
        settings.BANK_PHONE = "0571 8888 0000"
        operations.send_signing_code(owner, subject=SUBJECT, at=NOW, notice=notice)
        assert text_of(Notice.objects.get()).endswith("call the bank. The bank: 0571 8888 0000")

    def test_names_no_number_that_is_not_known(self, owner, settings):
        settings.BANK_PHONE = ""
        operations.send_signing_code(owner, subject=SUBJECT, at=NOW, notice="payment_code")
        assert text_of(Notice.objects.get()).endswith("call the bank.")

    def test_keeps_no_code(self, owner):
        assert sent(owner) not in str(SigningCode.objects.values().get())

    def test_records_who_and_when(self, owner):
        sent(owner)
        event = AuditEvent.objects.get(verb="signing.code_sent")
        assert (event.subject, event.by, event.at) == (SUBJECT, owner.reference, NOW)

    def test_refuses_without_a_confirmed_number(self, db):
        with pytest.raises(SigningPhoneMissing):
            operations.send_signing_code(make_user(), subject=SUBJECT, at=NOW)

    def test_refuses_more_than_a_dozen_in_an_hour(self, owner):
        for number in range(12):
            sent(owner, subject=f"A-0000000{number}")
        with pytest.raises(SigningCodesTooMany):
            sent(owner)
        assert sent(owner, at=NOW + timedelta(hours=1, seconds=1))

    def test_sends_one_for_a_double_click_and_another_later(self, owner, transactional_db):
        together(*[lambda: operations.send_signing_code(owner, subject=SUBJECT, at=NOW)] * 4)
        assert Notice.objects.count() == 1
        sent(owner, at=NOW + timedelta(seconds=6))
        assert Notice.objects.count() == 2


class TestConfirmSigningCode:
    def test_takes_the_code(self, owner):
        code = sent(owner)
        wide = "".join(chr(ord(digit) + 0xFEE0) for digit in code[3:])
        confirm(owner, f"{code[:3]} {wide}")
        event = AuditEvent.objects.get(verb="signing.confirmed")
        assert (event.subject, event.by, event.at, event.details) == (SUBJECT, owner.reference, NOW, {"by": "message"})

    def test_takes_it_once(self, owner):
        code = sent(owner)
        confirm(owner, code)
        with pytest.raises(SigningCodeExpired):
            confirm(owner, code)

    def test_refuses_another_code(self, owner):
        with pytest.raises(SigningCodeWrong):
            confirm(owner, other_than(sent(owner)))

    def test_refuses_a_code_for_something_else(self, owner):
        code = sent(owner, subject="A-00000001")
        with pytest.raises(SigningCodeMissing):
            confirm(owner, code)

    def test_refuses_somebody_elses_code(self, owner, stranger):
        code = sent(owner)
        with pytest.raises(SigningCodeMissing):
            confirm(stranger, code)

    def test_refuses_a_code_after_ten_minutes(self, owner):
        code = sent(owner)
        with pytest.raises(SigningCodeExpired):
            confirm(owner, code, at=NOW + timedelta(minutes=10, seconds=1))

    def test_takes_the_newest_only(self, owner):
        first, second = sent(owner), sent(owner, at=NOW + timedelta(minutes=1))
        if first != second:
            with pytest.raises(SigningCodeWrong):
                confirm(owner, first, at=NOW + timedelta(minutes=2))
        confirm(owner, second, at=NOW + timedelta(minutes=2))

    def test_counts_tries_although_each_refusal_rolls_back(self, owner):
        code = sent(owner)
        for _time in range(5):
            with pytest.raises(SigningCodeWrong):
                confirm(owner, other_than(code))
        with pytest.raises(SigningCodeAttempts):
            confirm(owner, code)

    def test_begins_to_count_anew_when_a_count_ends_in_between(self, owner, monkeypatch):
        def ended(*_args, **_kwargs):
            """Forget the count at once, as a cache does whose time is up."""

        code = sent(owner)
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(cache, "add", ended)
            with pytest.raises(SigningCodeWrong):
                confirm(owner, other_than(code))
        confirm(owner, code)

    def test_stands_or_falls_with_what_is_signed(self, owner):
        code = sent(owner)

        def sign_and_fail():
            with transaction.atomic():
                operations.confirm_signing_code(owner, subject=SUBJECT, code=code, at=NOW)
                raise RuntimeError

        with pytest.raises(RuntimeError):
            sign_and_fail()
        confirm(owner, code)

    def test_needs_a_signing_to_belong_to(self, owner, transactional_db):
        with pytest.raises(AssertionError):
            operations.confirm_signing_code(owner, subject=SUBJECT, code="1", at=NOW)

    @pytest.mark.django_db(transaction=True)
    def test_two_at_once_one_wins(self, owner):
        code = sent(owner)
        came = together(*[lambda: confirm(owner, code)] * 2)
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "SigningCodeExpired"]


class TestConfirmByAuthenticator:
    @pytest.fixture
    def authenticator(self, owner):
        totp.TOTP.activate(owner, SECRET)
        return lambda: totp.format_hotp_value(totp.hotp_value(SECRET, next(iter(totp.yield_hotp_counters_from_time()))))

    def test_takes_its_code_once(self, owner, authenticator):
        code = authenticator()
        assert queries.signs_with_authenticator(owner)
        confirm(owner, code)
        assert AuditEvent.objects.get(verb="signing.confirmed").details == {"by": "authenticator"}
        with pytest.raises(SigningCodeWrong):
            confirm(owner, code)

    def test_takes_a_code_by_message_as_well(self, owner, authenticator):
        confirm(owner, sent(owner))

    def test_stops_after_five_tries(self, owner, authenticator):
        for _time in range(5):
            with pytest.raises(SigningCodeWrong):
                confirm(owner, "12")
        with pytest.raises(SigningCodeAttempts):
            confirm(owner, authenticator())

    def test_counts_tries_whatever_is_signed(self, owner, authenticator):
        for number in range(5):  # whoever pays chooses the key, and with it the subject
            with pytest.raises(SigningCodeWrong):
                confirm(owner, "12", subject=f"payment {number}")
        with pytest.raises(SigningCodeAttempts):
            confirm(owner, authenticator(), subject="payment 6")

    def test_counts_no_tries_that_were_right(self, owner, authenticator):
        for number in range(6):
            confirm(owner, sent(owner, subject=f"payment {number}"), subject=f"payment {number}")
        confirm(owner, authenticator())
