"""Receiving ledgers of invoices."""

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import UploadedFile

from accounts.cashflow import operations
from accounts.cashflow.models import Invoice, InvoiceLedger
from accounts.cashflow.tests.builders import NOW, make_upload
from accounts.statements.parsing import StatementRefused
from portal.core.files import FileRefused
from portal.core.files.operations import MAX_BYTES

LEDGER = "发票号码,开票日期,对方名称,金额,税额,价税合计,类型,状态\n"


class TestReceiveInvoices:
    """An invoice ledger becomes invoices."""

    def receive(self, enterprise, rows: str) -> tuple[int, int, int]:
        """Receive a ledger; tell how many invoices were new, changed, known."""
        upload = make_upload((LEDGER + rows).encode("gb18030"), "ledger.csv")
        ledger = operations.receive_invoices(enterprise, upload, by="U-1", at=NOW)
        return ledger.new_count, ledger.changed_count, ledger.known_count

    def test_keeps_what_the_ledger_tells(self, enterprise):
        row = "1,2026-01-05,河镇饭店有限公司,100.00,3.00,103.00,销售,正常\n"
        assert self.receive(enterprise, row) == (1, 0, 0)
        invoice = Invoice.objects.get()
        assert (invoice.direction, invoice.gross_amount, invoice.counterparty_key) == ("sale", 103, "河镇饭店")

    def test_keeps_what_was_read_before(self, enterprise):
        row = "1,2026-01-05,甲,100.00,3.00,103.00,销售,正常\n"
        upload = make_upload((LEDGER + row).encode("gb18030"), "ledger.csv")
        told = operations.read_invoices(upload)
        assert not Invoice.objects.exists()
        operations.receive_invoices(enterprise, upload, by="U-1", at=NOW, told=told)
        ledger = InvoiceLedger.objects.get()
        assert (Invoice.objects.get().recorded_at, ledger.new_count) == (NOW, 1)
        with ledger.file.open() as kept:
            assert kept.read() == (LEDGER + row).encode("gb18030")

    def test_does_not_read_what_is_too_large(self, tmp_path):
        with (tmp_path / "closed").open("wb") as unreadable:
            upload = UploadedFile(unreadable, name="year.csv", size=MAX_BYTES + 1)
            with pytest.raises(FileRefused):
                operations.read_invoices(upload)

    def test_knows_an_invoice_again(self, enterprise):
        row = "1,2026-01-05,甲,100.00,3.00,103.00,销售,正常\n"
        self.receive(enterprise, row)
        assert self.receive(enterprise, row) == (0, 0, 1)

    @pytest.mark.parametrize(("number", "told"), [("25322000000112345678", (0, 1, 0)), ("12345678", (1, 0, 0))])
    def test_knows_one_on_another_day_where_its_number_is_given_once(self, enterprise, number, told):
        self.receive(enterprise, f"{number},2026-01-05,甲,100.00,3.00,103.00,销售,正常\n")
        assert self.receive(enterprise, f"{number},2026-03-05,甲,100.00,3.00,103.00,销售,正常\n") == told

    def test_supersedes_an_invoice_that_was_voided_since(self, enterprise):
        self.receive(enterprise, "1,2026-01-05,甲,100.00,3.00,103.00,销售,正常\n")
        assert self.receive(enterprise, "1,2026-01-05,甲,100.00,3.00,103.00,销售,作废\n") == (0, 1, 0)
        assert list(Invoice.objects.order_by("pk").values_list("is_valid", "superseded_at")) == [
            (True, NOW),
            (False, None),
        ]

    def test_adds_up_the_items_of_one_invoice_and_counts_a_repeated_row_once(self, enterprise):
        row = "1,2026-01-05,甲,100.00,3.00,103.00,销售,正常\n"
        self.receive(enterprise, row + row + "1,2026-01-05,甲,50.00,1.50,51.50,销售,正常\n")
        assert Invoice.objects.get().gross_amount == Decimal("154.50")

    def test_tells_sales_from_purchases_by_whose_name_stands_where(self, enterprise):
        heading = "数电发票号码,开票日期,销方名称,购买方名称,金额,税额,价税合计,发票状态,是否正数发票\n"
        rows = (
            "11,2026-01-05,Green Tea Shop Co. Ltd.,河镇饭店有限公司,100.00,3.00,103.00,已红冲-全额,是\n"
            "12,2026-01-06,Green Tea Shop,河镇饭店有限公司,-100.00,-3.00,-103.00,正常,否\n"
            "13,2026-01-07,茶园有限公司,Green Tea Shop,50.00,1.50,51.50,正常,是\n"
        )
        upload = make_upload((heading + rows).encode(), "全量发票.csv")
        operations.receive_invoices(enterprise, upload, by="U-1", at=NOW, direction="sale")
        told = Invoice.objects.order_by("number").values_list(
            "direction", "counterparty_name", "gross_amount", "is_valid", "is_credit_note"
        )
        assert list(told) == [
            ("sale", "河镇饭店有限公司", 103, True, False),
            ("sale", "河镇饭店有限公司", -103, True, True),
            ("purchase", "茶园有限公司", Decimal("51.5"), True, False),
        ]

    def test_asks_for_the_direction_where_the_file_does_not_say_it(self, enterprise):
        content = b"Number,Date,Gross\n1,2026-01-05,10.00\n"
        with pytest.raises(StatementRefused) as caught:
            operations.receive_invoices(enterprise, make_upload(content), by="U-1", at=NOW)
        assert (caught.value.code, Invoice.objects.count()) == ("invoice_direction_missing", 0)
        operations.receive_invoices(enterprise, make_upload(content), by="U-1", at=NOW, direction="purchase")
        assert Invoice.objects.get().direction == "purchase"
