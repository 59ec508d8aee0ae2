"""The addresses of training."""

from django.urls import path

from training import views

app_name = "training"
urlpatterns = [
    path("", views.catalogue, name="catalogue"),
    path("certificates/", views.certificates, name="certificates"),
    path("certificates/<str:code>/<str:language>.pdf", views.certificate_pdf, name="certificate_pdf"),
    path("verify/", views.verify, name="verify"),
    path("verify/<str:code>/", views.verified, name="verified"),
    path("attempts/<str:reference>/", views.attempt, name="attempt"),
    path("attempts/<str:reference>/result/", views.result, name="result"),
    path("courses/<slug:slug>/", views.course, name="course"),
    path("courses/<slug:slug>/enroll", views.enroll, name="enroll"),
    path("courses/<slug:slug>/publish", views.publish, name="publish"),
    path("courses/<slug:slug>/withdraw", views.withdraw, name="withdraw"),
    path("courses/<slug:slug>/begin", views.begin, name="begin"),
    path("courses/<slug:slug>/lessons/<slug:lesson>/", views.lesson, name="lesson"),
    path("courses/<slug:slug>/lessons/<slug:lesson>/complete", views.complete, name="complete"),
]
