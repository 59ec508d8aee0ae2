"""Money that the bank keeps back: at once by one person, let go by another, told to the owners."""

import contextlib
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.management import CommandError
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.identity.models import Enterprise
from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.models import Hold
from accounts.ledger.operations import expire_holds
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import queries
from accounts.settlement.happenings import Happening
from accounts.settlement.tests.builders import held, make_settlement_account, shown
from portal.core.models import AuditEvent, Channel, Notice
from portal.core.notices.operations import text_of
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

COURT = settlement.Elsewhere("District Court", "DE21500500009876543210", "SPUEDE2U")


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

    def test_let_a_colleague_let_go(self, client_of, operations, colleague, account):
        hold = keep(account, until=timezone.localdate() + timedelta(days=9), at=timezone.now())
        client = client_of(operations)
        assert self.address(account, hold) in client.get(self.address(account)).text
        client.post(self.address(account, hold), {"reason": "order lifted"})
        assert queries.available_balance(account) == 100
        again = {"data": {"reason": "order lifted"}, "follow": True}
        assert "no longer possible" not in client.post(self.address(account, hold), **again).text
        assert "no longer possible" in client_of(colleague).post(self.address(account, hold), **again).text

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


class TestPayKept:
    @pytest.fixture
    def court(self, stranger):
        return make_settlement_account(Enterprise.objects.get(memberships__user=stranger))

    def pay(self, account, hold, amount=None, by="U-TWO", at=NOW):
        amount = None if amount is None else Decimal(amount)
        return settlement.pay_kept(account, hold, amount, seen=shown(hold), on=TODAY, at=at, by=by)

    def test_pays_all_of_it_to_the_account_that_was_named(self, account, court):
        hold = keep(account, to=court)
        made = self.pay(account, hold)
        assert (held(account), queries.available_balance(account), held(court)) == (70, 70, 30)
        assert (made.entry.event, made.entry.subject, made.entry.text) == (
            "kept_back",
            account.reference,
            "court order 7",
        )
        assert (hold.status, hold.captured_entry, hold.ended_by) == ("captured", made.entry, "U-TWO")

    def test_pays_a_part_and_lets_the_rest_go(self, account, court):
        self.pay(account, keep(account, to=court), "12.50")
        assert (held(account), queries.available_balance(account)) == (Decimal("87.50"), Decimal("87.50"))

    def test_records_who_and_tells_the_owners_to_whom(self, account, court):
        hold = keep(account, to=court)
        self.pay(account, hold, "12.50")
        event = AuditEvent.objects.get(verb="settlement.pay_kept")
        assert (event.subject, event.by, event.details["to"]) == (hold.reference, "U-TWO", shown(hold))
        said = text_of(Notice.objects.get(code="kept_money_paid"))
        for part in ("12.50", account.number[-4:], "Stranger Noodles", "court order 7"):
            assert part in said

    def test_stands_on_both_statements_with_the_other_side(self, account, court):
        self.pay(account, keep(account, to=court))
        told = [queries.counterparty(queries.postings(each).order_by("-pk").first()) for each in (account, court)]
        assert told == ["Stranger Noodles", "Green Tea Shop"]

    def test_is_nothing_that_the_enterprise_paid(self, account, court):
        self.pay(account, keep(account, to=court))
        enterprise, rules = account.enterprise, queries.rules_of(account.enterprise, at=NOW)
        assert queries.paid_on(enterprise, "CNY", TODAY) == 0
        assert queries.needs_code(enterprise, Decimal(1), to=[(court.number, "")], rules=rules)

    def test_pays_out_of_a_frozen_account(self, account, court):
        hold = keep(account, to=court)
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        self.pay(account, hold)
        assert held(court) == 30

    def test_refuses_whoever_kept_it_and_who_belongs_to_either(self, account, court, owner, stranger):
        hold = keep(account, to=court)
        for by, refusal in (
            ("U-ONE", settlement.SamePerson),
            (owner.reference, settlement.OwnAccount),
            (stranger.reference, settlement.OwnAccount),
        ):
            with pytest.raises(refusal):
                self.pay(account, hold, by=by)
        assert held(court) == 0

    def test_refuses_where_nobody_was_named(self, account):
        with pytest.raises(settlement.KeptForNobody):
            self.pay(account, keep(account))

    def test_refuses_what_cannot_be(self, account, court):
        hold = keep(account, to=court)
        for amount, at, refusal in (
            ("30.01", NOW, ledger.CaptureExceedsHold),
            ("0.001", NOW, ledger.AmountRefused),
            ("0", NOW, ledger.AmountRefused),
            ("30.00", hold.expires_at, ledger.HoldExpired),
        ):
            with pytest.raises(refusal):
                self.pay(account, hold, amount, at=at)
        settlement.close(court, by="U-1", at=NOW)
        with pytest.raises(settlement.PayeeUnknown):
            self.pay(account, hold)
        assert (held(account), queries.available_balance(account)) == (100, 70)

    def test_refuses_to_name_the_account_itself_or_ones_own(self, account, court, stranger):
        with pytest.raises(settlement.TransferToItself):
            keep(account, to=account)
        with pytest.raises(settlement.OwnAccount):
            keep(account, to=court, by=stranger.reference)

    def test_refuses_to_name_an_account_that_receives_nothing(self, account, court):
        settlement.close(court, by="U-1", at=NOW)
        with pytest.raises(settlement.PayeeUnknown):
            keep(account, to=court)

    def test_happens_once(self, account, court):
        hold = keep(account, to=court)
        self.pay(account, hold)
        for again in (lambda: self.pay(account, hold), lambda: let_go(account, hold)):
            with pytest.raises(TransitionRefused):
                again()
        assert (held(court), Notice.objects.filter(code="kept_money_paid").count()) == (30, 1)

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_pays_once(self, account, court):
        hold = keep(account, to=court)

        def attempt(by):
            with contextlib.suppress(TransitionRefused):
                self.pay(account, Hold.objects.select_related("ledger_account").get(pk=hold.pk), by=by)

        together(lambda: attempt("U-TWO"), lambda: attempt("U-THREE"))
        assert (held(account), held(court)) == (70, 30)

    def test_is_two_steps_on_the_page(self, client_of, account, court, operations, colleague):
        page, until = reverse("settlement:kept", args=[account.reference]), timezone.localdate() + timedelta(days=5)
        told = {"idempotency_key": "k", "amount": "30", "until": until.isoformat(), "reason": "order 7"}
        refused = client_of(operations).post(page, {**told, "to": "1234"})
        assert refused.status_code == 422
        client_of(operations).post(page, {**told, "to": court.number})
        hold = Hold.objects.get()
        pay, seen = reverse("settlement:pay_kept", args=[account.reference, hold.reference]), shown(hold)
        assert pay not in client_of(operations).get(page).content.decode()
        assert pay in client_of(colleague).get(page).content.decode()
        for amount in ("much", "30.01"):
            answer = client_of(colleague).post(pay, {"amount": amount, "seen": seen}, follow=True)
        assert "Only ¥30.00 was kept back." in answer.content.decode()
        assert held(court) == 0
        client_of(colleague).post(pay, {"amount": "20.00", "seen": seen})
        assert (held(account), held(court)) == (80, 20)
        said = client_of(operations).get(page).content.decode()
        assert "¥20.00 paid to Stranger Noodles" in said
        assert "He Ping" in said
        again = {"path": pay, "data": {"amount": "20.00", "seen": seen}, "follow": True}
        assert "no longer possible" not in client_of(colleague).post(**again).text
        assert (held(account), held(court)) == (80, 20)

    def test_is_shown_with_as_many_queries_however_much(self, client_of, account, court, operations, colleague):
        client, page = client_of(colleague), reverse("settlement:kept", args=[account.reference])

        def asked():
            with CaptureQueriesContext(connection) as queries:
                assert client.get(page).status_code == 200
            return len(queries)

        soon = {"to": court, "by": operations.reference, "until": timezone.localdate() + timedelta(days=9)}
        keep(account, "1.00", at=timezone.now(), **soon)
        one = asked()
        for number in range(3):
            keep(account, "1.00", at=timezone.now(), key=f"k{number}", **soon)
        assert asked() == one


