"""Addresses of settlement accounts."""

from django.urls import path

from accounts.settlement import api, views

app_name = "settlement"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("open/", views.open_account, name="open"),
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
