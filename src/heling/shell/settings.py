"""Django's settings. What differs between machines is read in ``configuration.py``."""

from __future__ import annotations

import hashlib
import os
from importlib.util import find_spec

from csp.constants import NONCE, NONE, SELF

from heling.shell import configuration

CONFIG = configuration.read()
ENV = CONFIG.env
DEMO = ENV != "production"
DEBUG = False
# A demonstration city needs a key that survives restarts and is no secret; production brings its own.
SECRET_KEY = CONFIG.secret_key or hashlib.sha256(str(CONFIG.var).encode()).hexdigest()
KEYS_FILE = os.environ.get("HELING_KEYS_FILE", str(CONFIG.var / "keys.json"))
FILES_ROOT = CONFIG.var / "files"
ALLOWED_HOSTS = list(CONFIG.hosts) or ["localhost", "127.0.0.1", "[::1]", "testserver"]

INSTALLED_APPS = [
    "django_linear_migrations",
    "heling.contexts.identity",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "axes",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "csp",
    "django_htmx",
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
    "procrastinate.contrib.django",
    "heling.platform.journal",
    "heling.platform.jobs",
    "heling.platform.lists",
    "heling.platform.web",
    "heling.contexts.places",
    "heling.contexts.lawbook",
    "heling.contexts.registry",
    "heling.contexts.assessment",
    "heling.contexts.entitlements",
    "heling.contexts.reforms",
    "heling.contexts.portal",
    "heling.shell",
]

if ENV != "production" and find_spec("django_migration_linter"):  # a developer's tool
    INSTALLED_APPS.append("django_migration_linter")

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "heling.platform.web.uploads.UploadLimitMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "heling.platform.web.middleware.PresentationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "heling.platform.access.middleware.ActorMiddleware",
    "heling.contexts.identity.middleware.GateMiddleware",
    "heling.platform.web.middleware.PrivateMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "heling.shell.urls"
WSGI_APPLICATION = "heling.shell.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DATABASES = {"default": CONFIG.database()}
# Login throttles and locks must hold across processes: one cache for all of them.
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "web_cache",
    }
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
USE_I18N = True
FORMAT_MODULE_PATH = ["heling.platform.web.formats"]

_LOADERS = [
    (
        "template_partials.loader.Loader",
        [
            (
                "django.template.loaders.cached.Loader",
                [
                    "django_cotton.cotton_loader.Loader",
                    "django.template.loaders.filesystem.Loader",
                    "django.template.loaders.app_directories.Loader",
                ],
            )
        ],
    )
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [],
        "OPTIONS": {
            "loaders": _LOADERS,
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
                "heling.platform.web.templatetags.heling",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "heling.platform.web.context.presentation",
                "heling.shell.console.menu.context",
            ],
        },
    }
]
COTTON_DIR = "cotton"

STATIC_URL = "/static/"
STATIC_ROOT = CONFIG.var / "static"
STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns about a missing one
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
WHITENOISE_USE_FINDERS = ENV != "production"
WHITENOISE_MAX_AGE = 3600 if ENV != "test" else 0

# --- who is who -------------------------------------------------------------
AUTH_USER_MODEL = "identity.User"
ACTOR_LOADER = "heling.contexts.identity.public.actor_for"
ACTOR_REBUILDER = "heling.contexts.identity.public.actor_again"
# identity and places share a floor and may not import each other: this is the only wire.
PLACES = "heling.contexts.places.public"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "heling.contexts.identity.adapters.AccountAdapter"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_SESSION_REMEMBER = True  # how long a login lasts is said by identity/roles.py
# A whole office sits behind one address: the address is limited loosely, the account (and
# its one-time codes) tightly; axes locks the pair of both first.
ACCOUNT_RATE_LIMITS = {"login": "300/m/ip", "login_failed": "100/m/ip,10/5m/key"}
ALLAUTH_TRUSTED_PROXY_COUNT = int(os.environ.get("HELING_TRUSTED_PROXIES", "0"))
NINJA_NUM_PROXIES = ALLAUTH_TRUSTED_PROXY_COUNT  # without it, anybody's X-Forwarded-For counts
MFA_ADAPTER = "heling.contexts.identity.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = DEMO
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_ISSUER = "鹤龄"
_FORMS = "heling.contexts.identity.web.forms"
ACCOUNT_FORMS = {
    "login": f"{_FORMS}.LoginForm",
    "change_password": f"{_FORMS}.ChangePasswordForm",
    "reauthenticate": f"{_FORMS}.ReauthenticateForm",
}
MFA_FORMS = {
    "authenticate": f"{_FORMS}.AuthenticateForm",
    "reauthenticate": f"{_FORMS}.ReauthenticateCodeForm",
    "activate_totp": f"{_FORMS}.ActivateTOTPForm",
    "add_webauthn": f"{_FORMS}.AddWebAuthnForm",
    "edit_webauthn": f"{_FORMS}.EditWebAuthnForm",
}
AXES_FAILURE_LIMIT = 6
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_RESET_ON_SUCCESS = True
AXES_LOCKOUT_TEMPLATE = "account/locked.html"
AXES_ENABLE_ADMIN = False
AXES_VERBOSE = False
AXES_CLIENT_IP_CALLABLE = "heling.contexts.identity.adapters.client_ip"
AXES_SENSITIVE_PARAMETERS = ["login", "oldpassword", "password1", "password2", "code"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]
    if ENV == "test"
    else ["django.contrib.auth.hashers.PBKDF2PasswordHasher"]
)

# --- the front door -----------------------------------------------------------
SESSION_COOKIE_AGE = 90 * 86400  # the longest of identity/roles.py; each login is cut to its own
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = ENV == "production"
SECURE_SSL_REDIRECT = ENV == "production"
SECURE_HSTS_SECONDS = 31_536_000 if ENV == "production" else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if ENV == "production" else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF, NONCE],
        "img-src": [SELF, "data:"],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
    }
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 4 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
UPLOAD_LIMIT_BYTES = 64 * 1024 * 1024

# --- history ------------------------------------------------------------------
PGHISTORY_APPEND_ONLY = True
PGHISTORY_ADMIN_ALL_EVENTS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"heling": {"level": "INFO"}, "axes": {"level": "ERROR"}},
}
