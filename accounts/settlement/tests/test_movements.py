"""Finding movements: by a word, by amount, in or out; what is left out still counts in the balances."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.identity.models import Enterprise
from accounts.settlement import numbers, queries
from accounts.settlement.tests.builders import make_deposit, make_settlement_account, make_transfer

FIRST, LAST = date(2026, 2, 1), date(2026, 2, 28)


@pytest.fixture
def account(enterprise, stranger):
    account = make_settlement_account(enterprise, holding="1000.00", on=date(2026, 1, 31))
    noodles = make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"))
    make_deposit(account, "250.00", on=date(2026, 2, 3), text="market day")
    make_transfer(account, noodles, "70.00", text="flour", on=date(2026, 2, 10))
    make_deposit(account, "30.00", on=date(2026, 2, 20))
    return account


def found(account, **asked):
    rows = queries.lines(account, queries.found(account, FIRST, LAST, **asked))
    return [(str(line.amount), str(line.balance_after)) for line in rows]


DEPOSIT, PAID, SMALL = ("250.00", "1250.00"), ("-70.00", "1180.00"), ("30.00", "1210.00")


class TestFound:
    @pytest.mark.parametrize(
        ("asked", "rows"),
        [
            ({}, [SMALL, PAID, DEPOSIT]),
            ({"text": "MARKET"}, [DEPOSIT]),
            ({"text": "noodles"}, [PAID]),
            ({"text": "green tea"}, []),  # the account's own name is in every line and finds none
            ({"low": Decimal(70)}, [PAID, DEPOSIT]),
            ({"low": Decimal(31), "high": Decimal(100)}, [PAID]),
            ({"way": "in"}, [SMALL, DEPOSIT]),
            ({"way": "out", "text": "flour"}, [PAID]),
        ],
    )
    def test_gives_what_fits_with_its_own_balance(self, account, asked, rows):
        assert found(account, **asked) == rows

    def test_gives_the_balances_of_the_whole_history(self, account):
        plain = [
            (line.reference, line.balance_after)
            for line in queries.lines(account, queries.history(account, FIRST, LAST))
        ]
        sought = [
            (line.reference, line.balance_after) for line in queries.lines(account, queries.found(account, FIRST, LAST))
        ]
        assert plain == sought


class TestPage:
    def get(self, client, account, **asked):
        period = {"first": FIRST.isoformat(), "last": LAST.isoformat()}
        return client.get(reverse("settlement:account", args=[account.reference]), period | asked)

    def test_shows_what_fits(self, client_of, owner, account):
        text = self.get(client_of(owner), account, text="flour", way="out").content.decode()
        assert "Stranger Noodles" in text
        assert "market day" not in text

    def test_says_that_nothing_fits(self, client_of, owner, account):
        assert (
            "Nothing that moved in this period fits" in self.get(client_of(owner), account, text="x").content.decode()
        )

    def test_shows_everything_for_an_amount_that_is_none(self, client_of, owner, account):
        response = self.get(client_of(owner), account, low="much")
        assert response.status_code == 200
        assert "Give an amount in digits" in response.content.decode()


class TestIban:
    def test_is_given_where_the_country_has_them(self):
        assert numbers.iban_of(42, country="DE", bank_code="50010517") == "DE57500105170000000042"

    def test_is_none_in_china(self):
        assert numbers.iban_of(42, country="CN", bank_code="") == ""

    def test_stands_on_an_account_opened_there(self, enterprise, settings, client_of, owner):
        settings.BANK_COUNTRY, settings.BANK_CODE = "DE", "50010517"
        account = make_settlement_account(enterprise)
        assert account.iban == numbers.iban_of(account.pk, country="DE", bank_code="50010517")
        page = client_of(owner).get(reverse("settlement:account", args=[account.reference])).content.decode()
        assert account.grouped_iban in page
