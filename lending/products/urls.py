"""Paths of products."""

from django.urls import path

from lending.products import api, views

app_name = "products"
urlpatterns = [
    path("desk/", views.desk, name="desk"),
    path("desk/new/", views.new, name="new"),
    path("desk/<slug:code>/<int:version>/", views.version, name="version"),
    path("desk/<slug:code>/<int:version>/next/", views.next_version, name="next"),
    path("desk/<slug:code>/<int:version>/change/", views.change, name="change"),
    path("desk/<slug:code>/<int:version>/approve", views.approve, name="approve"),
    path("desk/<slug:code>/<int:version>/discard", views.discard, name="discard"),
    path("desk/<slug:code>/<int:version>/withdraw", views.withdraw, name="withdraw"),
    path("<slug:code>/", views.public, name="public"),
]

api_urlpatterns = [
    path("products", api.Products.as_view(), name="products"),
    path("products/<slug:code>", api.OneProduct.as_view(), name="product"),
]
