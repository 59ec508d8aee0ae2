"""Addresses of the books."""

from django.urls import path

from accounts.ledger import views

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
