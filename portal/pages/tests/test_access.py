"""Who gets in where: every address of the house, as everybody whose it is not."""

import re
from random import Random
from typing import Any, Final

from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts.identity import operations
from accounts.identity.models import Membership, User
from accounts.identity.tests.builders import make_enterprise, make_user
from portal.pages.tests.addresses import add_what_is_missing, addresses
from portal.pages.tests.people import manager, owner_of, tell
from portal.seed.story import Story, found_the_bank

CLOSED: Final = {401, 403, 404, 405}
TO_ALL: Final = {  # method and route, and why it is open although nothing there is theirs
    "get (api/v1/schema|health/.*|)": "the welcome page, the description, health",
    "get our-branches/": "where to go",
    "get amount-in-words/": "it says what is typed, and knows nothing",
    "get api/problems": "what each code of a refusal says",
    "(get|post) language/": "everyone has a language",
    "post api/v1/tokens": "signing in: 400 for lack of a password",
    "get pay/<str:token>/": "whoever has the link pays it",
    "get products/<slug:code>/": "what the bank offers",
    "get api/v1/training/certificates/<str:code>": "whoever holds a certificate may prove it",
    "(get|post) (settlement|training)/verify/": "whoever holds a certificate may prove it",
    "get (settlement|training)/verify/<str:code>/": "whoever holds a certificate may prove it",
}
TO_THE_SIGNED_IN: Final = {
    "get api/v1/(applications|cash-(corrections|drawers|movements)|credit-lines|loans)": "lists of one's own",
    "get api/v1/settlement-accounts": "a list of one's own",
    "get (applications|loans|loans/lines|settlement|profile|training|training/certificates)/": "lists of one's own",
    "get profile/programs/": "what acts in one's own name",
    "get profile/record/(download)?": "what is kept of oneself",
    "get unsent/|post unsent/(discard|send)": "a form of one's own, if there is any",
    "post api/v1/(applications|settlement-accounts)": "400: names its enterprise in the body",
    "get api/v1/(branches|industries|products|products/<slug:code>)": "what the bank offers",
    "get api/v1/requests-to-pay/<str:token>": "whoever has the link pays it",
    "post api/v1/requests-to-pay/<str:token>/pay": "whoever has the link pays it; 400: names its account in the body",
    "get pay/<str:token>/send/": "leads back to the request",
    "get settlement/batches/template/": "an empty file",
    "get api/v1/training/(certificates|courses(/<slug:slug>(/attempts|/lessons/<slug:lesson>)?)?)": "everybody learns",
    "post api/v1/training/courses/<slug:slug>/(attempts|lessons/<slug:lesson>/completion)": "everybody learns",
    "get training/courses/<slug:slug>/((whole|worksheet|lessons/<slug:lesson>)/)?": "everybody learns",
    "post training/courses/<slug:slug>/(begin|enroll|lessons/<slug:lesson>/complete)": "everybody learns",
}
TO_CUSTOMERS: Final = {
    "(get|post) api/v1/enterprises": "lists of one's own, and a new one",
    "get (cashflow|enterprises)/": "lists of one's own",
    "(get|post) enterprises/new/.*": "anybody registers an enterprise",
}
TO_OFFICERS: Final = {
    "get (api/v1/enterprises|cashflow/|enterprises/|checks/|hits/|applications/queue/)": "lists of one's own branch",
    "get corrections/": "lists of one's own branch",
    "get (api/v1/late-loans|arrears/)": "lists of one's own branch",
    "(get|post) lost-phones/": "those of one's own branch, and 422 for nothing filled in",
    "get settlement/drawers/mine/": "one's own drawer",
    "get funding/(introductions/|desk/(<slug:code>/<int:version>/)?)": "lists of one's own branch, and of all",
    "get harvest/calendars/(<int:version>/(download)?)?": "the bank's rules, for all who judge by them",
    "get (products/desk/(<slug:code>/<int:version>/)?|settlement/products/(<str:reference>/)?)": "what the bank offers",
    "get watchlists/(<str:reference>/(changes/|download))?": "lists that were brought, for all who check by them",
}
TO_EDITORS: Final = {
    "get api/v1/training/courses/<slug:slug>/figures": "their work",
    "post api/v1/training/courses/<slug:slug>/(publication|withdrawal)": "their work",
    "post training/courses/<slug:slug>/(publish|withdraw)": "their work",
}
TO_MANAGERS: Final = {
    "get api/v1/(applications|enterprises|loans|reschedulings|settlement-accounts)/.*": "they see what owners see",
    "get api/v1/credit-lines/<slug:reference>(/draws)?": "they see what owners see",
    "get api/v1/((cash-movements|holds)/<str:reference>|cash-movements/<str:reference>/receipt)": "so here",
    "get loans/lines/<slug:reference>/": "an owner draws",
    "get applications/(new/<slug:enterprise>/|<slug:reference>/(change/|check/|documents/.*|evidence/)?)": "so here",
    "get enterprises/<str:reference>/((papers|parties)/)?": "so here, but for who owns it and what was checked",
    "(get|post) enterprises/<str:reference>/members/<int:membership>/name/": "of their own name",
    "post enterprises/<str:reference>/leave/": "they may go",
    "post api/v1/enterprises/<str:reference>/corrections": "of their own name; 400: names it in the body",
    "get (api/v1/introductions/<slug:reference>|funding/introductions/<slug:reference>/)": "an owner agrees",
    "get funding/<slug:reference>/(<slug:code>/)?": "an owner asks",
    "get loans/(<slug:reference>/|offers/<slug:reference>/contract.pdf)": "so here",
    "get settlement/(<str:reference>/(kept/|payments/|receipts/.*|statement/|terms/)?|certificates/.*)": "so here",
    "get loans/reschedulings/<slug:reference>/(amendment.pdf)?": "an owner agrees",
    "get settlement/cash/<str:reference>/(receipt/)?": "so here",
    "post api/v1/(applications/<slug:reference>/documents.*|enterprises/<str:reference>/papers)": "they bring papers",
    "post (applications/<slug:reference>/(change/|check/|documents/.*|evidence/)|enterprises/.*/papers/)": "so here",
    "(get|post) cashflow/<.*": "they bring evidence",
    "(get|post) api/v1/(enterprises/<str:reference>|invoice-ledgers|statements)/(invoices|statements|<.*)": "so here",
    "put api/v1/enterprises/<str:reference>/transactions/<int:line>/category": "so here",
    "post api/v1/enterprises/<str:reference>/payees": "prepared; an owner agrees",
    "post api/v1/settlement-accounts/<str:reference>/(bill|payment|standing).*": "prepared; an owner agrees",
    "(get|post) api/v1/(bill-plans|payment-.*|payments|standing-orders)/<str:reference>.*": "prepared; an owner agrees",
    "(get|post) settlement/<str:reference>/(batches|bills|pay|requests|standing)/(new/)?": "prepared; an owner agrees",
    "(get|post) settlement/(batches|bills|payments|requests|standing)/<str:reference>/.*": "prepared; an owner agrees",
    "post (api/v1|settlement)/payees/<str:reference>/remove/?": "to pay one fewer harms nobody",
    "(get|post) settlement/notices/<str:reference>/": "their own messages",
    "put api/v1/enterprises/<str:reference>/notices": "their own messages",
    "get api/v1/balance-certificates/<str:code>/paper": "so here",
    "(get|post) (api/v1/)?training/(attempts|certificates)/<.*": "what they learned themselves",
}
WHO: Final = {
    "anonymous": [TO_ALL],
    "an owner of another enterprise": [TO_ALL, TO_THE_SIGNED_IN, TO_CUSTOMERS],
    "a former owner": [TO_ALL, TO_THE_SIGNED_IN, TO_CUSTOMERS],
    "an officer of another branch": [TO_ALL, TO_THE_SIGNED_IN, TO_OFFICERS],
    "a course editor": [TO_ALL, TO_THE_SIGNED_IN, TO_EDITORS],
    "a manager": [TO_ALL, TO_THE_SIGNED_IN, TO_CUSTOMERS, TO_MANAGERS],
}


