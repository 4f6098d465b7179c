"""Addresses of honours."""

from django.urls import URLPattern, URLResolver, include, path

from .views import desk, member, site

_pages = [
    path("desk/honours/", desk.campaigns, name="campaigns"),
    path("desk/honours/campaigns/new", desk.campaign_new, name="campaign-new"),
    path("desk/honours/campaigns/<int:pk>/", desk.campaign, name="campaign"),
    path("desk/honours/campaigns/<int:pk>/edit", desk.campaign_edit, name="campaign-edit"),
    path("desk/honours/register/", desk.register, name="register"),
    path("desk/honours/register/new", desk.register_new, name="register-new"),
    path("desk/honours/<int:pk>/", desk.one, name="one"),
    path("desk/honours/<int:pk>/revoke", desk.revoke, name="revoke"),
    path("desk/honours/<int:pk>/certificate", desk.certificate, name="certificate"),
    path("desk/honours/<int:pk>/certificate.pdf", desk.certificate_pdf, name="certificate-pdf"),
    path("desk/honours/people/<int:pk>/", desk.person, name="person"),
    path("desk/honours/organisations/<int:pk>/", desk.organisation, name="organisation"),
    path("honours/", site.wall, name="wall"),
    path("honours/verify/", site.check, name="check"),
    path("honours/verify/verifier.py", site.script, name="script"),
    path("honours/verify/<str:token>/", site.verify, name="verify"),
    path("m/honours/", member.own, name="own"),
    path("m/honours/<int:pk>/", member.certificate, name="own-certificate"),
    path("m/honours/<int:pk>/certificate.pdf", member.certificate_pdf, name="own-certificate-pdf"),
]

urlpatterns: list[URLPattern | URLResolver] = [path("", include((_pages, "honours")))]
