"""Addresses of figures."""

from django.urls import URLPattern, URLResolver, include, path

from .views import composing, reading, targets

_figures = [
    path("desk/figures/", reading.listing, name="list"),
    path("desk/figures/new", composing.new, name="new"),
    path("desk/figures/drafts/<int:pk>/", composing.edit, name="edit"),
    path("desk/figures/drafts/<int:pk>/publish", composing.publish, name="publish"),
    path("desk/figures/drafts/<int:pk>/discard", composing.discard, name="discard"),
    path("desk/figures/<str:key>/", reading.one, name="one"),
    path("desk/figures/<str:key>/records/", reading.records, name="records"),
    path("desk/figures/<str:key>/copy", composing.copy, name="copy"),
    path("desk/figures/<str:key>/retire", composing.retire, name="retire"),
    path("desk/targets/", targets.listing, name="targets"),
    path("desk/targets/new", targets.new, name="target-new"),
    path("desk/targets/<int:pk>/", targets.one, name="target"),
    path("desk/targets/<int:pk>/answer", targets.answer, name="target-answer"),
    path("desk/targets/<int:pk>/withdraw", targets.withdraw, name="target-withdraw"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_figures, "figures")))]
