"""Batches of payments: a file read and judged, sent, agreed to, paid all or none."""

import io
import json
import time
from datetime import timedelta
from decimal import Decimal
from zipfile import ZIP_DEFLATED

import openpyxl
import pytest
from structlog.testing import capture_logs

from accounts.ledger import queries
from accounts.ledger.models import JournalEntry, LedgerAccount
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import batching, tasks
from accounts.settlement import operations as settlement
from accounts.settlement.models import Payee, PaymentBatch, PaymentBatchLine, PaymentInstruction
from accounts.settlement.tests.asking import make_request
from accounts.settlement.tests.builders import held, make_payee, make_settlement_account, make_transfer
from accounts.settlement.tests.paying import set_rules
from accounts.statements.parsing import StatementRefused
from accounts.statements.parsing.tests import samples
from portal.core.idempotency import KeyReused
from portal.core.models import AuditEvent, Job, Notice
from portal.core.tests.faults import break_writes
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

DAY = timedelta(days=1)
HEAD = "Name,Account number,Bank code,Amount,Text\n"
MILL = "Mill Ltd,DE21 5005 0000 9876 5432 10,SPUEDE2UXXX,{amount},{text}\n"


@pytest.fixture
def saved(enterprise, noodles):
    """Both payees of the usual file, saved long ago."""
    return make_payee(enterprise), make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")


def usual(noodles, inside="60.00", outside="40.00"):
    return HEAD + f"Stranger Noodles,{noodles.number},,{inside},Wages\n" + MILL.format(amount=outside, text="Flour")


def check(account, text, *, key="k", title="March", by="U-OWNER"):
    content = text if isinstance(text, bytes) else text.encode()
    return settlement.check_batch(account, title=title, name="pay.csv", content=content, key=key, at=NOW, by=by)


def submit(batch, *, by, at=NOW):
    settlement.submit_batch(batch, on=TODAY, at=at, by=by)


def pay(batch, at=NOW):
    settlement.pay_batch(PaymentBatch.objects.get(pk=batch.pk), on=TODAY, at=at)
    batch.refresh_from_db()


def problems(batch):
    return [line.problem_code for line in batch.lines.order_by("line")]


class TestRead:
    def test_understands_headings_in_both_languages_and_leaves_sums_out(self):
        english = batching.read(
            b"Payee;IBAN;BIC;Amount;Purpose\nMill;DE21;SPUEDE2U;1.234,50;Flour\nTotal;;;1.234,50;\n"
        )
        chinese = batching.read(
            "姓名,卡号,实发工资,备注\n王芳,6222 0202,1234.50,三月工资\n合计,,1234.50,\n".encode("gb18030")
        )
        assert [(each.name, each.amount) for each in english + chinese] == [
            ("Mill", Decimal("1234.50")),
            ("王芳", Decimal("1234.50")),
        ]
        assert (chinese[0].number, chinese[0].text) == ("62220202", "三月工资")

    def test_keeps_a_payee_that_is_called_total(self):
        (line,) = batching.read(b"Name,Account number,Amount\nTotal Energies,FR76,5\n")
        assert line.name == "Total Energies"

    def test_reads_a_workbook(self):
        book = openpyxl.Workbook()
        for row in (["Name", "Account number", "Amount"], ["Mill", "6222020200112233445", 12.5]):
            book.active.append(row)
        written = io.BytesIO()
        book.save(written)
        (line,) = batching.read(written.getvalue())
        assert (line.number, line.amount) == ("6222020200112233445", Decimal("12.5"))

    def test_leaves_an_amount_that_is_none_to_its_line(self):
        lines = batching.read(b"Name,Account number,Amount\nA,1,ten\nB,2,10.50\nC,3,1.005\nD,4,\n")
        assert [each.amount for each in lines] == [None, Decimal("10.50"), Decimal("1.005"), None]

    @pytest.mark.parametrize(
        "content", [b"", b"Name,Amount\nMill,5\n", b"Name,Account number,Amount\n", b"\xd0\xcf\x11\xe0old", b"{}"]
    )
    def test_refuses_what_is_no_file_of_payments(self, content):
        with pytest.raises(StatementRefused):
            batching.read(content)

    def test_refuses_more_lines_than_one_batch_takes(self):
        with pytest.raises(StatementRefused):
            batching.read(("Name,Account number,Amount\n" + "Mill,1234,5\n" * (batching.MOST_LINES + 1)).encode())


