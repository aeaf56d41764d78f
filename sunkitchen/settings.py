"""Settings from the environment. Without any, an embedded installation in `var/` is ready to run."""

import socket
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from sunkitchen.core import logs
from sunkitchen.core.environment import (
    BASE_DIR,
    PRODUCTION,
    VAR,
    env_flag,
    env_list,
    env_number,
    env_secret,
    env_text,
)

SECRET_KEY = env_secret("SUNKITCHEN_SECRET_KEY")
# The first key encrypts, all of them decrypt: put a new one in front to rotate.
FIELD_KEYS = env_list("SUNKITCHEN_FIELD_KEYS") or [env_secret("SUNKITCHEN_FIELD_KEY")]

DEBUG = env_flag("SUNKITCHEN_DEBUG", False)
PORT = int(env_number("PORT", 8000))
# The address on stickers, notices and QR codes. It is printed beside every code, so it is never taken from a request.
SITE_URL = env_text("SITE_URL", f"http://localhost:{PORT}").rstrip("/")
SITE_HOST = SITE_URL.split("://", 1)[-1]
# This machine's own names too: its probes and scrapers ask by them.
ALLOWED_HOSTS = [*(env_list("ALLOWED_HOSTS") or [SITE_HOST.split(":")[0]]), "localhost", "127.0.0.1", "[::1]"]
CSRF_TRUSTED_ORIGINS = [SITE_URL]
HTTPS = SITE_URL.startswith("https://")

INSTALLED_APPS = [
    "sunkitchen.core",
    "sunkitchen.accounts",
    "sunkitchen.registry",
    "streams",
    "ratings",
    "sunkitchen.public",
    "sunkitchen.desks",
    "sunkitchen.operate",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "channels",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "axes",
    "csp",
]

MIDDLEWARE = [
    "sunkitchen.operate.requests.Requests",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",  # what frame-ancestors says, for older browsers
    "sunkitchen.core.privacy.PrivatePages",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "sunkitchen.core.language.PathLanguage",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "axes.middleware.AxesMiddleware",
    "sunkitchen.core.storable.StorableText",
]

ROOT_URLCONF = "sunkitchen.urls"
WSGI_APPLICATION = "sunkitchen.wsgi.application"
ASGI_APPLICATION = "sunkitchen.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "sunkitchen.core.context.site",
            ],
        },
    }
]

# ── rows ────────────────────────────────────────────────────────────────────────────────────────────────────
DATABASES = {"default": dj_database_url.parse(env_text("DATABASE_URL", f"sqlite:///{VAR}/sunkitchen.sqlite3"))}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 20,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;"
            "PRAGMA recursive_triggers=ON;"  # or INSERT OR REPLACE deletes append-only rows past their triggers
        ),
    }
