"""Addresses of the vitality review."""

from django.urls import URLPattern, URLResolver, include, path

from . import views

_desk = [
    path("", views.listing, name="list"),
    path("review", views.review, name="review"),
    path("<int:pk>/", views.finding, name="finding"),
    path("<int:pk>/contact", views.contact, name="contact"),
    path("<int:pk>/answer", views.answer, name="answer"),
    path("<int:pk>/confirm", views.confirm, name="confirm"),
    path("<int:pk>/appeal", views.appeal, name="appeal"),
    path("<slug:kind>/", views.listing, name="kind"),
    path("<slug:kind>/act", views.act, name="act"),
]

_pages = [
    path("desk/vitality/", include(_desk)),
    path("m/vitality/<int:pk>/", views.own, name="own"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "vitality")))]
