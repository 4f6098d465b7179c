"""Addresses of selections, projects, weighing, judging and their public pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from .views import judging, projects, public, selections, weighing

pages: list[URLPattern] = [
    path("desk/deeds/", projects.listing, name="projects"),
    path("desk/deeds/new", projects.new, name="project-new"),
    path("desk/deeds/lists/", selections.listing, name="selections"),
    path("desk/deeds/lists/new", selections.new, name="selection-new"),
    path("desk/deeds/lists/<int:pk>/", selections.one, name="selection"),
    path("desk/deeds/lists/<int:pk>/edit", selections.edit, name="selection-edit"),
    path("desk/deeds/lists/<int:pk>/act", selections.act, name="selection-act"),
    path("desk/deeds/lists/<int:pk>/voices", selections.gather, name="gather"),
    path("desk/deeds/lists/<int:pk>/candidates/new", selections.candidate_new, name="candidate-new"),
    path("desk/deeds/lists/<int:pk>/decide", selections.decide, name="selection-decide"),
    path("desk/deeds/candidates/<int:pk>/", selections.candidate, name="candidate"),
    path("desk/deeds/files/<int:pk>", projects.picture, name="project-file"),
    path("desk/deeds/<int:pk>/", projects.one, name="project"),
    path("desk/deeds/<int:pk>/edit", projects.edit, name="project-edit"),
    path("desk/deeds/<int:pk>/milestones", projects.milestones, name="project-milestones"),
    path("desk/deeds/<int:pk>/down", projects.down, name="project-down"),
    path("desk/deeds/<int:pk>/act", projects.act, name="project-act"),
    path("m/weigh/", weighing.listing, name="m-weighings"),
    path("m/weigh/<int:pk>/", weighing.one, name="m-weigh"),
    path("m/judge/", judging.listing, name="m-judgings"),
    path("m/judge/<int:pk>/", judging.one, name="m-judge"),
    path("deeds/recount.py", public.script, name="recount"),
    path("deeds/project/<int:pk>/", public.project, name="public-project"),
    path("deeds/photo/<int:pk>", public.picture, name="public-photo"),
    path("deeds/choices/<int:pk>.csv", public.choices, name="choices"),
    path("deeds/<int:pk>/", public.latest, name="deeds-latest"),
    path("deeds/<int:pk>/promises/", public.promises, name="promises"),
    path("deeds/<int:pk>/<int:year>/", public.year, name="deeds"),
]
