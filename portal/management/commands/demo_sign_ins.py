"""Prints who can sign in to the demo."""

from typing import Any

from django.core.management.base import BaseCommand

from portal.seed.sign_ins import PASSWORD, sign_ins


class Command(BaseCommand):
    """Lists each role's sign-in; codes are on the demo's page."""

    help = __doc__

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Print one line a person."""
        self.stdout.write(f"Password of everyone: {PASSWORD}")
        self.stdout.write("Codes (text messages, authenticators): the page /demo/")
        for row in sign_ins():
            self.stdout.write(f"  {row.login:<26} {row.role:<44} {row.who}")
