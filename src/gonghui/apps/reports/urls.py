"""Addresses of reports."""

from django.urls import URLPattern, URLResolver, include, path

from .views import reading, site, templates, writing

_pages = [
    path("desk/reports/", reading.listing, name="list"),
    path("desk/reports/new", writing.new, name="new"),
    path("desk/reports/templates/", templates.listing, name="templates"),
    path("desk/reports/templates/new", templates.new, name="template-new"),
    path("desk/reports/templates/<int:pk>/", templates.one, name="template"),
    path("desk/reports/templates/<int:pk>/template.docx", templates.word, name="template-word"),
    path("desk/reports/templates/<int:pk>/upload", templates.upload, name="template-upload"),
    path("desk/reports/templates/<int:pk>/publish", templates.put, {"state": "published"}, name="template-publish"),
    path("desk/reports/templates/<int:pk>/retire", templates.put, {"state": "retired"}, name="template-retire"),
    path("desk/reports/<int:pk>/", reading.one, name="one"),
    path("desk/reports/<int:pk>/edit", writing.edit, name="edit"),
    path("desk/reports/<int:pk>/upload", writing.upload, name="upload"),
    path("desk/reports/<int:pk>/recount", writing.recount, name="recount"),
    path("desk/reports/<int:pk>/hand-in", writing.hand_in, name="hand-in"),
    path("desk/reports/<int:pk>/sign", writing.decide, {"what": "sign"}, name="sign"),
    path("desk/reports/<int:pk>/return", writing.decide, {"what": "return"}, name="return"),
    path("desk/reports/<int:pk>/issue", writing.issue, name="issue"),
    path("desk/reports/<int:pk>/withdraw", writing.withdraw, name="withdraw"),
    path("desk/reports/<int:pk>/comment", writing.comment, name="comment"),
    path("desk/reports/<int:pk>/comments/<int:comment_pk>/settle", writing.settle, name="settle"),
    path("desk/reports/<int:pk>/report.docx", reading.paper, {"kind": "docx"}, name="word"),
    path("desk/reports/<int:pk>/report.pdf", reading.paper, {"kind": "pdf"}, name="pdf"),
    path("desk/reports/<int:pk>/marked.docx", reading.marked, name="marked"),
    path("desk/reports/<int:pk>/bundle.zip", reading.bundle, name="bundle"),
    path("reports/verify/<str:token>/", site.verify, name="verify"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "reports")))]
