"""Addresses of evidence."""

from django.urls import path

from accounts.cashflow import api
from accounts.cashflow.views import evidence, ledgers, payments, planning, replacements

app_name = "cashflow"
urlpatterns = [
    path("", evidence.enterprises, name="list"),
    path("<str:reference>/", evidence.enterprise, name="enterprise"),
    path("<str:reference>/upload/", evidence.upload, name="upload"),
    path("<str:reference>/invoices/", evidence.invoices, name="invoices"),
    path("<str:reference>/statements/<str:statement>/", evidence.statement, name="statement"),
    path("<str:reference>/statements/<str:statement>/file/", evidence.file, name="file"),
    path("<str:reference>/statements/<str:statement>/file/locked/", evidence.locked_file, name="locked_file"),
    path("<str:reference>/statements/<str:statement>/withdraw/", evidence.withdraw, name="withdraw"),
    path("<str:reference>/payments/", payments.payments, name="payments"),
    path("<str:reference>/payments/<int:line>/", payments.payment, name="payment"),
    path("<str:reference>/statements/<str:statement>/answer/", evidence.answer, name="statement_answer"),
    path("<str:reference>/statements/<str:statement>/choose/", evidence.choose, name="choose"),
    path("<str:reference>/statements/<str:statement>/replaced/<str:by>/", replacements.replaced, name="replaced"),
    path("<str:reference>/statements/<str:statement>/ask/", evidence.ask_anew, name="ask_anew"),
    path("<str:reference>/invoices/<str:ledger>/", ledgers.ledger, name="ledger"),
    path("<str:reference>/invoices/<str:ledger>/file/", ledgers.file, name="ledger_file"),
    path("<str:reference>/invoices/<str:ledger>/answer/", ledgers.answer, name="ledger_answer"),
    path("<str:reference>/invoices/<str:ledger>/withdraw/", ledgers.withdraw, name="ledger_withdraw"),
    path("<str:reference>/months/download/", planning.months_file, name="months_file"),
    path("<str:reference>/forecast/", planning.forecast, name="forecast"),
    path("<str:reference>/forecast/download/", planning.forecast_file, name="forecast_file"),
    path("<str:reference>/forecast/plan/", planning.plan, name="plan"),
    path("<str:reference>/forecast/plan/<str:item>/remove/", planning.remove, name="plan_remove"),
    path("<str:reference>/customers/", planning.customers, name="customers"),
    path("<str:reference>/categories/", planning.categories, name="categories"),
    path("<str:reference>/seasons/", planning.seasons, name="seasons"),
]
api_urlpatterns = [
    path("enterprises/<str:reference>/statements", api.Statements.as_view()),
    path("enterprises/<str:reference>/cash-flow/months", api.Months.as_view()),
    path("enterprises/<str:reference>/cash-flow/forecast", api.Forecast.as_view()),
    path("statements/<str:reference>", api.OneStatement.as_view()),
    path("enterprises/<str:reference>/transactions", api.AllTransactions.as_view()),
    path("enterprises/<str:reference>/transactions/<int:line>/category", api.Category.as_view()),
    path("enterprises/<str:reference>/invoices", api.Invoices.as_view()),
    path("invoice-ledgers/<str:reference>", api.OneLedger.as_view()),
    path("invoice-ledgers/<str:reference>/answer", api.LedgerAnswer.as_view()),
    path("invoice-ledgers/<str:reference>/withdrawal", api.LedgerWithdrawal.as_view()),
    path("statements/<str:reference>/answer", api.Answer.as_view()),
    path("statements/<str:reference>/question", api.Question.as_view()),
    path("statements/<str:reference>/choice", api.Choice.as_view()),
    path("statements/<str:reference>/clearing", api.Clearing.as_view()),
    path("statements/<str:reference>/withdrawal", api.Withdrawal.as_view()),
    path("statements/<str:reference>/transactions", api.Transactions.as_view()),
]
