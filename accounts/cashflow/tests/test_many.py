"""Files of many enterprises that are brought and read together are evidence as they are one after the other."""

from itertools import count

import pytest

from accounts.cashflow import operations
from accounts.cashflow.models import BankTransaction, Invoice, InvoiceLedger, StatementImport
from accounts.cashflow.tests.builders import NOW, make_broken, make_parsed, make_upload
from accounts.identity.tests.builders import make_enterprise
from accounts.statements.parsing import StatementRefused
from accounts.statements.writing import as_csv
from portal.core.files import FileRefused
from portal.core.models import AuditEvent, Job, StoredFile

LINES = [
    ("2026-01-05", "-3.00", "Coffee House", "coffee"),
    ("2026-01-05", "-3.00", "Coffee House", "coffee"),
    ("2026-01-07", "100.00", "Li Ming", "order 7"),
    ("2026-01-09", "-250.00", "Tea Trading Co", "goods"),
]
MORE = [*LINES[2:], ("2026-01-12", "40.00", "Wang Fang", "order 8")]
OTHERWISE = [LINES[0], ("2026-01-07", "70.00", "Li Ming", "order 7"), *MORE[1:]]
# What an enterprise brings, file after file: overlapping, contradicting, nameless before named, broken, somebody
# else's, one that asks, one that is no statement.
BROUGHT = (
    (make_parsed(LINES), make_parsed(MORE)),
    (make_parsed(LINES), make_parsed(OTHERWISE)),
    (make_parsed(LINES, account="", holder=""), make_parsed(LINES)),
    (make_broken(), make_parsed(MORE)),
    (make_parsed(LINES, holder="Somebody Else"), make_parsed(MORE, currency="EUR")),
    (b"Date,Amount\n02/01/2026,5.00\n03/01/2026,6.00\n", make_parsed(LINES)),
    (b"nonsense", make_parsed(LINES)),
)
FILES = [[each if isinstance(each, bytes) else as_csv(each) for each in brought] for brought in BROUGHT]
LEDGERS = (
    b"Number,Date,Net,Tax,Direction,Counterparty\n1,2026-01-05,100,13,sale,A\n2,2026-01-06,50,6.5,purchase,B\n",
    b"Number,Date,Net,Tax,Direction,Counterparty\n1,2026-01-05,90,13,sale,A\n3,2026-01-07,50,6.5,purchase,B\n",
    b"Number,Date,Gross,Direction\n1,02/01/2026,10.00,sale\n2,03/01/2026,20.00,sale\n",
)
RANDOM = {"id", "reference", "enterprise_id", "statement_id", "file_id", "replaced_by_id", "answered_as_id"}
numbers = count(1)


@pytest.fixture
def alike(bank, owner):
    """Make enterprises of one name and one owner."""

    def make(how_many):
        return [make_enterprise(owner, branch=bank.branch, identifier=f"X{next(numbers)}") for _ in range(how_many)]

    return make


def plain(row):
    return {
        each.attname: getattr(row, each.attname) for each in row._meta.concrete_fields if each.attname not in RANDOM
    }


def told_of(enterprise):
    """Give all that is known of an enterprise, without what is drawn by chance."""
    statements = list(StatementImport.objects.filter(enterprise=enterprise).order_by("pk"))
    lines = BankTransaction.objects.filter(enterprise=enterprise).order_by("pk")
    ledgers = list(InvoiceLedger.objects.filter(enterprise=enterprise).order_by("pk"))
    invoices = Invoice.objects.filter(enterprise=enterprise).order_by("number", "gross_amount")
    subjects = [each.reference for each in (enterprise, *statements, *ledgers)]
    events = AuditEvent.objects.filter(subject__in=subjects).order_by("verb", "pk").values_list("verb", "by", "details")
    told = str([[plain(each) for each in rows] for rows in (statements, lines, ledgers, invoices)] + [list(events)])
    for place, reference in enumerate(subjects):
        told = told.replace(reference, f"@{place}")
    return told


@pytest.mark.django_db
class TestStatements:
    def test_are_the_same_evidence_together(self, alike):
        apart, together = alike(len(FILES)), alike(len(FILES))
        for enterprise, brought in zip(apart, FILES, strict=True):
            for content in brought:
                received = operations.receive(enterprise, make_upload(content), by="U-1", at=NOW)
                operations.read(received.reference, at=NOW)
        for contents in zip(*FILES, strict=True):
            uploads = [(each, make_upload(content)) for each, content in zip(together, contents, strict=True)]
            received = operations.receive_each(uploads, by="U-1", at=NOW)
            operations.read(*[each.reference for each in received], at=NOW)
        assert [told_of(each) for each in together] == [told_of(each) for each in apart]
        assert {each.status for each in StatementImport.objects.all()} == {"read", "asks", "refused"}
        assert StatementImport.objects.filter(contradiction_count__gt=0).count() == 2

    def test_are_read_by_who_brings_them(self, alike):
        operations.receive_each([(each, make_upload(b"x")) for each in alike(2)], by="U-1", at=NOW)
        assert not Job.objects.filter(name="cashflow.read").exists()

    def test_are_known_again_and_read_once(self, alike):
        one, two = alike(2)
        brought = [(each, as_csv(make_parsed(LINES))) for each in (one, two)]
        for _time in range(2):
            received = operations.receive_each(
                [(each, make_upload(content)) for each, content in brought], by="U-1", at=NOW
            )
            operations.read(*[each.reference for each in received], at=NOW)
        assert (StatementImport.objects.count(), BankTransaction.objects.count()) == (2, 2 * len(LINES))

    def test_are_not_kept_where_one_is_refused(self, alike):
        one, two = alike(2)
        with pytest.raises(FileRefused):
            operations.receive_each([(one, make_upload(b"x")), (two, make_upload(b""))], by="U-1", at=NOW)
        assert not StatementImport.objects.exists()
        assert not StoredFile.objects.exists()

    def test_ask_as_many_questions_of_the_database_as_one(self, alike, django_assert_max_num_queries):
        many = alike(20)
        received = operations.receive_each(
            [(each, make_upload(as_csv(make_parsed(LINES)))) for each in many], by="U-1", at=NOW
        )
        with django_assert_max_num_queries(20 + 4 * len(many)):
            operations.read(*[each.reference for each in received], at=NOW)


@pytest.mark.django_db
class TestInvoices:
    def test_are_the_same_evidence_together(self, alike):
        apart, together = alike(2), alike(2)
        for content in LEDGERS:
            for enterprise in apart:
                operations.receive_invoices(enterprise, make_upload(content), by="U-1", at=NOW)
            uploads = [(each, make_upload(content)) for each in together]
            operations.receive_invoices_of_each(uploads, by="U-1", at=NOW)
        assert [told_of(each) for each in together] == [told_of(each) for each in apart]
        assert {each.status for each in InvoiceLedger.objects.all()} == {"read", "asks"}
        assert Invoice.objects.exclude(superseded_at=None).count() == 4

    def test_are_not_kept_where_one_is_refused(self, alike):
        one, two = alike(2)
        with pytest.raises(StatementRefused):
            operations.receive_invoices_of_each(
                [(one, make_upload(LEDGERS[0])), (two, make_upload(b"nonsense"))], by="U-1", at=NOW
            )
        assert not InvoiceLedger.objects.exists()
