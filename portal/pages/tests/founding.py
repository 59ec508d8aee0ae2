"""How a bank is founded, and lends for the first time, by pages and commands alone."""

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any, Final

from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.conf import settings
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.utils import timezone
from stdnum.cn import uscc

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import SOMEBODY_ELSE
from accounts.settlement.models import SettlementAccount
from accounts.statements import writing
from accounts.statements.parsing.statement import ParsedStatement
from lending.applications.models import Application, Offer
from lending.products.models import LoanProduct
from portal.core.money import rounded
from portal.pages.tests.visitor import latest_code
from portal.seed import flows
from portal.seed.cast import ENTERPRISES, TRADES
from portal.seed.sign_ins import PASSWORD

LICENSE: Final = "92330523MA2B9999X"


def found_and_lend(folder: Path, *, decided: Callable[[Callable[[], bool]], None]) -> dict[str, Client]:
    """Min administers, Rui analyses risk, Wang Fang borrows for her shop; nobody writes into the database by hand."""
    cache.clear()  # what others tried does not count
    min_luo = sign_up("Min Luo", "+8615205718001")
    call_command("found_bank", "+8615205718001")
    call_command("load_courses", "--publish")
    load_watchlist(folder / "sanctions.csv")
    use_authenticator(min_luo)
    rui_tan, officer, teller = (
        sign_up(name, f"+861520571800{number}") for number, name in ((2, "Rui Tan"), (3, "Olga Sun"), (5, "Hua Qian"))
    )
    sent(min_luo, "/branches/", code="001", name_en="River Town", name_zh_hans="河镇支行")
    give_posts(min_luo)
    call_command("load_products", "--by", "+8615205718001")
    use_authenticator(rui_tan)
    approve_every_product(rui_tan)
    use_authenticator(officer)
    use_authenticator(teller)
    assert officer.get("/applications/queue/").status_code == 200
    owner = sign_up("Wang Fang", "+8615205718004")
    register(owner)
    see_papers(officer)
    application = apply(owner, decided=decided)
    assert application.status == "approved"
    borrow(owner, application.offer)
    return {"administrator": min_luo, "analyst": rui_tan, "officer": officer, "teller": teller, "owner": owner}


def sent(client: Client, path: str, **fields: Any) -> Any:
    """Send a form as a page shows it, and be led on."""
    answer = client.post(path, fields)
    assert answer.status_code == 302, answer.content.decode()
    return answer


def sign_up(name: str, phone: str) -> Client:
    """Sign up in the browser and confirm the number."""
    client = Client()
    sent(client, "/accounts/signup/", full_name=name, phone=phone, password1=PASSWORD)
    sent(client, "/accounts/phone/verify/", code=latest_code("sign_in_code"))
    return client