class TestCheck:
    def test_tells_what_would_happen_and_does_nothing(self, account, noodles, saved):
        batch = check(account, usual(noodles))
        assert (batch.status, batch.line_count, batch.total_amount, problems(batch)) == ("checked", 2, 100, ["", ""])
        assert [line.payee for line in batch.lines.order_by("line")] == [saved[1], saved[0]]
        assert (held(account), PaymentInstruction.objects.count()) == (1000, 0)
        event = AuditEvent.objects.get(verb="settlement.batch_checked")
        assert (event.subject, event.by, event.at) == (batch.reference, "U-OWNER", NOW)

    @pytest.mark.parametrize(
        ("line", "problem"),
        [
            ("Stranger Noodles,1234567890123456,,5,", "payee_unknown"),
            ("Other Name,{noodles},,5,", "batch_name_differs"),
            ("Mill,DE22500500009876543210,SPUEDE2U,5,", "payee_number_wrong"),
            ("Mill,,SPUEDE2U,5,", "payee_number_wrong"),
            ("Mill,123456,NOBANK,5,", "bank_code_wrong"),
            (",123456,SPUEDE2U,5,", "batch_name_missing"),
            ("Mill,123456,SPUEDE2U,ten,", "batch_amount_unreadable"),
            ("Mill,123456,SPUEDE2U,1.005,", "amount_refused"),
            ("Mill,123456,SPUEDE2U,0,", "amount_refused"),
            ("Mill,123456,SPUEDE2U,-5,", "amount_refused"),
            ("Mill,123456,SPUEDE2U,200000.01,", "batch_line_above_limit"),
            ("Mill,6222020200112230000,SPUEDE2U,5,", "batch_number_rounded"),
            ("Someone,DE21500500009876543210,SPUEDE2UXXX,5,", "batch_name_differs"),
            ("Green Tea Shop,{own},,5,", "transfer_to_itself"),
        ],
    )
    def test_says_what_is_wrong_with_a_line(self, account, noodles, saved, line, problem):
        line = line.format(noodles=noodles.number, own=account.number).replace(
            "Green Tea Shop", account.enterprise.legal_name
        )
        batch = check(account, usual(noodles) + line + "\n")
        assert problems(batch) == ["", "", problem]
        assert batch.lines.get(problem_code=problem).problem

    def test_of_a_workbook_that_unfolds_without_end_is_refused_and_harms_nobody(self, account):
        bomb = samples.zip_of_lies(900_000_000, how=ZIP_DEFLATED, names=["[Content_Types].xml", "xl/workbook.xml"])
        with pytest.raises(StatementRefused) as caught:
            check(account, bomb)
        assert caught.value.code == "statement_too_heavy"

    def test_sent_twice_is_taken_once(self, account, noodles):
        assert check(account, usual(noodles)) == check(account, usual(noodles))
        with pytest.raises(KeyReused):
            check(account, usual(noodles, inside="61.00"))

    def test_of_the_same_file_gives_the_first_batch_unless_it_is_another_month(self, account, noodles):
        first = check(account, usual(noodles))
        assert check(account, usual(noodles), key="k2") == first
        assert check(account, usual(noodles), key="k3", title="April") != first
        settlement.cancel_batch(first, at=NOW, by="U-1")
        assert check(account, usual(noodles), key="k4") != first


@pytest.mark.usefixtures("saved")
class TestSubmit:
    def test_of_an_owner_asks_to_be_paid_at_once(self, account, noodles, owner):
        batch = check(account, usual(noodles))
        submit(batch, by=owner.reference)
        assert (batch.status, Job.objects.filter(name="settlement.pay_batch", reference=batch.reference).count()) == (
            "approved",
            1,
        )
        with pytest.raises(TransitionRefused):
            submit(batch, by=owner.reference)

    def test_with_one_bad_line_is_refused_and_nothing_is_posted(self, account, noodles, owner):
        batch = check(account, usual(noodles) + "Mill,123456,NOBANK,5,\n")
        entries = JournalEntry.objects.count()
        with pytest.raises(settlement.BatchHasProblems):
            submit(batch, by=owner.reference)
        batch.refresh_from_db()
        assert (batch.status, held(account), JournalEntry.objects.count()) == ("checked", 1000, entries)

    def test_judges_again_what_changed_meanwhile(self, account, noodles, owner, saved):
        batch = check(account, usual(noodles))
        settlement.close(noodles, by="U-1", at=NOW)
        with pytest.raises(settlement.BatchHasProblems):
            submit(batch, by=owner.reference)

    def test_refuses_more_than_the_account_holds_or_the_day_allows(self, enterprise, account, noodles, owner):
        dear = check(account, usual(noodles, inside="960.01"))
        with pytest.raises(settlement.InsufficientFunds):
            submit(dear, by=owner.reference)
        settlement.set_rules(enterprise, daily_limit=Decimal(99), second_person_from=None, at=NOW - DAY, by="U-1")
        with pytest.raises(settlement.DailyLimit):
            submit(check(account, usual(noodles), key="k2"), by=owner.reference)

    def test_refuses_a_frozen_account(self, account, noodles, owner):
        batch = check(account, usual(noodles))
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        with pytest.raises(settlement.AccountNotOpen):
            submit(batch, by=owner.reference)

    def test_of_a_manager_or_above_the_threshold_waits_for_a_second_person(
        self, enterprise, account, noodles, owner, manager
    ):
        first = check(account, usual(noodles), by=manager.reference)
        submit(first, by=manager.reference)
        settlement.set_rules(
            enterprise, daily_limit=Decimal(5000), second_person_from=Decimal(100), at=NOW - DAY, by="U-1"
        )
        second = check(account, usual(noodles), key="k2", title="April")
        submit(second, by=owner.reference)
        assert (first.status, second.status, Job.objects.filter(name="settlement.pay_batch").count()) == (
            "waiting",
            "waiting",
            0,
        )

    def test_saves_who_is_new_and_waits_until_they_cooled_off(self, account, noodles, owner):
        new = "Baker,6222020200112233445,ICBKCNBJ,5,\nBaker,6222020200112233445,ICBKCNBJ,6,\n"
        batch = check(account, usual(noodles) + new)
        submit(batch, by=owner.reference)
        assert (Payee.objects.filter(name="Baker").count(), batch.pay_at) == (1, NOW + DAY)
        pay(batch)
        assert batch.status == "approved"
        pay(batch, at=NOW + DAY)
        assert (batch.status, held(account)) == ("paid", 889)


