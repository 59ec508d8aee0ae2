"""Pages of settlement accounts, by the litany."""

from datetime import date
from decimal import Decimal

import pytest
from django.urls import reverse

from accounts.identity.models import Enterprise
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount
from accounts.settlement.states import Status
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from portal.core.tests.faults import break_writes


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00", on=date(2026, 2, 3))


def url(name, account, **query):
    address = reverse(f"settlement:{name}", args=[account.reference])
    return f"{address}?{'&'.join(f'{key}={value}' for key, value in query.items())}" if query else address


FEBRUARY = {"first": "2026-02-01", "last": "2026-02-28"}


class TestEveryPage:
    @pytest.mark.parametrize("name", ["account", "statement", "transfer"])
    def test_does_not_exist_for_a_stranger(self, client_of, stranger, account, name):
        assert client_of(stranger).get(url(name, account)).status_code == 404

    @pytest.mark.parametrize("name", ["transfer", "close"])
    def test_whose_act_is_a_strangers_does_not_exist(self, client_of, stranger, account, name):
        assert client_of(stranger).post(url(name, account)).status_code == 404

    @pytest.mark.parametrize("name", ["account", "statement", "transfer"])
    def test_sends_the_unknown_to_sign_in(self, client, account, name):
        response = client.get(url(name, account))
        assert (response.status_code, "/accounts/login" in response["Location"]) == (302, True)

    @pytest.mark.parametrize("name", ["open", "freeze", "unfreeze", "close"])
    def test_that_acts_takes_only_posts(self, client_of, owner, account, name):
        address = reverse("settlement:open") if name == "open" else url(name, account)
        assert client_of(owner).get(address).status_code == 405

    @pytest.mark.parametrize("name", ["account", "statement"])
    def test_that_shows_takes_only_gets(self, client_of, owner, account, name):
        assert client_of(owner).post(url(name, account)).status_code == 405

    def test_hides_from_staff_who_do_not_handle_money(self, client_of, course_editor, account):
        assert client_of(course_editor).get(url("account", account)).status_code == 404

    def test_hides_other_branches_accounts_from_staff(self, client_of, officer, account, bank):
        Enterprise.objects.filter(pk=account.enterprise_id).update(branch=bank.other_branch)
        assert client_of(officer).get(url("account", account)).status_code == 404

    def test_says_what_closing_means_before_it_offers_it(self, client_of, owner, enterprise, account):
        said = "A closed account cannot be opened again. What moved on it can still be read here."
        empty = make_settlement_account(enterprise)
        page, other = (client_of(owner).get(url("account", each)).text for each in (empty, account))
        assert page.index(f"<p>{said}</p>") < page.index("Close for good")
        assert said not in other  # it holds money


class TestList:
    def test_shows_an_owner_the_account_and_what_it_holds(self, client_of, owner, account):
        text = client_of(owner).get(reverse("settlement:list")).content.decode()
        assert account.grouped_number in text
        assert "¥100.00" in text

    def test_shows_a_stranger_nothing_of_it(self, client_of, stranger, account):
        assert account.grouped_number not in client_of(stranger).get(reverse("settlement:list")).content.decode()

    def test_lets_staff_search(self, client_of, officer, account, noodles):
        text = client_of(officer).get(reverse("settlement:list"), {"q": "green tea"}).content.decode()
        assert account.grouped_number in text
        assert noodles.grouped_number not in text

    def test_costs_staff_the_same_however_many_accounts(
        self, client_of, officer, enterprise, account, django_assert_max_num_queries
    ):
        for _ in range(10):
            make_settlement_account(enterprise)
        client = client_of(officer)
        with django_assert_max_num_queries(8):
            client.get(reverse("settlement:list"))


class TestOpen:
    def test_opens_an_account(self, client_of, owner, enterprise):
        response = client_of(owner).post(
            reverse("settlement:open"), {"enterprise": enterprise.reference, "idempotency_key": "k"}
        )
        opened = SettlementAccount.objects.get()
        assert (response.status_code, response["Location"]) == (302, url("account", opened))
        assert (opened.enterprise, opened.opened_by) == (enterprise, owner.reference)

    def test_sent_twice_opens_once(self, client_of, owner, enterprise):
        client = client_of(owner)
        for _ in range(2):
            client.post(reverse("settlement:open"), {"enterprise": enterprise.reference, "idempotency_key": "k"})
        assert SettlementAccount.objects.count() == 1

    def test_is_for_owners_only(self, client_of, manager, enterprise):
        data = {"enterprise": enterprise.reference, "idempotency_key": "k"}
        assert client_of(manager).post(reverse("settlement:open"), data).status_code == 403

    def test_knows_nothing_of_a_strangers_enterprise(self, client_of, stranger, enterprise):
        data = {"enterprise": enterprise.reference, "idempotency_key": "k"}
        assert client_of(stranger).post(reverse("settlement:open"), data).status_code == 404


