"""Addresses of places: the desk under /desk/places/, what anybody opens under /places/."""

from django.urls import URLPattern, URLResolver, include, path

from .views import guidance, listing, place, site, tickets

_pages = [
    path("desk/places/", listing.listing, name="list"),
    path("desk/places/map/", listing.drawing, name="map"),
    path("desk/places/import", listing.bring_in, name="import"),
    path("desk/places/template", listing.template, name="template"),
    path("desk/places/new", place.new, name="new"),
    path("desk/places/tickets/", tickets.listing, name="tickets"),
    path("desk/places/tickets/<int:pk>/", tickets.one, name="ticket"),
    path("desk/places/tickets/<int:pk>/take", tickets.take, name="ticket-take"),
    path("desk/places/tickets/<int:pk>/answer", tickets.answer, name="ticket-answer"),
    path("desk/places/tickets/<int:pk>/reveal", tickets.reveal, name="ticket-reveal"),
    path("desk/places/words/<int:pk>/picture", tickets.picture, name="report-picture"),
    path("desk/places/rounds/", tickets.rounds, name="rounds"),
    path("desk/places/questions/", guidance.listing, name="questions"),
    path("desk/places/questions/<int:pk>/", guidance.one, name="question"),
    path("desk/places/questions/<int:pk>/reveal", guidance.reveal, name="question-reveal"),
    path("desk/places/<int:pk>/", place.one, name="one"),
    path("desk/places/<int:pk>/edit", place.edit, name="edit"),
    path("desk/places/<int:pk>/move", place.move, name="move"),
    path("desk/places/<int:pk>/suspend", place.suspend, name="suspend"),
    path("desk/places/<int:pk>/lift", place.lift, name="lift"),
    path("desk/places/<int:pk>/star", place.star, name="star"),
    path("desk/places/<int:pk>/photo", place.photo, name="photo"),
    path("desk/places/<int:pk>/ticket", tickets.new, name="ticket-new"),
    path("desk/places/<int:pk>/inspect", tickets.inspect, name="inspect"),
    path("desk/places/<int:pk>/question", guidance.write_down, name="question-new"),
    path("desk/places/<int:pk>/policies/", guidance.policies, name="policies"),
    path("desk/places/<int:pk>/policies/withdraw", guidance.withdraw, name="policy-withdraw"),
    path("places/", site.nearby, name="nearby"),
    path("places/code", site.code, name="code"),
    path("places/<int:pk>/", site.place, name="place"),
    path("places/<int:pk>/report", site.report, name="report-new"),
    path("places/<int:pk>/ask", site.ask, name="ask"),
    path("places/<int:pk>/poster", site.poster, name="poster"),
    path("places/photos/<int:pk>", site.photo, name="picture"),
    path("places/fixed/<int:pk>", site.fixed, name="fixed"),
    path("places/policies/<int:pk>", site.policy, name="policy"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "places")))]
