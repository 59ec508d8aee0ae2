"""Settings, all from the environment: the same file serves the demo, the tests and production.

Nothing secret has a default. ``DEMO=1`` opens the demo's door (a page that shows messages and codes) and is refused
together with ``SECURE=1``, which production sets.
"""

from decimal import Decimal
from pathlib import Path
from typing import Any

import environ
import structlog
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

from portal.api_description import SPECTACULAR_SETTINGS  # noqa: F401
from portal.beat import CELERY_BEAT_SCHEDULE  # noqa: F401
from portal.core.connections import Connection, Cursor
from portal.queues import (  # noqa: F401
    CELERY_BROKER_TRANSPORT_OPTIONS,
    CELERY_TASK_ANNOTATIONS,
    CELERY_TASK_QUEUES,
    CELERY_TASK_ROUTES,
    CELERY_TASK_TIME_LIMIT,
    CELERY_WORKER_PROC_ALIVE_TIMEOUT,
    HEAVY_QUEUE,
    PROMPT_QUEUE,
)

env = environ.Env()


def _own(name: str, made_up: str) -> Any:
    """Read what is each bank's own: made up for a demo and for tests, never in production."""
    return env(name) if SECURE else env(name, default=made_up)


BASE_DIR = Path(__file__).resolve().parent.parent

# The place
SECRET_KEY = env("SECRET_KEY")
FIELD_KEYS = env.list("FIELD_KEYS")  # Fernet keys, newest first: what encrypts personal identifiers
LOOKUP_KEY = env("LOOKUP_KEY")  # keys the hashes by which encrypted identifiers are found
DEBUG = False
DEMO = env.bool("DEMO", default=False)
SECURE = env.bool("SECURE", default=not DEMO)
if DEMO and SECURE:
    raise ImproperlyConfigured("DEMO=1 shows messages and codes to anyone; it cannot be combined with SECURE=1.")
if SECURE and env.bool("ENGINES_EMBEDDED", default=False):
    raise ImproperlyConfigured("Production needs servers of its own: name them in DATABASE_URL and REDIS_URL.")
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS")
SITE_URL = env("SITE_URL", default="http://localhost:8000").rstrip("/")
CSRF_TRUSTED_ORIGINS = [SITE_URL]
BEHIND_PROXY = env.bool("BEHIND_PROXY", default=False)  # one proxy in front, which sets X-Forwarded-For and -Proto
BANK_NAME_EN = _own("BANK_NAME_EN", "Green Valley Rural Cooperative Bank")
BANK_NAME_ZH_HANS = _own("BANK_NAME_ZH_HANS", "青谷农村合作银行")
BANK_PHONE = env("BANK_PHONE", default="")  # shown at the foot of every page
BANK_CURRENCY = env("BANK_CURRENCY", default="CNY")
# How many yuan one unit of it is: the sizes of enterprises are set in yuan
YUAN_RATE = Decimal(1) if BANK_CURRENCY == "CNY" else Decimal(_own("YUAN_RATE", "1"))
BANK_COUNTRY = env("BANK_COUNTRY", default="CN")
BANK_CODE = env("BANK_CODE", default="")  # the bank's national code, where accounts have IBANs
BANK_CNAPS = env("BANK_CNAPS", default="")  # its twelve digits in China's payment system, for payers at other banks
BANK_BIC = env("BANK_BIC", default="")
CASH_LIMIT_AMOUNT = Decimal(env("CASH_LIMIT_AMOUNT", default="50000"))  # above it a second person confirms
SUSPENSE_LIMIT_AMOUNT = Decimal(env("SUSPENSE_LIMIT_AMOUNT", default="10000"))  # above it two people clear suspense
DAILY_LIMIT_AMOUNT = Decimal(env("DAILY_LIMIT_AMOUNT", default="200000"))  # until the enterprise sets its own
NEW_PAYEE_LIMIT_AMOUNT = Decimal(env("NEW_PAYEE_LIMIT_AMOUNT", default="5000"))  # a day, to whom is no payee yet
COOLING_OFF_HOURS = env.int("COOLING_OFF_HOURS", default=24)  # for new payees and for looser rules
STANDING_ORDER_RETRY_DAYS = env.int("STANDING_ORDER_RETRY_DAYS", default=3)  # after the first try, for want of money
REQUEST_EXPIRY_DAYS = env.int("REQUEST_EXPIRY_DAYS", default=90)  # how long after its date a request may be paid
BILL_AHEAD_DAYS = env.int("BILL_AHEAD_DAYS", default=7)  # how long before its date a plan's bill is sent
NOSTRO_NUMBER = _own("NOSTRO_NUMBER", "6200000000000001")  # our account at the correspondent bank
NOSTRO_BIC = _own("NOSTRO_BIC", "ABOCCNBJXXX")  # that bank
METRICS_TOKEN = env("METRICS_TOKEN", default="")  # who reads /metrics; empty closes it

