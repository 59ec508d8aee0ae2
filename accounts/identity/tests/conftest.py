"""A visitor's browser, and somebody who has signed up."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from accounts.identity.tests.builders import make_user
from accounts.identity.tests.signing_in import E164, PASSWORD


@pytest.fixture
def browser(db):
    """A visitor's browser, all tries forgotten."""
    cache.clear()
    return Client()


@pytest.fixture
def li_na(bank):
    """Li Na has signed up with number, e-mail and password."""
    user = make_user("Li Na", phone=E164)
    user.set_password(PASSWORD)
    user.email = "li.na@example.org"
    user.save()
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user
