"""Addresses of casework."""

from django.urls import URLPattern, URLResolver, include, path

from .views import desk, hardship, letters, rights

_pages = [
    path("", desk.home, name="home"),
    path("tickets/", desk.tickets, name="tickets"),
    path("tickets/new", desk.new, name="ticket-new"),
    path("tickets/caller", desk.caller, name="caller"),
    path("tickets/<int:pk>/", desk.ticket, name="ticket"),
    path("tickets/<int:pk>/reveal", desk.reveal, name="ticket-reveal"),
    path("letters/", letters.letters, name="letters"),
    path("letters/new", letters.new, name="letter-new"),
    path("letters/<int:pk>/", letters.letter, name="letter"),
    path("letters/<int:pk>/word", letters.word, name="letter-word"),
    path("files/", hardship.files, name="files"),
    path("files/<int:pk>/", hardship.file, name="file"),
    path("aids/", hardship.aids, name="aids"),
    path("aids/<int:pk>/", hardship.aid, name="aid"),
    path("rights/", rights.cases, name="cases"),
    path("rights/<int:pk>/", rights.case, name="case"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("desk/cases/", include((_pages, "casework")))]
