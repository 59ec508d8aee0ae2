"""Where the book is seen whole."""

from django.urls import path

from lending.portfolio import api, views

app_name = "portfolio"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("trials/<slug:kind>/<slug:code>/<int:version>/", views.trial, name="trial"),
    path("monitoring/", views.monitoring, name="monitoring"),
]
api_urlpatterns = [
    path("portfolio/classes", api.Classes.as_view(), name="portfolio_classes"),
    path("portfolio/monitoring", api.Monitoring.as_view(), name="portfolio_monitoring"),
]
