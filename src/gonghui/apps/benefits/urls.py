"""Addresses of benefits: the desk's, the merchant's, the member's and the public page of a draw."""

from django.urls import URLPattern, URLResolver, include, path

from . import urls_menu, urls_trips
from .views import (
    claiming,
    doubts,
    drawing,
    editing,
    listing,
    member,
    merchants,
    offers,
    opinions,
    scanning,
    tickets,
    witnessing,
)

_desk = [
    path("", listing.listing, name="offers"),
    path("menus/", include(urls_menu.desk)),
    *urls_trips.desk,
    path("new", editing.new, name="new"),
    path("reach", editing.reach, name="reach"),
    path("calendar/", listing.calendar, name="calendar"),
    path("fairness/", listing.fairness, name="fairness"),
    path("photos/", opinions.photos, name="photos"),
    path("providers/", merchants.listing, name="providers"),
    path("providers/new", merchants.new, name="provider-new"),
    path("providers/<int:pk>/", merchants.provider, name="provider"),
    path("unusual/", doubts.unusual, name="unusual"),
    path("disputes/<int:pk>/settle", doubts.settle, name="settle"),
    path("scan/", scanning.doors, name="doors"),
    path("scan/<int:pk>/", scanning.page, name="scan"),
    path("scan/<int:pk>/take", scanning.take, name="scan-take"),
    path("scan/<int:pk>/read", scanning.read, name="scan-read"),
    path("scan/<int:pk>/merge", scanning.merge, name="scan-merge"),
    path("scan/<int:pk>/tick", scanning.tick, name="scan-tick"),
    path("scan/<int:pk>/undo", scanning.undo, name="scan-undo"),
    path("claims/<int:pk>/", offers.claim, name="claim"),
    path("counters/<int:pk>/capacity", offers.capacity, name="capacity"),
    path("sessions/<int:pk>/off", offers.session_off, name="session-off"),
    path("<int:pk>/", offers.page, name="offer"),
    path("<int:pk>/live/", offers.live, name="live"),
    path("<int:pk>/edit/", editing.edit, name="edit"),
    path("<int:pk>/publish/", editing.publish, name="publish"),
    path("<int:pk>/copy", editing.copy, name="copy"),
    path("<int:pk>/claims/", offers.claims, name="claims"),
    path("<int:pk>/give/", offers.give, name="give"),
    path("<int:pk>/off", offers.call_off, name="off"),
    path("<int:pk>/draw/link", witnessing.link, name="witness-link"),
    path("<int:pk>/draw/source", drawing.source, name="source"),
    path("<int:pk>/draw/commit", drawing.commit, name="commit"),
    path("<int:pk>/draw/lock", drawing.lock, name="lock"),
    path("<int:pk>/draw/reveal", drawing.reveal, name="reveal"),
    path("<int:pk>/draw/outside", drawing.outside, name="outside"),
    path("<int:pk>/draw/check", drawing.check, name="check"),
    path("<int:pk>/draw/run", drawing.run, name="run"),
    path("<int:pk>/draw/rest", drawing.rest, name="rest"),
]

_merchant = [
    path("", merchants.redeem, name="redeem"),
    path("take", merchants.take, name="redeem-take"),
    path("read", merchants.read, name="redeem-read"),
    path("merge", merchants.merge, name="redeem-merge"),
    path("undo", merchants.undo, name="redeem-undo"),
    path("settlement/", merchants.settlement, name="settlement"),
]

_member = [
    path("", member.home, name="m-home"),
    path("menu/", include(urls_menu.member)),
    *urls_trips.member,
    path("tickets/", tickets.listing, name="m-tickets"),
    path("tickets/<int:pk>/", tickets.ticket, name="m-ticket"),
    path("tickets/<int:pk>/code", tickets.code, name="m-code"),
    path("tickets/<int:pk>/back", tickets.give_back, name="m-back"),
    path("tickets/<int:pk>/answer", tickets.answer, name="m-answer"),
    path("entries/<int:pk>/withdraw", claiming.withdraw, name="m-withdraw"),
    path("household/", tickets.household, name="m-household"),
    path("calendar.ics", tickets.ics, name="m-ics"),
    path("<int:pk>/", member.offer, name="m-offer"),
    path("<int:pk>/tickets", claiming.tickets, name="m-sign"),
    path("<int:pk>/take", claiming.take, name="m-take"),
    path("<int:pk>/wait", claiming.wait, name="m-wait"),
    path("<int:pk>/enter", claiming.enter, name="m-enter"),
    path("<int:pk>/remind", member.remind, name="m-remind"),
    path("<int:pk>/rate", member.rate, name="m-rate"),
    path("<int:pk>/photos", member.add_photo, name="m-photo"),
    path("photos/<int:pk>/back", member.take_back_photo, name="m-photo-back"),
]

_all = [
    path("desk/benefits/", include(_desk)),
    path("desk/redeem/", include(_merchant)),
    path("m/benefits/", include(_member)),
    path("benefits/<int:pk>/image", member.image, name="image"),
    path("benefits/photos/<int:pk>", member.photo, name="photo"),
    path("witness/<str:token>/", witnessing.page, name="witness"),
    path("draws/<str:number>/", drawing.page, name="draw"),
    path("draws/<str:number>/file", drawing.published, name="draw-file"),
    path("draws/<str:number>/recompute.py", drawing.verifier, name="draw-verifier"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_all, "benefits")))]
