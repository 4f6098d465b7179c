"""Addresses of orders for money."""

from django.urls import URLPattern, URLResolver, include, path

from . import views

_desk = [
    path("", views.listing, name="orders"),
    path("<int:pk>/", views.page, name="order"),
    path("<int:pk>/approve", views.approve, name="approve"),
    path("<int:pk>/pay", views.pay, name="pay"),
    path("<int:pk>/return", views.send_back, name="return"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("desk/funds/", include((_desk, "funds")))]