class TestCodeOfABatch:
    """The rule of payments, over all lines and the sum."""

    def asks(self, account, rows, owner):
        told = "".join(",".join((*row, "x")) + "\n" for row in rows)
        batch = check(account, HEAD + told, key=told)
        return settlement.review_batch(batch, on=TODAY, at=NOW, by=owner.reference).needs_code

    @pytest.fixture
    def known(self, account, noodles, owner):
        """A line to whom the enterprise paid before."""
        make_transfer(account, noodles, "1", by=owner.reference)
        return "Stranger Noodles", noodles.number, "", "60.00"

    @pytest.fixture
    def own(self, enterprise):
        return enterprise.legal_name, make_settlement_account(enterprise).number, "", "60.00"

    def test_is_not_asked_for_what_stays_or_goes_again_within_the_bank(self, account, known, own, owner):
        assert not self.asks(account, [known, own], owner)

    def test_is_asked_where_one_line_leaves_the_bank(self, account, known, owner):
        assert self.asks(account, [known, ("Mill Ltd", "DE21500500009876543210", "SPUEDE2UXXX", "1.00")], owner)

    def test_is_asked_where_one_line_goes_to_an_account_never_paid(self, account, noodles, own, owner):
        assert self.asks(account, [own, ("Stranger Noodles", noodles.number, "", "1.00")], owner)

    def test_is_asked_where_the_sum_reaches_the_threshold(self, account, known, own, owner):
        set_rules(account.enterprise, "900", "120", at=NOW - DAY)
        assert self.asks(account, [known, known], owner)
        assert not self.asks(account, [own], owner)


@pytest.mark.usefixtures("saved")
class TestSecondPerson:
    @pytest.fixture
    def waiting(self, account, noodles, manager):
        batch = check(account, usual(noodles), by=manager.reference)
        submit(batch, by=manager.reference)
        return batch

    def test_agrees_and_it_is_paid_in_both_names(self, waiting, owner, manager):
        settlement.confirm_batch(waiting, at=NOW, by=owner.reference)
        pay(waiting)
        assert set(PaymentInstruction.objects.values_list("made_by", "checked_by")) == {
            (manager.reference, owner.reference)
        }

    def test_is_another(self, waiting, manager):
        with pytest.raises(settlement.SamePerson):
            settlement.confirm_batch(waiting, at=NOW, by=manager.reference)

    def test_declines_with_a_reason(self, waiting, owner):
        with pytest.raises(settlement.ReasonMissing):
            settlement.decline_batch(waiting, reason="", at=NOW, by=owner.reference)
        settlement.decline_batch(waiting, reason="wrong month", at=NOW, by=owner.reference)
        assert (waiting.status, waiting.reason) == ("declined", "wrong month")
        with pytest.raises(TransitionRefused):
            settlement.confirm_batch(waiting, at=NOW, by=owner.reference)


