"""Money that the bank keeps back: at once by one person, let go by another, told to the owners."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.ledger import queries as books
from accounts.ledger.models import Hold
from accounts.ledger.operations import expire_holds
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.happenings import Happening
from accounts.settlement.tests.builders import make_settlement_account
from portal.core.models import AuditEvent, Channel, Notice
from portal.core.notices.operations import text_of
from portal.core.transitions import TransitionRefused


@pytest.fixture
def account(enterprise):
    return make_settlement_account(enterprise, holding="100.00")


def keep(account, amount="30.00", **changed):
    told = {"reason": "court order 7", "until": TODAY + timedelta(days=9), "key": "k", "at": NOW, "by": "U-ONE"}
    return settlement.keep_back(account, Decimal(amount), **told | changed)


def let_go(account, hold, **changed):
    settlement.let_go(account, hold, **{"reason": "order lifted", "at": NOW, "by": "U-TWO"} | changed)


class TestKeepBack:
    def test_keeps_it_from_being_paid_and_books_nothing(self, account):
        keep(account)
        assert (books.balance(account.ledger_account), queries.available_balance(account)) == (100, 70)

    def test_sent_twice_keeps_it_once_and_tells_once(self, account):
        assert keep(account) == keep(account)
        assert queries.available_balance(account) == 70
        assert Notice.objects.filter(code="money_kept_back").count() == 1

    def test_keeps_again_under_another_key_however_long(self, account):
        for last in "ab":
            keep(account, key="k" * 99 + last)
        assert queries.available_balance(account) == 40

    def test_tells_the_owners_how_much_why_and_how_long(self, account):
        keep(account)
        said = text_of(Notice.objects.get(code="money_kept_back"))
        for part in ("30.00", account.number[-4:], "court order 7"):
            assert part in said

    def test_ends_after_its_last_day(self, account):
        hold = keep(account)
        expire_holds(at=NOW + timedelta(days=9))
        assert queries.available_balance(account) == 70
        expire_holds(at=hold.expires_at)
        assert queries.available_balance(account) == 100

    @pytest.mark.parametrize(
        ("changed", "refusal"),
        [
            ({"reason": " "}, settlement.ReasonMissing),
            ({"until": TODAY}, settlement.KeepUntilWrong),
            ({"until": TODAY + timedelta(days=367)}, settlement.KeepUntilWrong),
            ({"amount": "100.01"}, settlement.InsufficientFunds),
        ],
    )
    def test_refuses_what_makes_no_sense(self, account, changed, refusal):
        with pytest.raises(refusal):
            keep(account, **changed)
        assert not Hold.objects.exists()

    def test_refuses_a_closed_account(self, enterprise):
        empty = make_settlement_account(enterprise)
        settlement.close(empty, by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            keep(empty)


class TestLetGo:
    def test_gives_it_back_and_says_so(self, account):
        hold = keep(account)
        let_go(account, hold)
        assert queries.available_balance(account) == 100
        assert "no longer kept back" in text_of(Notice.objects.get(code="money_let_go"))
        event = AuditEvent.objects.get(verb="settlement.let_go")
        assert (event.subject, event.by, event.details["reason"]) == (hold.reference, "U-TWO", "order lifted")

    def test_takes_a_second_person_and_a_reason(self, account):
        hold = keep(account)
        with pytest.raises(settlement.SamePerson):
            let_go(account, hold, by="U-ONE")
        with pytest.raises(settlement.ReasonMissing):
            let_go(account, hold, reason=" ")
        assert queries.available_balance(account) == 70

    def test_happens_once(self, account):
        hold = keep(account)
        let_go(account, hold)
        with pytest.raises(TransitionRefused):
            let_go(account, hold)
        assert queries.available_balance(account) == 100


class TestEnding:
    @pytest.fixture
    def choice(self, enterprise, owner):
        membership = enterprise.memberships.get(user=owner)
        chosen = [settlement.Choice(Happening.KEPT_ENDED, Channel.SMS)]
        settlement.choose_notices(membership, chosen, at=NOW, by=owner.reference)

    def test_by_time_is_told_once_to_who_chose_it(self, account, choice):
        hold = keep(account)
        for _ in range(2):
            expire_holds(at=hold.expires_at)
        said = text_of(Notice.objects.get(code="kept_ended"))
        assert ("¥30.00" in said, account.number[-4:] in said, account.number in said) == (True, True, False)

    def test_by_time_is_told_to_nobody_else(self, account):
        expire_holds(at=keep(account).expires_at)
        assert not Notice.objects.filter(code="kept_ended").exists()


class TestPages:
    def address(self, account, hold=None):
        parts = [account.reference, *([hold.reference] if hold else [])]
        return reverse("settlement:let_go" if hold else "settlement:kept", args=parts)

    def asked(self, **changed):
        until = (timezone.localdate() + timedelta(days=9)).isoformat()
        return {"amount": "30", "until": until, "reason": "court order 7", "idempotency_key": "k"} | changed

    def test_let_operations_keep_back_once_and_the_owner_read_why(self, client_of, operations, owner, account):
        client = client_of(operations)
        for _ in range(2):
            assert client.post(self.address(account), self.asked()).status_code == 302
        assert queries.available_balance(account) == 70
        page = client_of(owner).get(self.address(account)).text
        assert ("court order 7" in page, "Keep an amount back" in page) == (True, False)

    def test_say_how_much_the_account_can_pay(self, client_of, operations, account):
        page = client_of(operations).post(self.address(account), self.asked(amount="100.01"))
        assert (page.status_code, "this account can pay ¥100.00 now" in page.text) == (422, True)

    def test_let_a_colleague_let_go(self, client_of, operations, account):
        hold = keep(account, until=timezone.localdate() + timedelta(days=9), at=timezone.now())
        client = client_of(operations)
        assert self.address(account, hold) in client.get(self.address(account)).text
        client.post(self.address(account, hold), {"reason": "order lifted"})
        assert queries.available_balance(account) == 100
        assert client.post(self.address(account, hold), {"reason": "order lifted"}).status_code == 404

    def test_show_staff_who_kept_it_and_how_it_ended(self, client_of, operations, owner, account):
        let_go(account, keep(account, by=operations.reference), by="U-TWO")
        expire_holds(at=keep(account, amount="20.00", reason="tax office", key="k2").expires_at)
        page = client_of(operations).get(self.address(account)).text
        for part in ("No longer kept back", "its last day is over", "tax office", str(operations), "let go by U-TWO"):
            assert part in page
        page = client_of(owner).get(self.address(account)).text
        assert ("its last day is over" in page, "let go by" in page, str(operations) in page) == (True, False, False)

    def test_let_nobody_let_go_alone(self, client_of, operations, account):
        client = client_of(operations)
        client.post(self.address(account), self.asked())
        hold = Hold.objects.get()
        assert self.address(account, hold) not in client.get(self.address(account)).text
        page = client.post(self.address(account, hold), {"reason": "mine"}, follow=True)
        assert queries.available_balance(account) == 70
        assert "The amount is no longer kept back." not in page.text

    def test_are_closed_to_others(self, client_of, owner, officer, stranger, account):
        hold = keep(account, until=timezone.localdate() + timedelta(days=9), at=timezone.now())
        for user, answer in ((owner, 403), (officer, 403), (stranger, 404)):
            assert client_of(user).post(self.address(account), self.asked(idempotency_key="x")).status_code == answer
        for user in (owner, officer):
            assert client_of(user).post(self.address(account, hold), {"reason": "no"}).status_code == 403
        assert client_of(stranger).get(self.address(account)).status_code == 404
        assert client_of(owner).get(self.address(account, hold)).status_code == 405
        assert queries.available_balance(account) == 70
