"""Proofs of messages to people."""

from datetime import UTC, datetime, timedelta

import pytest
from django.core import mail
from django.db import connection

from portal.core.models import Channel, Job, Notice
from portal.core.notices import operations as notices

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
NUMBER = notices.Address(Channel.SMS, "+8613800138000")
sent: list[tuple[str, str]] = []


class Recording:
    """An SMS gateway that remembers."""

    def send(self, number, text):
        """Remember."""
        sent.append((number, text))


class Away:
    """An SMS gateway that cannot be reached."""

    def send(self, number, text):
        """Fail."""
        raise ConnectionError


@pytest.fixture(autouse=True)
def gateway(settings):
    """Use a gateway that remembers."""
    sent.clear()
    settings.SMS_GATEWAY = f"{__name__}.Recording"


def code(language="en", **params):
    return notices.send("sign_in_code", address=NUMBER, language=language, params=params or {"code": "123456"}, at=NOW)


class TestSend:
    def test_promises_the_message(self, db):
        notice = code()
        assert (notice.sent_at, Job.objects.get().reference) == (None, notice.reference)

    def test_keeps_address_and_code_out_of_sight(self, db):
        code()
        with connection.cursor() as cursor:
            cursor.execute("SELECT address, params FROM core_notice")
            row = str(cursor.fetchone())
        assert "13800138000" not in row
        assert "123456" not in row


class TestDeliver:
    def test_sends_a_text_message_once(self, db):
        notice = code()
        for minutes in (1, 2):
            notices.deliver(notice.reference, at=NOW + timedelta(minutes=minutes))
        [(number, text)] = sent
        assert (number, text.partition(" to ")[0]) == ("+8613800138000", "123456 is your code")
        assert Notice.objects.get().sent_at == NOW + timedelta(minutes=1)

    def test_stays_promised_when_the_gateway_is_away(self, db, settings):
        settings.SMS_GATEWAY = f"{__name__}.Away"
        notice = code()
        with pytest.raises(ConnectionError):
            notices.deliver(notice.reference, at=NOW)
        assert Notice.objects.get().sent_at is None

    def test_sends_a_letter_with_its_first_line_as_subject(self, db):
        address = notices.Address(Channel.MAIL, "li.na@example.org")
        params = {"subject": "Fish & chips", "body": "First.\n\nSecond <b>."}
        notice = notices.send("letter", address=address, language="en", params=params, at=NOW)
        notices.deliver(notice.reference, at=NOW)
        letter = mail.outbox[0]
        assert (letter.to, letter.subject, letter.body) == (
            ["li.na@example.org"],
            "Fish & chips",
            "First.\n\nSecond <b>.",
        )

    def test_knows_no_other_reference(self, db):
        notices.deliver("N-00000000", at=NOW)
        assert sent == []
