"""Invoices as they are handed out become evidence once, in whatever form and order they come."""

from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from time import perf_counter
from unicodedata import normalize

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from accounts.cashflow import operations
from accounts.cashflow.models import Invoice, InvoiceLedger
from accounts.cashflow.operations.invoices_alike import matched
from accounts.cashflow.tests.builders import NOW, make_upload
from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import make_enterprise
from accounts.statements.parsing import StatementRefused, parse_invoices
from accounts.statements.parsing.documents.tests import samples

OURS, OTHER = ("青山茶庄有限公司", "91330106673959654P"), ("河镇饭店有限公司", "91330100799655058B")
LIST = "数电发票号码,开票日期,销方识别号,销方名称,购方识别号,购买方名称,金额,税额,价税合计,发票状态\n"
ROW = f"{samples.NUMBER},2026-01-05 10:22:31,{OURS[1]},{OURS[0]},{OTHER[1]},{OTHER[0]},1000.00,130.00,1130.00,"
WIDE = str.maketrans("0123456789", "０１２３４５６７８９")
BARE = f"Number,Date,Gross\n{samples.NUMBER},2026-01-05,1130.00\n"
SALE = samples.digital(seller=OURS, buyer=OTHER)
(PARSED,) = parse_invoices(b"Number,Date,Type,Gross\n1,2026-01-05,sale,10.00\n", name="x")
HEADING = "发票代码,发票号码,开票日期,购方名称,金额,税额,价税合计\n"
CODED = HEADING + "{code},00345678,2021-01-05,河镇饭店有限公司,1000,130,1130\n"


@pytest.fixture
def tea(bank, owner) -> Enterprise:
    """The tea house that sold what the invoices are about."""
    return make_enterprise(owner, branch=bank.branch, legal_name=OURS[0], identifier=OURS[1])


@dataclass(frozen=True)
class Brings:
    """What files of an enterprise bring, one after the other."""

    enterprise: Enterprise

    def __call__(self, content: bytes | str, *, direction: str = "sale") -> tuple[int, int, int]:
        """Bring a file; tell how many invoices were new, changed, known."""
        upload = make_upload(content.encode() if isinstance(content, str) else content)
        at = NOW + timedelta(seconds=InvoiceLedger.objects.count())
        ledger = operations.receive_invoices(self.enterprise, upload, by="U-1", at=at, direction=direction)
        return ledger.new_count, ledger.changed_count, ledger.known_count


@pytest.fixture
def bring(tea) -> Brings:
    return Brings(tea)


def told() -> list[tuple[str, str, Decimal]]:
    """List the invoices that count: direction, counterparty, total."""
    fields = ("direction", "counterparty_name", "gross_amount")
    return list(Invoice.objects.current().filter(is_valid=True).order_by("pk").values_list(*fields))


class TestSides:
    """Which side of an invoice is the enterprise's."""

    def test_is_told_by_its_code(self, bring):
        bring(SALE, direction="purchase")
        bring(samples.digital("26332000000012345699", seller=OTHER, buyer=("青山茶庄", OURS[1])))
        assert told() == [("sale", OTHER[0], 1130), ("purchase", OTHER[0], 1130)]

    def test_is_told_by_its_code_in_wide_digits(self, bring):
        bring(samples.digital(seller=("青山", OURS[1].translate(WIDE)), buyer=OTHER), direction="purchase")
        assert told() == [("sale", OTHER[0], 1130)]

    def test_is_told_by_its_name_where_there_is_no_code(self, bring):
        bring(samples.digital(seller=OTHER, buyer=(OURS[0], "")), direction="sale")
        assert told() == [("purchase", OTHER[0], 1130)]

    @pytest.mark.parametrize(
        "content",
        [
            samples.digital(seller=("河东茶行", "91350211M000100Y43"), buyer=OTHER),
            samples.digital(seller=(OURS[0], "91350211M000100Y43"), buyer=OTHER),
        ],
    )
    def test_is_neither_of_an_invoice_of_others(self, bring, content):
        with pytest.raises(StatementRefused) as caught:
            bring(content)
        assert (caught.value.code, caught.value.params["buyer"]) == ("invoice_not_yours", " ".join(OTHER))
        assert not InvoiceLedger.objects.exists()


