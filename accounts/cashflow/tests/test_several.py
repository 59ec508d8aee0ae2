"""Several files in one choice: each good one counts, each bad one is named with its reason."""

import itertools
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.utils import timezone

from accounts.cashflow import operations
from accounts.cashflow.models import Invoice, InvoiceLedger, StatementImport
from accounts.cashflow.tests.builders import NOW, make_received, make_upload
from accounts.cashflow.tests.pages import page
from accounts.identity.models import Enterprise
from accounts.statements.parsing import ParsedInvoice, StatementRefused
from accounts.statements.parsing.documents.tests import samples

STATEMENT = b"Date,Amount\n2026-01-0%d,1.00\n"
MONTHS = {f"{month}.csv": STATEMENT % month for month in (1, 2, 3)}
LIST = "Number,Date,Customer,Net,Tax\n{number},2026-01-05,Li Ming,{net},3.00\n"
ASKING = b"Number,Date,Gross\n8,02/01/2026,10.00\n"


def ubl(seller: str = "Li Trading", *, net: str = "100.00", gross: str = "119.00") -> bytes:
    """Write an invoice of a seller to the tea shop."""
    made = samples.ubl(seller=seller, buyer="Green Tea Shop", number="17", gross=gross)
    return made.replace(b">100.00<", f">{net}<".encode())


OTHERWISE = ubl(net="200.00", gross="219.00")


@pytest.fixture
def send(client_of, owner, enterprise):
    """Choose files and send them, in a language."""

    def sent(name: str, contents: dict[str, bytes], *, language: str = "en") -> HttpResponse:
        client = client_of(owner)
        client.cookies["language"] = language
        files = [SimpleUploadedFile(each, content) for each, content in contents.items()]
        told = {"file": files, "idempotency_key": "once", "direction": "sale"}
        response: HttpResponse = client.post(page(name, enterprise.reference), told, follow=True)
        return response

    return sent


def received() -> list[str]:
    """List the statements that are there."""
    return [each.file.original_name for each in StatementImport.objects.select_related("file").order_by("pk")]


class TestStatements:
    """Several statements."""

    def test_are_received_each_on_its_own(self, send, enterprise):
        response = send("upload", MONTHS)
        assert response.redirect_chain[-1][0] == page("enterprise", enterprise.reference)
        assert "We have 3 files. Below stands what became of each." in response.text
        assert received() == [*MONTHS]

    def test_are_new_though_a_judgment_bears_a_later_moment_than_their_clock(self, send, enterprise):
        Enterprise.objects.filter(pk=enterprise.pk).update(judged_at=timezone.now() + timedelta(hours=1))
        assert "We have 3 files." in send("upload", MONTHS).text

    def test_count_though_others_are_refused(self, send):
        response = send("upload", {"empty.csv": b"", **MONTHS, "large.csv": bytes(10 * 1024 * 1024 + 1)})
        assert response.status_code == 422
        for told in (
            "We have 3 files.",
            "empty.csv is empty. Choose the file again.",
            "large.csv is too large. A file may have up to 10 MB.",
        ):
            assert told in response.text, told
        assert received() == [*MONTHS]

    def test_stay_refused_on_a_page_that_does_not_load_itself_again(self, send, enterprise):
        shown = send("upload", {**MONTHS, "empty.csv": b""}).text
        assert "http-equiv" not in shown
        assert f'hx-get="{page("enterprise", enterprise.reference)}"' in shown

    def test_come_in_once_when_they_are_sent_twice(self, send):
        send("upload", MONTHS)
        again = send("upload", MONTHS | {"4.csv": STATEMENT % 4}).text
        assert "We have your file." in again
        assert again.count("came in before") == 3
        assert received() == [*MONTHS, "4.csv"]

    def test_come_in_once_when_they_are_chosen_twice(self, send):
        shown = send("upload", {"a.csv": STATEMENT % 1, "b.csv": STATEMENT % 1}).text
        assert "We have your file." in shown
        assert "b.csv came in before" in shown
        assert received() == ["a.csv"]

    def test_stay_withdrawn_when_they_are_sent_once_more(self, send):
        send("upload", MONTHS)
        for each in StatementImport.objects.filter(status="reading"):
            operations.read(each.reference, at=NOW)
            operations.withdraw(each, by="U-1", at=NOW)
        again = send("upload", MONTHS).text
        assert not StatementImport.objects.filter(status__in=("reading", "read")).exists()
        assert "came in before" not in again
        for name in MONTHS:
            assert f"{name} came in with this form before and was taken back since." in again

    def test_are_what_took_the_place_of_a_refused_one_when_they_are_sent_once_more(self, send, enterprise):
        send("upload", {"1.csv": b"no table"})
        operations.read(StatementImport.objects.get().reference, at=NOW)
        standing = make_received(enterprise, b"no table")
        assert f'as <span class="whole">{standing.reference}</span>' in send("upload", {"1.csv": b"no table"}).text

    @pytest.mark.parametrize("count", [21, 101])
    def test_are_refused_at_the_field_when_they_are_too_many(self, send, count):
        response = send("upload", {f"{each}.csv": b"x" for each in range(count)})
        assert response.status_code == 422
        assert f"You chose {count} files. Choose up to 20 at once." in response.text

    @pytest.mark.parametrize(
        ("language", "told"), [("en", "3.csv: 20 statements of this"), ("zh-hans", "3.csv：本企业有20份流水")]
    )
    def test_names_those_for_which_too_many_wait(self, send, enterprise, language, told):
        for number in range(18):
            make_received(enterprise, f"file {number}".encode())
        assert told in send("upload", MONTHS, language=language).text
        assert received()[18:] == ["1.csv", "2.csv"]


