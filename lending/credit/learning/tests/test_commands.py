"""Proofs that labeled evidence comes in through the portal's own import, and that standards are counted from it."""

import csv
import os
import signal
from collections import Counter
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import OutputWrapper

from accounts.cashflow.models import BankTransaction, Invoice
from accounts.identity import operations as identity
from lending.credit import queries
from lending.credit.learning import evidence, gathering, importing, sources, standards
from lending.credit.models import LabeledCase, StandardEdition
from lending.management.progress import Progress

LAST = date(2026, 6, 30)
NOW = datetime(2026, 7, 1, tzinfo=UTC)
INVOICES = ("firm_id", "direction", "date", "invoice_no", "counterparty_id", "amount_ex_tax", "tax", "valid")
LINES = ("firm_id", "date", "type", "amount", "balance", "account", "bank", "operation")


def write(path, heading, rows):
    with path.open("w", newline="") as file:
        csv.writer(file).writerows([heading, *rows])


@pytest.fixture
def source(tmp_path):
    """Two firms with a year of invoices, one of which defaulted; the other has bank transactions as well."""
    write(tmp_path / "firms.csv", ("firm_id", "default"), [("E1", 0), ("E2", 1)])
    invoices = [
        (f"E{each % 2 + 1}", "sale", LAST - timedelta(days=15 * each), each, f"B{each % 5}", 100, 13, each != 4)
        for each in range(24)
    ]
    write(tmp_path / "invoices.csv", INVOICES, invoices)
    early, late = LAST - timedelta(days=9), LAST - timedelta(days=3)
    lines = [
        ("E1", early, "withdrawal", "40.0", "160.1", "", "", "withdrawal in cash"),
        ("E1", early, "credit", "100.0", "200.1", "77", "AB", "collection"),
        ("E1", late, "credit", "5.5", "165.6", "", "", "interest credited"),
    ]
    write(tmp_path / "lines.csv", LINES, lines)
    return tmp_path


def bring_in(source):
    told = StringIO()
    files = {"invoices": source / "invoices.csv", "transactions": source / "lines.csv"}
    call_command("import_labeled", "study", outcomes=source / "firms.csv", **files, as_of=LAST, stdout=told)
    return told.getvalue()


@pytest.fixture
def found(transactional_db, source):
    """What the source tells of, to be brought in by several processes."""
    if len(os.sched_getaffinity(0)) < 2:
        pytest.skip("one processor")
    identity.load_industries()
    return [replace(each, as_of=LAST) for each in sources.outcomes(source / "firms.csv", given={})]


