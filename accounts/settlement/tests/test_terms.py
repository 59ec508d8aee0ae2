"""Terms of accounts: agreed once and kept, interest accrued by day and booked by month, fees, overdrafts."""

import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.ledger import operations as ledger
from accounts.ledger import queries as books
from accounts.ledger.models import LedgerAccount
from accounts.ledger.tests.builders import NOW, close_month
from accounts.settlement import interest, tasks
from accounts.settlement import operations as settlement
from accounts.settlement.models import AccountProduct, CarriedCharge, SettlementAccount, TermsPeriod
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from portal.core.models import AuditEvent

MARCH_2, MARCH_31, APRIL_1, MAY_1 = date(2026, 3, 2), date(2026, 3, 31), date(2026, 4, 1), date(2026, 5, 1)
TIERS = [["0", "0.002"], ["50000", "0.011"]]


@pytest.fixture
def product(bank):
    return make_product()


def make_product(**fields):
    told = {
        "name_en": "Business account",
        "name_zh_hans": "对公活期账户",
        "currency": "CNY",
        "interest_tiers": TIERS,
        "withholding_rate": Decimal("0.20"),
        "monthly_fee_amount": Decimal("5.00"),
        "fee_free_from_amount": Decimal("1000.00"),
        "overdraft_limit_amount": Decimal("20000.00"),
        "overdraft_annual_rate": Decimal("0.0730"),
    }
    return settlement.bring_out_account_product("business", by="U-ADMIN", at=NOW, **told | fields)


@pytest.fixture
def account(product, enterprise):
    return make_settlement_account(enterprise)


def withdraw(account, amount, *, on):
    with transaction.atomic():
        return settlement.debit(
            account,
            Decimal(amount),
            to_account=LedgerAccount.objects.named("cash"),
            key=f"out {on} {amount}",
            event="withdrawal",
            subject="slip",
            on=on,
            at=NOW,
            by="U-TELLER",
        )


def date_back(account, amount, *, on=date(2026, 3, 22)):
    cash, holder = LedgerAccount.objects.named("cash"), account.ledger_account
    paid, received = (cash, holder) if Decimal(amount) > 0 else (holder, cash)
    lines = [ledger.debit(paid, abs(Decimal(amount))), ledger.credit(received, abs(Decimal(amount)))]
    told = {"key": "late", "event": "correction", "subject": "late", "at": NOW + timedelta(hours=1), "by": "U-1"}
    with transaction.atomic():
        ledger.post(lines=lines, effective_date=on, **told)


def end_day(on, *, later=0):
    return settlement.end_day(on=on, at=NOW + timedelta(hours=later))


def held(purpose):
    return books.balance(LedgerAccount.objects.named(purpose))


class TestProduct:
    def test_is_brought_out_in_versions(self, product):
        second = make_product(monthly_fee_amount=Decimal("6.00"))
        product.refresh_from_db()
        assert (product.version, product.is_offered, second.version, second.is_offered) == (1, False, 2, True)
        assert AuditEvent.objects.filter(verb="settlement.terms_brought_out", by="U-ADMIN").count() == 2

    def test_keeps_its_terms(self, product):
        with pytest.raises(IntegrityError, match="keeps its terms"):
            AccountProduct.objects.filter(pk=product.pk).update(monthly_fee_amount=0)

    @pytest.mark.parametrize("tiers", [[["5", "0.1"], ["5", "0.2"]], [["-1", "0.1"]], [["0", "1.0"]], [["0", "-0.1"]]])
    def test_of_impossible_tiers_is_refused(self, bank, tiers):
        with pytest.raises(settlement.TiersRefused):
            make_product(interest_tiers=tiers)


