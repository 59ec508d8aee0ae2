"""Every address of the house."""

from django.urls import include, path

from accounts.identity.views.people import set_language
from portal.pages import views
from portal.pages.gallery import gallery

urlpatterns = [
    path("", views.home, name="home"),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.identity.urls")),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("gallery/", gallery, name="gallery"),
    path("credit/", include("lending.credit.urls")),
    path("training/", include("training.urls")),
    path("metrics", views.metrics, name="metrics"),
]
