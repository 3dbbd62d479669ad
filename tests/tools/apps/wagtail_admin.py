"""Wagtail's admin."""

from tests.tools.apps.django_settings import *  # noqa: F403 - settings are made so
from tests.tools.apps.django_settings import INSTALLED_APPS as OF_DJANGO

PARTS = ("", ".admin", ".users", ".images", ".documents", ".search", ".sites", ".snippets", ".embeds")
INSTALLED_APPS = [*OF_DJANGO, *(f"wagtail{part}" for part in PARTS), "modelcluster", "taggit"]
ROOT_URLCONF = "tests.tools.apps.wagtail_admin_urls"
WAGTAIL_SITE_NAME = "shop"
WAGTAILADMIN_BASE_URL = "http://127.0.0.1"
