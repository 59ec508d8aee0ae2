"""Every address of the house, tried by a bookkeeper: the books are read, and nothing changes."""

import hashlib
import re
from random import Random
from typing import Any, Final

from django.apps import apps
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone
from rest_framework.throttling import UserRateThrottle

from accounts.identity import operations as identity
from accounts.identity.models import Branch, Enterprise, MembershipRole, Role, StaffPost, User
from accounts.identity.tests.builders import make_user
from portal.pages.tests.addresses import add_what_is_missing, addresses
from portal.pages.tests.crawl import crawl
from portal.pages.tests.people import INSIDE, owner_of, tell
from portal.pages.tests.people import client_of as proven
from portal.seed.members import BOOKKEEPER
from portal.seed.story import Story, found_the_bank

CLOSED: Final = {403, 404, 405}
OWN: Final = {  # and what of oneself it changes, or why it changes nothing
    "language/": "one's language",
    "api/v1/tokens": "a token of one's own: 400 for lack of a password",
    "api/v1/tokens/current": "one's token",
    "api/v1/training/.*": "everybody learns",
    "training/.*": "everybody learns",
    "settlement/verify/": "whoever holds a paper may prove it",
    "unsent/.*": "a form of one's own",
    "profile/programs/": "what acts in one's own name",
    "(api/v1/)?enterprises(/new/.*)?": "anybody registers an enterprise of their own",
    "enterprises/<str:reference>/leave/": "one may go",
    "api/v1/(applications|settlement-accounts)": "400: names its enterprise in the body; tried below",
    "(pay/<str:token>/send/|api/v1/requests-to-pay/<str:token>/pay)": "whoever has the link pays it",
}
KEPT_OF_ONESELF: Final = {"sessions", "usersessions", "knox"}
BOOKS: Final = {
    "api/v1/credit-lines/<slug:reference>(/draws)?",
    "api/v1/enterprises/<str:reference>(/(cash-flow/.*|statements|transactions))?",
    "api/v1/(holds|invoice-ledgers|payments)/<str:reference>",
    "api/v1/statements/<str:reference>(/transactions)?",
    "api/v1/loans/<slug:reference>(/(payoff|repayments))?",
    "api/v1/settlement-accounts/<str:reference>(/(holds|payments|postings(/.*)?|receipts|statement|terms))?",
    "cashflow/<str:reference>/((categories|customers|forecast|seasons)/)?",
    "cashflow/<str:reference>/(forecast|months)/download/",
    "cashflow/<str:reference>/(invoices/<str:ledger>|statements/<str:statement>)/(file/)?",
    "cashflow/<str:reference>/payments/(<int:line>/)?",
    "enterprises/<str:reference>/",
    "loans/(lines/)?<slug:reference>/",
    "settlement/<str:reference>/((kept|payments|receipts/.*|statement|terms)/?)?",
    "settlement/payments/<str:reference>/",
}
TO_EVERYONE: Final = {
    "",
    "api/v1/(applications|cash-(corrections|drawers|movements)|credit-lines|enterprises|loans|settlement-accounts)",
    "api/v1/(branches|industries|products|products/<slug:code>|schema|requests-to-pay/<str:token>)",
    "api/v1/training/.*",
    "(applications|cashflow|enterprises|loans|loans/lines|settlement|profile|training)/",
    "(amount-in-words|gallery|health|our-branches|pay|products|profile|training|unsent|settlement/verify|enterprises/new)/.*",
    "api/problems|settlement/batches/template/",
    "(language|metrics).*",
}


class TestEveryAddress:
    def test_is_read_or_closed_and_nothing_changes(self, db: None, client_of: Any) -> None:
        enterprise = a_whole_house()
        keeper, places = User.objects.get(full_name=BOOKKEEPER), list(addresses(enterprise))
        client = program(proven(keeper), keeper)
        before, faults, tried = fingerprints(), [], 0
        for route, address in places:
            cache.delete(UserRateThrottle.cache_format % {"scope": "user", "ident": keeper.pk})  # this many in a minute
            for method in ("post", "put", "patch", "delete"):
                if not any(re.fullmatch(each, route) for each in OWN):
                    tried += 1
                    status = answer(client, method, address, enterprise).status_code
                    faults += [] if status in CLOSED else [f"{status} {method} {route}"]
        assert changed(before) == []
        cache.delete(UserRateThrottle.cache_format % {"scope": "user", "ident": keeper.pk})
        told = {route: answer(client, "get", address, enterprise).status_code for route, address in places}
        assert changed(before) == []
        faults += [
            f"{status} get {route}" for route, status in told.items() if status >= 500 and route != "health/ready"
        ]
        opened = [route for route, status in told.items() if status not in CLOSED and not open_to_all(route)]
        faults += [
            f"{told[route]} get {route}" for route in opened if not any(re.fullmatch(each, route) for each in BOOKS)
        ]
        idle = [each for each in BOOKS if not any(re.fullmatch(each, route) for route in opened)]
        print(f"{tried} closed doors tried, {len(opened)} books read")  # noqa: T201 - shown with -s
        assert (faults, idle) == ([], []), "\n".join(faults)
        reader = Reader()
        reader.cookies = client.cookies
        assert crawl(reader, INSIDE, known=set()).dead == []
        for name in ("applications", "settlement-accounts"):
            body = {"enterprise": enterprise.reference, "product": "x", "amount": "1", "term_months": 3, "purpose": "x"}
            answered = client.post(f"/api/v1/{name}", body, "application/json", headers={"Idempotency-Key": "k"})
            assert answered.status_code in {400, 403, 404}, (name, answered.content)