else:
    # A pool a process fits threads (WSGI), event loops (ASGI) and jobs alike: each borrows for a request and gives
    # back, where a persistent connection a thread would outlive the thread's work.
    DATABASES["default"]["CONN_HEALTH_CHECKS"] = True  # a restarted server is no error page
    DATABASES["default"]["OPTIONS"] = {
        "options": "-c jit=off",  # compiling a question takes longer than a desk's page may: bench/office.py
        **DATABASES["default"].get("OPTIONS", {}),
        "connect_timeout": 5,
        "pool": {"min_size": 1, "max_size": int(env_number("DATABASE_POOL", 10)), "timeout": 10},
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
REDIS_URL = env_text("REDIS_URL")  # empty: this process's own memory, which only one process shares with itself
CACHES: dict[str, dict[str, object]]
if REDIS_URL:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": REDIS_URL}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels_redis.core.RedisChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}}
else:
    CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    CHANNEL_LAYERS = {"default": {"BACKEND": "channels.layers.InMemoryChannelLayer"}}

# Whole pages, for seconds: apart, so that no crowd of pages pushes out a counter of failed sign-ins.
CACHES["pages"] = {**CACHES["default"], "KEY_PREFIX": "pages"}
if not REDIS_URL:
    CACHES["pages"] |= {"LOCATION": "pages", "OPTIONS": {"MAX_ENTRIES": 500}}
PAGE_CACHE = env_flag("PAGE_CACHE", True)  # docs/decisions/0012: which page is kept for how long

# ── people ──────────────────────────────────────────────────────────────────────────────────────────────────
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "axes.backends.AxesStandaloneBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "desk"  # officers go to their office instead: accounts.adapter
ACCOUNT_ADAPTER = "sunkitchen.accounts.adapter.Adapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # for allauth's checks: our own sign-up is by mobile number
ACCOUNT_EMAIL_VERIFICATION = "none"  # an address counts when a code sent to it came back
ACCOUNT_FORMS = {
    "login": "sunkitchen.accounts.forms.PasswordForm",
    "reset_password": "sunkitchen.accounts.forms.ForgottenForm",
    "confirm_password_reset_code": "sunkitchen.accounts.forms.ResetCodeForm",
    "reset_password_from_key": "sunkitchen.accounts.forms.NewPasswordForm",
}
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 5 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True  # twice
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_SESSION_REMEMBER = True
# Per address of the internet ("ip") or per what is asked about ("key"). A password is guarded per address and
# account together, by axes: a limit per account alone would let anybody lock anybody out.
ACCOUNT_RATE_LIMITS = {
    "login": "30/m/ip",
    "login_failed": "30/m/ip",
    "send_code": "20/m/ip,60/h/ip",
    "send_code_from_here": "1/30s/key,6/h/key",  # key: number and address
    "send_code_to_number": "20/h/key",  # nobody's phone is flooded, from however many addresses
    "change_address": "10/h/key",  # key: the person, who asks for a code to an address that is not theirs yet
    "guess_code": "8/5m/key",  # key: the attempt, counted apart from the session so that parallel guesses count
    "guess_second_factor": "8/5m/key",  # key: the person
    "sign_in_again": "8/5m/key",  # key: the person and their address
    "claim": "30/h/ip",
    "report_moment": "5/10m/ip,20/d/ip",  # a guest's report of what a camera shows
    "report_moment_of": "30/h/key",  # key: the camera
    # A dining room is one address: several of its guests may write at the same time.
    "complain": "8/10m/ip,40/d/ip",
    "complain_about": "60/h/key",  # key: the kitchen
    "complain_as": "6/d/key",  # key: the number or address that is told, so that nobody's phone is flooded
    "follow_complaint": "60/m/ip",
    "say_how_it_was": "40/10m/ip",
    "ledger_api": "600/m/key",  # key: that of another ledger system
    "ledger_api_miss": "60/m/ip",  # wrong ones
    "look_up": "30/10m/key,200/d/key",  # a paper in other bureaus' registers; key: the person
    "claim_by": "10/h/key",  # key: the person; an invitation itself takes five wrong codes
}
MFA_ADAPTER = "sunkitchen.accounts.second_factor.Adapter"
MFA_TOTP_TOLERANCE = 1  # a phone's clock may be half a minute off (RFC 6238, 5.2)
STEP_UP_SECONDS = int(env_number("STEP_UP_SECONDS", 300))  # a proof of who sits there lets grave deeds through
OFFICERS_NEED_SECOND_FACTOR = env_flag("OFFICERS_NEED_SECOND_FACTOR", False)  # for such deeds
ALLAUTH_TRUSTED_PROXY_COUNT = int(env_number("TRUSTED_PROXIES", 0))
AXES_CLIENT_IP_CALLABLE = "sunkitchen.accounts.adapter.client_ip"
AXES_USERNAME_FORM_FIELD = "email"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True  # who signed in when is nobody's business; who failed to is
AXES_LOCKOUT_TEMPLATE = "429.html"
AXES_VERBOSE = False

# ── words, days ─────────────────────────────────────────────────────────────────────────────────────────────
# The path alone names the language (/en/…): pages need no cookie and caches need no guess.
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# ── terms of law ────────────────────────────────────────────────────────────────────────────────────────────
# In Chinese working days. SAMR Order 20 of 2022 until Order 121 (in force 2026-04-15) is checked for each.
RETEST_WORKDAYS = int(env_number("RETEST_WORKDAYS", 7))  # to ask for a retest of a failed sample, from service
COMPLAINT_ACCEPT_WORKDAYS = int(env_number("COMPLAINT_ACCEPT_WORKDAYS", 7))  # to accept or refuse
COMPLAINT_MEDIATION_WORKDAYS = int(env_number("COMPLAINT_MEDIATION_WORKDAYS", 45))  # to end one, from acceptance
COMPLAINT_VERIFY_WORKDAYS = int(env_number("COMPLAINT_VERIFY_WORKDAYS", 15))  # to verify a lead; once as long again
COMPLAINT_TELL_WORKDAYS = int(env_number("COMPLAINT_TELL_WORKDAYS", 5))  # to tell a named reporter of a case opened
OWN_CHECK_WORKDAYS = int(env_number("OWN_CHECK_WORKDAYS", 5))  # for the bureau to look a paper up itself
REINSPECT_WORKDAYS = int(env_number("REINSPECT_WORKDAYS", 10))  # to look at what an operator says is mended
DRAW_VISIT_WORKDAYS = int(env_number("DRAW_VISIT_WORKDAYS", 20))  # to visit a kitchen that was drawn
REVIEW_WORKDAYS = int(env_number("REVIEW_WORKDAYS", 3))  # a paper is decided within: the authority's own promise
WITHDRAW_WORKDAYS = int(env_number("WITHDRAW_WORKDAYS", 3))  # to withdraw a listing that was overturned

# ── files ───────────────────────────────────────────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = Path(env_text("STATIC_ROOT", str(VAR / "static")))
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/hls", BASE_DIR / "node_modules/hls.js/dist"),
    ("vendor/leaflet", BASE_DIR / "node_modules/leaflet/dist"),
]
if PRODUCTION:
    STORAGES = {
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
        "staticfiles": {"BACKEND": "sunkitchen.core.assets.NamedByContent"},
    }
