"""Addresses of the books."""

from django.urls import path

from accounts.ledger import api, views

app_name = "ledger"
urlpatterns = [
    path("", views.trial_balance, name="trial_balance"),
    path("balance-sheet/", views.balance_sheet, name="balance_sheet"),
    path("months/", views.months, name="months"),
    path("months/ask/", views.ask_to_close_month, name="ask_to_close_month"),
    path("months/close/", views.close_month, name="close_month"),
    path("months/decline/", views.decline_closing, name="decline_closing"),
    path("accounts/<str:code>/", views.ledger_account, name="account"),
    path("entries/<str:reference>/", views.entry, name="entry"),
]
api_urlpatterns = [
    path("ledger/trial-balance", api.TrialBalance.as_view(), name="trial_balance"),
    path("ledger/balance-sheet", api.BalanceSheet.as_view(), name="balance_sheet"),
    path("ledger/accounts", api.LedgerAccounts.as_view(), name="ledger_accounts"),
    path("ledger/accounts/<str:code>", api.OneLedgerAccount.as_view(), name="ledger_account"),
    path("ledger/accounts/<str:code>/postings", api.BookPostings.as_view(), name="ledger_account_postings"),
    path("ledger/entries/<str:reference>", api.OneJournalEntry.as_view(), name="journal_entry"),
    path("ledger/closed-months", api.ClosedMonths.as_view(), name="closed_months"),
    path("ledger/months/<str:reference>", api.OneMonth.as_view(), name="month"),
    path("ledger/months/<str:reference>/ask", api.AskToCloseMonth.as_view(), name="month_ask"),
    path("ledger/months/<str:reference>/close", api.CloseMonth.as_view(), name="month_close"),
    path("ledger/months/<str:reference>/decline", api.DeclineClosing.as_view(), name="month_decline"),
]
