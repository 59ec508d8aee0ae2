"""Paths of people and enterprises."""

from django.urls import path

from accounts.identity import api
from accounts.identity.views import diligence, enterprises, lost_phones, papers, people, registration, watchlists

app_name = "identity"
urlpatterns = [
    path("enterprises/", enterprises.enterprises, name="enterprises"),
    path("enterprises/new/", registration.begin, name="register"),
    path("enterprises/new/who/", registration.who, name="register_who"),
    path("enterprises/new/industry/", registration.industry, name="register_industry"),
    path("enterprises/new/place/", registration.place, name="register_place"),
    path("enterprises/new/check/", registration.check, name="register_check"),
    path("enterprises/<str:reference>/", enterprises.enterprise, name="enterprise"),
    path("enterprises/<str:reference>/checks/", diligence.checks, name="checks"),
    path("enterprises/<str:reference>/checks/<str:check>/download", diligence.evidence, name="check_evidence"),
    path("enterprises/<str:reference>/papers/", papers.papers, name="papers"),
    path("papers/<str:paper>/download", papers.download, name="paper"),
    path("papers/<str:paper>/take-back", papers.take_back, name="take_back_paper"),
    path("papers/<str:paper>/seen", papers.look_at, name="look_at_paper"),
    path("enterprises/<str:reference>/parties/", diligence.parties, name="parties"),
    path("enterprises/<str:reference>/parties/<str:kind>/new/", diligence.add_party, name="add_party"),
    path("enterprises/<str:reference>/parties/<str:kind>/<int:party>/end", diligence.end_party, name="end_party"),
    path("checks/", diligence.due, name="checks_due"),
    path("watchlists/", watchlists.watchlists, name="watchlists"),
    path("watchlists/<str:reference>/changes/", watchlists.changes, name="watchlist_changes"),
    path("watchlists/<str:reference>/download", watchlists.download, name="watchlist_file"),
    path("watchlists/<str:reference>/approve", watchlists.approve, name="approve_watchlist"),
    path("watchlists/<str:reference>/discard", watchlists.discard, name="discard_watchlist"),
    path("hits/", diligence.hits, name="hits"),
    path("hits/<str:reference>/", diligence.hit, name="hit"),
    path("enterprises/<str:reference>/managers/invite", enterprises.invite, name="invite"),
    path(
        "enterprises/<str:reference>/invitations/<str:invitation>/withdraw",
        enterprises.withdraw,
        name="withdraw_invitation",
    ),
    path("enterprises/<str:reference>/members/<int:membership>/end", enterprises.end_membership, name="end_membership"),
    path(
        "invitations/<str:invitation>/accept",
        enterprises.answer_invitation,
        {"answer": "accept"},
        name="accept_invitation",
    ),
    path(
        "invitations/<str:invitation>/decline",
        enterprises.answer_invitation,
        {"answer": "decline"},
        name="decline_invitation",
    ),
    path("profile/", people.profile, name="profile"),
    path("branches/", people.branches, name="branches"),
    path("branches/<str:code>/", people.branch, name="branch"),
    path("lost-phones/", lost_phones.lost_phones, name="lost_phones"),
    path("lost-phones/<str:reference>/", lost_phones.lost_phone, name="lost_phone"),
    path("lost-phones/<str:reference>/confirm", lost_phones.confirm, name="confirm_lost_phone"),
    path("lost-phones/<str:reference>/decline", lost_phones.decline, name="decline_lost_phone"),
    path("staff/", people.staff, name="staff"),
    path("staff/posts/give", people.give_post, name="give_post"),
    path("staff/posts/<int:post>/end", people.end_post, name="end_post"),
]

api_urlpatterns = [
    path("tokens", api.Tokens.as_view(), name="tokens"),
    path("tokens/current", api.CurrentToken.as_view(), name="current_token"),
    path("industries", api.Industries.as_view(), name="industries"),
    path("branches", api.Branches.as_view(), name="branches"),
    path("enterprises", api.Enterprises.as_view(), name="enterprises"),
    path("enterprises/<str:reference>/checks", api.Checks.as_view(), name="enterprise_checks"),
    path("enterprises/<str:reference>/papers", api.Papers.as_view(), name="enterprise_papers"),
    path("papers/<str:reference>", api.OnePaper.as_view(), name="one_paper"),
    path("papers/<str:reference>/file", api.PaperFile.as_view(), name="paper_file"),
    path("papers/<str:reference>/withdrawal", api.PaperWithdrawal.as_view(), name="paper_withdrawal"),
    path("enterprises/<str:reference>", api.OneEnterprise.as_view(), name="enterprise"),
]
