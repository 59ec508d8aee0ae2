"""Addresses of settlement accounts."""

from django.urls import path

from accounts.settlement import api
from accounts.settlement.api import batches as batches_api
from accounts.settlement.api import collections as collections_api
from accounts.settlement.api import standing as standing_api
from accounts.settlement.views import accounts as views
from accounts.settlement.views import (
    batches,
    cash,
    collecting,
    collections,
    nostro,
    payees,
    payments,
    sending,
    standing,
)

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
    path("payments/nostro/", nostro.statements, name="nostro"),
    path("payments/nostro/<str:reference>/", nostro.statement, name="nostro_statement"),
    path("payments/nostro/<str:reference>/file/", nostro.statement_file, name="nostro_file"),
    path("payments/suspense/", nostro.suspense, name="suspense"),
    path("payments/suspense/<str:reference>/", nostro.item, name="suspense_item"),
    path("payments/suspense/<str:reference>/confirm/", nostro.confirm, name="suspense_confirm"),
    path("payments/suspense/<str:reference>/decline/", nostro.decline, name="suspense_decline"),
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
    path("requests/<str:reference>/", collections.detail, name="payment_request"),
    path("requests/<str:reference>/slip/", collections.slip, name="payment_request_slip"),
    path("requests/<str:reference>/cancel/", collections.cancel, name="payment_request_cancel"),
    path("requests/<str:reference>/remind/", collections.remind, name="payment_request_remind"),
    path("bills/<str:reference>/", collections.plan, name="bill_plan"),
    path("bills/<str:reference>/stop/", collections.plan_stop, name="bill_plan_stop"),
    path("<str:reference>/requests/", collections.request_list, name="payment_requests"),
    path("<str:reference>/requests/new/", collections.new, name="payment_request_new"),
    path("<str:reference>/bills/", collections.plan_list, name="bill_plans"),
    path("<str:reference>/bills/new/", collections.plan_new, name="bill_plan_new"),
    path("batches/template/", batches.template, name="batch_template"),
    path("batches/<str:reference>/", batches.detail, name="batch"),
    path("batches/<str:reference>/report/", batches.report, name="batch_report"),
    path("batches/<str:reference>/submit/", batches.submit, name="batch_submit"),
    path("batches/<str:reference>/confirm/", batches.confirm, name="batch_confirm"),
    path("batches/<str:reference>/decline/", batches.decline, name="batch_decline"),
    path("batches/<str:reference>/cancel/", batches.cancel, name="batch_cancel"),
    path("<str:reference>/batches/", batches.batch_list, name="batches"),
    path("<str:reference>/batches/new/", batches.new, name="batch_new"),
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
collecting_urlpatterns = [  # short, as they stand in messages and codes
    path("<str:token>/", collecting.request_page, name="request"),
    path("<str:token>/send/", collecting.pay, name="pay"),
]
api_urlpatterns = [
    path("settlement-accounts", api.SettlementAccounts.as_view(), name="settlement_accounts"),
    path("settlement-accounts/<str:reference>", api.OneSettlementAccount.as_view(), name="settlement_account"),
    path("settlement-accounts/<str:reference>/postings", api.Postings.as_view(), name="settlement_account_postings"),
    path("settlement-accounts/<str:reference>/transfers", api.Transfers.as_view(), name="settlement_account_transfers"),
    path("settlement-accounts/<str:reference>/payments", api.Payments.as_view(), name="settlement_account_payments"),
    path("settlement-accounts/<str:reference>/receipts", api.Receipts.as_view(), name="settlement_account_receipts"),
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
    path(
        "settlement-accounts/<str:reference>/payment-requests",
        collections_api.PaymentRequests.as_view(),
        name="payment_requests",
    ),
    path(
        "settlement-accounts/<str:reference>/bill-plans",
        collections_api.BillPlans.as_view(),
        name="bill_plans",
    ),
    path("payment-requests/<str:reference>", collections_api.OnePaymentRequest.as_view(), name="payment_request"),
    path(
        "payment-requests/<str:reference>/cancel", collections_api.CancelPaymentRequest.as_view(), name="request_cancel"
    ),
    path(
        "payment-requests/<str:reference>/remind", collections_api.RemindPaymentRequest.as_view(), name="request_remind"
    ),
    path("bill-plans/<str:reference>", collections_api.OneBillPlan.as_view(), name="bill_plan"),
    path("bill-plans/<str:reference>/stop", collections_api.StopBillPlan.as_view(), name="bill_plan_stop"),
    path(
        "settlement-accounts/<str:reference>/payment-batches",
        batches_api.PaymentBatches.as_view(),
        name="payment_batches",
    ),
    path("payment-batches/<str:reference>", batches_api.OnePaymentBatch.as_view(), name="payment_batch"),
    path("payment-batches/<str:reference>/lines", batches_api.PaymentBatchLines.as_view(), name="batch_lines"),
    path("payment-batches/<str:reference>/submit", batches_api.SubmitPaymentBatch.as_view(), name="batch_submit"),
    path("payment-batches/<str:reference>/confirm", batches_api.ConfirmPaymentBatch.as_view(), name="batch_confirm"),
    path("payment-batches/<str:reference>/cancel", batches_api.CancelPaymentBatch.as_view(), name="batch_cancel"),
    path("enterprises/<str:reference>/payees", api.Payees.as_view(), name="payees"),
]