WHITENOISE_USE_FINDERS = not PRODUCTION  # an embedded installation needs no collectstatic
FILES_ROOT = VAR / "files"  # papers and proofs: never below a web server's root
FILE_MAX_BYTES = 20 * 1024 * 1024
FILE_MAX_PIXELS = 64_000_000
FILE_MAX_PAGES = 30
FILE_QUOTA_BYTES = 500 * 1024 * 1024  # of one establishment
# A permit's renewal is applied for at least so many working days before it expires; reminders count back from there.
PERMIT_APPLY_WORKDAYS = int(env_number("PERMIT_APPLY_WORKDAYS", 15))
PERMIT_REMIND_DAYS = int(env_number("PERMIT_REMIND_DAYS", 30))
# A health certificate is renewed by a new check, not by an application: days before its end.
CERTIFICATE_REMIND_DAYS = int(env_number("CERTIFICATE_REMIND_DAYS", 30))
CERTIFICATE_REMIND_AGAIN_DAYS = int(env_number("CERTIFICATE_REMIND_AGAIN_DAYS", 7))
TALKS_QUIET_DAYS = int(env_number("TALKS_QUIET_DAYS", 60))  # answered, and nobody wrote since: it is closed then
TALKS_KEPT_DAYS = int(env_number("TALKS_KEPT_DAYS", 1095))  # then a closed consultation is deleted, files and all
# What is kept of people, and how long: registry/retention.py says why.
STAFF_KEPT_DAYS = int(env_number("STAFF_KEPT_DAYS", 0))  # after leaving, before a name may be erased
STAFF_SCANS_DAYS = int(env_number("STAFF_SCANS_DAYS", 90))  # after leaving, pictures of certificates and consents
PAPER_SCANS_DAYS = int(env_number("PAPER_SCANS_DAYS", 730))  # after a paper was replaced, its pictures
FILE_VIEW_DAYS = int(env_number("FILE_VIEW_DAYS", 365))  # who looked at a scan
TABLE_KEPT_DAYS = int(env_number("TABLE_KEPT_DAYS", 30))  # the lines of a table that was brought
LOG_ROOT = VAR / "log"  # the published log as static files, to mirror
LOG_ORIGIN = env_text("LOG_ORIGIN", f"{SITE_HOST}/log")  # its name; kept once something is signed
LOG_BESIDE = ["ratings.editions.beside.write"]  # writes its documents beside the static log: (checkpoint, at)
LOG_COSIGNERS: list[str] = []  # further signatures on checkpoints, 电子签章 or 国密: docs/decisions/0023
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024

