"""All settings on one page. What varies between machines comes from ``config.environment`` and nowhere else."""

from pathlib import Path

from config import environment
from niangjia.core import sealing

environment.refuse_unknown_variables()

BASE = Path(__file__).resolve().parent.parent
STATE = environment.State.from_environment()
KEYS = environment.keys(STATE)
sealing.install(sealing.Keyring.from_mapping(KEYS))

DEBUG = environment.read_flag("NIANGJIA_DEBUG", default=False)
NIANGJIA_DEMO = environment.read_flag("NIANGJIA_DEMO", default=False)
HTTPS = environment.read_flag("NIANGJIA_HTTPS", default=False)
SECRET_KEY = KEYS["secret_key"]
ALLOWED_HOSTS = list(environment.read_words("NIANGJIA_HOSTS", ("127.0.0.1", "localhost", "[::1]", "testserver")))
CSRF_TRUSTED_ORIGINS = list(environment.read_words("NIANGJIA_ORIGINS"))

NIANGJIA_NAME = "娘家"
NIANGJIA_DISTRICT = "500102000000"
NIANGJIA_DISTRICT_NAME = "涪陵区"
NIANGJIA_DEMO_PASSWORD = "niangjia-yanshi-2026"  # noqa: S105  of made-up people, only where NIANGJIA_DEMO is set
# Channels of this installation: folders of niangjia/channels/adapters.
NIANGJIA_CARRIERS = (
    "wecom", "wechat", "wechat_notice", "dingtalk", "sms_aliyun", "sms_tencent", "mail", "qq_bot", "handoff",
)  # fmt: skip
NIANGJIA_SMS_SENDER = environment.read_text("NIANGJIA_SMS_SENDER", "demo" if NIANGJIA_DEMO else "refusing")
NIANGJIA_ROLES = BASE / "config" / "roles.yaml"
NIANGJIA_UPLOADS = STATE.uploads
# A folder each, in an explicit list: what is not named here does not exist.
NIANGJIA_PROGRAMMES = [
    "two_cancers_grant",
    "startup_loan",
    "fair_motto",
    "fair_yard",
    "fair_family",
    "fair_mother",
    "fair_woman",
    "civil_family",
    "five_good_family",
    "mothers_parcel",
    "festival_visit",
    "womens_base",
    "household_link",
]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "django_htmx",
    "template_partials",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "procrastinate.contrib.django",
    "niangjia.trail",
    "niangjia.org",
    "niangjia.people",
    "niangjia.access",
    "niangjia.files",
    "niangjia.channels",
    "niangjia.transfers",
    "niangjia.linkage",
    "niangjia.certificates",
    "niangjia.jury",
    "niangjia.stock",
    "niangjia.needs",
    "niangjia.brands",
    "niangjia.attendance",
    "niangjia.voting",
    "niangjia.programmes",
    "niangjia.plans",
    "niangjia.express",
    "niangjia.family_education",
    "niangjia.lessons",
    "niangjia.wishes",
    "niangjia.helpline",
    "niangjia.campaigns",
    "niangjia.training",
    "niangjia.reports",
    "niangjia.outlines",
    "niangjia.blanks",
    "niangjia.web",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "niangjia.web.middleware.headers",
    "niangjia.web.middleware.script",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "niangjia.web.signin.demands",
    "niangjia.web.middleware.acting",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE / "niangjia" / "web"],
        "APP_DIRS": False,
        "OPTIONS": {
            "builtins": ["niangjia.web.ui.tags", "template_partials.templatetags.partials"],
            "libraries": {},
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.messages.context_processors.messages",
                "niangjia.web.context.house",
                "niangjia.web.signin.demo_hints",
            ],
        },
    }
]

DATABASES = {
    "default": environment.database("app", STATE),
    "public": environment.database("public", STATE),
    "owner": environment.database("owner", STATE),
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "people.Account"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "/accounts/login/"
LOGIN_REDIRECT_URL = "/desk/"
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_EMAIL_FIELD = None
ACCOUNT_USER_MODEL_USERNAME_FIELD = "username"
ACCOUNT_LOGIN_METHODS = {"username"}
ACCOUNT_SIGNUP_FIELDS = ["username*", "password1*", "password2*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "niangjia.web.signin.StaffAdapter"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
ACCOUNT_SESSION_REMEMBER = False
MFA_ADAPTER = "niangjia.web.signin.SecondFactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = NIANGJIA_NAME
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not HTTPS

SESSION_COOKIE_AGE = 8 * 3600  # a working day; an idle session ends earlier, see web.middleware
SESSION_EXPIRE_AT_BROWSER_CLOSE = True
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
CSRF_FAILURE_VIEW = "niangjia.web.errors.csrf_failure"
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

# One process group behind one database: the cache that counts sign-in attempts must be shared by the workers.
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "web_cache"},
    "local": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
}

LANGUAGE_CODE = "zh-hans"
TIME_ZONE = "Asia/Shanghai"
USE_I18N = True
USE_TZ = True
USE_THOUSAND_SEPARATOR = True

STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE / "niangjia" / "web" / "static"]
STATIC_ROOT = STATE.home / "static"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
WHITENOISE_MAX_AGE = 31_536_000

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 2000
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "niangjia.web.uploads.SizeLimit",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

# Never bodies, never parameters: a log line says who, what and how long, by number.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"plain": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "plain"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {"niangjia": {"level": "INFO"}, "django.db.backends": {"level": "WARNING"}},
}

SILENCED_SYSTEM_CHECKS = [
    "security.W004",
    "security.W008",
    "security.W012",
    "security.W016",  # the proxy and NIANGJIA_HTTPS decide
]
