"""Requests for payment: made, paid inside and from outside, reminded of, ended; and the plans that make them."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone

from accounts.identity.models import Enterprise
from accounts.ledger.models import LedgerAccount
from accounts.ledger.operations import AmountRefused
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import requesting, tasks
from accounts.settlement.models import BillPlan, PaymentRequest, RequestMessage, RequestReceipt, Transfer
from accounts.settlement.queries import collections
from accounts.settlement.tests.asking import CUSTOMER, DUE, make_plan, make_request
from accounts.settlement.tests.builders import held, make_settlement_account, make_transfer
from portal.core.models import AuditEvent, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

DAY = timedelta(days=1)


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise)


@pytest.fixture
def noodles(stranger):
    return make_settlement_account(Enterprise.objects.get(legal_name="Stranger Noodles"), holding="1000.00")


@pytest.fixture
def asked(account):
    return make_request(account)


def pay(request, source, amount="80.00", *, key="k", on=TODAY):
    return settlement.pay_request(request, source, Decimal(amount), key=key, on=on, at=NOW, by="U-PAYER")


@transaction.atomic
def receive(request, amount="80.00", *, key="r", text="", account=None):
    """Book money that came from outside, then mark the request as the reconciliation does."""
    account = account or request.settlement_account
    entry = settlement.credit(
        account, Decimal(amount), from_account=LedgerAccount.objects.named("nostro"),
        key=key, event="deposit", subject=key, on=TODAY, at=NOW, by="system",
    )  # fmt: skip
    text = text or f"lunch {request.grouped_reference} thanks"
    return settlement.receive(text, Decimal(amount), entry=entry, account=account, on=TODAY, at=NOW, by="system")


def fresh(request):
    return PaymentRequest.objects.get(pk=request.pk)


class TestReference:
    def test_is_an_iso_11649_reference_that_leads_back(self):
        structured = requesting.creditor_reference("RQ-7K3QX9TM")
        assert (structured, requesting.grouped(structured)) == ("RF08RQ7K3QX9TM", "RF08 RQ7K 3QX9 TM")
        assert requesting.reference_in(structured) == "RQ-7K3QX9TM"

    @pytest.mark.parametrize("text", ["Lunch rf08 rq7k 3qx9 tm, thanks", "RF08RQ7K3QX9TM", "a RF08 RQ7K\n3QX9 TM b"])
    def test_is_found_in_what_people_write(self, text):
        assert requesting.reference_in(text) == "RQ-7K3QX9TM"

    @pytest.mark.parametrize(
        "text", ["", "RF09RQ7K3QX9TM", "RF08RQ7K3QX9MT", "XRF08RQ7K3QX9TM", "RF08RQ7K3QX9TM1", "RF18539007547034"]
    )
    def test_is_not_found_where_digits_are_wrong(self, text):
        assert requesting.reference_in(text) == ""


class TestRequestPayment:
    def test_asks_for_an_amount_by_a_day(self, asked):
        assert (asked.status, asked.open_amount, asked.due_date) == ("open", 80, DUE)
        assert asked.expires_on == DUE + 90 * DAY
        event = AuditEvent.objects.get(verb="settlement.request_made")
        assert (event.subject, event.by, event.at) == (asked.reference, "U-OWNER", NOW)

    def test_sent_twice_asks_once(self, account):
        what = settlement.Asked(Decimal(80), "Lunch", DUE)
        first, second = (
            settlement.request_payment(account, what, key="k", on=TODAY, at=NOW, by="U-1") for _ in range(2)
        )
        assert first == second

    def test_sends_the_link_to_a_customer_who_can_be_reached(self, account):
        asked = make_request(account, contact=CUSTOMER)
        notice = Notice.objects.get()
        assert (notice.address, notice.language) == ("+8613612345678", "zh-hans")
        assert asked.address in text_of(notice)
        assert "80.00" in text_of(notice)

    def test_writes_a_subject_and_a_body_by_mail(self, account):
        make_request(account, contact=settlement.Contact(email="school@example.org"))
        subject, _, body = text_of(Notice.objects.get()).partition("\n")
        assert subject == f"{account.enterprise.legal_name} asks for a payment"
        assert "How to pay: http" in body

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"amount": "0"}, AmountRefused),
            ({"amount": "1.005"}, AmountRefused),
            ({"due_date": TODAY - DAY}, settlement.RequestDateWrong),
            ({"due_date": TODAY + 800 * DAY}, settlement.RequestDateWrong),
        ],
    )
    def test_refuses_what_makes_no_sense(self, account, changed, refusal):
        with pytest.raises(refusal):
            make_request(account, **changed)

    def test_refuses_a_frozen_account(self, account):
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            make_request(account)


class TestPayRequest:
    def test_moves_the_money_once_with_the_reference_as_purpose(self, asked, account, noodles):
        first, second = pay(asked, noodles), pay(asked, noodles)
        assert first == second
        assert (held(account), held(noodles), asked.status) == (80, 920, "paid")
        assert Transfer.objects.get().text == f"{asked.grouped_reference} School lunch"
        receipt = RequestReceipt.objects.get()
        assert (receipt.entry, receipt.amount, receipt.received_on) == (first.entry, 80, TODAY)

    def test_refuses_to_pay_again(self, asked, noodles):
        pay(asked, noodles)
        with pytest.raises(settlement.RequestNotOpen):
            pay(asked, noodles, key="k2")
        assert held(noodles) == 920

    @pytest.mark.parametrize(
        ("amount", "refusal"),
        [("80.01", settlement.RequestOverpaid), ("79.99", settlement.RequestPartRefused), ("0", AmountRefused)],
    )
    def test_refuses_another_amount(self, asked, noodles, amount, refusal):
        with pytest.raises(refusal):
            pay(asked, noodles, amount)
        assert held(noodles) == 1000

    def test_takes_parts_where_the_request_says_so(self, account, noodles):
        asked = make_request(account, allows_parts=True)
        pay(asked, noodles, "30", key="a")
        assert (asked.status, asked.open_amount) == ("partly", 50)
        with pytest.raises(settlement.RequestOverpaid):
            pay(asked, noodles, "50.01", key="b")
        pay(asked, noodles, "50", key="c")
        assert asked.status == "paid"

    def test_takes_any_amount_once_where_the_payer_says_how_much(self, account, noodles):
        asked = make_request(account, None)
        pay(asked, noodles, "12.34")
        assert (asked.status, asked.received_amount) == ("paid", Decimal("12.34"))

    def test_refuses_what_was_canceled_or_is_too_old(self, asked, noodles):
        with pytest.raises(settlement.RequestNotOpen):
            pay(asked, noodles, on=asked.expires_on + DAY)
        settlement.cancel_request(asked, at=NOW, by="U-1")
        with pytest.raises(settlement.RequestNotOpen):
            pay(asked, noodles)

    def test_keeps_to_the_payers_limits(self, asked, noodles):
        settlement.set_rules(
            noodles.enterprise, daily_limit=Decimal(79), second_person_from=None, at=NOW - DAY, by="U-1"
        )
        with pytest.raises(settlement.DailyLimit):
            pay(asked, noodles)

    def test_refuses_the_account_that_asks(self, asked, account):
        with pytest.raises(settlement.TransferToItself):
            pay(asked, account)

    def test_from_a_frozen_account_or_without_money_is_refused(self, account, asked, noodles):
        dear = make_request(account, "1000.01")
        with pytest.raises(settlement.InsufficientFunds):
            pay(dear, noodles, "1000.01")
        settlement.freeze(noodles, reason="court", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            pay(asked, noodles)
        assert fresh(asked).status == "open"

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_pays_once(self, asked, account, noodles):
        acts = [lambda key=key: pay(fresh(asked), noodles, key=key) for key in ("a", "b", "c")]
        outcomes = together(*acts)
        assert sorted(type(each).__name__ for each in outcomes) == ["RequestNotOpen", "RequestNotOpen", "Transfer"]
        assert held(account) == 80


class TestTransferWithTheReference:
    def transfer(self, source, request, amount="80"):
        return make_transfer(source, request.settlement_account, amount, text=f"for {request.grouped_reference}")

    def test_pays_the_request(self, asked, noodles):
        self.transfer(noodles, asked)
        assert fresh(asked).status == "paid"

    def test_arrives_though_the_amount_does_not_fit(self, asked, account, noodles):
        self.transfer(noodles, asked, "81")
        assert (fresh(asked).status, held(account)) == ("open", 81)


class TestReceive:
    def test_marks_the_request_that_a_text_names(self, asked):
        assert receive(asked).status == "paid"
        assert RequestReceipt.objects.get().amount == 80

    def test_of_the_same_entry_again_changes_nothing(self, account):
        asked = make_request(account, allows_parts=True)
        for _ in range(2):
            receive(asked, "30")
        assert fresh(asked).received_amount == 30

    def test_refuses_what_it_does_not_know(self, asked, noodles):
        with pytest.raises(settlement.RequestUnknown):
            receive(asked, text="RF00RQ00000000")
        with pytest.raises(settlement.RequestUnknown):
            receive(asked, account=noodles)

    @pytest.mark.parametrize(
        ("amount", "refusal"), [("81", settlement.RequestOverpaid), ("79", settlement.RequestPartRefused)]
    )
    def test_refuses_what_does_not_fit(self, asked, amount, refusal):
        with pytest.raises(refusal):
            receive(asked, amount)

    def test_refuses_what_is_paid(self, asked):
        receive(asked)
        with pytest.raises(settlement.RequestNotOpen):
            receive(asked, key="r2")


class TestEnding:
    def test_by_the_enterprise_happens_once(self, asked):
        settlement.cancel_request(asked, at=NOW, by="U-1")
        assert asked.status == "canceled"
        with pytest.raises(TransitionRefused):
            settlement.cancel_request(asked, at=NOW, by="U-1")

    def test_by_time_not_before_it_is_over(self, asked):
        with pytest.raises(TransitionRefused):
            settlement.expire_request(asked, on=asked.expires_on, at=NOW)
        settlement.expire_request(asked, on=asked.expires_on + DAY, at=NOW)
        assert asked.status == "expired"


class TestRemind:
    @pytest.fixture
    def reachable(self, account):
        return make_request(account, contact=CUSTOMER)

    def test_by_hand_goes_out_once_a_day(self, reachable):
        settlement.remind(reachable, on=TODAY, at=NOW, by="U-1")
        with pytest.raises(settlement.RemindedToday):
            settlement.remind(reachable, on=TODAY, at=NOW, by="U-1")
        settlement.remind(reachable, on=TODAY + DAY, at=NOW, by="U-1")
        assert RequestMessage.objects.filter(occasion="by_hand").count() == 2

    def test_refuses_whom_nobody_can_reach_and_what_is_paid(self, asked, reachable):
        with pytest.raises(settlement.CustomerUnreachable):
            settlement.remind(asked, on=TODAY, at=NOW, by="U-1")
        receive(reachable)
        with pytest.raises(settlement.RequestNotOpen):
            settlement.remind(reachable, on=TODAY, at=NOW, by="U-1")

    def test_in_time_goes_out_once_for_each_occasion(self, reachable):
        days = [day for day in range(-5, 30) for _twice in range(2)]
        sent = [day for day in days if settlement.remind_in_time(reachable, on=DUE + day * DAY, at=NOW)]
        assert sent == [-3, 1, 7, 14]

    def test_after_an_outage_sends_only_the_latest(self, reachable):
        assert settlement.remind_in_time(reachable, on=DUE + 8 * DAY, at=NOW)
        assert [each.occasion for each in RequestMessage.objects.order_by("pk")] == ["sent", "overdue_7"]

    def test_does_not_follow_the_request_on_its_own_day(self, account):
        asked = make_request(account, contact=CUSTOMER, due_date=TODAY + DAY)
        assert not settlement.remind_in_time(asked, on=TODAY, at=NOW)


class TestBillPlan:
    def make_all(self, plan, on):
        made = []
        while bill := settlement.make_next_bill(BillPlan.objects.get(pk=plan.pk), on=on, at=NOW):
            made.append(bill.due_date)
        return made

    def test_makes_each_bill_a_week_ahead_and_once(self, account):
        plan = make_plan(account)
        assert self.make_all(plan, DUE - 8 * DAY) == []
        assert self.make_all(plan, DUE - 7 * DAY) == [DUE]
        assert self.make_all(plan, DUE) == []
        bill = PaymentRequest.objects.get()
        assert (bill.amount, bill.customer_name, bill.plan, Notice.objects.count()) == (80, "Village School", plan, 1)

    def test_catches_up_after_an_outage(self, account):
        assert self.make_all(make_plan(account), date(2026, 5, 1)) == [DUE, date(2026, 4, 20)]

    def test_completes_with_the_last_date(self, account):
        plan = make_plan(account, last_date=DUE)
        self.make_all(plan, DUE)
        plan.refresh_from_db()
        assert (plan.status, plan.next_due_date) == ("finished", None)

    def test_stops_on_demand_once(self, account):
        plan = make_plan(account)
        settlement.stop_plan(plan, at=NOW, by="U-1")
        assert self.make_all(plan, DUE) == []
        with pytest.raises(TransitionRefused):
            settlement.stop_plan(plan, at=NOW, by="U-1")

    def test_waits_while_the_account_is_frozen_and_stops_when_it_is_closed(self, account):
        plan = make_plan(account)
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        assert self.make_all(plan, DUE) == []
        settlement.unfreeze(account, reason="over", by="U-1", at=NOW)
        settlement.close(account, by="U-1", at=NOW)
        assert self.make_all(plan, DUE) == []
        plan.refresh_from_db()
        assert plan.status == "stopped"

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"contact": settlement.Contact("School")}, settlement.CustomerUnreachable),
            ({"first_date": TODAY - DAY}, settlement.RequestDateWrong),
            ({"last_date": DUE - DAY}, settlement.BillPlanEndsEarly),
            ({"amount": "0.001"}, AmountRefused),
        ],
    )
    def test_refuses_what_makes_no_sense(self, account, changed, refusal):
        with pytest.raises(refusal):
            make_plan(account, **changed)

    @pytest.mark.django_db(transaction=True)
    def test_by_several_workers_at_once_makes_one_bill(self, account):
        plan = make_plan(account)
        together(*[lambda: settlement.make_next_bill(BillPlan.objects.get(pk=plan.pk), on=DUE, at=NOW)] * 3)
        assert PaymentRequest.objects.count() == 1


class TestTask:
    def test_makes_bills_reminds_and_ends_what_is_too_old(self, account):
        today = timezone.localdate()
        make_plan(account, on=today, first_date=today + 3 * DAY)
        old = make_request(account, on=today - 200 * DAY, due_date=today - 200 * DAY)
        late = make_request(account, on=today - 30 * DAY, due_date=today - 5 * DAY, contact=CUSTOMER)
        for _ in range(2):
            tasks.collect()
        assert (fresh(old).status, late.messages.count(), PaymentRequest.objects.count()) == ("expired", 2, 3)


class TestTotals:
    def test_sum_what_is_open_late_and_came_this_month(self, account, noodles):
        make_request(account, "10")
        make_request(account, "20", on=TODAY - 9 * DAY, due_date=TODAY - DAY)
        pay(make_request(account, "40", allows_parts=True), noodles, "15")
        settlement.cancel_request(make_request(account, "99"), at=NOW, by="U-1")
        assert collections.totals(account, on=TODAY) == collections.Totals(Decimal(35), Decimal(20), Decimal(15))