# The rooms
INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "crispy_forms",
    "crispy_bootstrap5",
    "django_htmx",
    "csp",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "rest_framework",
    "knox",
    "drf_spectacular",
    "django_prometheus",
    "portal.core",
    "portal",
    "accounts",
    "lending",
    "training",
]
MIDDLEWARE = [
    "django_prometheus.middleware.PrometheusBeforeMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # docs/decisions/pages-are-compressed.md
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.pages.typesetting.TypesettingMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "portal.pages.nul.NulMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.core.logs.AccessLogMiddleware",
    "accounts.identity.access.SignInMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "allauth.usersessions.middleware.UserSessionsMiddleware",
    "accounts.identity.access.SignOutMiddleware",
    "accounts.identity.access.SecondFactorMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.pages.methods.MethodMiddleware",
    "portal.pages.away.AwayMiddleware",
    "portal.pages.again.ShownAgainMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_prometheus.middleware.PrometheusAfterMiddleware",
]
ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.pages.context.shell",
            ],
        },
    }
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
CRISPY_FAIL_SILENTLY = False

# The engines
DATABASE = env.db("DATABASE_URL")
# The server lets go of what a machine that vanished held, locks above all, within two minutes.
KEEPALIVES = "-c tcp_keepalives_idle=60 -c tcp_keepalives_interval=10 -c tcp_keepalives_count=3"
DATABASES = {
    "default": DATABASE
    | {
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {"options": KEEPALIVES, "connection_factory": Connection, "cursor_factory": Cursor}
        | DATABASE.get("OPTIONS", {}),
    }
}
DATABASE_OWNER = env.db("DATABASE_OWNER_URL", default=env("DATABASE_URL"))  # migrations run as this role
RUNTIME_ROLE = env("RUNTIME_ROLE", default="portal_runtime")  # granted what the portal may do, and no more
REDIS_URL = env("REDIS_URL")
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": {
            "socket_timeout": 1,
            "socket_connect_timeout": 1,
        },  # seconds: each page waits as long where Redis hangs
    }
}
SESSION_ENGINE = "portal.core.sessions"
CELERY_BROKER_URL = REDIS_URL
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
WORKER_ENDING_SECONDS = env.int("WORKER_ENDING_SECONDS", default=25)  # a worker told to end is killed after them

