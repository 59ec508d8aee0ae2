"""Paths of harvests."""

from django.urls import path

from accounts.harvest import views

app_name = "harvest"
urlpatterns = [
    path("calendars/", views.calendars, name="calendars"),
    path("calendars/new/", views.propose, name="propose"),
    path("calendars/<int:version>/", views.calendar, name="calendar"),
    path("calendars/<int:version>/download", views.download, name="download"),
    path("calendars/<int:version>/approve", views.approve, name="approve"),
    path("calendars/<int:version>/discard", views.discard, name="discard"),
    path("calendars/<int:version>/withdraw", views.call_off, name="withdraw_edition"),
    path("<str:reference>/", views.plots, name="plots"),
    path("<str:reference>/new/", views.tell, name="tell"),
    path("<str:reference>/<str:planting>/visit/", views.visit, name="visit"),
    path("<str:reference>/<str:planting>/withdraw", views.withdraw, name="withdraw"),
]
