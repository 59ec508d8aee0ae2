"""While Redis is away, what owners send is kept, and done when it is back."""

import socket
import time
from functools import partial

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.urls import reverse

from accounts.cashflow.models import StatementImport
from accounts.cashflow.tests.builders import make_upload
from accounts.identity.tests.builders import machine
from lending.applications.tests.builders import make_draft, make_evidence
from lending.products.tests.builders import make_product
from portal import celery
from portal.core import jobs
from portal.core.models import Job

NOWHERE = "redis://127.0.0.1:1/0"


@pytest.fixture
def away(monkeypatch, settings):
    """Nobody listens where Redis was."""
    nowhere = celery.app.connection(NOWHERE)
    monkeypatch.setattr(celery.app, "send_task", partial(celery.app.send_task, connection=nowhere))
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": NOWHERE}}


@pytest.fixture
def draft(enterprise, owner):
    cache.clear()
    make_product()
    make_evidence(enterprise)
    return make_draft(enterprise, by=owner)


@pytest.mark.django_db(transaction=True)
class TestRedisAway:
    def test_loses_no_application(self, draft, owner, client_of, request):
        client = client_of(owner)
        request.getfixturevalue("away")
        assert client.get(reverse("applications:check", args=[draft.reference])).status_code == 200
        assert client.post(reverse("applications:check", args=[draft.reference])).status_code == 302
        draft.refresh_from_db()
        assert draft.status == "submitted"
        assert client.get(reverse("applications:detail", args=[draft.reference])).status_code == 200
        assert Job.objects.filter(name="lending.decide", reference=draft.reference, done_at=None).exists()

    def test_loses_no_file(self, draft, enterprise, owner, client_of, request):
        client = client_of(owner)
        request.getfixturevalue("away")
        before = StatementImport.objects.count()
        sent = {"file": make_upload(b"Date,Amount\n2026-01-05,5.00\n"), "idempotency_key": "k"}
        assert client.post(reverse("applications:evidence", args=[draft.reference]), sent).status_code == 302
        assert StatementImport.objects.count() == before + 1

    def test_goes_on_when_it_is_back(self, draft, owner, client_of, monkeypatch, request):
        client = client_of(owner)
        request.getfixturevalue("away")
        client.post(reverse("applications:check", args=[draft.reference]))
        sent = []
        monkeypatch.setattr(jobs, "send", lambda name, reference: sent.append((name, reference)))
        jobs.sweep(at=Job.objects.get(name="lending.decide").due_at)
        assert ("lending.decide", draft.reference) in sent

    def test_asks_strangers_to_sign_in(self, bank, client, away):
        assert client.get(reverse("applications:list")).status_code == 302
        assert client.get(reverse("account_login")).status_code == 200

    def test_asks_who_signs_in_to_come_back(self, bank, client, away):
        answer = client.post(reverse("account_login"), {"login": "+8613800138000", "password": "x"})
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert "not possible for the moment" in answer.text

    def test_asks_programs_to_come_back(self, owner, away):
        answer = machine(owner).get("/api/v1/branches")
        assert (answer.status_code, answer["Retry-After"]) == (503, "60")
        assert answer.json()["code"] == "away"

    def test_ends_no_session_half(self, owner, client_of, request):
        client = client_of(owner)
        key = client.session.session_key
        request.getfixturevalue("away")
        assert client.post(reverse("account_logout")).status_code == 503
        assert Session.objects.filter(pk=key).exists()


@pytest.mark.django_db(transaction=True)
def test_a_redis_that_hangs_costs_seconds_and_no_application(draft, owner, client_of, monkeypatch, settings):
    client = client_of(owner)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"redis://127.0.0.1:{silent.getsockname()[1]}/0"
        broker = celery.app.connection(address)
        monkeypatch.setattr(celery.app, "send_task", partial(celery.app.send_task, connection=broker))
        settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": address}}
        began = time.monotonic()
        assert client.post(reverse("applications:check", args=[draft.reference])).status_code == 302
        assert time.monotonic() - began < 20
    assert Job.objects.filter(name="lending.decide", reference=draft.reference, done_at=None).exists()
