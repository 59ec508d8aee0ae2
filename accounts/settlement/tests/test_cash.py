"""Cash at the counter: the verbs and the pages."""

import io
from decimal import Decimal

import pytest
from django.urls import reverse
from pypdf import PdfReader

from accounts.ledger import operations as ledger
from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashMovement
from accounts.settlement.tests.builders import balance, fetch_cash, held, make_settlement_account
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

BIG = "50000.01"


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


@pytest.fixture
def rich(enterprise):
    return make_settlement_account(enterprise, holding="90000.00")


def take(verb, account, amount, *, by="U-TELLER", key="k", text="eggs"):
    return verb(account, Decimal(amount), text=text, key=key, on=TODAY, at=NOW, by=by)


class TestPayIn:
    def test_books_cash_against_the_account(self, account):
        moved = take(settlement.pay_in, account, "20.00")
        assert (held(account), balance("cash")) == (120, 120)
        assert (moved.status, moved.entry.event, moved.entry.text) == ("booked", "deposit", "eggs")

    def test_records_who_and_when(self, account):
        moved = take(settlement.pay_in, account, "20.00")
        event = AuditEvent.objects.get(verb="settlement.cash_in")
        assert (event.subject, event.by, event.at) == (moved.reference, "U-TELLER", NOW)

    def test_sent_twice_happens_once(self, account):
        assert take(settlement.pay_in, account, "20.00") == take(settlement.pay_in, account, "20.00")
        assert held(account) == 120

    def test_refuses_a_key_that_moved_other_cash(self, account):
        take(settlement.pay_in, account, "20.00")
        with pytest.raises(KeyReused):
            take(settlement.pay_in, account, "21.00")

    @pytest.mark.parametrize("amount", ["0", "-1", "0.001"])
    def test_refuses_an_amount_that_is_no_money(self, account, amount):
        with pytest.raises(ledger.AmountRefused):
            take(settlement.pay_in, account, amount)

    def test_reaches_a_frozen_account(self, account):
        settlement.freeze(account, reason="court order", by="U-1", at=NOW)
        take(settlement.pay_in, account, "20.00")
        assert held(account) == 120

    def test_books_nothing_above_the_limit_before_a_second_person_spoke(self, account):
        moved = take(settlement.pay_in, account, BIG)
        assert (moved.status, moved.entry, held(account)) == ("waiting", None, 100)


