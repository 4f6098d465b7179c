"""Addresses of log-in, one's own account, accounts and tokens. Of allauth only the second factor is mounted."""

from __future__ import annotations

from allauth.account.views import reauthenticate
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as keys
from django.urls import URLPattern, URLResolver, include, path

from .doors import public
from .views import accounts, login, member, own, tokens, trail
from .views.own import second_factor_page as factor

_ours = [
    path("logout/", login.log_out, name="logout"),
    path("account/", own.own, name="own"),
    path("account/password/", own.password, name="password"),
    path("account/sessions/end", own.end_sessions, name="end_sessions"),
    path("account/sessions/<int:pk>/end", own.end_session, name="end_session"),
    path("m/login/", member.phone, name="member_login"),
    path("m/login/code/", member.code, name="member_code"),
    path("m/login/who/", member.who, name="member_who"),
    path("m/wechat/", member.wechat, name="wechat"),
    path("desk/post", login.switch_post, name="switch_post"),
    path("desk/accounts/", accounts.listing, name="accounts"),
    path("desk/accounts/new", accounts.new, name="account_new"),
    path("desk/accounts/<int:pk>/", accounts.account, name="account"),
    path("desk/accounts/<int:pk>/suspend", accounts.suspend, name="suspend"),
    path("desk/accounts/<int:pk>/reset", accounts.reset, name="reset"),
    path("desk/accounts/posts/<int:pk>/answer", accounts.answer, name="answer"),
    path("desk/tokens/", tokens.listing, name="tokens"),
    path("desk/tokens/new", tokens.new, name="token_new"),
    path("desk/tokens/<int:pk>/revoke", tokens.revoke, name="token_revoke"),
]

# the trail lies below this part and cannot have doors of its own
_trail = [
    path("desk/trail/", trail.listing, name="list"),
    path("desk/trail/access/", trail.access, name="access"),
    path("desk/trail/access/<int:pk>/", trail.access_record, name="access_record"),
    path("desk/trail/export", trail.export, name="export"),
    path("desk/trail/<int:pk>/", trail.record, name="record"),
    path("desk/trail/<int:pk>/proof", trail.proof, name="proof"),
    path("trail/key", trail.key, name="key"),
]

# allauth looks these up by its own names
_allauth = [
    path("login/", login.log_in, name="account_login"),
    path("login/2fa/", public(mfa.authenticate), name="mfa_authenticate"),
    path("login/passkey/", public(keys.login_webauthn), name="mfa_login_webauthn"),
    path("account/confirm/", own.own_account(reauthenticate), name="account_reauthenticate"),
    path("account/2fa/", factor(mfa.index), name="mfa_index"),
    path("account/2fa/confirm/", own.own_account(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("account/2fa/totp/activate/", factor(totp.activate_totp), name="mfa_activate_totp"),
    path("account/2fa/totp/deactivate/", factor(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("account/2fa/codes/", factor(codes.view_recovery_codes), name="mfa_view_recovery_codes"),
    path(
        "account/2fa/codes/generate/",
        factor(codes.generate_recovery_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/2fa/codes/download/",
        factor(codes.download_recovery_codes),
        name="mfa_download_recovery_codes",
    ),
    path("account/2fa/keys/", factor(keys.list_webauthn), name="mfa_list_webauthn"),
    path("account/2fa/keys/add/", factor(keys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "account/2fa/keys/confirm/",
        own.own_account(keys.reauthenticate_webauthn),
        name="mfa_reauthenticate_webauthn",
    ),
    path("account/2fa/keys/<int:pk>/edit/", factor(keys.edit_webauthn), name="mfa_edit_webauthn"),
    path("account/2fa/keys/<int:pk>/remove/", factor(keys.remove_webauthn), name="mfa_remove_webauthn"),
]

urlpatterns: list[URLPattern | URLResolver] = [
    *_allauth,
    path("", include((_ours, "access"))),
    path("", include((_trail, "trail"))),
]
