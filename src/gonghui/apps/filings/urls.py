"""Addresses of filings."""

from django.urls import URLPattern, URLResolver, include, path

from .views import asking, filling, mapping, reading, standing

_pages = [
    path("desk/filings/", reading.listing, name="list"),
    path("desk/filings/new", filling.new, name="new"),
    path("desk/filings/forms/", mapping.listing, name="forms"),
    path("desk/filings/forms/new", mapping.new, name="form-new"),
    path("desk/filings/forms/<int:pk>/", mapping.one, name="form"),
    path("desk/filings/forms/<int:pk>/clear", mapping.clear, name="form-clear"),
    path("desk/filings/forms/<int:pk>/guess", mapping.guess, name="form-guess"),
    path("desk/filings/forms/<int:pk>/form.xlsx", mapping.original, name="form-file"),
    path("desk/filings/forms/<int:pk>/publish", mapping.put, {"state": "published"}, name="form-publish"),
    path("desk/filings/forms/<int:pk>/retire", mapping.put, {"state": "retired"}, name="form-retire"),
    path("desk/filings/forms/<int:pk>/standing", standing.listing, name="form-standing"),
    path("desk/filings/questions/", asking.listing, name="questions"),
    path("desk/filings/questions/<int:pk>/", asking.one, name="question"),
    path("desk/filings/questions/<int:pk>/down", asking.down, name="question-down"),
    path("desk/filings/questions/<int:pk>/extend", asking.extend, name="question-extend"),
    path("desk/filings/questions/<int:pk>/close", asking.close, name="question-close"),
    path("desk/filings/questions/<int:pk>/redirect", asking.redirect_, name="question-redirect"),
    path("desk/filings/<int:pk>/", reading.one, name="one"),
    path("desk/filings/<int:pk>/recount", filling.recount, name="recount"),
    path("desk/filings/<int:pk>/ask", filling.ask, name="ask"),
    path("desk/filings/<int:pk>/remark", filling.remark, name="remark"),
    path("desk/filings/<int:pk>/check", filling.check, name="check"),
    path("desk/filings/<int:pk>/sign", filling.decide, {"what": "sign"}, name="sign"),
    path("desk/filings/<int:pk>/return", filling.decide, {"what": "return"}, name="return"),
    path("desk/filings/<int:pk>/reopen", filling.reopen, name="reopen"),
    path("desk/filings/<int:pk>/send", filling.send, name="send"),
    path("desk/filings/<int:pk>/form.xlsx", reading.workbook, name="file"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "filings")))]
