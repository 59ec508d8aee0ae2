"""Addresses of evidence."""

from django.urls import path

from accounts.cashflow import api, views

app_name = "cashflow"
urlpatterns = [
    path("", views.enterprises, name="list"),
    path("<str:reference>/", views.enterprise, name="enterprise"),
    path("<str:reference>/upload/", views.upload, name="upload"),
    path("<str:reference>/invoices/", views.invoices, name="invoices"),
    path("<str:reference>/statements/<str:statement>/", views.statement, name="statement"),
    path("<str:reference>/payments/", views.payments, name="payments"),
    path("<str:reference>/payments/<int:line>/", views.payment, name="payment"),
    path("<str:reference>/statements/<str:statement>/answer/", views.answer, name="answer"),
    path("<str:reference>/statements/<str:statement>/file/", views.file, name="file"),
    path("<str:reference>/statements/<str:statement>/withdraw/", views.withdraw, name="withdraw"),
]
api_urlpatterns = [
    path("enterprises/<str:reference>/statements", api.Statements.as_view()),
    path("statements/<str:reference>", api.OneStatement.as_view()),
    path("enterprises/<str:reference>/transactions", api.AllTransactions.as_view()),
    path("enterprises/<str:reference>/transactions/<int:line>/category", api.Category.as_view()),
    path("enterprises/<str:reference>/invoices", api.Invoices.as_view()),
    path("statements/<str:reference>/answer", api.Answer.as_view()),
    path("statements/<str:reference>/withdrawal", api.Withdrawal.as_view()),
    path("statements/<str:reference>/transactions", api.Transactions.as_view()),
]