class TestEveryAddress:
    def test_is_closed_to_whoever_it_is_not_for(self, db: None, client_of: Any) -> None:
        story = Story(today=timezone.localdate(), rng=Random(7), say=lambda _text: None)
        found_the_bank(story)
        tell(story, ("repaying",))
        owner = owner_of("repaying")
        add_what_is_missing(story, enterprise := owner.memberships.get().enterprise, owner)
        places, now = list(addresses(enterprise)), timezone.now()
        stranger, former = make_user("Zhao Lei", phone="+8613900139000"), make_user("Sun Hao", phone="+8613900139001")
        make_enterprise(stranger, branch=enterprise.branch, legal_name="Far", identifier="91330106673959654P")
        Membership.objects.create(enterprise=enterprise, user=former, role="owner", began_at=now, ended_at=now)
        officers = (story.staff[name] for name in ("officer", "officer2"))
        people = {
            "anonymous": None,
            "an owner of another enterprise": stranger,
            "a former owner": former,
            "an officer of another branch": next(
                each for each in officers if enterprise.branch_id not in each.branches()
            ),
            "a course editor": story.staff["editor"],
            "a manager": manager(),
        }
        leaks, tried = [], 0
        doors = [(f"{method} {route}", method, address) for route, address in places for method in methods_of(route)]
        for who, user in people.items():
            client, known = visitor(client_of, user), [re.compile(each) for table in WHO[who] for each in table]
            idle = [each.pattern for each in known if not any(each.fullmatch(door) for door, *_rest in doors)]
            assert idle == [], who
            for door, method, address in doors:
                if not any(each.fullmatch(door) for each in known):
                    tried += 1
                    if answer := answer_to(client, method, address):
                        leaks.append(f"{who}: {answer} {door}")
        print(f"{tried} closed doors tried")  # noqa: T201 - shown with -s
        assert leaks == [], "\n".join(leaks)


def methods_of(route: str) -> tuple[str, ...]:
    """Name what browsers send, and machines."""
    return ("get", "post", "put") if route.startswith("api/") else ("get", "post")


def visitor(client_of: Any, user: User | None) -> Client:
    """Give a person's browser, which carries their token as well; or a visitor's."""
    client: Client = client_of(user) if user else Client()
    if user:
        client.defaults["HTTP_AUTHORIZATION"] = f"Token {operations.give_token(user, at=timezone.now())[0]}"
    client.raise_request_exception = False
    return client


def answer_to(client: Client, method: str, address: str) -> int | None:
    """Tell how an address answers to an empty form, and undo what it did; nothing where it is closed."""
    before = transaction.savepoint()
    sent: dict[str, Any] = {"content_type": "application/json"} if address.startswith("/api/") else {}
    answer: Any = getattr(client, method)(
        address, headers={"Idempotency-Key": address[-40:]}, **(sent if method != "get" else {})
    )
    if answer.streaming:
        answer.getvalue()
    transaction.savepoint_rollback(before)
    to_prove_it = answer.status_code == 302 and answer["Location"].startswith("/accounts/")
    return None if to_prove_it or answer.status_code in CLOSED else answer.status_code