class TestEveryAddressOfAnotherBranch:
    def test_opens_to_its_bookkeeper_what_books_are_and_no_more(self, db: None, client_of: Any) -> None:
        enterprise = a_whole_house()
        elsewhere = Branch.objects.exclude(pk=enterprise.branch_id).filter(is_head_office=False)[0]
        keeper, places = make_user("Wen Lu", role=Role.OFFICER, branch=elsewhere), list(addresses(enterprise))
        for role in (Role.OPERATIONS, Role.APPROVER, Role.UNDERWRITER):
            StaffPost.objects.create(user=keeper, branch=elsewhere, role=role)
        client = program(client_of(keeper), keeper)
        doors = [each for each in places if not any(re.fullmatch(own, each[0]) for own in OWN)]
        before = [statuses(client, *asked, keeper, enterprise) for asked in (("get", places), ("post", doors))]
        enterprise.memberships.create(user=keeper, role=MembershipRole.BOOKKEEPER, began_at=timezone.now())
        after = [statuses(client, *asked, keeper, enterprise) for asked in (("get", places), ("post", doors))]
        opened, acting = (
            {route for route, status in now.items() if status not in CLOSED and then[route] in CLOSED}
            for then, now in zip(before, after, strict=True)
        )
        assert {route for route in opened if not any(re.fullmatch(each, route) for each in BOOKS)} == set()
        assert {"enterprises/<str:reference>/", "cashflow/<str:reference>/"} <= opened
        assert acting == set()


def a_whole_house() -> Enterprise:
    """Tell of a bank and of an enterprise that has something at every address."""
    story = Story(today=timezone.localdate(), rng=Random(7), say=lambda _text: None)
    found_the_bank(story)
    tell(story, ("repaying",))
    owner = owner_of("repaying")
    add_what_is_missing(story, enterprise := owner.memberships.get().enterprise, owner)
    return enterprise


def statuses(
    client: Client, method: str, places: list[tuple[str, str]], user: User, enterprise: Enterprise
) -> dict[str, int]:
    """Ask every address, and give how each answered."""
    found = {}
    for route, address in places:
        cache.delete(UserRateThrottle.cache_format % {"scope": "user", "ident": user.pk})  # this many in a minute
        found[route] = answer(client, method, address, enterprise).status_code
    return found


class Reader(Client):
    """Ends no answer: with it would end the connection, and the test's transaction."""

    def get(self, *args: Any, **kwargs: Any) -> Any:
        """Open a page."""
        answered: Any = super().get(*args, **kwargs)
        if answered.streaming:
            answered.getvalue()
        answered.close = lambda: None
        return answered


def open_to_all(route: str) -> bool:
    """Tell whether a page is one that the bookkeeper of nobody opens as well."""
    return any(re.fullmatch(each, route) for each in TO_EVERYONE)


def program(client: Client, user: User) -> Client:
    """Give a person's browser their token as well."""
    client.defaults["HTTP_AUTHORIZATION"] = f"Token {identity.give_token(user, at=timezone.now())[0]}"
    client.raise_request_exception = False
    return client


def answer(client: Client, method: str, address: str, enterprise: Enterprise) -> Any:
    """Ask as a program or a browser does."""
    headers = {"Idempotency-Key": address[-40:]}
    if method == "get":
        answered: Any = client.get(address, headers=headers)
    elif address.startswith("/api/"):
        answered = getattr(client, method)(address, {}, "application/json", headers=headers)
    else:
        answered = getattr(client, method)(address, {} if method == "post" else "", headers=headers)
    if answered.streaming:
        answered.getvalue()
    return answered


def fingerprints() -> dict[str, str]:
    """Give a hash of every table but those of sessions and tokens."""
    found = {}
    with connection.cursor() as cursor:
        for model in apps.get_models():
            if model._meta.app_label not in KEPT_OF_ONESELF and model._meta.managed:
                table = model._meta.db_table
                cursor.execute(f"SELECT coalesce(string_agg(t::text, chr(10) ORDER BY t::text), '') FROM \"{table}\" t")
                found[table] = hashlib.sha256(cursor.fetchone()[0].encode()).hexdigest()
    return found


def changed(before: dict[str, str]) -> list[str]:
    """Name the tables in which anything is other than before."""
    now = fingerprints()
    return [table for table, digest in before.items() if now[table] != digest]
