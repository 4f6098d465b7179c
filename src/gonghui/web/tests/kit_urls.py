"""Routes of the style page alone, so that its tests need neither DEBUG nor the rest of the platform."""

from django.urls import path

from gonghui.web import kit, look

urlpatterns = [path("look", look.choose, name="look"), *kit.urlpatterns]

handler403 = "gonghui.web.errors.forbidden"
handler404 = "gonghui.web.errors.not_found"
handler500 = "gonghui.web.errors.server_error"
