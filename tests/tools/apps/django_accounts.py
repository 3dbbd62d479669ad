"""Makes the database of a Django project, with one account: a program."""

import os

import django
from django.core.management import call_command

django.setup()
call_command("migrate", verbosity=0)

from django.contrib.auth.models import User  # noqa: E402 - needs the settings

User.objects.create_superuser("ada", "ada@example.org", os.environ["PASSWORD"])
