"""Addresses of rest cures and of handing a place on: the desk's and the member's."""

from django.urls import path

from .views import bases, groups, travel

desk = [
    path("bases/", bases.listing, name="bases"),
    path("bases/new", bases.new, name="base-new"),
    path("bases/<int:pk>/", bases.base, name="base"),
    path("bases/<int:pk>/retire", bases.retire, name="base-retire"),
    path("sessions/<int:pk>/group/", groups.group, name="group"),
    path("sessions/<int:pk>/group/lead", groups.lead, name="group-lead"),
    path("sessions/<int:pk>/group/insure", groups.insure, name="group-insure"),
    path("sessions/<int:pk>/group/depart", groups.depart, name="group-depart"),
    path("sessions/<int:pk>/group/return", groups.come_back, name="group-return"),
    path("sessions/<int:pk>/group/export", groups.take_out, name="group-export"),
]

member = [
    path("tickets/<int:pk>/companions", travel.companions, name="m-companions"),
    path("tickets/<int:pk>/hand-on", travel.hand_on, name="m-hand-on"),
    path("handovers/<int:pk>/", travel.handover, name="m-handover"),
    path("handovers/<int:pk>/answer", travel.answer, name="m-handover-answer"),
]
