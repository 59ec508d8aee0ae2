"""Lays out django-hordak's tables and some accounts in them, and prints their keys."""

import io
import json
import sys

import django

if __name__ == "__main__":
    django.setup()
    from django.core.management import call_command
    from hordak.models import Account

    call_command("migrate", interactive=False, verbosity=0, stdout=io.StringIO())
    made = [
        Account.objects.create(name=f"Bench {number}", code=f"{number:04}", type="LI", currencies=["CNY"])
        for number in range(int(sys.argv[1]))
    ]
    print(json.dumps([account.pk for account in made]))
