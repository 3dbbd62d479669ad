"""Django's admin."""

from tests.tools.apps.django_settings import *  # noqa: F403 - settings are made so

ROOT_URLCONF = "tests.tools.apps.django_admin_urls"