class TestOnce:
    """An invoice that comes again counts once."""

    @pytest.mark.parametrize("first", [LIST + ROW + "正常\n", BARE, samples.paper(seller=OURS, buyer=OTHER), SALE])
    @pytest.mark.parametrize("second", [LIST + ROW + "正常\n", BARE, samples.paper(seller=OURS, buyer=OTHER), SALE])
    def test_in_a_list_or_in_another_format(self, bring, first, second):
        assert bring(first) == (1, 0, 0)
        assert bring(second)[0] == 0
        assert told() == [("sale", "" if {first, second} == {BARE} else OTHER[0], 1130)]

    def test_knows_what_is_told_again_the_same(self, bring):
        bring(LIST + ROW + "正常\n")
        assert bring(SALE) == (0, 0, 1)

    def test_does_not_turn_round_by_what_was_said_of_a_whole_list(self, bring):
        bring(SALE)
        assert bring(BARE, direction="purchase") == (0, 0, 1)

    def test_turns_round_what_was_said_of_a_whole_list(self, bring):
        bring(BARE, direction="purchase")
        assert bring(SALE) == (0, 1, 0)
        assert told() == [("sale", OTHER[0], 1130)]

    def test_stays_void_when_a_list_said_so(self, bring):
        bring(LIST + ROW + "已作废\n")
        assert bring(SALE) == (0, 0, 1)
        assert told() == []
        assert bring(LIST + ROW + "正常\n") == (0, 1, 0)

    def test_is_voided_by_a_later_list(self, bring):
        bring(SALE)
        assert bring(LIST + ROW + "已作废\n") == (0, 1, 0)
        assert told() == []

    def test_is_known_by_number_and_code_of_older_invoices(self, bring):
        old = samples.coded().replace(samples.SELLER[0].encode(), OURS[0].encode())
        assert bring(CODED.format(code="033002100311")) == (1, 0, 0)
        assert bring(old) == (0, 0, 1)
        assert bring(CODED.format(code="033002100322")) == (1, 0, 0)

    def test_is_known_by_number_where_a_list_leaves_out_the_code(self, bring):
        old = samples.coded().replace(samples.SELLER[0].encode(), OURS[0].encode())
        assert bring("Number,Date,Gross\n00345678,2021-01-05,1130.00\n") == (1, 0, 0)
        assert bring(old) == (0, 1, 0)
        assert bring(CODED.format(code="")) == (0, 0, 1)

    def test_is_not_another_sellers_of_the_same_number(self, bring):
        ubl = {"buyer": OURS[0], "number": "17"}
        assert bring(samples.ubl(seller="Li Trading", **ubl)) == (1, 0, 0)
        assert bring(samples.ubl(seller="Wang Trading", **ubl)) == (1, 0, 0)
        assert bring(samples.ubl(seller="Wang Trading", **ubl)) == (0, 0, 1)

    def test_is_one_where_only_the_first_of_its_items_names_the_counterparty(self, bring):
        rows = f"{samples.NUMBER},2026-01-05,{OTHER[0]},565.00\n{samples.NUMBER},2026-01-05,,565.00\n"
        assert bring("发票号码,开票日期,购方名称,价税合计\n" + rows) == (1, 0, 0)
        assert bring(SALE) == (0, 1, 0)
        assert told() == [("sale", OTHER[0], 1130)]

    def test_takes_first_what_is_told_the_same(self, bring):
        heading = "Number,Date,Customer,Gross\n"
        bring(heading + "7,2026-01-05,Li Ming,10.00\n")
        assert bring(heading + "7,2026-01-05,,10.00\n7,2026-01-05,Li Ming,10.00\n") == (1, 0, 1)

    def test_joins_what_lists_told_apart(self, bring):
        heading = "Number,Date,Customer,Gross\n"
        bring(samples.digital(seller=OURS, buyer=OTHER, day="2026-03-05"))
        apart = Invoice.objects.get()
        apart.pk, apart.issued_on = None, date(2026, 1, 5)  # as it was kept before its number alone told it
        apart.save()
        assert bring(heading + f"{samples.NUMBER},2026-01-05,,1130.00\nX,2026-03-05,Li,10.00\n") == (1, 1, 0)
        assert [total for _direction, _name, total in told()] == [1130, 10]

    def test_is_one_in_two_files_that_spell_its_seller_otherwise(self, bring):
        ubl = {"buyer": OURS[0], "number": "17"}
        files = [("1.xml", samples.ubl(seller="Li Trading", **ubl)), ("2.xml", samples.ubl(seller="LI TRADING", **ubl))]
        assert bring(samples.zipped(*files)) == (1, 0, 0)
        assert told() == [("purchase", "Li Trading", 119)]

    def test_is_refused_in_two_files_that_tell_other_amounts(self, bring):
        ubl = {"buyer": OURS[0], "number": "17"}
        other = samples.ubl(seller="LI TRADING", gross="219.00", **ubl).replace(b">100.00<", b">200.00<")
        with pytest.raises(StatementRefused) as caught:
            bring(samples.zipped(("1.xml", samples.ubl(seller="Li Trading", **ubl)), ("months/2.xml", other)))
        assert caught.value.code == "zip_files_contradict"
        assert caught.value.params == {"first": "1.xml", "second": "2.xml", "number": "17"}
        assert told() == []

    @pytest.mark.parametrize("number", ["１２３", "ＡＢ－１７"])
    def test_is_one_in_wide_letters_and_in_plain_ones(self, bring, number):
        plain = normalize("NFKC", number)
        ubl = {"seller": "Li Trading", "buyer": OURS[0]}
        assert bring(samples.ubl(number=number, **ubl)) == (1, 0, 0)
        assert bring(samples.ubl(number=plain, **ubl)) == (0, 0, 1)
        for written in (number, plain):
            row = f"{written},2026-01-05,Li Trading,purchase,100,19,EUR\n"
            assert bring("Number,Date,Supplier,Direction,Net,Tax,Currency\n" + row) == (0, 0, 1)

    def test_is_one_where_a_spreadsheet_made_its_twenty_digits_wide(self, bring):
        assert bring(SALE) == (1, 0, 0)
        assert bring(LIST + ROW.replace(samples.NUMBER, samples.NUMBER.translate(WIDE)) + "正常\n") == (0, 0, 1)

    def test_is_found_at_once_among_many_of_its_number(self):
        rows = [replace(PARSED, counterparty_name=f"C {each}") for each in range(4_000)]
        known = [
            Invoice(pk=each, direction="sale", number="1", issued_on=PARSED.issued_on, counterparty_key=f"d {each}")
            for each in range(4_000)
        ]
        begun = perf_counter()
        assert not any(same for _one, same in matched(rows, known))
        assert perf_counter() - begun < 5  # one by one it takes minutes

    def test_keeps_a_red_one_beside_the_one_that_it_takes_back(self, bring):
        amounts = ("-1000.00", "-130.00", "-1130.00")
        red = samples.digital("26332000000012345699", seller=OURS, buyer=OTHER, amounts=amounts, is_blue="N")
        assert bring(samples.zipped(("1.xml", SALE), ("2.xml", red))) == (2, 0, 0)
        assert sum(total for _direction, _name, total in told()) == 0


class TestPage:
    """Invoices on the page."""

    def post(self, client, enterprise: Enterprise, content: bytes) -> str:
        address = reverse("cashflow:invoices", args=[enterprise.reference])
        form = {"file": SimpleUploadedFile("invoices.zip", content), "direction": "sale"}
        shown: str = client.post(address, form, follow=True).text
        return shown

    def test_takes_a_zip(self, tea, owner, client_of):
        content = samples.zipped(("1.xml", SALE), ("2.ofd", samples.ofd_of_attachment(SALE)))
        assert "Invoices read: 1 new, 0 changed, 0 known before." in self.post(client_of(owner), tea, content)

    def test_names_the_file_of_a_zip_that_is_refused_and_why(self, tea, owner, client_of):
        shown = self.post(client_of(owner), tea, samples.zipped(("1.xml", SALE), ("2.xml", SALE[:-20])))
        assert "2.xml: The XML is broken at line 15. Download the file again." in shown
        assert not Invoice.objects.exists()

    def test_says_whose_an_invoice_is(self, enterprise, owner, client_of):
        shown = self.post(client_of(owner), enterprise, SALE)
        assert f"is between {OURS[0]} {OURS[1]} and {OTHER[0]} {OTHER[1]}; neither is yours." in shown