class Deadly:
    """Evidence of which a process dies, as it does where memory ends."""

    counts = Counter[str]()

    def rows_of(self, _name):
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.django_db
class TestImportLabeled:
    def test_records_evidence_and_outcomes_once(self, source):
        ends = "1 outcomes are bad.\n1 outcomes are good.\n"
        assert bring_in(source) == f"2 enterprises, 27 lines.\n{ends}"
        assert bring_in(source) == f"0 enterprises, 0 lines.\n{ends}"
        assert list(LabeledCase.objects.order_by("case").values_list("case", "is_bad")) == [("E1", False), ("E2", True)]
        assert Invoice.objects.count() == 24

    @pytest.mark.django_db(transaction=True)
    def test_reads_many_cases_by_several_processes(self, source, found):
        held = importing.read_evidence({"transactions": source / "lines.csv"}, given={})
        brought = list(importing.bring_in("study", found, held, at=NOW, fewest_each=1))
        assert [(each.case, each.lines, each.refused) for each in brought] == [("E1", 3, ""), ("E2", 0, "")]
        assert BankTransaction.objects.count() == 3

    @pytest.mark.django_db(transaction=True)
    def test_ends_when_a_process_is_killed(self, source, found):
        with pytest.raises(BrokenProcessPool):
            list(importing.bring_in("study", found, {"transactions": Deadly()}, at=NOW, fewest_each=1))

    @pytest.mark.django_db(transaction=True)
    def test_goes_on_where_a_killed_process_left(self, source, found):
        whole = importing.read_evidence(
            {"transactions": source / "lines.csv", "invoices": source / "invoices.csv"}, given={}
        )
        # The transactions are recorded before the process dies of the invoices, and are no outcome's yet.
        with pytest.raises(BrokenProcessPool):
            list(importing.bring_in("study", found, whole | {"invoices": Deadly()}, at=NOW, fewest_each=1))
        assert not LabeledCase.objects.exclude(evidence_read_at=None).exists()
        brought = list(importing.bring_in("study", found, whole, at=NOW, fewest_each=1))
        assert [(each.case, each.lines, each.refused) for each in brought] == [("E1", 15, ""), ("E2", 12, "")]
        assert (BankTransaction.objects.count(), Invoice.objects.count()) == (3, 24)
        assert list(importing.bring_in("study", found, whole, at=NOW, fewest_each=1)) == []

    def test_cuts_cases_into_steps_by_their_lines(self, source):
        held = importing.read_evidence({"invoices": source / "invoices.csv"}, given={})
        waiting = list(enumerate(sources.outcomes(source / "firms.csv", given={})))
        assert [len(step) for step in importing._steps(waiting, held, most_cases=5)] == [2]
        held["invoices"].counts["E1"] = importing.MOST_LINES
        assert [len(step) for step in importing._steps(waiting, held, most_cases=5)] == [1, 1]

    def test_takes_other_words_for_bad_when_run_again(self, source):
        bring_in(source)
        write(source / "firms.csv", ("firm_id", "default"), [("E1", "1"), ("E2", "0")])
        bring_in(source)
        assert list(LabeledCase.objects.order_by("case").values_list("case", "is_bad")) == [("E1", True), ("E2", False)]
        assert Invoice.objects.count() == 24

    def test_refuses_another_day_for_what_is_there(self, source):
        bring_in(source)
        with pytest.raises(CommandError, match="E1 was brought in as it stood on 2026-06-30, not on 2026-01-01"):
            call_command("import_labeled", "study", outcomes=source / "firms.csv", as_of=date(2026, 1, 1))

    def test_names_a_case_whose_evidence_cannot_be_read_and_goes_on(self, source):
        rows = [("E1", "sell", LAST, 1, "B1", 100, 13, True), ("E2", "sale", LAST, 1, "B1", 100, 13, True)]
        write(source / "invoices.csv", INVOICES, rows)
        told, files = StringIO(), {"outcomes": source / "firms.csv", "invoices": source / "invoices.csv"}
        call_command("import_labeled", "study", **files, as_of=LAST, stdout=StringIO(), stderr=told)
        assert told.getvalue().startswith("E1: Line 2")
        assert Invoice.objects.count() == 1

    def test_says_that_no_column_tells_the_outcome(self, tmp_path):
        write(tmp_path / "firms.csv", ("firm_id", "ended"), [("E1", "well")])
        told = StringIO()
        call_command("import_labeled", "study", outcomes=tmp_path / "firms.csv", as_of=LAST, stdout=told)
        assert "1 do not tell how it ended: name the column that does with --column bad=NAME." in told.getvalue()

    def test_measures_by_the_one_definition(self, source):
        bring_in(source)
        case = LabeledCase.objects.get(case="E1")
        measured = queries.features_of(case.enterprise, as_of=case.as_of)
        assert measured["invoice_days"] == 331
        assert measured["void_invoice_share"] == pytest.approx(0.0833)

    def test_sets_what_was_asked_for_against_what_was_measured(self, tmp_path):
        write(tmp_path / "firms.csv", ("firm_id", "default", "amount", "duration"), [("E1", 0, 1200, 12)])
        earned = [("E1", LAST - timedelta(days=30 * each), "credit", "500", "", f"7{each}", "AB", "collection")
                  for each in range(6)]  # fmt: skip
        write(tmp_path / "lines.csv", LINES, earned)
        call_command("import_labeled", "study", outcomes=tmp_path / "firms.csv", transactions=tmp_path / "lines.csv",
                     as_of=LAST, stdout=StringIO())  # fmt: skip
        (row,) = gathering.rows_of("study")
        assert row.features["payment_to_inflow"] == pytest.approx(100 / row.features["monthly_inflow"], abs=0.0005)

    def test_brings_lines_of_a_day_into_the_order_of_their_balances(self, source):
        bring_in(source)
        lines = BankTransaction.objects.order_by("line_number").values_list("amount", "balance_after", "category")
        assert list(lines) == [
            (Decimal(100), Decimal("200.1"), "unknown"),  # a number says not who
            (Decimal(-40), Decimal("160.1"), "cash_out"),
            (Decimal("5.5"), Decimal("165.6"), "interest"),
        ]

    def test_is_told_the_words_of_another_language(self, tmp_path):
        (tmp_path / "konta.asc").write_text('"account_id";"date";"status"\n1;"20260630";"A"\n2;"20260630";"D"\n')
        lines = "1;20260601;PRIJEM;900\n1;20260602;VYDAJ;25.5\n2;20260601;VYBER;10\n"
        (tmp_path / "trans.asc").write_text(f"account_id;date;type;amount\n{lines}")
        files = {"outcomes": tmp_path / "konta.asc", "transactions": tmp_path / "trans.asc"}
        told = {"column": ["bad=status"], "bad": ["B", "D"], "outward": ["VYDAJ", "vyber"]}
        call_command("import_labeled", "study", **files, **told, stdout=StringIO())
        assert list(LabeledCase.objects.order_by("case").values_list("is_bad", flat=True)) == [False, True]
        assert sorted(BankTransaction.objects.values_list("amount", flat=True)) == [Decimal("-25.5"), -10, 900]

    @pytest.mark.parametrize(
        ("outcomes", "line", "message"),
        [
            ("E1,paid", "E1,2026-06-01,credit,5", "“paid” does not tell good from bad"),
            ("E1,0", "E1,2026-06-01,prijem,5", "“prijem” does not tell which way"),
            ("E1,0\nE2,paid", "E1,2026-06-01,credit,5", "It stands in row 3 of firms.csv"),
            ("E1,0\n,0", "E1,2026-06-01,credit,5", "does not tell whose it is. It stands in row 3 of firms.csv"),
            ("E1,0", "E1,2026-06-01,credit,5\nE1,,credit,5", "is not a date.* It stands in row 3 of lines.csv"),
            ("E1,0", "E1,2026-06-01,credit,5\nE1,2026-06-01,credit,five", "It stands in row 3 of lines.csv"),
            ("E1,0", "E1,2026-13-01,credit,5", "“2026-13-01” is not a date"),
            ("E1,0", "E1,010203,credit,5", "“010203” could be two dates"),
            ("E1,0", "E1,01/02/2026,credit,5", "“01/02/2026” could be two dates"),
            ("E1,0", 'E1,2026-06-01,credit,"1,234"', "“1,234” could be two amounts"),
            ("E01,0", "E1,2026-06-01,credit,5", "cases are called such as “E01”, evidence such as “E1”"),
            ("E1,0", "E1,2026-06-01,credit,five", "“five” is not an amount"),
            ("E1,0", "E1,2026-06-01,credit,nan", "“nan” is not an amount"),
        ],
    )
    def test_refuses_what_it_would_have_to_guess(self, tmp_path, outcomes, line, message):
        (tmp_path / "firms.csv").write_text(f"firm_id,default\n{outcomes}\n")
        (tmp_path / "lines.csv").write_text(f"firm_id,date,type,amount\n{line}\n")
        files = {"outcomes": tmp_path / "firms.csv", "transactions": tmp_path / "lines.csv"}
        with pytest.raises(CommandError, match=message):
            call_command("import_labeled", "study", **files, as_of=LAST, stdout=StringIO())
        assert not LabeledCase.objects.exists()

    def test_reads_what_other_countries_write(self, tmp_path):
        """A Czech export: years first in six figures, a decimal comma, and a second loan of the same account."""
        outcomes = "0001;970705;D;12 months;80.000,00\n0001;980101;A;24;9.500,50\n0002;970601;C;12;1.000,00\n"
        (tmp_path / "uvery.CSV").write_text(f"ucet;datum;stav;splatnost;castka\n{outcomes}", encoding="cp1250")
        lines = "0001;970704;VYDAJ;1.000,50\n0001;970706;PRIJEM;20,00\n0003;970706;PRIJEM;20,00\n"
        (tmp_path / "pohyby.csv").write_text(f"cislo;den;typ;obnos\n{lines}", encoding="cp1250")
        roles = ("case=ucet", "case=cislo", "bad=stav", "date=den", "amount=obnos", "direction=typ", "term=splatnost",
                 "requested=castka")  # fmt: skip
        told = StringIO()
        call_command("import_labeled", "study", outcomes=tmp_path / "uvery.CSV", transactions=tmp_path / "pohyby.csv",
                     column=list(roles), bad=["d"], good=["a"], outward=["vydaj"], stdout=told)  # fmt: skip
        cases = LabeledCase.objects.order_by("case").values_list(
            "case", "as_of", "is_bad", "term_months", "requested_amount"
        )
        assert list(cases) == [
            ("0001", date(1997, 7, 5), True, 12, Decimal(80000)),
            ("0001/2", date(1998, 1, 1), False, 24, Decimal("9500.50")),
            ("0002", date(1997, 6, 1), None, 12, Decimal(1000)),
        ]
        known = BankTransaction.objects.order_by("booked_on").values_list("enterprise__labeled_case__case", "amount")
        assert sorted(known) == [
            ("0001", Decimal("-1000.50")), ("0001/2", Decimal("-1000.50")), ("0001/2", Decimal(20)),
        ]  # fmt: skip
        assert told.getvalue().splitlines() == [
            "3 enterprises, 3 lines.",
            "1 outcomes are bad.",
            "1 outcomes are good.",
            "1 outcomes are open and nothing is learned from them.",
            "1 enterprises have no line before their day.",
            "1 lines are later than their enterprise's day and were left out.",
            "1 lines are of enterprises without an outcome and were left out.",
        ]

    @pytest.mark.parametrize(
        ("told", "message"),
        [
            ({"column": ["amount"]}, "write ROLE=NAME"),
            ({"column": ["sum=amount"]}, "There is no role sum"),
            ({"column": ["amount=sum"]}, "No file has a column sum"),
            ({"bad": ["written off"]}, "No outcome is “written off”. They are: 0, 1"),
            ({"transactions": Path("nowhere.csv")}, "There is no file nowhere.csv"),
        ],
    )
    def test_names_a_slip_of_the_pen(self, source, told, message):
        files = {"outcomes": source / "firms.csv", "transactions": source / "lines.csv"}
        with pytest.raises(CommandError, match=message):
            call_command("import_labeled", "study", **files | told, as_of=LAST, stdout=StringIO())

    def test_keeps_the_day_that_an_outcome_names(self, tmp_path):
        (tmp_path / "firms.csv").write_text("firm_id,default,date\nE1,0,2025-03-31\nE2,0,\n")
        call_command("import_labeled", "study", outcomes=tmp_path / "firms.csv", as_of=LAST, stdout=StringIO())
        days = LabeledCase.objects.order_by("case").values_list("as_of", flat=True)
        assert list(days) == [date(2025, 3, 31), LAST]

    @pytest.mark.parametrize(("heading", "role"), [("firm_id,date,note", "amount"), ("firm_id,amount,note", "date")])
    def test_names_a_column_that_is_missing(self, tmp_path, heading, role):
        (tmp_path / "lines.csv").write_text(f"{heading}\nE1,2,x\n")
        with pytest.raises(sources.LearningRefused) as refused:
            evidence.read(tmp_path / "lines.csv", kind="transactions", given={})
        assert refused.value.params["role"] == role

    def test_refuses_a_database_with_customers(self, source, enterprise):
        with pytest.raises(CommandError, match="own customers"):
            bring_in(source)

    def test_refuses_a_file_without_a_column_that_tells_whose_it_is(self, tmp_path):
        (tmp_path / "x.csv").write_text("a,b\n1,2\n")
        with pytest.raises(sources.LearningRefused):
            sources.outcomes(tmp_path / "x.csv", given={})


