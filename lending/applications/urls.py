"""Paths of the case."""

from django.urls import path

from lending.applications import api
from lending.applications.views import case, prepare, revoke

app_name = "applications"
urlpatterns = [
    path("", prepare.list_own, name="list"),
    path("queue/", case.queue, name="queue"),
    path("new/<slug:enterprise>/", prepare.choose_product, name="choose_product"),
    path("new/<slug:enterprise>/<slug:product>/", prepare.begin, name="begin"),
    path("<slug:reference>/", case.detail, name="detail"),
    path("<slug:reference>/change/", prepare.change, name="change"),
    path("<slug:reference>/documents/", prepare.documents, name="documents"),
    path("<slug:reference>/documents/<int:document>/", prepare.download, name="document"),
    path("<slug:reference>/documents/<int:document>/remove/", prepare.remove_document, name="remove_document"),
    path("<slug:reference>/evidence/", prepare.upload_evidence, name="evidence"),
    path("<slug:reference>/check/", prepare.check, name="check"),
    path("<slug:reference>/withdraw/", prepare.withdraw, name="withdraw"),
    path("<slug:reference>/recommend/", case.recommend, name="recommend"),
    path("<slug:reference>/conclude/", case.conclude, name="conclude"),
    path("<slug:reference>/revoke/", revoke.revoke, name="revoke"),
    path("<slug:reference>/revoke/drop/", revoke.drop, name="drop_revocation"),
    path("<slug:reference>/revoke/conclude/", revoke.conclude, name="conclude_revocation"),
]
api_urlpatterns = [
    path("applications", api.Applications.as_view(), name="applications"),
    path("applications/<slug:reference>", api.OneApplication.as_view(), name="application"),
    path("applications/<slug:reference>/documents", api.Documents.as_view(), name="application_documents"),
    path(
        "applications/<slug:reference>/documents/<int:document>/withdrawal",
        api.DocumentWithdrawal.as_view(),
        name="application_document_withdrawal",
    ),
    path("applications/<slug:reference>/submission", api.Submission.as_view(), name="application_submission"),
    path("applications/<slug:reference>/withdrawal", api.Withdrawal.as_view(), name="application_withdrawal"),
    path("applications/<slug:reference>/decision", api.Decision.as_view(), name="application_decision"),
    path("applications/<slug:reference>/reviews", api.Reviews.as_view(), name="application_reviews"),
    path(
        "applications/<slug:reference>/recommendation",
        api.Recommendation.as_view(),
        name="application_recommendation",
    ),
    path("applications/<slug:reference>/conclusion", api.Conclusion.as_view(), name="application_conclusion"),
    path("applications/<slug:reference>/revocations", api.Revocations.as_view(), name="application_revocations"),
    path(
        "applications/<slug:reference>/revocations/conclusion",
        api.RevocationConclusion.as_view(),
        name="application_revocation_conclusion",
    ),
    path(
        "applications/<slug:reference>/revocations/withdrawal",
        api.RevocationWithdrawal.as_view(),
        name="application_revocation_withdrawal",
    ),
]
