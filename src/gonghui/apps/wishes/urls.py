"""Addresses of wishes: the wall, the phone, the desk."""

from django.urls import URLPattern, URLResolver, include, path

from .views import desk, member

_pages = [
    path("wishes/", member.wall, name="wall"),
    path("m/wishes/", member.home, name="m-home"),
    path("m/wishes/new", member.new, name="m-new"),
    path("m/wishes/<int:pk>/", member.one, name="m-one"),
    path("m/wishes/<int:pk>/mend", member.mend, name="m-mend"),
    path("m/wishes/<int:pk>/deliver", member.deliver, name="m-deliver"),
    path("m/wishes/<int:pk>/act", member.act, name="m-act"),
    path("desk/wishes/", desk.listing, name="list"),
    path("desk/wishes/new", desk.new, name="new"),
    path("desk/wishes/<int:pk>/", desk.one, name="one"),
    path("desk/wishes/<int:pk>/check", desk.check, name="check"),
    path("desk/wishes/<int:pk>/owner", desk.owner, name="owner"),
    path("desk/wishes/<int:pk>/mend", desk.mend, name="mend"),
    path("desk/wishes/<int:pk>/down", desk.down, name="down"),
    path("desk/wishes/<int:pk>/claim", desk.claim, name="claim"),
    path("desk/wishes/<int:pk>/deliver", desk.deliver, name="deliver"),
    path("desk/wishes/<int:pk>/act", desk.act, name="act"),
    path("desk/wishes/claims/<int:pk>/proof", desk.proof, name="proof"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "wishes")))]
