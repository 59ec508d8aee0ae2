"""The settings under which django-hordak keeps its books: nothing but it and what it needs."""

import os

import environ

SECRET_KEY = "measures only"
INSTALLED_APPS = ["django.contrib.contenttypes", "django.contrib.auth", "mptt", "hordak"]
DATABASES = {"default": environ.Env.db_url_config(os.environ["HORDAK_DATABASE_URL"])}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
DEFAULT_CURRENCY = "CNY"
CURRENCIES = ["CNY"]
HORDAK_INTERNAL_CURRENCY = "CNY"
USE_TZ = True
