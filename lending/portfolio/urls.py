"""Where the book is seen whole."""

from django.urls import path

from lending.portfolio import api, views

app_name = "portfolio"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("monitoring/", views.monitoring, name="monitoring"),
]
api_urlpatterns = [path("portfolio/monitoring", api.Monitoring.as_view(), name="portfolio_monitoring")]