class TestInvoices:
    """Several invoice files."""

    def test_are_read_each_on_its_own(self, send):
        lists = {f"{each}.csv": LIST.format(number=each, net="100.00").encode() for each in "123"}
        assert "Invoices read: 3 new, 0 changed, 0 known before." in send("invoices", lists).text
        assert "Invoices read: 0 new, 0 changed, 3 known before." in send("invoices", lists).text
        assert (Invoice.objects.count(), InvoiceLedger.objects.filter(new_count=1).count()) == (3, 3)

    def test_count_though_others_are_refused_or_ask(self, send, enterprise):
        good = LIST.format(number="1", net="100.00").encode()
        others = {"broken.xml": ubl()[:-20], "asks.csv": ASKING, "wrong.csv": good.replace(b"01-05", b"02-30")}
        response = send("invoices", {**others, "good.csv": good})
        assert response.status_code == 422
        for told in (
            "Invoices read: 1 new, 0 changed, 0 known before.",
            "asks.csv has a question. Nothing of it counts until you answer.",
            "broken.xml: The XML is broken at line",
            "wrong.csv: Line 2: “2026-02-30” is not a date in the calendar.",
        ):
            assert told in response.text, told
        assert InvoiceLedger.objects.filter(enterprise=enterprise).count() == 2

    @pytest.mark.parametrize(
        "files",
        [
            {"a.xml": ubl(), "b.xml": OTHERWISE},
            {"b.xml": OTHERWISE, "a.xml": ubl("LI TRADING")},
            {"a.zip": samples.zipped(("1.xml", ubl())), "b.xml": OTHERWISE},
            {name: LIST.format(number="1", net=net).encode() for name, net in (("a.csv", "5.00"), ("b.csv", "6.00"))},
        ],
    )
    def test_that_contradict_are_refused_with_both_names(self, send, files):
        first, second = files
        good = {"good.csv": LIST.format(number="9", net="100.00").encode()}
        shown = send("invoices", {first: files[first], **good, second: files[second]}).text
        assert shown.count(f"{first} and {second} tell invoice 1") == 2  # above the form, and beside its field
        assert "Invoices read: 1 new, 0 changed, 0 known before." in shown
        assert Invoice.objects.get().number == "9"

    def test_that_tell_one_invoice_alike_bring_it_once(self, send):
        files = {"a.xml": ubl(), "b.xml": ubl("LI TRADING"), "c.zip": samples.zipped(("1.xml", ubl()))}
        assert "Invoices read: 1 new, 0 changed, 2 known before." in send("invoices", files).text


