"""Corrections of details, for tests."""

from accounts.identity import operations
from accounts.identity.tests.builders import NOW

NEW_NAME = "Green Tea House"
ANOTHER_NUMBER = "91330106673959654P"


def ask(enterprise, by, *, key="1", reason="mistyped", person=None, upload=None, **values):
    asked = operations.AskedCorrection(values, reason, upload)
    return operations.ask_correction(enterprise, asked, person=person, key=key, by=by, at=NOW)