# ── jobs ────────────────────────────────────────────────────────────────────────────────────────────────────
CELERY_BROKER_URL = env_text("CELERY_BROKER_URL", REDIS_URL or "filesystem://")
if CELERY_BROKER_URL == "filesystem://":
    CELERY_BROKER_TRANSPORT_OPTIONS: dict[str, object] = {
        "data_folder_in": str(VAR / "broker"),
        "data_folder_out": str(VAR / "broker"),
        "control_folder": str(VAR / "broker-control"),
    }
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_TIME_LIMIT = 600
if CELERY_BROKER_URL.startswith("redis"):
    # Longer than any task may take, or Redis would hand the same task to a second worker.
    CELERY_BROKER_TRANSPORT_OPTIONS = {"visibility_timeout": 2 * CELERY_TASK_TIME_LIMIT}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TIMEZONE = TIME_ZONE

# ── notices: without a provider they land in var/, and start-up says so ─────────────────────────────────────
EMAIL_BACKEND = env_text("EMAIL_BACKEND", "django.core.mail.backends.filebased.EmailBackend")
EMAIL_FILE_PATH = VAR / "mail"
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL", "sunkitchen@localhost")
SMS_ADAPTER = env_text("SMS_ADAPTER", "sunkitchen.core.sms.FileAdapter")
SMS_FILE_PATH = VAR / "sms"
SMS_HTTP_URL = env_text("SMS_HTTP_URL")  # with SMS_ADAPTER=sunkitchen.core.sms_http.HttpAdapter, which says how
SMS_HTTP_SECRET = env_text("SMS_HTTP_SECRET")
NOTICE_DIGEST_HOUR = int(env_number("NOTICE_DIGEST_HOUR", 18))  # local: when the letter of the day goes out
BOUNCE_SECRET = env_text("BOUNCE_SECRET")  # signs what a mail or SMS provider says came back; empty: nobody is heard
WEBHOOK_ALLOW = env_list("WEBHOOK_ALLOW")  # exact host:port of systems that may be private, and called over http

# ── operating ───────────────────────────────────────────────────────────────────────────────────────────────
LOGGING = logs.config(as_json=PRODUCTION, level=env_text("LOG_LEVEL", "INFO" if PRODUCTION else "WARNING").upper())
METRICS_TOKEN = env_text("METRICS_TOKEN")  # empty: /metrics answers only this machine itself
READY_SWEEP_MINUTES = env_number("READY_SWEEP_MINUTES", 5)  # without a sweep: the worker is gone
READY_FREE_BYTES = int(env_number("READY_FREE_MB", 200)) * 1_000_000  # less than this free: the disk is nearly full
READY_KEPT_SECONDS = 2.0  # a look at everything serves everybody that long