@pytest.mark.usefixtures("saved")
class TestPay:
    @pytest.fixture
    def approved(self, account, noodles, owner):
        batch = check(account, usual(noodles))
        submit(batch, by=owner.reference)
        return batch

    def test_moves_inside_at_once_and_sends_the_rest_out(self, approved, account, noodles, owner):
        pay(approved)
        assert (approved.status, held(account), held(noodles)) == ("paid", 900, 60)
        assert queries.balance(LedgerAccount.objects.named("clearing")) == 40
        made = {each.payee.name: each for each in PaymentInstruction.objects.select_related("payee")}
        assert (made["Stranger Noodles"].status, made["Mill Ltd"].status) == ("settled", "pending")
        assert (made["Mill Ltd"].text, made["Mill Ltd"].made_by) == ("Flour", owner.reference)
        assert not PaymentBatchLine.objects.filter(instruction=None).exists()

    def test_happens_once(self, approved, account):
        for _ in range(3):
            pay(approved)
        assert held(account) == 900

    def test_pays_all_or_nothing_and_says_why(self, approved, account, noodles, owner):
        make_transfer(account, noodles, "950", by=owner.reference)
        pay(approved)
        assert (approved.status, approved.reason_code, held(account)) == ("failed", "insufficient_funds", 50)
        assert not PaymentInstruction.objects.exists()

    def test_that_failed_tells_the_owners_why_once(self, approved, account, noodles, owner):
        make_transfer(account, noodles, "950", by=owner.reference)
        for _twice in range(2):
            pay(approved)
        (told,) = Notice.objects.filter(code="batch_not_paid")
        words = json.loads(told.params)
        assert (told.address, words["title"], words["amount"]) == (owner.phone, "March", "¥100.00")
        assert (words["reason"], words["reference"]) == (approved.reason, approved.reference)

    def test_that_failed_may_be_sent_again(self, approved, account, owner):
        settlement.freeze(account, reason="court", by="U-1", at=NOW)
        pay(approved)
        assert approved.status == "failed"
        settlement.unfreeze(account, reason="over", by="U-1", at=NOW)
        submit(approved, by=owner.reference)
        pay(approved)
        assert (approved.status, approved.reason_code) == ("paid", "")

    def test_refuses_when_a_payee_was_removed_meanwhile(self, approved, account, saved):
        settlement.remove_payee(saved[0], at=NOW, by="U-1")
        pay(approved)
        assert (approved.status, approved.reason_code, held(account)) == ("failed", "payee_gone", 1000)

    def test_of_one_that_fails_by_a_fault_of_ours_does_not_keep_the_others_back(
        self, approved, account, noodles, owner
    ):
        second = check(account, usual(noodles, "10.00", "5.00"), key="k2", title="April")
        submit(second, by=owner.reference)
        break_writes(PaymentBatch, f"NEW.id = {approved.pk}")
        with capture_logs() as logs:
            tasks.pay_due_batches()
        second.refresh_from_db()
        approved.refresh_from_db()
        assert (approved.status, second.status, held(account)) == ("approved", "paid", 985)
        assert [(each["event"], each["reference"], each["log_level"]) for each in logs] == [
            ("settlement.batch_failed", approved.reference, "error")
        ]

    def test_of_a_canceled_batch_does_nothing(self, approved, account):
        settlement.cancel_batch(approved, at=NOW, by="U-1")
        pay(approved)
        assert (approved.status, held(account)) == ("canceled", 1000)

    def test_pays_a_request_that_a_line_names(self, account, noodles, owner):
        asked = make_request(noodles, "60.00")
        batch = check(account, usual(noodles).replace("Wages", asked.grouped_reference), title="Bills")
        submit(batch, by=owner.reference)
        pay(batch)
        asked.refresh_from_db()
        assert asked.status == "paid"

    @pytest.mark.django_db(transaction=True)
    def test_by_several_workers_at_once_pays_once(self, approved, account):
        together(*[lambda: settlement.pay_batch(PaymentBatch.objects.get(pk=approved.pk), on=TODAY, at=NOW)] * 3)
        assert held(account) == 900

    def test_is_what_the_tasks_do(self, account, noodles, owner):
        for title, task in (
            ("A", lambda batch: tasks.pay_batch(batch.reference)),
            ("B", lambda _: tasks.pay_due_batches()),
        ):
            batch = check(account, usual(noodles), key=title, title=title)
            submit(batch, by=owner.reference)
            task(batch)
            batch.refresh_from_db()
            assert batch.status == "paid"


class TestAThousandLines:
    def test_are_judged_and_paid_within_seconds(self, enterprise, noodles, owner):
        account = make_settlement_account(enterprise, holding="5000.00")
        make_payee(enterprise)
        make_payee(enterprise, name="Stranger Noodles", number=noodles.number, bank_code="")
        rows = [
            f"Stranger Noodles,{noodles.number},,2.00,{n}\n" + MILL.format(amount="3.00", text=n) for n in range(500)
        ]
        began = time.process_time()  # not the clock: others may use the machine as well
        batch = check(account, HEAD + "".join(rows))
        submit(batch, by=owner.reference)
        pay(batch)
        assert (batch.status, held(account), held(noodles)) == ("paid", 2500, 1000)
        assert time.process_time() - began < 30