# Languages, places and files
LANGUAGE_CODE = "en"
LANGUAGES = [("en", _("English")), ("zh-hans", _("Simplified Chinese"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_NAME = "language"
TIME_ZONE = env("TIME_ZONE", default="Asia/Shanghai")
CELERY_TIMEZONE = TIME_ZONE  # nights and mornings are the bank's own
USE_TZ = True
STATIC_URL = "static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = env.path("STATIC_ROOT", default=BASE_DIR / "collected")()
FILES_ROOT = env.path("FILES_ROOT", default=BASE_DIR / ".data" / "files")()  # uploads: outside everything served
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": FILES_ROOT}},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FILES = 2000  # most of them only counted
FILE_UPLOAD_HANDLERS = [
    "portal.core.uploads.OnlyCounted",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# People
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.identity.passwords.UnlikeThePerson"},
    {"NAME": "accounts.identity.passwords.LongEnough", "OPTIONS": {"min_length": 10}},
    {"NAME": "accounts.identity.passwords.Uncommon"},
]
LOGIN_REDIRECT_URL = "home"
LOGIN_URL = "account_login"
CSRF_FAILURE_VIEW = "accounts.identity.views.unsent.refused"
ACCOUNT_ADAPTER = "accounts.identity.adapter.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"phone", "email"}
ACCOUNT_SIGNUP_FIELDS = ["phone*", "email", "password1*"]
ACCOUNT_SIGNUP_FORM_CLASS = "accounts.identity.forms.sign_up.NewPersonForm"
ACCOUNT_FORMS = {
    "login": "accounts.identity.forms.sign_in.SignInForm",
    "signup": "accounts.identity.forms.sign_in.SignUpForm",
    "add_email": "accounts.identity.forms.sign_in.AddEmailForm",
    "change_password": "accounts.identity.forms.sign_in.ChangePasswordForm",
    "set_password": "accounts.identity.forms.sign_in.SetPasswordForm",
    "reset_password": "accounts.identity.forms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "accounts.identity.forms.sign_in.ResetPasswordKeyForm",
    "reauthenticate": "accounts.identity.forms.sign_in.ReauthenticateForm",
    "confirm_login_code": "accounts.identity.forms.sign_in.ConfirmSignInCodeForm",
    "confirm_password_reset_code": "accounts.identity.forms.sign_in.ConfirmResetCodeForm",
    "verify_phone": "accounts.identity.forms.sign_in.VerifyPhoneForm",
    "change_phone": "accounts.identity.forms.sign_in.ChangePhoneForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 600
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_CHANGE = True
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_REQUIRED = {"password"}  # a new device confirms by a code; see AccountAdapter for staff
ACCOUNT_LOGIN_BY_CODE_TRUST_ENABLED = True  # for 14 days, as the box beside the code says; see CodeToThePhone
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 600
ACCOUNT_RATE_LIMITS = {  # looser per address than allauth's where a village shares one, the same per person
    "change_phone": "3/m/user",
    "login_failed": "30/m/ip,5/300s/key",
    "sign_in_code": "12/h/key",  # ours: sign-ins of a person that ask for a code, with three guesses each
    "verify_phone": "1/30s/key,20/m/ip",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
ACCOUNT_LOGOUT_ON_PASSWORD_CHANGE = False
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if BEHIND_PROXY else 0
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_FORMS = {
    "authenticate": "accounts.identity.forms.sign_in.AuthenticateForm",
    "reauthenticate": "accounts.identity.forms.sign_in.ReauthenticateByCodeForm",
    "activate_totp": "accounts.identity.forms.sign_in.ActivateAuthenticatorForm",
    "deactivate_totp": "accounts.identity.forms.sign_in.RemoveAuthenticatorForm",
    "generate_recovery_codes": "accounts.identity.forms.sign_in.MakeRecoveryCodesForm",
    "add_webauthn": "accounts.identity.forms.sign_in.AddPasskeyForm",
    "edit_webauthn": "accounts.identity.forms.sign_in.RenamePasskeyForm",
}
MFA_TRUST_ENABLED = False  # whoever has an authenticator is asked every time
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the number is what we verified
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = BANK_NAME_EN
MFA_TOTP_TOLERANCE = 1  # half a minute early or late: phones' clocks differ and people type slowly
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not SECURE
MFA_ADAPTER = "accounts.identity.adapter.SecondFactorAdapter"
USERSESSIONS_ADAPTER = "accounts.identity.adapter.SessionsAdapter"
USERSESSIONS_TRACK_ACTIVITY = False

# Messages out
SMS_GATEWAY = env(
    "SMS_GATEWAY",
    default="portal.core.notices.gateways.PostedAsJson" if SECURE else "portal.core.notices.gateways.ShownInDemo",
)
SMS_URL = env("SMS_URL") if SMS_GATEWAY.endswith(".PostedAsJson") else ""  # where the gateway takes messages
SMS_TOKEN = env("SMS_TOKEN", default="")
vars().update(env.email_url("EMAIL_URL", default="dummymail://" if DEMO else "consolemail://"))
WEBHOOKS_ANYWHERE = DEMO  # elsewhere only to public addresses, by https
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default="bank@localhost")

# The credit register: a class, as lending/credit/register.py describes it; none where this is empty
CREDIT_REGISTER = env("CREDIT_REGISTER", default="")
LOSS_RULES_FILE = env("LOSS_RULES_FILE", default="")  # instead of lending/loans/losses/rules.json
CREDIT_REGISTER_SECONDS = env.float("CREDIT_REGISTER_SECONDS", default=3.0)
CREDIT_REGISTER_FILE = env("CREDIT_REGISTER_FILE", default="")  # what lending.credit.file_register.FileRegister reads

# The API
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["knox.auth.TokenAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.IsAuthenticated"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["portal.core.parsers.Json", "rest_framework.parsers.MultiPartParser"],
    "DEFAULT_SCHEMA_CLASS": "portal.core.schema.Described",
    "DEFAULT_PAGINATION_CLASS": "portal.core.api.Pages",
    "EXCEPTION_HANDLER": "portal.pages.bookkeeping.problem",
    "DEFAULT_THROTTLE_CLASSES": ["rest_framework.throttling.UserRateThrottle"],
    "DEFAULT_THROTTLE_RATES": {
        "user": env("API_RATE", default="600/min"),
        "sign-in": env("API_SIGN_IN_RATE", default="10/min"),
    },
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": None,
}

# Security
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = SECURE
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
SECURE_SSL_REDIRECT = SECURE
SECURE_REDIRECT_EXEMPT = [r"^health/"]  # asked from inside, before TLS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 365 * 24 * 3600 if SECURE else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = SECURE
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF, "data:"],
        "connect-src": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
        "manifest-src": [SELF],
    }
}

# Logs: structured, without personal data
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "json": {
            "()": "structlog.stdlib.ProcessorFormatter",
            "processors": [
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.format_exc_info,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
            "foreign_pre_chain": [
                structlog.contextvars.merge_contextvars,
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.processors.TimeStamper(fmt="iso"),
            ],
        }
    },
    "handlers": {"stdout": {"class": "logging.StreamHandler", "formatter": "json"}},
    "root": {"handlers": ["stdout"], "level": env("LOG_LEVEL", default="INFO")},
    "loggers": {"django.request": {"level": "ERROR"}, "fontTools": {"level": "WARNING"}},
}
structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
        structlog.processors.format_exc_info,
        structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
    ],
    logger_factory=structlog.stdlib.LoggerFactory(),
    wrapper_class=structlog.stdlib.BoundLogger,
    cache_logger_on_first_use=True,
)
