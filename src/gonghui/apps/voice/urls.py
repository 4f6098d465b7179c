"""Addresses of voices and projects."""

from django.urls import URLPattern, URLResolver, include, path

from .urls_projects import pages as _projects
from .views import acting, desk, member, outside, visits

_pages = [
    path("voices/", outside.listing, name="public"),
    path("voices/code/", outside.code, name="code"),
    path("voices/<int:pk>/", outside.poster, name="poster"),
    path("voices/<int:pk>/wall", outside.wall, name="wall"),
    path("m/voices/", member.home, name="m-home"),
    path("m/voices/new", member.new, name="m-new"),
    path("m/voices/notices/<int:pk>/", member.notice, name="m-notice"),
    path("m/voices/public/", member.public_list, name="m-public"),
    path("m/voices/public/<int:pk>/", member.public_one, name="m-public-one"),
    path("m/voices/public/<int:pk>/join", member.join, name="m-join"),
    path("m/voices/<int:pk>/", member.one, name="m-one"),
    path("m/voices/<int:pk>/write", member.write, name="m-write"),
    path("m/voices/<int:pk>/rate", member.rate, name="m-rate"),
    path("m/voices/<int:pk>/unsolved", member.unsolved, name="m-unsolved"),
    path("m/voices/<int:pk>/files/<int:file_pk>", member.file, name="m-file"),
    path("desk/voices/", desk.listing, name="list"),
    path("desk/voices/new", desk.new, name="new"),
    path("desk/voices/import", desk.bring_in, name="import"),
    path("desk/voices/import/template.xlsx", desk.template, name="import-template"),
    path("desk/voices/heat/", desk.heat, name="heat"),
    path("desk/voices/visits/", visits.visits, name="visits"),
    path("desk/voices/visits/new", visits.visit_new, name="visit-new"),
    path("desk/voices/visits/<int:pk>/", visits.visit, name="visit"),
    path("desk/voices/bulletins/", visits.bulletins, name="bulletins"),
    path("desk/voices/bulletins/new", visits.bulletin_new, name="bulletin-new"),
    path("desk/voices/bulletins/<int:pk>/", visits.bulletin, name="bulletin"),
    path("desk/voices/received/<int:pk>/", visits.receipt, name="receipt"),
    path("desk/voices/templates/", visits.templates, name="templates"),
    path("desk/voices/templates/<int:pk>/drop", visits.template_drop, name="template-drop"),
    path("desk/voices/<int:pk>/", acting.one, name="one"),
    path("desk/voices/<int:pk>/take", acting.take, name="take"),
    path("desk/voices/<int:pk>/sort", acting.sort, name="sort"),
    path("desk/voices/<int:pk>/answer", acting.answer, name="answer"),
    path("desk/voices/<int:pk>/up", acting.up, name="up"),
    path("desk/voices/<int:pk>/special", acting.special, name="special"),
    path("desk/voices/<int:pk>/down", acting.down, name="down"),
    path("desk/voices/<int:pk>/back", acting.back, name="back"),
    path("desk/voices/<int:pk>/note", acting.note, name="note"),
    path("desk/voices/<int:pk>/ask", acting.ask, name="ask"),
    path("desk/voices/<int:pk>/told", acting.told, name="told"),
    path("desk/voices/<int:pk>/close", acting.close, name="close"),
    path("desk/voices/<int:pk>/publish", acting.publish, name="publish"),
    path("desk/voices/<int:pk>/withhold", acting.withhold, name="withhold"),
    path("desk/voices/<int:pk>/keep", acting.keep, name="keep"),
    path("desk/voices/<int:pk>/merge", acting.merge, name="merge"),
    path("desk/voices/<int:pk>/part", acting.part, name="part"),
    path("desk/voices/<int:pk>/reveal", acting.reveal, name="reveal"),
    path("desk/voices/<int:pk>/files/<int:file_pk>", acting.file, name="file"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include(([*_pages, *_projects], "voice")))]
