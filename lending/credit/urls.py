"""Where staff read and approve what decides."""

from django.urls import path

from lending.credit import views

app_name = "credit"
urlpatterns = [
    path("scorecards/", views.scorecards, name="scorecards"),
    path("propose/", views.propose, name="propose"),
    path("scorecards/<slug:code>/<int:version>/", views.scorecard, name="scorecard"),
    path("scorecards/<slug:code>/<int:version>/card/", views.model_card, name="model_card"),
    path("policies/<slug:code>/<int:version>/", views.policy, name="policy"),
    path("standards/<slug:code>/<int:version>/", views.standards, name="standards"),
    path("challengers/<slug:code>/<int:version>/", views.challenger, name="challenger"),
    path("<slug:kind>/<slug:code>/<int:version>/document/", views.download, name="download"),
    path("<slug:kind>/<slug:code>/<int:version>/discard/", views.discard, name="discard"),
    path("<slug:kind>/<slug:code>/<int:version>/approve/", views.approve, name="approve"),
    path("<slug:kind>/<slug:code>/<int:version>/activate/", views.activate, name="activate"),
]