class TestBefore:
    """Accounts of this bank that were named stood in the holds' subjects."""

    def test_are_payees_since(self, account, stranger, migrate):
        court = make_settlement_account(stranger.memberships.get().enterprise)
        named, nobody = keep(account, to=court), keep(account, key="other")
        migrate("accounts", "0035_payees_of_money_kept_back")
        Hold.objects.filter(pk=named.pk).update(subject=court.reference)
        migrate("accounts", "0037_payees_of_money_kept_back_named_again")
        assert [(each.number, each.name, each.added_by) for each in named.payees.all()] == [
            (court.number, "Stranger Noodles", "U-ONE")
        ]
        assert not nobody.payees.exists()

    def test_stay_once_another_was_named(self, account, migrate):
        hold = keep(account, to=COURT)
        settlement.name_payee(account, hold, to=replace(COURT, name="High Court"), at=NOW, by="U-ONE")
        with pytest.raises(CommandError, match="named another payee"):
            migrate("accounts", "0036_bookkeepers")

    def test_stay_once_somebody_else_named_them(self, account, migrate):
        settlement.name_payee(account, keep(account), to=COURT, at=NOW, by="U-TWO")
        with pytest.raises(CommandError, match="named another payee"):
            migrate("accounts", "0036_bookkeepers")

    def test_stay_while_their_payment_may_be_canceled(self, account, migrate):
        hold = keep(account, to=COURT)
        paid = settlement.pay_kept(account, hold, seen=shown(hold), on=TODAY, at=NOW, by="U-TWO")
        settlement.ask_to_void(paid, reason="wrong number", at=NOW, by="U-TWO")
        with pytest.raises(CommandError, match="asks to cancel"):
            migrate("accounts", "0036_bookkeepers")
