"""The API alone, so that its proofs do not depend on where the house mounts it."""

from django.urls import include, path

from accounts.cashflow.urls import api_urlpatterns

urlpatterns = [path("api/", include(api_urlpatterns))]
