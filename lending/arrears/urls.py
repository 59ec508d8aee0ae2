"""Paths of what is late."""

from django.urls import path

from lending.arrears import api, views

app_name = "arrears"
urlpatterns = [
    path("", views.desk, name="desk"),
    path("<slug:reference>/", views.contacts, name="contacts"),
]
api_urlpatterns = [
    path("late-loans", api.LateLoans.as_view(), name="late_loans"),
    path("loans/<slug:reference>/contacts", api.Contacts.as_view(), name="loan_contacts"),
]
