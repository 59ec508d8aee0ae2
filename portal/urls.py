"""Every address of the house."""

from django.urls import include, path

from accounts.identity.views.people import set_language
from accounts.settlement import urls as settlement_urls
from portal.pages import views
from portal.pages.gallery import gallery

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.identity.urls")),
    path("settlement/", include("accounts.settlement.urls")),
    path("ledger/", include("accounts.ledger.urls")),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("gallery/", gallery, name="gallery"),
    path("cashflow/", include("accounts.cashflow.urls")),
    path("credit/", include("lending.credit.urls")),
    path("training/", include("training.urls")),
    path("api/v1/", include(settlement_urls.api_urlpatterns)),
    path("metrics", views.metrics, name="metrics"),
]