# ── cameras ─────────────────────────────────────────────────────────────────────────────────────────────────
FFMPEG_BINARY = env_text("FFMPEG_BINARY")  # empty: the one inside imageio-ffmpeg
RELAY_SOCKET = Path(env_text("RELAY_SOCKET", str(VAR / "relay.sock")))
RELAY_LIVE = Path(env_text("RELAY_LIVE", str(VAR / "live")))  # segments: a tmpfs in production
POSTERS_ROOT = VAR / "posters"
CAMERA_ALLOW = env_list("CAMERA_ALLOW")  # exact host:port that may be loopback or private
CAMERA_ALLOW_NETS = env_list("CAMERA_ALLOW_NETS")  # private networks (CIDR) where cameras stand
SHARE_ALLOW = env_list("SHARE_ALLOW")  # exact host:port of register services that may be private, and asked over http
CAMERA_START_SECONDS = env_number("CAMERA_START_SECONDS", 10)
CAMERA_WARM_SECONDS = env_number("CAMERA_WARM_SECONDS", 45)
CAMERA_LOOK_SECONDS = env_number("CAMERA_LOOK_SECONDS", 3)  # between two looks for truth while watched
CAMERA_STILL_SECONDS = env_number("CAMERA_STILL_SECONDS", 20)  # without any movement: a frozen picture
CAMERA_PROBE_SECONDS = env_number("CAMERA_PROBE_SECONDS", 1800)  # between two looks while nobody watches
CAMERA_KEEP_SECONDS = env_number("CAMERA_KEEP_SECONDS", 65)  # of pictures kept for "the last minute" as evidence
RELAY_NODE = env_text("RELAY_NODE", socket.gethostname())  # this node's name in leases; each node has its own
RELAY_TRANSCODES = int(env_number("RELAY_TRANSCODES", 2))  # conversions at once (masks, H.265, MJPEG, VP8)
CLIPS_ROOT = VAR / "clips"  # evidence
CLIP_DAYS = int(env_number("CLIP_DAYS", 90))  # then evidence is deleted, unless held
VIDEO_CHECK_DAYS = int(env_number("VIDEO_CHECK_DAYS", 3))  # in which a kitchen shows what a clerk asked to see
TICKET_PAGE_SECONDS = 15  # a kitchen page may be cached that long
TICKET_SPARE_SECONDS = 300  # and its ticket opens that much longer
SESSION_SECONDS = 4 * 3600

# ── the map: shown only where licensed tiles and their review number 审图号 are set, else the addresses alone ──────
MAP_TILES_URL = env_text("MAP_TILES_URL")  # https://host/{z}/{x}/{y}.png; {s} is one of the subdomains
MAP_TILES_SUBDOMAINS = env_list("MAP_TILES_SUBDOMAINS")
MAP_TILES_SYSTEM = env_text("MAP_TILES_SYSTEM", "gcj02")  # or wgs84, bd09: what the tiles are drawn in
MAP_TILES_ATTRIBUTION = env_text("MAP_TILES_ATTRIBUTION")
MAP_TILES_NUMBER = env_text("MAP_TILES_NUMBER")  # GS(2024)1234号
MAP_TILES_MOST_ZOOM = int(env_number("MAP_TILES_MOST_ZOOM", 18))

# ── browsers ────────────────────────────────────────────────────────────────────────────────────────────────
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "media-src": [SELF, "blob:"],
        "worker-src": [SELF, "blob:"],  # hls.js demuxes in a worker
        "connect-src": [SELF, f"ws://{SITE_HOST}", f"wss://{SITE_HOST}"],  # Safari 14: 'self' has no ws
        "object-src": [NONE],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "form-action": [SELF],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
X_FRAME_OPTIONS = "DENY"

# What the footer must name (主办单位, ICP备案号, 公安备案号): shown where set.
SITE_HOSTED_BY = env_text("SITE_HOSTED_BY")
SITE_ICP = env_text("SITE_ICP")
SITE_POLICE = env_text("SITE_POLICE")
SITE_CONTACT = env_text("SITE_CONTACT")
SITE_NAME = _("Sunkitchen")
