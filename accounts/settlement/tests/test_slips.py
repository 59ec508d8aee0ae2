"""Slips that a field agent wrote away from the bank: each counts once, on its day; the verb and the API."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.identity.tests.builders import machine
from accounts.ledger import operations as ledger
from accounts.ledger import queries
from accounts.ledger.tests.builders import NOW, TODAY, close_month
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashDrawer, CashMovement
from accounts.settlement.papers import cash_receipt
from accounts.settlement.tests.builders import count_pieces, make_drawer, make_settlement_account
from portal.core.models import AuditEvent, Notice
from portal.core.tests.together import together

YESTERDAY = TODAY - timedelta(days=1)


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="900.00")


def enter(bag, account, amount="60", *, way="in", number="0017", day=YESTERDAY, on=TODAY, by="U-AGENT", text="pig"):
    told = {"slip_number": number, "slip_date": day, "text": text, "on": on, "at": NOW, "by": by}
    return settlement.enter_slip(bag, account, way, Decimal(amount), **told)


def held(bag):
    return CashDrawer.objects.get(pk=bag.pk).held_amount


class TestEnterSlip:
    def test_books_it_on_its_day(self, account, bag):
        entered = enter(bag, account)
        assert (entered.effective_date, entered.entry.effective_date) == (YESTERDAY, YESTERDAY)
        assert (held(bag), queries.balance(account.ledger_account)) == (60, 960)

    def test_records_who_entered_it(self, account, bag):
        entered = enter(bag, account)
        event = AuditEvent.objects.get(verb="settlement.cash_in")
        assert (event.subject, event.by, event.details["slip"]) == (entered.reference, "U-AGENT", "0017")

    def test_counts_once_however_it_is_written_and_by_whom(self, account, bag):
        first = enter(bag, account)
        assert enter(bag, account, number=" ００17 ", by="U-TELLER", text="a pig") == first
        assert held(bag) == 60

    @pytest.mark.parametrize("changed", [{"amount": "61"}, {"way": "out"}, {"day": TODAY}])
    def test_refuses_the_number_with_other_content(self, account, bag, changed):
        first = enter(bag, account)
        with pytest.raises(settlement.SlipReused) as refused:
            enter(bag, account, **changed)
        assert refused.value.params["reference"] == first.reference

    def test_refuses_the_number_for_another_account(self, account, bag, enterprise):
        enter(bag, account)
        with pytest.raises(settlement.SlipReused):
            enter(bag, make_settlement_account(enterprise))

    def test_takes_the_same_number_out_of_two_bags(self, bank, account, bag, operations):
        enter(bag, account)
        enter(make_drawer(bank.branch, operations, kind="carried"), account)
        assert CashMovement.objects.filter(slip_number="0017").count() == 2

    @pytest.mark.parametrize("way", ["in", "out"])
    @pytest.mark.parametrize("amount", ["0", "-1", "0.001", "1e20"])
    def test_refuses_what_is_no_amount_even_where_it_would_wait(self, account, bag, way, amount):
        enter(bag, account)
        with pytest.raises(ledger.AmountRefused):
            enter(bag, account, amount, way=way, number="0018")
        assert (held(bag), CashMovement.objects.count()) == (60, 1)

    def test_refuses_a_day_to_come_and_a_closed_month(self, account, bag):
        with pytest.raises(settlement.SlipDateToCome):
            enter(bag, account, day=TODAY + timedelta(days=1))
        last = TODAY.replace(day=1) - timedelta(days=1)
        close_month(last.replace(day=1), on=TODAY)
        with pytest.raises(ledger.PeriodClosed):
            enter(bag, account, "60000", day=last)

    def test_refuses_a_day_that_was_counted_but_gives_the_first_again(self, account, bag):
        first = enter(bag, account)
        settlement.count_drawer(
            bag, count_pieces("60"), reason="", closes_date=YESTERDAY, key="c", on=YESTERDAY, at=NOW, by="U-AGENT"
        )
        with pytest.raises(settlement.DrawerDayCounted):
            enter(bag, account, number="0018")
        assert enter(bag, account) == first

    def test_refuses_other_drawers_and_slips_without_a_number(self, bank, account, bag, operations):
        with pytest.raises(settlement.SlipDrawer):
            enter(make_drawer(bank.branch, operations), account)
        with pytest.raises(settlement.SlipNumberMissing):
            enter(bag, account, number="  ")

    def test_tells_of_cash_above_the_bags_limit_for_it_is_there(self, account, bag):
        enter(bag, account, "250")
        assert CashDrawer.objects.get().is_above_limit

    def test_refuses_to_have_paid_out_what_was_not_there(self, account, bag):
        enter(bag, account)
        with pytest.raises(settlement.DrawerShort):
            enter(bag, account, "61", way="out", number="0018")

    def test_waits_for_somebody_else_whatever_it_paid_out(self, account, bag, officer, owner):
        enter(bag, account)
        waiting = enter(bag, account, "5", way="out", number="0018")
        assert (waiting.status, held(bag), queries.balance(account.ledger_account)) == ("waiting", 60, 960)
        for person in ("U-AGENT", officer.reference):
            with pytest.raises(settlement.SamePerson):
                settlement.confirm_cash(waiting, on=TODAY, at=NOW, by=person)
        settlement.confirm_cash(waiting, on=TODAY, at=NOW, by="U-OTHER")
        assert (waiting.effective_date, held(bag), queries.balance(account.ledger_account)) == (YESTERDAY, 55, 955)
        assert Notice.objects.get(code="cash_fetched").address == owner.phone

    def test_says_what_the_second_person_looks_at(self, client_of, account, bag, officer, operations):
        enter(bag, account)
        waiting = enter(bag, account, "5", way="out", number="0018", by=officer.reference)
        address = reverse("settlement:cash_movement", args=[waiting.reference])
        assert "Look at the slip yourself" in client_of(operations).get(address).content.decode()

    def test_waits_above_the_banks_limit_for_somebody_else(self, account, bag, officer):
        waiting = enter(bag, account, "60000")
        assert (waiting.status, held(bag)) == ("waiting", 0)
        for person in ("U-AGENT", officer.reference):
            with pytest.raises(settlement.SamePerson):
                settlement.confirm_cash(waiting, on=TODAY, at=NOW, by=person)
        settlement.confirm_cash(waiting, on=TODAY, at=NOW, by="U-OTHER")
        assert (waiting.effective_date, held(bag)) == (YESTERDAY, 60000)

    def test_frees_the_number_of_what_was_declined(self, account, bag):
        wrong = enter(bag, account, "60000")
        settlement.decline_cash(wrong, reason="two zeros too many", at=NOW, by="U-OTHER")
        assert enter(bag, account, "600").status == "booked"

    def test_stands_on_the_receipt(self, account, bag):
        paper = cash_receipt(enter(bag, account), language="en")
        assert "0017" in PdfReader(io.BytesIO(paper)).pages[0].extract_text()


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_the_same_slip_from_two_at_once_is_one(self, account, bag):
        came = together(lambda: enter(bag, account), lambda: enter(bag, account, by="U-TELLER"))
        assert came[0] == came[1]
        assert (held(bag), CashMovement.objects.count()) == (60, 1)

    def test_the_same_number_for_two_accounts_at_once_counts_for_one(self, account, bag, enterprise):
        other = make_settlement_account(enterprise)
        came = together(lambda: enter(bag, account), lambda: enter(bag, other))
        assert sorted(type(each).__name__ for each in came) == ["CashMovement", "SlipReused"]
        assert held(bag) == 60


class TestApi:
    def post(self, user, bag, shop, **changed):
        told = {"slip_number": "0017", "slip_date": timezone.localdate().isoformat(), "account": shop.reference}
        told |= {"way": "in", "amount": "60.00", "text": "pig"} | changed
        return machine(user).post(f"/api/v1/cash-drawers/{bag.reference}/slips", told, format="json")

    def test_enters_one_once(self, officer, account, bag):
        first, second = (self.post(officer, bag, account) for _ in range(2))
        assert (first.status_code, first.json()) == (201, second.json())
        assert (held(bag), first.json()["amount"], first.json()["status"]) == (60, "60.00", "booked")

    def test_tells_a_conflict(self, officer, account, bag):
        self.post(officer, bag, account)
        response = self.post(officer, bag, account, amount="61.00")
        assert (response.status_code, response.json()["code"]) == (409, "slip_reused")

    def test_lists_drawers_and_slips(self, officer, account, bag):
        self.post(officer, bag, account)
        client = machine(officer)
        drawers = client.get("/api/v1/cash-drawers").json()["results"]
        assert [(each["reference"], each["held_amount"]) for each in drawers] == [(bag.reference, "60.00")]
        slips = client.get(f"/api/v1/cash-drawers/{bag.reference}/slips").json()["results"]
        assert [each["slip_number"] for each in slips] == ["0017"]

    def test_hides_it_from_owners_and_lets_auditors_only_read(self, owner, auditor, account, bag):
        assert self.post(owner, bag, account).status_code == 404
        assert self.post(auditor, bag, account).status_code == 403
        assert self.post(auditor, bag, account, slip_date="never").status_code == 403

    def test_refuses_what_is_no_slip(self, officer, account, bag):
        for changed in ({"slip_date": "never"}, {"way": "up"}, {"amount": "-1"}, {"slip_number": " "}):
            assert self.post(officer, bag, account, **changed).status_code == 400
        assert self.post(officer, bag, account, account="SA-NOTHERE").status_code == 404