class TestTerms:
    def test_are_those_offered_when_the_account_was_opened(self, product, account):
        make_product(interest_tiers=[])
        agreed = interest.agreement_on(account, MAY_1)
        assert (agreed.product, agreed.effective_from, agreed.overdraft_limit_amount) == (product, MARCH_2, 0)

    def test_are_none_where_the_bank_has_none(self, enterprise):
        account = make_settlement_account(enterprise, holding="5000.00")
        assert interest.agreement_on(account, MAY_1) is None
        assert (end_day(MAY_1), books.balance(account.ledger_account)) == (0, Decimal("5000.00"))

    def test_change_from_a_day_on(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)
        better = make_product(interest_tiers=[["0", "0.02"]])
        settlement.agree_on_terms(account, better, overdraft=Decimal(0), on=date(2026, 3, 12), at=NOW, by="U-OPS")
        end_day(APRIL_1)
        period = TermsPeriod.objects.get()
        assert period.earned_amount == 10 * Decimal("0.20") + 20 * Decimal("2.00")

    def test_of_another_currency_are_refused(self, product, account):
        euros = make_product(currency="EUR")
        with pytest.raises(settlement.TermsOfAnotherCurrency):
            settlement.agree_on_terms(account, euros, overdraft=Decimal(0), on=MAY_1, at=NOW, by="U-OPS")

    def test_never_change_for_days_that_are_booked(self, product, account):
        end_day(APRIL_1)
        with pytest.raises(settlement.TermsOfThePast):
            settlement.agree_on_terms(account, product, overdraft=Decimal(0), on=MARCH_31, at=NOW, by="U-OPS")