class TestContradiction:
    """Which invoices contradict each other."""

    HEADING = "Number,Date,Customer,{columns},Status\n"

    def heard(self, enterprise, *files: str) -> list[bool]:
        """Read lists together; tell which are refused."""
        uploads = [make_upload(each.encode(), f"{place}.csv") for place, each in enumerate(files)]
        told = operations.read_together(enterprise, uploads, direction="sale")
        return [isinstance(told[each], StatementRefused) for each in uploads]

    def test_is_one_where_two_lists_disagree_whether_it_is_void(self, enterprise):
        rows = "7,2026-01-05,Li,10.00,0.00,{}\n"
        heading = self.HEADING.format(columns="Net,Tax")
        assert self.heard(enterprise, heading + rows.format("valid"), heading + rows.format("void")) == [True, True]

    def test_is_one_with_each_that_tells_otherwise_in_whatever_order(self, enterprise):
        right, wrong = (LIST.format(number="7", net=net) for net in ("10.00", "12.00"))
        for files in itertools.permutations((right, right, wrong)):
            assert self.heard(enterprise, *files) == [True, True, True]

    def test_is_one_where_one_of_two_leaves_the_code_out(self, enterprise):
        heading = "Invoice code,Number,Date,Customer,Net,Tax\n"
        row = heading + "{code},00345678,2021-01-05,Li,{net},0.00\n"
        bare = row.format(code="", net="10.00")
        assert self.heard(enterprise, bare, row.format(code="033002100311", net="12.00")) == [True, True]
        assert self.heard(enterprise, bare, row.format(code="033002100311", net="10.00")) == [False, False]
        others = (row.format(code=code, net=net) for code, net in (("033002100311", "1.00"), ("033002100312", "2.00")))
        assert self.heard(enterprise, *others) == [False, False]

    def test_is_none_where_one_tells_the_total_alone(self, enterprise):
        gross = self.HEADING.format(columns="Gross") + "7,2026-01-05,Li,11.00,valid\n"
        whole = self.HEADING.format(columns="Net,Tax") + "7,2026-01-05,Li,10.00,1.00,valid\n"
        assert self.heard(enterprise, gross, whole) == [False, False]
        assert self.heard(enterprise, gross.replace("11.00", "12.00"), whole) == [True, True]

    def test_is_none_where_a_list_calls_void_what_an_invoice_cannot_know(self, enterprise):
        row = "17,2026-01-05,Li Trading,purchase,0.00,0.00,EUR,void\n"
        void = "Number,Date,Supplier,Direction,Net,Tax,Currency,Status\n" + row
        assert self.heard(enterprise, void, ubl().decode()) == [False, False]

    def test_is_none_of_another_day_or_party(self, enterprise):
        heading = self.HEADING.format(columns="Gross")
        rows = ("7,2026-01-05,Li,1.00,valid\n", "7,2026-01-06,Li,2.00,valid\n", "7,2026-01-05,Wu,3.00,valid\n")
        assert self.heard(enterprise, *(heading + row for row in rows)) == [False, False, False]


class TestPatience:
    """How long the files of one choice may take."""

    def test_begins_no_further_file_when_it_is_over(self, enterprise):
        uploads = [make_upload(LIST.format(number=each, net="1.00").encode(), f"{each}.csv") for each in "12"]
        first, second = operations.read_together(enterprise, uploads, direction="sale", patience=0).values()
        assert isinstance(first, list)
        assert isinstance(first[0], ParsedInvoice)
        assert isinstance(second, StatementRefused)
        assert second.code == "invoices_later"
