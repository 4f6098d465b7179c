"""Django settings, all of them derived from gonghui.machine.config and the installation's secrets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import psycopg.conninfo

from gonghui.machine import config as machine_config
from gonghui.machine import secrets as machine_secrets

CONFIG = machine_config.load()
SECRETS = machine_secrets.load(CONFIG.data)
HERE = Path(__file__).resolve().parent

SECRET_KEY = SECRETS.django_key
LOOKUP_KEY = SECRETS.lookup_key
SEALING_KEYS = SECRETS.sealing_keys
SEALING_CURRENT = SECRETS.sealing_current
SIGNING_KEY = SECRETS.signing_key
CRYPTO_PROFILE = os.environ.get("GONGHUI_CRYPTO_PROFILE", "standard")

DEBUG = CONFIG.debug
DEMO = CONFIG.demo
ALLOWED_HOSTS = CONFIG.allowed_hosts
PUBLIC_URL = CONFIG.public_url
GATE_URL = CONFIG.gate_url
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
DATA_DIR = CONFIG.data


def database(url: str) -> dict[str, Any]:
    """One Django database entry from a libpq URL."""
    parts = psycopg.conninfo.conninfo_to_dict(url)
    known = {"dbname": "NAME", "user": "USER", "password": "PASSWORD", "host": "HOST", "port": "PORT"}
    entry: dict[str, Any] = {"ENGINE": "django.db.backends.postgresql", "CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
    entry |= {name: parts.pop(key) for key, name in known.items() if key in parts}
    entry["OPTIONS"] = parts
    entry["ATOMIC_REQUESTS"] = True
    return entry


def databases() -> dict[str, dict[str, Any]]:
    """`default` is the application's role, under row-level security; `owner` migrates and nothing else."""
    from gonghui.machine import postgres  # the only place that may start looking for a cluster

    owner_url, app_url = postgres.connections(CONFIG, SECRETS)
    owner = database(owner_url) | {"ATOMIC_REQUESTS": False}
    return {"default": database(app_url), "owner": owner}


DATABASES = databases()
DATABASE_ROUTERS: list[str] = []
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "gonghui.web",
    "gonghui.kernel",
    "gonghui.apps.membership",
    "gonghui.apps.rosters",
    "gonghui.apps.vitality",
    "gonghui.apps.portal",
    "gonghui.apps.assessment",
    "gonghui.apps.funds",
    "gonghui.apps.casework",
    "gonghui.apps.honours",
    "gonghui.apps.contests",
    "gonghui.apps.benefits",
    "gonghui.apps.places",
    "gonghui.apps.wishes",
    "gonghui.apps.learning",
    "gonghui.apps.reports",
    "gonghui.apps.reform",
    "gonghui.apps.boards",
    "gonghui.apps.exports",
    "gonghui.apps.filings",
    "gonghui.apps.voice",
    "gonghui.apps.democracy",
    "django.forms",  # the form renderer finds its widget templates there
    "django.contrib.postgres",
    "django.contrib.contenttypes",
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "ninja",
    "django_htmx",
    "procrastinate.contrib.django",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "gonghui.web.middleware.request_id",
    "gonghui.web.middleware.security_headers",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "gonghui.web.middleware.script_variant",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "gonghui.kernel.access.sessions.SessionRules",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "gonghui.web.middleware.refusals",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "gonghui.web.urls"
WSGI_APPLICATION = "gonghui.web.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [HERE / "templates", HERE / "home" / "templates", *sorted(HERE.parent.glob("kernel/*/templates"))],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "gonghui.web.context.ui",
            ],
            "builtins": ["gonghui.web.templatetags.gonghui"],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"

GONGHUI_SHELL = "gonghui.web.registry.shell"
GONGHUI_LIST_STORE = "gonghui.kernel.access.services.AccountListStore"
GONGHUI_VERBS = "gonghui.web.registry.verbs"
GONGHUI_EFFECTS = "gonghui.web.registry.effects"
GONGHUI_WEIGHERS = "gonghui.web.registry.weighers"
GONGHUI_BARRIERS = "gonghui.web.registry.barriers"
GONGHUI_VENUES = "gonghui.web.registry.venues"
GONGHUI_FACTS = "gonghui.web.registry.facts"
GONGHUI_SOURCES = "gonghui.web.registry.sources"
GONGHUI_MESSAGES = "gonghui.web.registry.message_kinds"
GONGHUI_PANELS = "gonghui.web.registry.panels"
GONGHUI_SUBMIT_CHECKS = "gonghui.web.registry.submit_checks"

AUTH_USER_MODEL = "kernel.Account"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "django.contrib.auth.backends.ModelBackend",
]
LOGIN_URL = "/login/"
LOGIN_REDIRECT_URL = "/desk/"
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.ScryptPasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["username", "name"]},
    },
]

SESSION_ENGINE = "django.contrib.sessions.backends.db"
SESSION_COOKIE_AGE = 8 * 3600  # each session gets its own term at log-in, see kernel.access.rules
SESSION_SAVE_EVERY_REQUEST = False
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = PUBLIC_URL.startswith("https:")
SECURE_HSTS_SECONDS = 31536000 if PUBLIC_URL.startswith("https:") else 0
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "gonghui.web.errors.csrf_failure"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("zh-hant", "繁體中文"), ("en", "English")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.data / "static"
STATICFILES_DIRS = [HERE / "static", *sorted(HERE.parent.glob("kernel/*/static"))]
STORAGES = {
    "default": {
        "BACKEND": "django.core.files.storage.FileSystemStorage",
        "OPTIONS": {"location": CONFIG.data / "files"},
    },
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if not DEBUG
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = DEBUG
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_TEMP_DIR = None
ROSTER_MAX_BYTES = 200 * 1024 * 1024

AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_CALLABLE = "gonghui.kernel.access.views.locked_out"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # the page says when the lock opens, and then it does
AXES_DISABLE_ACCESS_LOG = True  # the trail records log-ins
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_SENSITIVE_PARAMETERS = ["username", "ip_address"]

ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_REAUTHENTICATION_TIMEOUT = 600
ACCOUNT_FORMS = {"reauthenticate": "gonghui.kernel.access.forms.ConfirmByPassword"}
ACCOUNT_ADAPTER = "gonghui.kernel.access.adapter.ClosedAccountAdapter"
MFA_ADAPTER = "gonghui.kernel.access.adapter.SealedMFAAdapter"
MFA_FORMS = {
    "activate_totp": "gonghui.kernel.access.forms.ActivateTotp",
    "authenticate": "gonghui.kernel.access.forms.SecondStep",
    "reauthenticate": "gonghui.kernel.access.forms.ConfirmByFactor",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "工会"
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = PUBLIC_URL.startswith("http:")

PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
PROCRASTINATE_IMPORT_PATHS = [
    "gonghui.kernel.trail.jobs",
    "gonghui.kernel.access.jobs",
    "gonghui.kernel.procedures.jobs",
    "gonghui.kernel.figures.jobs",
    "gonghui.kernel.quotas.jobs",
    "gonghui.kernel.messages.jobs",
]
TRAIL_NEIGHBOUR = CONFIG.trail_neighbour
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

SILENCED_SYSTEM_CHECKS: list[str] = []
NINJA_PAGINATION_MAX_LIMIT = 200

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"personal": {"()": "gonghui.web.logs.PersonalFilter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "filters": ["personal"], "formatter": "plain"}},
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "axes": {"level": "WARNING"},
        "procrastinate": {"level": "WARNING"},
        "django.request": {"level": "ERROR"},
        "httpx": {"level": "WARNING"},
    },
}
