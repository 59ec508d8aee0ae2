"""Pages and API of corrections, and of cash to and from the other bank, by the litany."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.identity.tests.builders import machine, make_user
from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement.models import CashCorrection, CashDelivery, CashDrawer, CashMovement
from accounts.settlement.tests.asking import make_request
from accounts.settlement.tests.builders import fetch_cash, make_drawer, make_settlement_account
from accounts.settlement.tests.pages import url
from portal.core.formats import day


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="900.00")


@pytest.fixture
def drawer(bank, operations, account):
    return make_drawer(bank.branch, operations)


@pytest.fixture
def wrong(account, drawer, operations):
    """Hua Qian took in 100 and typed 1000."""
    told = {"text": "eggs", "key": "d", "on": timezone.localdate(), "at": NOW, "by": operations.reference}
    return settlement.pay_in(account, Decimal(1000), **told)


@pytest.fixture
def bag(bank, officer):
    return make_drawer(bank.branch, officer, kind="carried")


@pytest.fixture
def slip(account, bag, officer):
    told = {"slip_number": "17", "slip_date": timezone.localdate(), "text": "", "on": timezone.localdate(), "at": NOW}
    return settlement.enter_slip(bag, account, "in", Decimal(60), **told, by=officer.reference)


@pytest.fixture
def elsewhere(bank):
    return make_user("Lin Bo", role="operations", branch=bank.other_branch)


def filled(account, amount="100", **changed):
    told = {"idempotency_key": "x", "reason": "typed one zero too many", "instead": "right", "number": account.number}
    return told | {"way": "in", "amount": amount, "text": "eggs"} | changed


class TestCorrectionPages:
    def test_go_from_one_person_to_another_once(self, client_of, operations, colleague, account, wrong):
        first, second = client_of(operations), client_of(colleague)
        assert url("cash_correct", wrong) in first.get(url("cash_movement", wrong)).content.decode()
        assert 'value="1000.00"' in first.get(url("cash_correct", wrong)).content.decode()
        for _twice in range(2):
            address = first.post(url("cash_correct", wrong), filled(account))["Location"]
        correction = CashCorrection.objects.get()
        assert address == url("cash_correction", correction)
        shown = first.get(address).content.decode()
        assert "typed one zero too many" in shown
        assert url("cash_correction_confirm", correction) not in shown
        assert url("cash_correct", wrong) not in first.get(url("cash_movement", wrong)).content.decode()
        assert correction.reference in second.get(url("cash_day")).content.decode()
        assert url("cash_correction_confirm", correction) in second.get(address).content.decode()
        for _twice in range(2):
            second.post(url("cash_correction_confirm", correction))
        assert CashDrawer.objects.get().held_amount == 100
        assert "taken back" in second.get(url("cash_movement", wrong)).content.decode()
        assert second.get(url("cash_receipt", wrong)).status_code == 404
        assert correction.reference in second.get(url("drawer", wrong.drawer)).content.decode()

    def test_show_the_owner_what_became_of_it_and_no_more(
        self, client_of, owner, colleague, operations, wrong, account
    ):
        asked = settlement.ask_correction(
            wrong, None, reason="typed twice", key="x", on=timezone.localdate(), at=NOW, by=operations.reference
        )
        settlement.confirm_correction(asked, on=timezone.localdate(), at=NOW, by=colleague.reference)
        client = client_of(owner)
        shown = client.get(url("cash_movement", wrong)).content.decode()
        assert "booked by mistake and taken back" in shown
        assert asked.reference not in shown
        for name, thing in (("cash_correction", asked), ("cash_correct", wrong)):
            assert client.get(url(name, thing)).status_code == 403

    @pytest.mark.parametrize(
        ("changed", "field"),
        [
            ({"amount": "1000"}, None),
            ({"amount": ""}, "amount"),
            ({"amount": "0"}, "amount"),
            ({"number": "123"}, "number"),
            ({"way": ""}, "way"),
            ({"reason": ""}, "reason"),
        ],
    )
    def test_say_what_is_wrong(self, client_of, operations, account, wrong, changed, field):
        response = client_of(operations).post(url("cash_correct", wrong), filled(account, **changed))
        assert (response.status_code, list(response.context["form"].errors)) == (422, [field or "__all__"])

    def test_only_reverse_where_that_is_chosen(self, client_of, operations, account, wrong):
        told = filled(account, instead="nothing", number="", amount="", way="")
        client_of(operations).post(url("cash_correct", wrong), told)
        assert CashCorrection.objects.get().settlement_account is None

    def test_are_declined_with_a_reason(self, client_of, operations, colleague, account, wrong):
        client_of(operations).post(url("cash_correct", wrong), filled(account))
        correction = CashCorrection.objects.get()
        client = client_of(colleague)
        assert "Say why." in client.post(url("cash_correction_decline", correction), follow=True).content.decode()
        client.post(url("cash_correction_decline", correction), {"reason": "the slip says 1000"})
        assert "the slip says 1000" in client.get(url("cash_correction", correction)).content.decode()

    def test_say_that_the_customer_spent_it(self, client_of, enterprise, operations, colleague, drawer):
        account = make_settlement_account(enterprise)
        told = {"text": "", "on": timezone.localdate(), "at": NOW, "by": operations.reference}
        wrong = settlement.pay_in(account, Decimal(1000), key="in", **told)
        fetch_cash(account, Decimal(950), key="out", **told)
        client_of(operations).post(url("cash_correct", wrong), filled(account))
        address = url("cash_correction_confirm", CashCorrection.objects.get())
        shown = client_of(colleague).post(address, follow=True).content.decode()
        assert "The customer has already spent what would be taken back: the account can pay ¥50.00 now." in shown

    def test_say_what_the_cash_paid_and_is_undone(self, client_of, operations, colleague, account, drawer):
        asked = make_request(account, "1000.00", due_date=timezone.localdate(), on=timezone.localdate())
        told = {"text": asked.structured_reference, "on": timezone.localdate(), "at": NOW, "by": operations.reference}
        paid = settlement.pay_in(account, Decimal(1000), key="in", **told)
        client, said = client_of(operations), f'This cash paid <span class="whole">{asked.reference}</span>.'
        assert said in client.get(url("cash_correct", paid)).text
        client.post(url("cash_correct", paid), filled(account))
        correction = CashCorrection.objects.get()
        assert said in client_of(colleague).get(url("cash_correction", correction)).text
        client_of(colleague).post(url("cash_correction_confirm", correction))
        asked.refresh_from_db()
        assert (asked.status, said in client.get(url("cash_correction", correction)).text) == ("open", False)

    def test_let_an_agent_correct_the_own_slip(self, client_of, officer, operations, account, slip, wrong):
        client = client_of(officer)
        assert client.get(url("cash_correct", wrong)).status_code == 403
        told = filled(account, "66", slip_number="17", slip_date=timezone.localdate().isoformat())
        client.post(url("cash_correct", slip), told)
        correction = CashCorrection.objects.get()
        assert (correction.slip_number, correction.amount) == ("17", 66)
        assert client.post(url("cash_correction_confirm", correction)).status_code == 403
        client_of(operations).post(url("cash_correction_confirm", correction))
        assert CashMovement.objects.get(slip_number="17", status="booked").amount == 66

    def test_are_hidden_and_closed(self, client_of, elsewhere, underwriter, auditor, operations, account, wrong):
        client_of(operations).post(url("cash_correct", wrong), filled(account))
        correction = CashCorrection.objects.get()
        for name in ("cash_correction", "cash_correction_confirm", "cash_correction_decline"):
            method = "get" if name == "cash_correction" else "post"
            assert getattr(client_of(elsewhere), method)(url(name, correction)).status_code == 404
            assert getattr(client_of(underwriter), method)(url(name, correction)).status_code == 403
        assert client_of(elsewhere).get(url("cash_correct", wrong)).status_code == 404
        client = client_of(auditor)
        assert client.get(url("cash_correction", correction)).status_code == 200
        assert client.get(url("cash_correct", wrong)).status_code == 403
        assert client.post(url("cash_correction_confirm", correction)).status_code == 403
        assert client_of(operations).get(url("cash_correction_confirm", correction)).status_code == 405


class TestDeliveryPages:
    def test_go_from_one_person_to_another_once(self, client_of, operations, colleague, vault):
        first, second = client_of(operations), client_of(colleague)
        assert url("deliver_cash", vault) in first.get(url("drawer", vault)).content.decode()
        told = {"idempotency_key": "d", "way": "brought", "amount": "200"}
        for _twice in range(2):
            address = first.post(url("deliver_cash", vault), told)["Location"]
        delivery = CashDelivery.objects.get()
        assert address == url("cash_delivery", delivery)
        assert url("cash_delivery_confirm", delivery) not in first.get(address).content.decode()
        assert url("cash_delivery_confirm", delivery) in second.get(address).content.decode()
        for _twice in range(2):
            second.post(url("cash_delivery_confirm", delivery))
        assert CashDrawer.objects.get().held_amount == 300
        assert delivery.reference in second.get(url("drawer", vault)).content.decode()

    def test_say_what_is_wrong(self, client_of, operations, vault):
        told = {"idempotency_key": "d", "way": "brought", "amount": "500.01"}
        response = client_of(operations).post(url("deliver_cash", vault), told)
        assert (response.status_code, list(response.context["form"].errors)) == (422, ["amount"])

    def test_are_taken_back_by_whoever_prepared_it(self, client_of, operations, vault):
        client = client_of(operations)
        client.post(url("deliver_cash", vault), {"idempotency_key": "d", "way": "fetched", "amount": "20"})
        delivery = CashDelivery.objects.get()
        client.post(url("cash_delivery_decline", delivery), {"reason": "tomorrow"})
        assert CashDelivery.objects.get().status == "declined"
        assert "tomorrow" in client.get(url("cash_delivery", delivery)).content.decode()

    def test_are_hidden_and_closed(self, client_of, elsewhere, officer, owner, auditor, operations, vault):
        told = {"idempotency_key": "d", "way": "fetched", "amount": "20"}
        client_of(operations).post(url("deliver_cash", vault), told)
        delivery = CashDelivery.objects.get()
        assert client_of(elsewhere).get(url("cash_delivery", delivery)).status_code == 404
        for user in (officer, owner):
            assert client_of(user).get(url("cash_delivery", delivery)).status_code == 403
        client = client_of(auditor)
        assert client.get(url("cash_delivery", delivery)).status_code == 200
        assert client.post(url("cash_delivery_confirm", delivery)).status_code == 403
        assert client_of(operations).get(url("cash_delivery_confirm", delivery)).status_code == 405


class TestApi:
    def ask(self, client, wrong, **changed):
        told = {"reason": "typed one zero too many"} | changed
        address = f"/api/v1/cash-movements/{wrong.reference}/corrections"
        return client.post(address, told, format="json", HTTP_IDEMPOTENCY_KEY="x")

    def test_corrects_by_two(self, operations, colleague, account, wrong):
        client = machine(operations)
        instead = {"account": account.reference, "way": "in", "amount": "100.00"}
        asked = self.ask(client, wrong, instead=instead)
        assert (asked.status_code, asked.json()["amount"], asked.json()["status"]) == (201, "100.00", "waiting")
        assert self.ask(client, wrong, instead=instead).json() == asked.json()
        assert self.ask(client, wrong).status_code == 409
        address = f"/api/v1/cash-corrections/{asked.json()['reference']}"
        refused = client.post(f"{address}/confirm")
        assert (refused.status_code, refused.json()["code"]) == (422, "same_person")
        done = machine(colleague).post(f"{address}/confirm").json()
        assert done["status"] == "booked"
        assert CashMovement.objects.get(reference=done["replacement"]).amount == 100
        assert machine(colleague).post(f"{address}/confirm").status_code == 409
        assert client.get("/api/v1/cash-corrections").json()["results"] == [client.get(address).json()]

    def test_leaves_a_slip_its_day(self, client_of, operations, account, bag):
        on, at = timezone.localdate(), timezone.now()
        written = on - timedelta(days=1)
        slip = settlement.enter_slip(
            bag, account, "in", Decimal(660), slip_number="18", slip_date=written, text="", on=on, at=at, by="U-1"
        )
        instead = settlement.RightCash(account, "in", Decimal(66), slip_number="18", slip_date=written)
        correction = settlement.ask_correction(slip, instead, reason="one zero", key="x", on=on, at=at, by="U-1")
        settlement.confirm_correction(correction, on=on, at=at, by="U-2")
        listed = machine(operations).get(f"/api/v1/cash-drawers/{bag.reference}/slips").json()["results"]
        assert [each["slip_date"] for each in listed] == [written.isoformat()] * 2
        assert client_of(operations).get(url("slips", bag)).text.count(f">{day(written)}</span></small>") == 2

    def test_declines_with_a_reason(self, operations, wrong):
        client = machine(operations)
        address = f"/api/v1/cash-corrections/{self.ask(client, wrong).json()['reference']}/decline"
        assert client.post(address, {}, format="json").status_code == 400
        assert client.post(address, {"reason": "it was right"}, format="json").json()["status"] == "declined"

    def test_hides_corrections_and_keeps_others_out(self, operations, elsewhere, owner, auditor, wrong):
        address = f"/api/v1/cash-corrections/{self.ask(machine(operations), wrong).json()['reference']}"
        for user, status in ((elsewhere, 404), (owner, 404), (auditor, 200)):
            assert machine(user).get(address).status_code == status
        assert machine(auditor).post(f"{address}/confirm").status_code == 403
        assert self.ask(machine(owner), wrong).status_code == 403

    def test_brings_cash_by_two(self, operations, colleague, elsewhere, vault):
        client, told = machine(operations), {"way": "brought", "amount": "200.00"}
        address = f"/api/v1/cash-drawers/{vault.reference}/deliveries"
        made = client.post(address, told, format="json", HTTP_IDEMPOTENCY_KEY="d")
        assert (made.status_code, made.json()["status"]) == (201, "waiting")
        assert machine(elsewhere).post(address, told, format="json", HTTP_IDEMPOTENCY_KEY="d").status_code == 404
        one = f"/api/v1/cash-deliveries/{made.json()['reference']}"
        assert client.post(f"{one}/confirm").json()["code"] == "same_person"
        assert machine(colleague).post(f"{one}/confirm").json()["status"] == "on_the_way"
        assert client.post(f"{one}/decline", {"reason": "too late"}, format="json").status_code == 409
        assert client.get(address).json()["results"] == [client.get(one).json()]

    def test_lets_an_agent_take_back_only_what_the_agent_asked_for(self, officer, operations, account, slip, wrong):
        agent = machine(officer)
        asked, of_another = (
            self.ask(each, cash).json() for each, cash in ((agent, slip), (machine(operations), wrong))
        )
        told = {"reason": "the slip was right"}
        address = "/api/v1/cash-corrections/{}/decline"
        taken_back = agent.post(address.format(asked["reference"]), told, format="json")
        assert (taken_back.status_code, taken_back.json()["status"]) == (200, "declined")
        assert agent.post(address.format(of_another["reference"]), told, format="json").status_code == 403
