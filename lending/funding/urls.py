"""Paths of other funds."""

from django.urls import path

from lending.funding import api
from lending.funding.views import desk, introductions, programs

app_name = "funding"
urlpatterns = [
    path("introductions/", introductions.queue, name="introductions"),
    path("introductions/<slug:reference>/", introductions.detail, name="introduction"),
    path("introductions/<slug:reference>/withdraw/", introductions.withdraw, name="withdraw"),
    path("introductions/<slug:reference>/pass-on/", introductions.pass_on, name="pass_on"),
    path("introductions/<slug:reference>/conclude/", introductions.conclude, name="conclude"),
    path("introductions/<slug:reference>/letter.pdf", introductions.letter, {"form": "pdf"}, name="letter_pdf"),
    path("introductions/<slug:reference>/letter.csv", introductions.letter, {"form": "csv"}, name="letter_csv"),
    path("desk/", desk.editions, name="desk"),
    path("desk/new/", desk.new, name="new"),
    path("desk/<slug:code>/<int:version>/", desk.edition, name="edition"),
    path("desk/<slug:code>/<int:version>/next/", desk.next_edition, name="next"),
    path("desk/<slug:code>/<int:version>/approve/", desk.approve, name="approve"),
    path("desk/<slug:code>/<int:version>/discard/", desk.discard, name="discard"),
    path("desk/<slug:code>/<int:version>/end/", desk.end, name="end"),
    path("<slug:reference>/", programs.programs, name="programs"),
    path("<slug:reference>/<slug:code>/", programs.program, name="program"),
]
api_urlpatterns = [
    path("enterprises/<str:reference>/funding-programs", api.Programs.as_view(), name="funding_programs"),
    path(
        "enterprises/<str:reference>/funding-programs/<slug:code>/shared", api.Shared.as_view(), name="funding_shared"
    ),
    path("enterprises/<str:reference>/introductions", api.Introductions.as_view(), name="introductions"),
    path("introductions/<slug:reference>", api.OneIntroduction.as_view(), name="introduction"),
    path("introductions/<slug:reference>/withdrawal", api.Withdrawal.as_view(), name="introduction_withdrawal"),
]
