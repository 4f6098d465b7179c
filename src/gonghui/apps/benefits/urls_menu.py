"""Addresses of menus of courses: the desk's and the member's."""

from django.urls import path

from .views import menu, menus

desk = [
    path("", menus.listing, name="menus"),
    path("new", menus.new, name="menu-new"),
    path("<int:pk>/", menus.menu, name="menu"),
    path("<int:pk>/add", menus.add, name="dish-add"),
    path("<int:pk>/open", menus.open_menu, name="menu-open"),
    path("<int:pk>/close", menus.close, name="menu-close"),
    path("dishes/<int:pk>/", menus.dish, name="dish"),
    path("dishes/<int:pk>/review", menus.review, name="dish-review"),
    path("dishes/<int:pk>/course", menus.course, name="dish-course"),
]

member = [
    path("", menu.menu, name="m-menu"),
    path("dishes/<int:pk>/vote", menu.vote, name="m-vote"),
    path("<int:pk>/wish", menu.propose, name="m-wish"),
]
