"""Pages that span departments."""

from typing import Any, Final

import structlog
from celery import current_app
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.cache import cache
from django.db import connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe
from django_prometheus.exports import ExportToDjangoView
from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily

from accounts.identity import operations
from accounts.identity import queries as identity
from accounts.identity.access import requires, user_of
from accounts.identity.models import Role, User
from accounts.identity.views.enterprises import visible_enterprise
from accounts.ledger import queries as ledger
from accounts.settlement.queries.drawers import cash_counters
from lending.portfolio import queries as portfolio
from portal.core import amounts, failures, jobs
from portal.core.tasks import HEARTBEAT
from portal.pages import bookkeeping, queries
from portal.pages.record import record_of

KEPT_SECONDS: Final = 600  # by a browser
log = structlog.get_logger(__name__)


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """Show where everyone begins: what the bank offers, the next step, the books one keeps, a day's work."""
    user = request.user
    if not isinstance(user, User):
        return render(request, "welcome.html", queries.welcome(on=timezone.localdate()))
    if user.is_staff_member:
        return render(request, "staff_home.html", {"home": queries.staff_home(user, on=timezone.localdate())})
    today = timezone.localdate()
    books = bookkeeping.books_kept(user, page=request.GET.get("page"), on=today)
    return render(request, "home.html", {"home": queries.owner_home(user, on=today), "page": books})


@login_not_required
@require_safe
@cache_control(private=True, max_age=KEPT_SECONDS)
def find_us(request: HttpRequest) -> HttpResponse:
    """Tell anybody where the branches are, when they are open, by which number, and which have a counter for cash."""
    branches, with_cash = identity.branches_for_customers(), cash_counters()
    return render(request, "find_us.html", {"branches": [(each, each.pk in with_cash) for each in branches]})


@login_not_required
@require_safe
def amount_in_words(request: HttpRequest) -> HttpResponse:
    """Say an amount, while somebody types it."""
    written = str(next(iter(request.GET.values()), ""))
    return HttpResponse(amounts.said(written), content_type="text/plain; charset=utf-8")


@require_safe
@requires(Role.AUDITOR)
@never_cache
def record(request: HttpRequest, reference: str) -> HttpResponse:
    """Show an auditor all that is kept of a customer, and note that it was read."""
    user = user_of(request)
    found = visible_enterprise(request, reference)
    operations.note_read(found, by=user, at=timezone.now())
    return render(request, "enterprises/record.html", record_of(found, user))


@login_not_required
@require_safe
@never_cache
def live(_request: HttpRequest) -> JsonResponse:
    """Tell that this process answers."""
    return JsonResponse({"status": "live"})


@login_not_required
@require_safe
@never_cache
def ready(_request: HttpRequest) -> JsonResponse:
    """Tell whether database, broker and a worker of each queue answer: 200 when all do, 503 naming what does not."""
    asked = {"database": _database, "broker": _broker, "worker": _worker, "heavy_worker": _heavy_worker}
    checks = {name: _answers(check) for name, check in asked.items()}
    return JsonResponse(checks, status=200 if all(checks.values()) else 503)


def _answers(check: Any) -> bool:
    try:
        return bool(check())
    except Exception:  # noqa: BLE001 - whatever fails, the answer is no
        log.warning("health.failed", check=check.__name__)
        return False


def _database() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        return bool(cursor.fetchone())


def _broker() -> bool:
    with current_app.connection_for_write() as broker:
        broker.ensure_connection(max_retries=1, timeout=2)
    return True


def _worker() -> bool:
    return cache.get(HEARTBEAT) is not None


def _heavy_worker() -> bool:
    return cache.get(f"worker-of-{settings.HEAVY_QUEUE}") is not None


@login_not_required
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Hand figures to whoever carries the token; to others this page does not exist."""
    if not settings.METRICS_TOKEN or request.headers.get("Authorization") != f"Bearer {settings.METRICS_TOKEN}":
        raise Http404
    exported: HttpResponse = ExportToDjangoView(request)
    exported.write(_figures_of_the_books() + _figures_of_promises() + _figures_of_failures())
    return exported


def _figures_of_the_books() -> bytes:
    """Tell of the last nightly checks, so that whoever watches the figures is alarmed: they are the database's."""
    check = ledger.last_check()
    told = CollectorRegistry()
    if check:
        differences = Gauge("portal_books_differences", "places where the books disagree", registry=told)
        differences.set(check.difference_count)
        when = Gauge("portal_books_checked_timestamp_seconds", "when the books were last checked", registry=told)
        when.set(check.checked_at.timestamp())
    broken = Gauge("portal_chain_broken", "1 when a chain of seals was found broken", ["chain"], registry=told)
    read = Gauge("portal_chain_checked_timestamp_seconds", "when it was last read", ["chain"], registry=told)
    for each in ledger.chain_checks():
        broken.labels(each.chain).set(not each.is_whole)
        read.labels(each.chain).set(each.checked_at.timestamp())
    night = portfolio.last_night()
    if night:
        differing = Gauge("portal_decisions_differing", "repeated decisions unlike what was kept", registry=told)
        differing.set(night.differing)
        repeated = Gauge("portal_decisions_repeated_timestamp_seconds", "when all were last repeated", registry=told)
        repeated.set(night.at.timestamp())
    return generate_latest(told)


def _figures_of_promises() -> bytes:
    """Tell what background work waits, and how long."""
    told = CollectorRegistry()
    count = Gauge("portal_promises_waiting", "promises that are not kept yet", ["task"], registry=told)
    age = Gauge("portal_promises_oldest_seconds", "how long the oldest of them waits", ["task"], registry=told)
    for name, waiting, oldest in jobs.waiting():
        count.labels(name).set(waiting)
        age.labels(name).set((timezone.now() - oldest).total_seconds())
    return generate_latest(told)


class _Failures:
    """What failed alone, as the trail counts it."""

    def collect(self) -> list[CounterMetricFamily]:
        counted = CounterMetricFamily("portal_failed_alone", "failed while others went on", labels=["failure"])
        for failure, count in failures.counted():
            counted.add_metric([failure], count)
        return [counted]


def _figures_of_failures() -> bytes:
    told = CollectorRegistry()
    told.register(_Failures())
    return generate_latest(told)
