"""Paths of the case."""

from django.urls import path

from lending.applications import api, views

app_name = "applications"
urlpatterns = [
    path("", views.list_own, name="list"),
    path("queue/", views.queue, name="queue"),
    path("new/<slug:enterprise>/", views.choose_product, name="choose_product"),
    path("new/<slug:enterprise>/<slug:product>/", views.begin, name="begin"),
    path("<slug:reference>/", views.detail, name="detail"),
    path("<slug:reference>/change/", views.change, name="change"),
    path("<slug:reference>/documents/", views.documents, name="documents"),
    path("<slug:reference>/documents/<int:document>/", views.download, name="document"),
    path("<slug:reference>/documents/<int:document>/remove/", views.remove_document, name="remove_document"),
    path("<slug:reference>/evidence/", views.upload_evidence, name="evidence"),
    path("<slug:reference>/check/", views.check, name="check"),
    path("<slug:reference>/withdraw/", views.withdraw, name="withdraw"),
    path("<slug:reference>/recommend/", views.recommend, name="recommend"),
    path("<slug:reference>/conclude/", views.conclude, name="conclude"),
]
api_urlpatterns = [
    path("applications", api.Applications.as_view(), name="applications"),
    path("applications/<slug:reference>", api.OneApplication.as_view(), name="application"),
    path("applications/<slug:reference>/documents", api.Documents.as_view(), name="application_documents"),
    path("applications/<slug:reference>/submission", api.Submission.as_view(), name="application_submission"),
    path("applications/<slug:reference>/decision", api.Decision.as_view(), name="application_decision"),
]