class TestPayOut:
    def test_books_cash_out_of_the_account(self, account):
        take(fetch_cash, account, "20.00")
        assert (held(account), balance("cash")) == (80, 80)

    def test_refuses_more_than_the_account_holds(self, account):
        with pytest.raises(settlement.InsufficientFunds):
            take(fetch_cash, account, "100.01")
        assert not CashMovement.objects.exists()

    def test_refuses_from_a_frozen_account(self, account):
        settlement.freeze(account, reason="court order", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            take(fetch_cash, account, "1.00")


class TestConfirm:
    def test_books_what_waited(self, account):
        moved = take(settlement.pay_in, account, BIG)
        settlement.confirm_cash(moved, on=TODAY, at=NOW, by="U-OTHER")
        assert (moved.status, moved.checked_by, held(account)) == ("booked", "U-OTHER", Decimal("50100.01"))

    def test_refuses_the_person_who_entered_it(self, account):
        moved = take(settlement.pay_in, account, BIG)
        with pytest.raises(settlement.SamePerson):
            settlement.confirm_cash(moved, on=TODAY, at=NOW, by="U-TELLER")
        assert held(account) == 100

    def test_refuses_what_was_booked(self, account):
        moved = take(settlement.pay_in, account, "20.00")
        with pytest.raises(TransitionRefused):
            settlement.confirm_cash(moved, on=TODAY, at=NOW, by="U-OTHER")

    def test_refuses_money_that_was_spent_meanwhile(self, rich):
        moved = take(fetch_cash, rich, BIG)
        take(fetch_cash, rich, "50000.00", key="k2")
        with pytest.raises(settlement.InsufficientFunds):
            settlement.confirm_cash(moved, on=TODAY, at=NOW, by="U-OTHER")
        moved.refresh_from_db()
        assert (moved.status, held(rich)) == ("waiting", 40000)


class TestDecline:
    def test_books_nothing_and_says_why(self, account):
        moved = take(settlement.pay_in, account, BIG)
        settlement.decline_cash(moved, reason="one note is false", at=NOW, by="U-OTHER")
        assert (moved.status, moved.reason, held(account)) == ("declined", "one note is false", 100)

    def test_refuses_without_a_reason(self, account):
        moved = take(settlement.pay_in, account, BIG)
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_cash(moved, reason=" ", at=NOW, by="U-OTHER")


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_confirm_at_once_book_once(self, account):
        moved = take(settlement.pay_in, account, BIG)

        def confirm(by):
            return lambda: settlement.confirm_cash(CashMovement.objects.get(pk=moved.pk), on=TODAY, at=NOW, by=by)

        came = together(confirm("U-OTHER0"), confirm("U-OTHER1"))
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        assert JournalEntry.objects.filter(key=f"cash {moved.reference}").count() == 1


class TestPages:
    def post(self, client, account, **changed):
        told = {"way": "in", "amount": "20.00", "text": "eggs", "idempotency_key": "k"} | changed
        return client.post(reverse("settlement:cash", args=[account.reference]), told)

    def test_takes_cash_and_leads_to_the_receipt(self, client_of, operations, account):
        client = client_of(operations)
        response = self.post(client, account)
        moved = CashMovement.objects.get()
        assert response["Location"] == reverse("settlement:cash_movement", args=[moved.reference])
        shown = client.get(response["Location"]).content.decode()
        assert "¥20.00" in shown
        paper = client.get(reverse("settlement:cash_receipt", args=[moved.reference]), {"language": "zh-hans"})
        assert paper["Content-Type"] == "application/pdf"
        told = "".join(PdfReader(io.BytesIO(paper.content)).pages[0].extract_text().split())
        assert "河镇支行" in told

    def test_sent_twice_books_once(self, client_of, operations, account):
        client = client_of(operations)
        self.post(client, account)
        self.post(client, account)
        assert held(account) == 120

    def test_says_what_is_wrong(self, client_of, operations, account):
        fetched = {"person": account.enterprise.memberships.get().user.reference, "known_by": "code"}
        response = self.post(client_of(operations), account, way="out", amount="500.00", review="1", **fetched)
        assert response.status_code == 422
        assert "this account can pay ¥100.00 now" in response.content.decode()

    def test_lets_a_colleague_confirm_and_not_the_maker(self, client_of, operations, colleague, account):
        maker = client_of(operations)
        self.post(maker, account, amount=BIG)
        moved = CashMovement.objects.get()
        address = reverse("settlement:cash_confirm", args=[moved.reference])
        maker.post(address)
        assert held(account) == 100
        checker = client_of(colleague)
        assert address in checker.get(reverse("settlement:cash_movement", args=[moved.reference])).content.decode()
        checker.post(address)
        assert held(account) == Decimal("50100.01")

    def test_lets_a_colleague_decline(self, client_of, operations, colleague, account):
        self.post(client_of(operations), account, amount=BIG)
        moved = CashMovement.objects.get()
        client_of(colleague).post(reverse("settlement:cash_decline", args=[moved.reference]), {"reason": "false"})
        moved.refresh_from_db()
        assert moved.status == "declined"

    def test_forbids_the_counter_to_other_roles(self, client_of, officer, owner, account):
        for user in (officer, owner):
            assert self.post(client_of(user), account).status_code == 403
            assert client_of(user).get(reverse("settlement:cash_day")).status_code == 403

    def test_hides_other_branches_accounts(self, client_of, operations, account, bank):
        account.enterprise.branch = bank.other_branch
        account.enterprise.save()
        assert self.post(client_of(operations), account).status_code == 404

    def test_shows_a_stranger_no_receipt(self, client_of, stranger, account):
        moved = take(settlement.pay_in, account, "20.00")
        for name in ("cash_movement", "cash_receipt"):
            assert client_of(stranger).get(reverse(f"settlement:{name}", args=[moved.reference])).status_code == 404

    def test_gives_no_receipt_for_what_waits(self, client_of, operations, account):
        moved = take(settlement.pay_in, account, BIG)
        assert client_of(operations).get(reverse("settlement:cash_receipt", args=[moved.reference])).status_code == 404

    def test_acts_only_on_posts(self, client_of, operations, account):
        moved = take(settlement.pay_in, account, BIG)
        for name in ("cash_confirm", "cash_decline"):
            assert client_of(operations).get(reverse(f"settlement:{name}", args=[moved.reference])).status_code == 405

    def test_tells_the_day(self, client_of, operations, account, django_assert_max_num_queries):
        client = client_of(operations)
        self.post(client, account)
        self.post(client, account, amount="60000", idempotency_key="k2")
        with django_assert_max_num_queries(12):
            shown = client.get(reverse("settlement:cash_day")).content.decode()
        assert "¥20.00" in shown
        assert "Waits for a second person" in shown
