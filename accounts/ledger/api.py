"""The books for machines: for those who keep and audit them."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.identity.access import only_staff, staff_with
from accounts.identity.models import Role
from accounts.ledger import operations, queries
from accounts.ledger.models import JournalEntry, LedgerAccount, MonthClosing
from accounts.ledger.serializers import (
    BalanceSheetSerializer,
    BookMonthSerializer,
    BookPostingSerializer,
    ClosingReasonSerializer,
    DayQuerySerializer,
    JournalEntrySerializer,
    LedgerAccountSerializer,
    MonthClosingSerializer,
    OneLedgerAccountSerializer,
    PeriodSerializer,
    TrialBalanceSerializer,
)
from portal.core.api import asked_for, listed, verb

READ: Final[tuple[type[BasePermission], ...]] = (IsAuthenticated, staff_with(*queries.READERS))


class OfTheBooks(APIView):
    """An endpoint for those who keep the books and audit them."""

    permission_classes = READ


def _day(request: Request) -> tuple[date, str]:
    """Read which day's books are asked for, and in which currency; books that nobody keeps do not exist."""
    asked = asked_for(request, DayQuerySerializer)
    currency = asked.get("currency", settings.BANK_CURRENCY)
    if currency not in queries.currencies():
        raise Http404
    return asked.get("on", timezone.localdate()), currency


class TrialBalance(OfTheBooks):
    """The trial balance."""

    @extend_schema(operation_id="trial_balance", parameters=[DayQuerySerializer], responses=TrialBalanceSerializer)
    def get(self, request: Request) -> Response:
        """Read every account's balance at the end of a day."""
        on, currency = _day(request)
        return Response(TrialBalanceSerializer(queries.trial_balance(on, currency=currency)).data)


class BalanceSheet(OfTheBooks):
    """The balance sheet."""

    @extend_schema(operation_id="balance_sheet", parameters=[DayQuerySerializer], responses=BalanceSheetSerializer)
    def get(self, request: Request) -> Response:
        """Read what the bank owns, owes and earned at the end of a day."""
        on, currency = _day(request)
        return Response(BalanceSheetSerializer(queries.balance_sheet(on, currency=currency)).data)


class LedgerAccounts(OfTheBooks):
    """The chart of accounts."""

    @extend_schema(operation_id="ledger_accounts_list", responses=LedgerAccountSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the bank's own accounts, newest first; customers' are read by their code."""
        accounts = LedgerAccount.objects.internal().select_related("summary")
        return listed(self, request, accounts, LedgerAccountSerializer)


class OneLedgerAccount(OfTheBooks):
    """One account of the books."""

    @extend_schema(operation_id="ledger_account_read", responses=OneLedgerAccountSerializer)
    def get(self, request: Request, code: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Read an account and what it holds now; a summary holds what the accounts below it do."""
        found = get_object_or_404(LedgerAccount.objects.select_related("summary"), code=code)
        found.balance = queries.balance(found)  # type: ignore[attr-defined]  # beside its row
        return Response(OneLedgerAccountSerializer(found).data)


class BookPostings(OfTheBooks):
    """What moved on an account of the books."""

    @extend_schema(operation_id="ledger_account_postings", responses=BookPostingSerializer(many=True))
    def get(self, request: Request, code: str) -> Response:
        """List the postings of an account, last booked first; of a summary, those of the accounts below it."""
        account = get_object_or_404(LedgerAccount, code=code)
        return listed(self, request, queries.postings(account), BookPostingSerializer)


class OneJournalEntry(OfTheBooks):
    """One entry."""

    @extend_schema(operation_id="journal_entry_read", responses=JournalEntrySerializer)
    def get(self, request: Request, reference: str) -> Response:  # noqa: ARG002 - the framework's signature
        """Read an entry with its lines, and what it reverses or is reversed by."""
        entries = JournalEntry.objects.select_related("reverses", "reversed_by")
        found = get_object_or_404(entries.prefetch_related("postings__ledger_account"), reference=reference)
        return Response(JournalEntrySerializer(found).data)


class ClosedMonths(OfTheBooks):
    """The months that are closed for good."""

    @extend_schema(operation_id="closed_months_list", responses=PeriodSerializer(many=True))
    def get(self, request: Request) -> Response:
        """List the closed months, newest first."""
        return listed(self, request, queries.closed_months().select_related("closing"), PeriodSerializer)


@dataclass(frozen=True)
class Month:
    """A month of the books, by its last day, and the newest closing that somebody asked for."""

    last_date: date
    closing: MonthClosing | None

    @property
    def month(self) -> str:
        """Name it by year and month."""
        return f"{self.last_date:%Y-%m}"

    @property
    def is_closed(self) -> bool:
        """Tell whether nothing can be dated into it any more."""
        closed_up_to = queries.closed_up_to()
        return closed_up_to is not None and self.last_date <= closed_up_to

    @property
    def preview(self) -> queries.ClosingPreview | None:
        """Look at what closing it would close, where it is open."""
        return None if self.is_closed else queries.closing_preview(self.last_date)


def _month(_request: Request, written: str) -> Month:
    """Read a month such as ``2026-03``; what is none does not exist."""
    try:
        first = date.fromisoformat(f"{written}-01")
        last_date = (first + timedelta(days=31)).replace(day=1) - timedelta(days=1)
    except (ValueError, OverflowError) as error:  # the calendar ends with 9999
        raise Http404 from error
    return Month(last_date, MonthClosing.objects.filter(last_date=last_date).order_by("-pk").first())


def _asked(request: Request, written: str) -> MonthClosing:
    """Find the newest closing of a month; where nobody asked for one there is none."""
    closing = _month(request, written).closing
    if closing is None:
        raise Http404
    return closing


def _operations(request: Request, _found: Any) -> str:
    return only_staff(request.user, Role.OPERATIONS)


class OneMonth(OfTheBooks):
    """A month of the books."""

    @extend_schema(operation_id="month_read", responses=BookMonthSerializer)
    def get(self, request: Request, reference: str) -> Response:
        """Read where a month stands, and what closing it would close for good."""
        return Response(BookMonthSerializer(_month(request, reference)).data)


def _ask(month: Month, **told: Any) -> None:
    operations.ask_to_close_month(month.last_date, **told)


AskToCloseMonth = verb(
    "month_closing_ask",
    "Ask a colleague to close a month, and everything before it; asked twice, it is one.",
    find=_month,
    act=_ask,
    shape=BookMonthSerializer,
    dated=True,
    admit=_operations,
    open_to=READ,
)
CloseMonth = verb(
    "month_close",
    "Close, as the second person, the month that a colleague asked to close, for good.",
    find=_asked,
    act=operations.close_month,
    shape=MonthClosingSerializer,
    admit=_operations,
    open_to=READ,
)
DeclineClosing = verb(
    "month_closing_decline",
    "Leave a month open that somebody asked to close.",
    find=_asked,
    act=operations.decline_closing,
    shape=MonthClosingSerializer,
    asks=ClosingReasonSerializer,
    admit=_operations,
    open_to=READ,
)
