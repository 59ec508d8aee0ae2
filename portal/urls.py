"""Every address of the house."""

from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView

from accounts.cashflow import urls as cashflow
from accounts.identity import urls as identity
from accounts.identity.views.people import set_language
from accounts.ledger import urls as ledger
from accounts.settlement import urls as settlement
from accounts.settlement.api import urls as settlement_api
from lending.applications import urls as applications
from lending.arrears import urls as arrears
from lending.funding import urls as funding
from lending.loans import urls as loans
from lending.portfolio import urls as portfolio
from lending.products import urls as products
from portal.core.api import Nothing
from portal.pages import audit, bookkeeping, demo, own_record, problems, views
from portal.pages.gallery import gallery
from training import urls as training

api = [  # each slice adds its own; named api:…
    *identity.api_urlpatterns,
    *ledger.api_urlpatterns,
    *cashflow.api_urlpatterns,
    *settlement_api.urlpatterns,
    *products.api_urlpatterns,
    *applications.api_urlpatterns,
    *funding.api_urlpatterns,
    *loans.api_urlpatterns,
    *arrears.api_urlpatterns,
    *portfolio.api_urlpatterns,
    *training.api_urlpatterns,
    path("schema", SpectacularAPIView.as_view(), name="schema"),
]
handler403, handler404 = bookkeeping.forbidden, bookkeeping.not_found
urlpatterns = [
    path("", views.home, name="home"),
    path("language/", set_language, name="set_language"),
    path("accounts/", include("allauth.urls")),
    path("", include("accounts.identity.urls")),
    path("settlement/", include("accounts.settlement.urls")),
    path("pay/", include((settlement.collecting_urlpatterns, "collecting"))),
    path("ledger/", include("accounts.ledger.urls")),
    path("harvest/", include("accounts.harvest.urls")),
    path("cashflow/", include("accounts.cashflow.urls")),
    path("products/", include("lending.products.urls")),
    path("applications/", include("lending.applications.urls")),
    path("funding/", include("lending.funding.urls")),
    path("loans/", include("lending.loans.urls")),
    path("arrears/", include("lending.arrears.urls")),
    path("credit/", include("lending.credit.urls")),
    path("portfolio/", include("lending.portfolio.urls")),
    path("training/", include("training.urls")),
    path("api/v1/", include((api, "api"))),
    path("api/problems", problems.page, name="problems"),
    re_path("^api/", Nothing.as_view()),
    path("audit/", audit.trail, name="audit"),
    path("enterprises/<str:reference>/record/", views.record, name="record"),
    path("profile/record/", own_record.page, name="own_record"),
    path("profile/record/download", own_record.download, name="own_record_file"),
    path("amount-in-words/", views.amount_in_words, name="amount_in_words"),
    path("our-branches/", views.find_us, name="find_us"),
    path("health/live", views.live, name="live"),
    path("health/ready", views.ready, name="ready"),
    path("metrics", views.metrics, name="metrics"),
    path("gallery/", gallery, name="gallery"),
    path("demo/", demo.door, name="demo"),
]