class TestAccount:
    def test_shows_the_movements_of_the_period_with_running_balances(self, client_of, owner, account):
        make_deposit(account, "5.00", on=date(2026, 2, 10), text="eggs")
        make_deposit(account, "7.00", on=date(2026, 3, 1))
        text = client_of(owner).get(url("account", account, **FEBRUARY)).content.decode()
        assert text.index("¥105.00") < text.index("eggs") or "eggs" in text
        assert "¥107.00" not in text
        assert "¥112.00" in text  # the present balance, in the figure above

    def test_goes_through_pages(self, client_of, owner, account):
        for _ in range(30):
            make_deposit(account, "1.00", on=date(2026, 2, 10))
        client = client_of(owner)
        assert "Page 1 of 2" in client.get(url("account", account, **FEBRUARY)).content.decode()
        older = client.get(url("account", account, **FEBRUARY, page=2)).content.decode()
        assert older.count("<tr>") == 1 + 6
        assert "¥100.00" in older  # the first balance of the period survives paging

    def test_says_why_a_period_is_refused(self, client_of, owner, account):
        text = client_of(owner).get(url("account", account, first="2026-03-01", last="2026-02-01")).content.decode()
        assert "The first day is after the last." in text

    def test_costs_the_same_however_many_lines(self, client_of, owner, account, django_assert_max_num_queries):
        for _ in range(20):
            make_deposit(account, "1.00", on=date(2026, 2, 10))
        client = client_of(owner)
        with django_assert_max_num_queries(11):
            client.get(url("account", account, **FEBRUARY))

    def test_offers_a_manager_no_transfer(self, client_of, manager, account):
        assert url("transfer", account) not in client_of(manager).get(url("account", account)).content.decode()


class TestStatementDownload:
    @pytest.mark.parametrize(("kind", "start"), [("pdf", b"%PDF-"), ("csv", b"\xef\xbb\xbf")])
    def test_comes_as_an_attachment(self, client_of, owner, account, kind, start):
        response = client_of(owner).get(url("statement", account, format=kind, **FEBRUARY))
        assert response.content.startswith(start)
        name = f"statement-{account.number}-20260201-20260228.{kind}"
        assert response["Content-Disposition"] == f'attachment; filename="{name}"'
        assert "no-store" in response["Cache-Control"]

    @pytest.mark.parametrize("asked", [{"format": "exe"}, {"language": "xx"}])
    def test_knows_no_other_format_or_language(self, client_of, owner, account, asked):
        assert client_of(owner).get(url("statement", account, **asked)).status_code == 404

    def test_refuses_a_period_that_runs_backwards(self, client_of, owner, account):
        response = client_of(owner).get(url("statement", account, first="2026-03-01", last="2026-02-01"))
        assert (response.status_code, "The first day is after the last." in response.content.decode()) == (422, True)

    def test_tells_of_no_day_to_come(self, client_of, owner, account):
        response = client_of(owner).get(url("statement", account, last="9999-12-31", first="9999-12-01"))
        assert (response.status_code, "Choose today or an earlier day." in response.content.decode()) == (422, True)


class TestFreezeAndClose:
    def test_operations_freeze_and_release(self, client_of, operations, account):
        client = client_of(operations)
        client.post(url("freeze", account), {"reason": "court order"})
        account.refresh_from_db()
        assert account.status == Status.FROZEN
        client.post(url("unfreeze", account), {"reason": "order lifted"})
        account.refresh_from_db()
        assert account.status == Status.OPEN

    def test_says_that_a_reason_is_missing(self, client_of, operations, account):
        response = client_of(operations).post(url("freeze", account), follow=True)
        assert "Say why." in response.content.decode()

    def test_sent_twice_freezes_once_and_says_so(self, client_of, operations, account):
        client = client_of(operations)
        client.post(url("freeze", account), {"reason": "court order"})
        response = client.post(url("freeze", account), {"reason": "court order"}, follow=True)
        assert "This is no longer possible" in response.content.decode()

    def test_is_for_operations_only(self, client_of, owner, officer, account):
        for user in (owner, officer):
            for name in ("freeze", "unfreeze"):
                assert client_of(user).post(url(name, account)).status_code == 403

    def test_an_owner_closes_an_empty_account(self, client_of, owner, enterprise):
        empty = make_settlement_account(enterprise)
        client_of(owner).post(url("close", empty))
        empty.refresh_from_db()
        assert empty.status == Status.CLOSED

    def test_says_that_money_remains(self, client_of, owner, account):
        response = client_of(owner).post(url("close", account), follow=True)
        assert "the account still holds ¥100.00." in response.content.decode()

    @pytest.mark.parametrize(("language", "said"), [("en", "nothing was changed"), ("zh-hans", "一切未变")])
    def test_says_that_a_fault_keeps_it_open(self, client_of, owner, enterprise, language, said):
        empty = make_settlement_account(enterprise)
        break_writes(SettlementAccount, "NEW.status = 'closed'")
        response = client_of(owner).post(url("close", empty), follow=True, headers={"Accept-Language": language})
        assert (response.status_code, said in response.text) == (200, True)

    def test_a_manager_closes_nothing(self, client_of, manager, account):
        assert client_of(manager).post(url("close", account)).status_code == 403


class TestStaffView:
    def test_operations_see_the_form_to_release_a_frozen_account(self, client_of, operations, account):
        settlement.freeze(account, reason="court order", by="U-1", at=NOW)
        text = client_of(operations).get(url("account", account)).content.decode()
        assert url("unfreeze", account) in text
        assert Decimal(100) == SettlementAccount.objects.with_balances().get(pk=account.pk).balance
