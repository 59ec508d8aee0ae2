"""Addresses of settlement accounts."""

from django.urls import path

from accounts.settlement import api
from accounts.settlement.views import accounts as views
from accounts.settlement.views import cash, papers, payees, payments, sending, telling, terms

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
    path("notices/<str:reference>/", telling.notices, name="notices"),
    path("webhooks/<str:reference>/", telling.webhooks, name="webhooks"),
    path("webhook/<str:reference>/", telling.webhook, name="webhook"),
    path("webhook/<str:reference>/<slug:verb>/", telling.change_webhook, name="change_webhook"),
    path("webhook-messages/<str:reference>/replay/", telling.replay, name="replay_webhook"),
    path("verify/", papers.verify, name="verify"),
    path("verify/<str:code>/", papers.verified, name="verified"),
    path("certificates/<str:code>/<str:language>.pdf", papers.certificate_pdf, name="certificate_pdf"),
    path("payments/", sending.desk, name="payment_desk"),
    path("payments/send/", sending.send, name="payments_send"),
    path("payments/files/<str:reference>/", sending.file, name="payment_file"),
    path("payments/<str:reference>/", payments.payment, name="payment"),
    path("payments/<str:reference>/confirm/", payments.confirm, name="payment_confirm"),
    path("payments/<str:reference>/decline/", payments.decline, name="payment_decline"),
    path("payments/<str:reference>/void/", payments.void, name="payment_void"),
    path("<str:reference>/pay/", payments.pay, name="pay"),
    path("<str:reference>/payments/", payments.payment_list, name="payments"),
    path("<str:reference>/cash/", cash.take, name="cash"),
    path("<str:reference>/certificates/", papers.certificates, name="certificates"),
    path("<str:reference>/terms/", terms.terms, name="terms"),
    path("<str:reference>/terms/agree/", terms.agree, name="agree_on_terms"),
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
    path("enterprises/<str:reference>/payees", api.Payees.as_view(), name="payees"),
]