class TestProgress:
    def test_tells_now_and_then_how_long_the_rest_will_take(self):
        told, clock = StringIO(), iter([0, 10, 60, 61, 150, 200])
        progress = Progress("enterprises", OutputWrapper(told), clock=lambda: next(clock))
        for done in (500, 2000, 2100, 4500, 6000):
            progress.say(done, 6000)
        assert told.getvalue().splitlines() == [
            "2,000 of 6,000 enterprises, about 2 min left",
            "4,500 of 6,000 enterprises, less than a minute left",
        ]


class TestCounted:
    def test_gives_a_trade_with_too_few_no_standard_of_its_own(self):
        figures = [("4711", "G", {"buffer_days": day}) for day in range(15)]
        figures += [("0111", "A", {"buffer_days": day}) for day in range(15, 30)]
        found = standards.counted(figures, as_of=LAST)["standards"]
        assert found == {"*": {"buffer_days": {"10": 2, "25": 7, "50": 14, "75": 22, "90": 26, "n": 30}}}


@pytest.mark.django_db
class TestLearnStandards:
    def test_proposes_a_draft_edition(self, source):
        bring_in(source)
        call_command("learn_standards", as_of=LAST, fewest=2, stdout=StringIO())
        edition = StandardEdition.objects.get(code="learned")
        assert edition.status == "draft"
        assert edition.standards.filter(industry="4711", feature="invoice_days", n=2).exists()

    def test_refuses_a_proposer_whom_it_does_not_know(self, source):
        bring_in(source)
        with pytest.raises(CommandError, match="Nobody on the staff"):
            call_command("learn_standards", as_of=LAST, fewest=2, by="U-NOBODY", stdout=StringIO())
        assert not StandardEdition.objects.filter(code="learned").exists()