def use_authenticator(client: Client) -> None:
    """Set up the second factor that staff are led to before anything else."""
    page = client.get("/", follow=True)
    assert page.redirect_chain[-1][0] == "/accounts/2fa/totp/activate/" or client.get("/accounts/2fa/totp/activate/")
    secret = client.get("/accounts/2fa/totp/activate/", follow=True)
    if "form" not in secret.context or not hasattr(secret.context["form"], "secret"):
        sent(client, "/accounts/reauthenticate/", password=PASSWORD)
        secret = client.get("/accounts/2fa/totp/activate/")
    code = format_hotp_value(hotp_value(secret.context["form"].secret, int(time.time()) // 30))
    sent(client, "/accounts/2fa/totp/activate/", code=code)
    assert client.get("/").status_code == 200


def give_posts(client: Client) -> None:
    """Give the risk analyst, the officer and the teller their posts, as the page of staff lists the branches."""
    branches = {
        str(branch.code): branch.pk for branch in client.get("/staff/").context["form"].fields["branch"].queryset
    }
    sent(client, "/staff/posts/give", contact="+8615205718002", role="risk_analyst", branch=branches["HO"])
    sent(client, "/staff/posts/give", contact="+8615205718003", role="officer", branch=branches["001"])
    sent(client, "/staff/posts/give", contact="+8615205718005", role="operations", branch=branches["001"])


def approve_every_product(client: Client) -> None:
    """Read each draft and approve it from today on."""
    for product in LoanProduct.objects.order_by("code"):
        page = client.get(f"/products/desk/{product.code}/{product.version}/")
        form = page.context["approve_form"]
        seen, day = form["seen"].value(), form["offered_from"].value()
        sent(
            client, f"/products/desk/{product.code}/{product.version}/approve", seen=seen, offered_from=day.isoformat()
        )


def register(client: Client) -> None:
    """Register a shop at the new branch."""
    number = LICENSE + str(uscc.calc_check_digit(LICENSE))
    who = {"legal_name": "河镇便利店", "identifier_kind": "uscc", "identifier": number, "founded_on": "2016-03-01"}
    sent(client, "/enterprises/new/who/", **who)
    sent(client, "/enterprises/new/industry/", industry="4711")
    [branch] = client.get("/enterprises/new/place/").context["form"].fields["branch"].queryset
    place = {"setting": "village", "branch": branch.pk, "employees": 4, "annual_revenue_amount": "600000"}
    sent(client, "/enterprises/new/place/", **place)
    page = client.get("/enterprises/new/check/")
    key = page.context["form"]["idempotency_key"].value()
    sent(client, "/enterprises/new/check/", consent="on", idempotency_key=key)


def load_watchlist(file: Path) -> None:
    """Load a list that names nobody of this bank; without one every case goes to a person."""
    file.write_text(SOMEBODY_ELSE)
    call_command("load_watchlist", "sanctions", str(file), "--as-of", timezone.localdate().isoformat(), verbosity=0)


def see_papers(client: Client) -> None:
    """Let the officer record what the page of checks asks for: the license, and the owner's identity card."""
    path = f"/enterprises/{Enterprise.objects.get().reference}/checks/"
    choices = [what for what, _label in client.get(path).context["form"].fields["what"].choices]
    for what in choices:
        key = client.get(path).context["form"]["idempotency_key"].value()
        until = timezone.localdate() + timedelta(days=700)
        seen = {"what": what, "result": "passed", "evidence": "Original seen.", "expires_on": until.isoformat()}
        sent(client, path, idempotency_key=key, **seen)


def year_of(enterprise: Enterprise) -> ParsedStatement:
    """Make a strong year of statements, in the bank's currency."""
    row = ENTERPRISES[0]._replace(legal_name=enterprise.legal_name)
    year = flows.statement(row, TRADES[row.trade], last=timezone.localdate() - timedelta(days=1), rng=Random(11))
    currency = settings.BANK_CURRENCY
    balance = opening = rounded(year.opening_balance or Decimal(0), currency)
    lines = []
    for line in year.lines:
        amount = rounded(line.amount, currency)
        balance += amount
        lines.append(replace(line, amount=amount, balance_after=balance, currency=currency))
    return replace(year, currency=currency, opening_balance=opening, closing_balance=balance, lines=lines)


def apply(client: Client, *, decided: Callable[[Callable[[], bool]], None]) -> Application:
    """Ask for a quick loan with a strong year of statements, and wait for the answer.

    :param decided: waits until something is so, which is decided in the background.
    """
    enterprise = Enterprise.objects.get()
    path = f"/applications/new/{enterprise.reference}/quick/"
    choice = client.get(f"/applications/new/{enterprise.reference}/")
    assert {each.code for each in choice.context["products"]} == {"quick", "line", "equipment"}  # no farm
    asked = {"amount": "20000", "term_months": "12", "purpose": "stock", "idempotency_key": "first"}
    sent(client, path, **asked)
    application = Application.objects.get()
    file = SimpleUploadedFile("year.xml", writing.as_camt053(year_of(enterprise)))
    sent(client, f"/applications/{application.reference}/evidence/", file=file, idempotency_key="year")
    sent(client, f"/applications/{application.reference}/check/")
    decided(lambda: Application.objects.get().status not in ("draft", "submitted"))
    return Application.objects.get()


def borrow(client: Client, offer: Offer) -> None:
    """Open the account, have a code sent, and sign."""
    sent(client, "/accounts/reauthenticate/", password=PASSWORD)
    sent(client, f"/loans/offers/{offer.reference}/account/")
    sent(client, f"/loans/offers/{offer.reference}/code/")
    account = SettlementAccount.objects.get()
    code = latest_code("signing_code")
    sent(client, f"/loans/offers/{offer.reference}/", account=account.pk, code=code, read="on")
