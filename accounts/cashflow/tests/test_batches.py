"""A batch that one file tells whole and another by its payments is evidence once."""

import re
from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.cashflow import operations
from accounts.cashflow.models import BankTransaction, StatementImport
from accounts.cashflow.tests.builders import NOW, make_read, make_received
from accounts.statements.parsing.tests import samples

LATER = NOW + timedelta(hours=1)


def payment(amount: str, name: str) -> str:
    """Write one payment of a batch."""
    return (
        f"<TxDtls><Amt Ccy='CNY'>{amount}</Amt><RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties></TxDtls>"
    )


PARTS = f"<NtryDtls>{payment('60.00', 'Li')}{payment('40.00', 'Wu')}</NtryDtls>"
WHOLE, SPLIT = samples.entry("100.00"), samples.entry("100.00", more=PARTS)
SINGLE = samples.entry("7.00", day="2026-01-02") + samples.entry("9.00", day="2026-01-09")


def notification(content: bytes) -> bytes:
    """Make a camt.054 of a camt.053 file."""
    for old, new in (("camt.053", "camt.054"), ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"), ("Stmt>", "Ntfctn>")):
        content = content.replace(old.encode(), new.encode())
    return content


STATEMENT, NOTIFICATION = samples.camt(SINGLE + WHOLE), notification(samples.camt(SINGLE + SPLIT))


def bring(enterprise, content: bytes) -> StatementImport:
    """Receive and read a file."""
    return make_read(make_received(enterprise, content, name="file.xml"))


def amounts() -> list[Decimal]:
    """List what counts."""
    return sorted(BankTransaction.objects.current().values_list("amount", flat=True))


class TestBatch:
    """camt.053 and camt.054 of one account."""

    @pytest.mark.parametrize(
        ("first", "second", "told"),
        [(STATEMENT, NOTIFICATION, [7, 9, 100]), (NOTIFICATION, STATEMENT, [7, 9, 40, 60])],
    )
    def test_counts_once_whichever_file_comes_first(self, enterprise, first, second, told):
        bring(enterprise, first)
        read = bring(enterprise, second)
        assert amounts() == told
        assert (read.known_count, read.contradiction_count) == (read.line_count, 0)

    def test_counts_once_when_both_tell_its_payments(self, enterprise):
        bring(enterprise, samples.camt(SINGLE + SPLIT))
        bring(enterprise, NOTIFICATION)
        assert amounts() == [7, 9, 40, 60]

    def test_counts_twice_where_there_were_two(self, enterprise):
        bring(enterprise, STATEMENT)
        bring(enterprise, notification(samples.camt(SINGLE + SPLIT + SPLIT)))
        assert amounts() == [7, 9, 40, 60, 100]

    def test_is_another_payment_on_another_day(self, enterprise):
        bring(enterprise, STATEMENT)
        other = samples.entry("100.00", day="2026-01-06", more=PARTS)
        bring(enterprise, notification(samples.camt(SINGLE + other)))
        assert amounts() == [7, 9, 40, 60, 100]

    def test_still_contradicts_a_batch_of_another_amount(self, enterprise):
        bring(enterprise, STATEMENT)
        changed = SPLIT.replace("100.00", "160.00").replace("60.00</Amt><RltdPties", "120.00</Amt><RltdPties", 1)
        assert bring(enterprise, notification(samples.camt(SINGLE + changed))).contradiction_count == 1

    def test_is_told_by_the_other_file_when_one_is_withdrawn(self, enterprise):
        first = bring(enterprise, STATEMENT)
        second = bring(enterprise, NOTIFICATION)
        operations.withdraw(first, by="U-1", at=LATER)
        make_read(second)
        assert amounts() == [7, 9, 40, 60]

    def test_counts_once_in_a_published_file_as_well(self, enterprise):
        content = samples.sample("camt053_v2_batch.xml")
        bring(enterprise, notification(content))
        before = amounts()
        whole = re.sub(rb"<TxDtls>.*?</TxDtls>", b"", content, flags=re.DOTALL)
        bring(enterprise, whole)
        assert amounts() == before
