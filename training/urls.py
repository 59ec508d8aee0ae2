"""The addresses of training."""

from django.urls import path

from training import api, views

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
    path("courses/<slug:slug>/whole/", views.whole, name="whole"),
    path("courses/<slug:slug>/worksheet/", views.worksheet, name="worksheet"),
    path("courses/<slug:slug>/enroll", views.enroll, name="enroll"),
    path("courses/<slug:slug>/publish", views.publish, name="publish"),
    path("courses/<slug:slug>/withdraw", views.withdraw, name="withdraw"),
    path("courses/<slug:slug>/begin", views.begin, name="begin"),
    path("courses/<slug:slug>/lessons/<slug:lesson>/", views.lesson, name="lesson"),
    path("courses/<slug:slug>/lessons/<slug:lesson>/complete", views.complete, name="complete"),
]
api_urlpatterns = [
    path("training/courses", api.Courses.as_view(), name="courses"),
    path("training/courses/<slug:slug>", api.OneCourse.as_view(), name="course"),
    path("training/courses/<slug:slug>/attempts", api.Attempts.as_view(), name="course_attempts"),
    path("training/courses/<slug:slug>/figures", api.Figures.as_view(), name="course_figures"),
    path("training/courses/<slug:slug>/publication", api.Publication.as_view(), name="course_publication"),
    path("training/courses/<slug:slug>/withdrawal", api.Withdrawal.as_view(), name="course_withdrawal"),
    path("training/courses/<slug:slug>/lessons/<slug:lesson>", api.OneLesson.as_view(), name="lesson"),
    path("training/courses/<slug:slug>/lessons/<slug:lesson>/completion", api.Completion.as_view(), name="completion"),
    path("training/attempts/<str:reference>", api.OneAttempt.as_view(), name="attempt"),
    path("training/attempts/<str:reference>/submission", api.Submission.as_view(), name="submission"),
    path("training/certificates", api.Certificates.as_view(), name="certificates"),
    path("training/certificates/<str:code>", api.OneCertificate.as_view(), name="certificate"),
]
