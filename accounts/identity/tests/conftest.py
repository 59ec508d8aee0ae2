"""A visitor's browser, and somebody who has signed up."""

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from accounts.identity import operations
from accounts.identity.tests.builders import NOW, make_user
from accounts.identity.tests.correcting import NEW_NAME, ask
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


@pytest.fixture
def teller(request):
    """Hua Qian of operations, under another name: ``operations`` is what is proven here."""
    return request.getfixturevalue("operations")


@pytest.fixture
def asked(enterprise, owner):
    """The owner asks for another name."""
    [made] = ask(enterprise, owner, legal_name=NEW_NAME)
    return made


@pytest.fixture
def proposed(asked, officer):
    """An officer has looked at it."""
    operations.propose_correction(asked, by=officer, at=NOW)
    return asked
