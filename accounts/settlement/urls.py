"""Addresses of settlement accounts."""

from django.urls import path

from accounts.settlement import api
from accounts.settlement.views import accounts as views
from accounts.settlement.views import cash

app_name = "settlement"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("open/", views.open_account, name="open"),
    path("cash/", cash.day, name="cash_day"),
    path("cash/<str:reference>/", cash.movement, name="cash_movement"),
    path("cash/<str:reference>/confirm/", cash.confirm, name="cash_confirm"),
    path("cash/<str:reference>/decline/", cash.decline, name="cash_decline"),
    path("cash/<str:reference>/receipt/", cash.receipt, name="cash_receipt"),
    path("<str:reference>/cash/", cash.take, name="cash"),
    path("<str:reference>/", views.account, name="account"),
    path("<str:reference>/statement/", views.statement, name="statement"),
    path("<str:reference>/transfer/", views.transfer, name="transfer"),
    path("<str:reference>/freeze/", views.freeze, name="freeze"),
    path("<str:reference>/unfreeze/", views.unfreeze, name="unfreeze"),
    path("<str:reference>/close/", views.close, name="close"),
]
api_urlpatterns = [
    path("settlement-accounts", api.SettlementAccounts.as_view(), name="settlement_accounts"),
    path("settlement-accounts/<str:reference>", api.OneSettlementAccount.as_view(), name="settlement_account"),
    path("settlement-accounts/<str:reference>/postings", api.Postings.as_view(), name="settlement_account_postings"),
    path("settlement-accounts/<str:reference>/transfers", api.Transfers.as_view(), name="settlement_account_transfers"),
]
