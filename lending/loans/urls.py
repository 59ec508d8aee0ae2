"""Paths of the loan."""

from django.urls import path

from lending.loans import api, views

app_name = "loans"
urlpatterns = [
    path("", views.list_loans, name="list"),
    path("offers/<slug:reference>/", views.sign, name="sign"),
    path("offers/<slug:reference>/code/", views.send_code, name="send_code"),
    path("offers/<slug:reference>/account/", views.open_account, name="open_account"),
    path("offers/<slug:reference>/contract.pdf", views.contract, name="contract"),
    path("<slug:reference>/", views.detail, name="detail"),
    path("<slug:reference>/repay/", views.repay, name="repay"),
]
api_urlpatterns = [
    path("loans", api.Loans.as_view(), name="loans"),
    path("loans/<slug:reference>", api.OneLoan.as_view(), name="loan"),
    path("loans/<slug:reference>/payoff", api.Payoff.as_view(), name="loan_payoff"),
    path("loans/<slug:reference>/repayments", api.Repayments.as_view(), name="loan_repayments"),
]