class TestOverdraft:
    def test_lets_the_account_go_so_far_and_no_further(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(500), on=MARCH_2, at=NOW, by="U-APPROVER")
        withdraw(account, "500.00", on=MARCH_2)
        with pytest.raises(ledger.InsufficientFunds):
            withdraw(account, "0.01", on=MARCH_2)
        assert AuditEvent.objects.filter(verb="settlement.terms_agreed", by="U-APPROVER").exists()

    @pytest.mark.parametrize("amount", ["20000.01", "-1", "0.001"])
    def test_beyond_the_terms_is_refused(self, product, account, amount):
        with pytest.raises(settlement.OverdraftRefused):
            settlement.agree_on_terms(account, product, overdraft=Decimal(amount), on=MARCH_2, at=NOW, by="U-1")

    def test_in_use_is_not_taken_back(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(500), on=MARCH_2, at=NOW, by="U-1")
        withdraw(account, "300.00", on=MARCH_2)
        with pytest.raises(ledger.OverdraftInUse):
            settlement.agree_on_terms(account, product, overdraft=Decimal(299), on=MARCH_2, at=NOW, by="U-1")

    @pytest.mark.django_db(transaction=True)
    def test_of_two_withdrawals_at_once_one_wins(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(500), on=MARCH_2, at=NOW, by="U-1")
        outcomes = []

        def take(number):
            try:
                withdraw(SettlementAccount.objects.get(), f"300.0{number}", on=MARCH_2)
                outcomes.append("done")
            except ledger.InsufficientFunds:
                outcomes.append("refused")
            finally:
                connection.close()

        threads = [threading.Thread(target=take, args=[number]) for number in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(outcomes) == ["done", "refused"]


class TestMonth:
    def test_reads_like_an_accountants_notebook(self, product, account):
        # 2 March: 73,000.00 are paid in: 50,000 at 0.20 % and 23,000 at 1.10 % are 353.00 a year, 0.967123 a day.
        make_deposit(account, "73000.00", on=MARCH_2)
        # 12 March: 72,500.00 go out; the 500.00 left earn 0.002740 a day.
        withdraw(account, "72500.00", on=date(2026, 3, 12))

        # Every night the bank books what it owes: after the 11th, ten days of 0.967123.
        settlement.accrue_interest("CNY", on=date(2026, 3, 11), at=NOW)
        assert (held("interest_payable"), held("interest_expense")) == (Decimal("9.67"), Decimal("9.67"))

        # 1 April: 9.671233 + 20 days of 0.002740 = 9.726027, so 9.73; a fifth of it is tax. March is no whole month
        # of the account, so it costs nothing.
        assert end_day(APRIL_1) == 1
        period = TermsPeriod.objects.get()
        assert (period.earned_amount, period.tax_amount, period.fee_amount) == (Decimal("9.73"), Decimal("1.95"), 0)
        assert books.balance(account.ledger_account) == Decimal("507.78")
        assert books.balance(account.ledger_account, on=MARCH_31) == Decimal("500.00")
        assert (held("interest_payable"), held("interest_expense"), held("tax_payable")) == (
            Decimal("0.00"),
            Decimal("9.73"),
            Decimal("1.95"),
        )

        # 1 May: April earned 507.78 at 0.20 % for 30 days, 0.083471; the balance fell below 1,000.00: the fee is 5.00.
        assert end_day(MAY_1, later=1) == 1
        assert books.balance(account.ledger_account) == Decimal("507.78") + Decimal("0.06") - Decimal("5.00")
        assert (held("fee_income"), held("interest_expense")) == (Decimal("5.00"), Decimal("9.81"))
        assert settlement.check_interest(on=MAY_1, at=NOW) == []
        assert books.discrepancies() == []

    def test_is_booked_once(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)
        assert [end_day(APRIL_1), end_day(APRIL_1), end_day(date(2026, 4, 2))] == [1, 0, 0]

    @pytest.mark.django_db(transaction=True)
    def test_is_booked_once_by_two_workers(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)

        def run():
            try:
                end_day(APRIL_1)
            finally:
                connection.close()

        threads = [threading.Thread(target=run) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert (TermsPeriod.objects.count(), held("interest_payable")) == (1, Decimal("0.00"))

    def test_costs_nothing_where_the_balance_never_fell(self, product, account):
        make_deposit(account, "1000.00", on=MARCH_2)
        end_day(MAY_1)
        assert [period.fee_amount for period in TermsPeriod.objects.order_by("pk")] == [0, 0]

    def test_charges_an_overdraft(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        withdraw(account, "10000.00", on=MARCH_2)
        end_day(APRIL_1)
        period = TermsPeriod.objects.get()
        assert (period.overdraft_interest_amount, period.charged_amount) == (Decimal("60.00"), Decimal("60.00"))
        assert books.balance(account.ledger_account) == Decimal("-10060.00")
        assert held("interest_income") == Decimal("60.00")

    def test_carries_what_it_cannot_charge(self, product, account):
        end_day(MAY_1)
        assert TermsPeriod.objects.order_by("-pk").first().carried_amount == Decimal("5.00")
        make_deposit(account, "8.00", on=MAY_1)
        end_day(date(2026, 6, 1))
        period = TermsPeriod.objects.order_by("-pk").first()
        assert (period.brought_amount, period.charged_amount, period.carried_amount) == (5, 8, 2)

    def test_takes_nothing_from_a_frozen_account(self, product, account):
        make_deposit(account, "500.00", on=MARCH_2)
        settlement.freeze(account, reason="court", by="U-OPS", at=NOW)
        end_day(MAY_1)
        assert TermsPeriod.objects.order_by("-pk").first().carried_amount == Decimal("5.00")

    def test_makes_good_what_was_dated_back(self, product, account):
        end_day(APRIL_1)
        date_back(account, "36500.00")
        end_day(MAY_1, later=2)
        period = TermsPeriod.objects.order_by("-pk").first()
        assert (period.earned_amount, period.correction_amount) == (Decimal("6.00"), Decimal("2.00"))
        settlement.accrue_interest("CNY", on=MAY_1, at=NOW)
        assert held("interest_payable") == interest.unbooked_interest(account, MAY_1)

    def test_charges_what_an_overdraft_dated_back_cost(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        end_day(APRIL_1)
        date_back(account, "-10000.00")
        end_day(MAY_1, later=2)
        period = TermsPeriod.objects.order_by("-pk").first()
        assert (period.overdraft_interest_amount, period.overdraft_correction_amount) == (60, 20)
        assert period.charged_amount == Decimal("85.00")
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_gives_back_what_an_overdraft_did_not_cost(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        withdraw(account, "10000.00", on=MARCH_2)
        end_day(APRIL_1)
        # ten of the thirty days for which 60.00 were charged were covered, as is known now
        date_back(account, "10000.00")
        end_day(MAY_1, later=2)
        period = TermsPeriod.objects.order_by("-pk").first()
        # April: 60.00 below zero cost 0.36, the fee is 5.00
        assert (period.overdraft_correction_amount, period.charged_amount) == (Decimal("-20.00"), Decimal("-14.64"))
        assert books.balance(account.ledger_account) == Decimal("-45.36")
        assert (held("interest_income"), held("fee_income")) == (Decimal("40.36"), Decimal("5.00"))
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_corrects_once(self, product, account):
        settlement.agree_on_terms(account, product, overdraft=Decimal(20000), on=MARCH_2, at=NOW, by="U-1")
        end_day(APRIL_1)
        date_back(account, "-10000.00")
        end_day(MAY_1, later=2)
        end_day(date(2026, 6, 1), later=3)
        assert TermsPeriod.objects.order_by("-pk").first().overdraft_correction_amount == 0

    def test_that_is_closed_is_booked_on_the_first_open_day(self, product, account):
        make_deposit(account, "36500.00", on=MARCH_2)
        close_month(date(2026, 4, 1), on=MAY_1)
        end_day(MAY_1)
        assert books.balance(account.ledger_account, on=date(2026, 4, 30)) == Decimal("36500.00")
        assert books.balance(account.ledger_account) > Decimal("36500.00")

    def test_alarms_where_it_does_not_tie(self, product, account, caplog):
        make_deposit(account, "36500.00", on=MARCH_2)
        end_day(APRIL_1)
        with transaction.atomic():
            ledger.post(
                key="wrong hand",
                event="fee",
                subject="x",
                lines=[
                    ledger.debit(LedgerAccount.objects.named("cash"), Decimal("1.00")),
                    ledger.credit(LedgerAccount.objects.named("interest_payable"), Decimal("1.00")),
                ],
                effective_date=MARCH_31,
                at=NOW,
                by="U-1",
            )
        found = settlement.check_interest(on=APRIL_1, at=NOW)
        assert [(each.subject, each.kept, each.recomputed) for each in found] == [("interest_payable CNY", 1, 0)]
        assert AuditEvent.objects.filter(verb="settlement.interest_untied").exists()

    def test_is_booked_by_the_nightly_task(self, product, account, caplog):
        tasks.end_day()
        assert TermsPeriod.objects.filter(settlement_account=account).exists()
        assert not caplog.records


class TestClosing:
    def test_takes_what_the_balance_covers_and_waives_the_rest(self, product, account):
        end_day(MAY_1)
        make_deposit(account, "3.00", on=MAY_1)
        settlement.charge_carried(account, on=MAY_1, at=NOW, by="U-OWNER")
        settlement.close(account, at=NOW, by="U-OWNER")
        rows = CarriedCharge.objects.order_by("pk").values_list("charged_amount", "waived_amount", "settled_by")
        assert list(rows) == [(3, 0, "U-OWNER"), (0, 2, "U-OWNER")]
        waived = AuditEvent.objects.get(verb="settlement.charges_waived")
        assert (waived.subject, waived.details) == (account.reference, {"amount": "2.00", "currency": "CNY"})
        assert settlement.check_interest(on=MAY_1, at=NOW) == []

    def test_takes_what_was_carried_once(self, product, account):
        end_day(MAY_1)
        make_deposit(account, "8.00", on=MAY_1)
        taken = [settlement.charge_carried(account, on=MAY_1, at=NOW, by="U-OWNER") for _ in range(2)]
        assert [entry is not None for entry in taken] == [True, False]
        end_day(date(2026, 6, 1))
        assert TermsPeriod.objects.order_by("-pk").first().brought_amount == 0

    def test_waives_nothing_where_nothing_was_carried(self, product, account):
        settlement.close(account, at=NOW, by="U-OWNER")
        assert not AuditEvent.objects.filter(verb="settlement.charges_waived").exists()

    def test_cannot_be_rewritten(self, product, account):
        end_day(MAY_1)
        settlement.close(account, at=NOW, by="U-OWNER")
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            CarriedCharge.objects.update(waived_amount=1)


class TestAnyMonth:
    @given(moves=st.lists(st.tuples(st.integers(2, 31), st.integers(1, 10**7)), max_size=12))
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def test_pays_what_its_days_accrued(self, product, enterprise, moves):
        before = transaction.savepoint()
        account = make_settlement_account(enterprise)
        for day, cents in moves:
            make_deposit(account, str(Decimal(cents) / 100), on=date(2026, 3, day))
        days = interest.accrued_days(account, MARCH_2, MARCH_31)
        end_day(APRIL_1)
        period = TermsPeriod.objects.get(settlement_account=account)
        assert period.earned_amount == sum(each.interest for each in days)
        assert settlement.check_interest(on=APRIL_1, at=NOW) == []
        transaction.savepoint_rollback(before)


class TestPage:
    def address(self, account, name="terms"):
        return reverse(f"settlement:{name}", args=[account.reference])

    @pytest.mark.parametrize("reader", ["owner", "manager", "officer", "auditor", "approver"])
    def test_tells_whoever_sees_the_account(self, client_of, request, account, reader):
        make_deposit(account, "36500.00", on=MARCH_2)
        end_day(MAY_1)
        text = client_of(request.getfixturevalue(reader)).get(self.address(account)).content.decode()
        assert [word for word in ("Business account", "¥50,000.00", "1.10%", "¥5.00") if word not in text] == []
        assert ("Agree on other terms" in text) == (reader == "approver")

    def test_says_that_an_account_has_no_terms(self, client_of, owner, enterprise):
        text = client_of(owner).get(self.address(make_settlement_account(enterprise))).content.decode()
        assert "earns no interest and costs nothing" in text

    def test_lets_an_approver_agree_on_an_overdraft(self, client_of, approver, account, product):
        asked = {"product": product.reference, "overdraft": "2,000.00"}
        response = client_of(approver).post(self.address(account, "agree_on_terms"), asked)
        assert response.headers["Location"] == self.address(account)
        assert interest.agreement_on(account, timezone.localdate()).overdraft_limit_amount == 2000

    def test_says_what_is_wrong(self, client_of, approver, account, product):
        asked = {"product": product.reference, "overdraft": "20,001.00"}
        response = client_of(approver).post(self.address(account, "agree_on_terms"), asked)
        assert response.status_code == 422
        assert "¥20,000.00 at most" in response.content.decode()

    def test_lets_nobody_else_agree(self, client_of, owner, operations, account):
        answers = [client_of(user).post(self.address(account, "agree_on_terms")) for user in (owner, operations)]
        assert [answer.status_code for answer in answers] == [403, 403]

    def test_does_not_exist_for_a_stranger(self, client_of, stranger, account):
        assert client_of(stranger).get(self.address(account)).status_code == 404

    def test_takes_only_its_method(self, client_of, approver, account):
        client = client_of(approver)
        answers = [client.post(self.address(account)), client.get(self.address(account, "agree_on_terms"))]
        assert [answer.status_code for answer in answers] == [405, 405]

    def test_gives_the_interest_before_an_account_is_closed(self, client_of, owner, account):
        make_deposit(account, "36500.00", on=MARCH_2)
        withdraw(account, "36500.00", on=date(2026, 3, 20))
        client = client_of(owner)
        client.post(self.address(account, "close"))
        account.refresh_from_db()
        assert (account.status, books.balance(account.ledger_account) > 0) == ("open", True)
