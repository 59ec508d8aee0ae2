"""Addresses of settlement accounts."""

from django.urls import path

from accounts.settlement import api
from accounts.settlement.api import standing as standing_api
from accounts.settlement.views import accounts as views
from accounts.settlement.views import cash, payees, payments, sending, standing

app_name = "settlement"
urlpatterns = [
    path("", views.account_list, name="list"),
    path("open/", views.open_account, name="open"),
    path("cash/", cash.day, name="cash_day"),
    path("cash/<str:reference>/", cash.movement, name="cash_movement"),
    path("cash/<str:reference>/confirm/", cash.confirm, name="cash_confirm"),
    path("cash/<str:reference>/decline/", cash.decline, name="cash_decline"),
    path("cash/<str:reference>/receipt/", cash.receipt, name="cash_receipt"),
    path("payees/<str:reference>/", payees.payees, name="payees"),
    path("payees/<str:reference>/remove/", payees.remove, name="payee_remove"),
    path("rules/<str:reference>/", payees.rules, name="rules"),
    path("payments/", sending.desk, name="payment_desk"),
    path("payments/send/", sending.send, name="payments_send"),
    path("payments/files/<str:reference>/", sending.file, name="payment_file"),
    path("payments/<str:reference>/", payments.payment, name="payment"),
    path("payments/<str:reference>/confirm/", payments.confirm, name="payment_confirm"),
    path("payments/<str:reference>/decline/", payments.decline, name="payment_decline"),
    path("payments/<str:reference>/void/", payments.void, name="payment_void"),
    path("standing/<str:reference>/", standing.detail, name="standing_order"),
    path("standing/<str:reference>/change/", standing.change, name="standing_order_change"),
    path("standing/<str:reference>/confirm/", standing.confirm, name="standing_order_confirm"),
    path("standing/<str:reference>/decline/", standing.decline, name="standing_order_decline"),
    path("standing/<str:reference>/pause/", standing.pause, name="standing_order_pause"),
    path("standing/<str:reference>/resume/", standing.resume, name="standing_order_resume"),
    path("standing/<str:reference>/end/", standing.end, name="standing_order_end"),
    path("<str:reference>/standing/", standing.order_list, name="standing_orders"),
    path("<str:reference>/standing/new/", standing.new, name="standing_order_new"),
    path("<str:reference>/pay/", payments.pay, name="pay"),
    path("<str:reference>/payments/", payments.payment_list, name="payments"),
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
    path("settlement-accounts/<str:reference>/payments", api.Payments.as_view(), name="settlement_account_payments"),
    path("payments/<str:reference>", api.OnePayment.as_view(), name="payment"),
    path("payments/<str:reference>/confirm", api.ConfirmPayment.as_view(), name="payment_confirm"),
    path("payments/<str:reference>/void", api.VoidPayment.as_view(), name="payment_void"),
    path(
        "settlement-accounts/<str:reference>/standing-orders",
        standing_api.StandingOrders.as_view(),
        name="standing_orders",
    ),
    path("standing-orders/<str:reference>", standing_api.OneStandingOrder.as_view(), name="standing_order"),
    path("standing-orders/<str:reference>/runs", standing_api.StandingOrderRuns.as_view(), name="standing_order_runs"),
    path("standing-orders/<str:reference>/change", standing_api.ChangeStandingOrder.as_view(), name="standing_change"),
    path(
        "standing-orders/<str:reference>/confirm", standing_api.ConfirmStandingOrder.as_view(), name="standing_confirm"
    ),
    path("standing-orders/<str:reference>/pause", standing_api.PauseStandingOrder.as_view(), name="standing_pause"),
    path("standing-orders/<str:reference>/resume", standing_api.ResumeStandingOrder.as_view(), name="standing_resume"),
    path("standing-orders/<str:reference>/end", standing_api.EndStandingOrder.as_view(), name="standing_end"),
    path("enterprises/<str:reference>/payees", api.Payees.as_view(), name="payees"),
]
