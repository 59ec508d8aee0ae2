"""Webhooks: signed, tried again with back-off, logged, replayed, and never sent into the house."""

import base64
import hashlib
import hmac
import json
import threading
import time
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
from django.db import connection, transaction

from portal.core.models import AuditEvent, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from portal.core.webhooks import operations as webhooks
from portal.core.webhooks import sending, signing

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
ACT = {"at": NOW, "by": "U-OWNER"}


class Receiver(HTTPServer):
    """Somebody's program, which answers with a status and keeps what it got."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Answering)
        self.status, self.got, self.trickles = 204, [], False

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}/hook?a=1"


class _Answering(BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, dict(self.headers), body))
        if self.server.trickles:
            self._trickle()
            return
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def _trickle(self):
        for _time in range(600):
            try:
                self.wfile.write(b"H")
            except OSError:
                return
            time.sleep(0.1)

    def log_message(self, *_args):
        pass


@pytest.fixture
def receiver():
    server = Receiver()
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def endpoint(transactional_db, settings, receiver):
    settings.WEBHOOKS_ANYWHERE = True
    return add(receiver.url)


def add(url, events=("account.money_in",)):
    with transaction.atomic():
        return webhooks.add_endpoint("E-1", url=url, events=list(events), **ACT)


def tell(at=NOW, event="account.money_in", amount="5.00"):
    with transaction.atomic():
        webhooks.tell("E-1", event, {"amount": amount, "text": "面粉"}, at=at)
    return WebhookDelivery.objects.order_by("-pk").first()


class TestSignature:
    def test_is_that_of_the_published_example(self):
        # Standard Webhooks' reference libraries test against this message
        secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
        body = b'{"test": 2432232314}'
        made = signing.signature(secret, message="msg_p5jXN8AQM9LWM0D4loKWxJek", moment=1614265330, body=body)
        assert made == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="

    def test_needs_the_secret(self):
        first, second = (
            signing.signature(signing.new_secret(), message="m", moment=1, body=b"{}") for _number in range(2)
        )
        assert first != second


class TestAddress:
    @pytest.mark.parametrize(
        "url",
        ["http://example.org/", "ftp://example.org/", "https://", "https://u:p@example.org/", "https://a:99999/", "x",
         "https://10.0.0.8/", "https://[::ffff:10.0.0.1]/", "https://exam\nple.org/", "https://example.org/\u200b"],
    )  # fmt: skip
    def test_that_is_not_plain_https_to_the_public_is_refused(self, db, url):
        with pytest.raises(webhooks.AddressRefused), transaction.atomic():
            add(url)

    @pytest.mark.parametrize(
        "host",
        ["127.0.0.1", "10.0.0.8", "192.168.1.1", "169.254.169.254", "0.0.0.0", "[::1]", "[fd00::1]", "100.64.0.1",
         "[::ffff:10.0.0.1]", "2130706433", "0x7f.1", "localhost", "224.0.0.1", "[::10.0.0.1]",
         "[64:ff9b::169.254.169.254]", "[64:ff9b:1::10.0.0.1]", "[::ffff:0:10.0.0.1]"],
    )  # fmt: skip
    def test_inside_a_private_network_is_never_connected_to(self, host):
        with pytest.raises((sending.AddressRefused, OSError)):
            sending.resolved(sending.checked(f"https://{host}/", anywhere=False), anywhere=False)

    @pytest.mark.parametrize("host", ["8.8.8.8", "[2001:4860:4860::8888]", "[64:ff9b::8.8.8.8]"])
    def test_outside_is_taken(self, host):
        found = sending.resolved(sending.checked(f"https://{host}/", anywhere=False), anywhere=False)
        assert found.startswith(("8.8.8.8", "2001:", "64:ff9b:"))

    def test_is_judged_again_at_every_sending(self, transactional_db, settings, endpoint, receiver):
        settings.WEBHOOKS_ANYWHERE = False
        webhooks.deliver(tell().reference, at=NOW)
        assert (WebhookAttempt.objects.get().answer, receiver.got) == ("address refused", [])


class TestEndpoint:
    def test_is_recorded(self, endpoint):
        event = AuditEvent.objects.get(verb="webhooks.added")
        assert (event.subject, event.by, event.at) == ("E-1", "U-OWNER", NOW)

    def test_wants_an_event(self, endpoint, receiver):
        with pytest.raises(webhooks.EventsMissing):
            add(receiver.url, events=())

    def test_has_four_fellows_at_most(self, endpoint, receiver):
        for _number in range(4):
            add(receiver.url)
        with pytest.raises(webhooks.EndpointsEnough):
            add(receiver.url)

    def test_that_is_removed_is_told_nothing(self, endpoint, receiver):
        waiting = tell()
        with transaction.atomic():
            webhooks.remove_endpoint(endpoint, **ACT)
        webhooks.deliver(waiting.reference, at=NOW)
        tell()
        assert (receiver.got, WebhookDelivery.objects.count()) == ([], 1)

    def test_is_told_only_what_it_wants(self, endpoint):
        assert tell(event="payment.returned") is None

    def test_keeps_its_secret_unreadable_in_the_database(self, endpoint):
        with connection.cursor() as cursor:
            cursor.execute("SELECT secret FROM core_webhookendpoint")
            (stored,) = cursor.fetchone()
        assert endpoint.secret not in stored


class TestDeliver:
    def test_sends_once_and_signed(self, endpoint, receiver):
        delivery = tell()
        for _twice in range(2):
            webhooks.deliver(delivery.reference, at=NOW)
        ((path, headers, body),) = receiver.got
        told = json.loads(body)
        assert (path, told["type"], told["data"]["text"]) == ("/hook?a=1", "account.money_in", "面粉")
        signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
        key = base64.b64decode(endpoint.secret.removeprefix("whsec_"))
        expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        assert headers["webhook-signature"] == f"v1,{expected}"
        assert headers["webhook-id"] == delivery.reference

    def test_tries_again_later_and_later(self, endpoint, receiver):
        receiver.status = 500
        delivery, at, waits = tell(), NOW, []
        for _try in range(4):
            webhooks.deliver(delivery.reference, at=at)
            delivery.refresh_from_db()
            waits.append((delivery.due_at - at).total_seconds())
            webhooks.deliver(delivery.reference, at=at + timedelta(seconds=1))  # too early: nothing happens
            at = delivery.due_at
        assert (waits, len(receiver.got)) == ([30, 120, 600, 3600], 4)
        receiver.status = 200
        webhooks.deliver(delivery.reference, at=at)
        delivery.refresh_from_db()
        assert delivery.delivered_at == at
        assert list(delivery.attempts.order_by("pk").values_list("status", flat=True)) == [500, 500, 500, 500, 200]

    def test_follows_no_redirect(self, endpoint, receiver):
        receiver.status = 302
        webhooks.deliver(tell().reference, at=NOW)
        assert (len(receiver.got), WebhookAttempt.objects.get().status) == (1, 302)

    def test_gives_up_and_switches_off_what_never_answers(self, endpoint, receiver):
        receiver.status = 503
        delivery, at = tell(), NOW
        for _try in range(8):
            webhooks.deliver(delivery.reference, at=at)
            delivery.refresh_from_db()
            at = delivery.due_at
        endpoint.refresh_from_db()
        assert (delivery.delivered_at, delivery.done_at is not None, endpoint.disabled_at is not None) == (
            None,
            True,
            True,
        )
        assert AuditEvent.objects.filter(verb="webhooks.disabled", subject="E-1").count() == 1
        tell()
        assert WebhookDelivery.objects.count() == 1
        with transaction.atomic():
            webhooks.enable_endpoint(endpoint, **ACT)
        tell()
        assert WebhookDelivery.objects.count() == 2

    def test_survives_a_receiver_that_is_not_there(self, endpoint):
        WebhookEndpoint.objects.update(url="http://127.0.0.1:9/")
        webhooks.deliver(tell().reference, at=NOW)
        assert (WebhookAttempt.objects.get().status, WebhookAttempt.objects.get().answer) == (
            None,
            "ConnectionRefusedError",
        )

    def test_lets_other_messages_rest_while_their_address_is_silent(self, endpoint, receiver):
        WebhookEndpoint.objects.update(url="http://127.0.0.1:9/")
        first, second = tell(), tell()
        webhooks.deliver(first.reference, at=NOW)
        webhooks.deliver(second.reference, at=NOW)
        for delivery in (first, second):
            delivery.refresh_from_db()
        assert (second.attempt_count, second.due_at) == (0, first.due_at)
        WebhookEndpoint.objects.update(url=receiver.url)
        later = first.due_at
        for delivery in (first, second):
            webhooks.deliver(delivery.reference, at=later)
            delivery.refresh_from_db()
        assert first.delivered_at == second.delivered_at == later

    def test_lets_no_message_wait_for_hours_behind_one_that_does(self, endpoint, receiver):
        WebhookEndpoint.objects.update(url="http://127.0.0.1:9/")
        first, at = tell(), NOW
        for _try in range(5):  # after the fifth it waits for four hours
            webhooks.deliver(first.reference, at=at)
            first.refresh_from_db()
            tried, at = at, first.due_at
        WebhookEndpoint.objects.update(url=receiver.url)
        fresh, soon = tell(at=tried), tried + webhooks.SILENCE_COUNTS
        webhooks.deliver(fresh.reference, at=tried)
        fresh.refresh_from_db()
        assert (fresh.attempt_count, fresh.due_at) == (0, soon)
        webhooks.deliver(fresh.reference, at=soon)
        fresh.refresh_from_db()
        assert fresh.delivered_at == soon

    def test_goes_on_with_other_messages_where_one_is_refused(self, endpoint, receiver):
        receiver.status = 500
        for delivery in (tell(), tell()):
            webhooks.deliver(delivery.reference, at=NOW)
        assert len(receiver.got) == 2

    def test_waits_for_no_answer_that_only_trickles_in(self, endpoint, receiver, monkeypatch):
        monkeypatch.setattr(sending, "TIMEOUT_SECONDS", 0.5)
        receiver.trickles, began = True, time.monotonic()
        webhooks.deliver(tell().reference, at=NOW)
        assert time.monotonic() - began < 30
        assert WebhookAttempt.objects.get().answer == "TimeoutError"

    def test_is_swept_when_due(self, endpoint):
        tell()
        assert (webhooks.sweep(at=NOW), webhooks.sweep(at=NOW - timedelta(seconds=1))) == (1, 0)


class TestReplay:
    def test_sends_the_same_content_as_a_new_message(self, endpoint, receiver):
        first = tell()
        webhooks.deliver(first.reference, at=NOW)
        with transaction.atomic():
            again = webhooks.replay(first, at=NOW)
        webhooks.deliver(again.reference, at=NOW)
        bodies = {body for _path, _headers, body in receiver.got}
        names = {headers["webhook-id"] for _path, headers, _body in receiver.got}
        assert (len(bodies), names) == (1, {first.reference, again.reference})


class TestRotate:
    def test_signs_by_both_secrets_for_a_day(self, endpoint, receiver):
        with transaction.atomic():
            new = webhooks.rotate_secret(endpoint, **ACT)
        webhooks.deliver(tell().reference, at=NOW)
        later = NOW + timedelta(hours=25)
        webhooks.deliver(tell(at=later).reference, at=later)
        counts = [len(headers["webhook-signature"].split()) for _path, headers, _body in receiver.got]
        assert (counts, new == endpoint.secret) == ([2, 1], True)
