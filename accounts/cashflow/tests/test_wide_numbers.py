"""Invoices that were kept before full-width digits and letters were read as plain ones."""

import pytest
from django.forms import model_to_dict

from accounts.cashflow.models import Invoice
from accounts.cashflow.operations import receive_invoices
from accounts.cashflow.tests.builders import make_upload
from accounts.ledger.tests.builders import NOW

WIDE = str.maketrans("0123456789-AB", "０１２３４５６７８９－ＡＢ")
HEAD = "Number,Date,Supplier,Direction,Net,Tax,Currency\n"
ONE, TWENTY, OTHER = "AB-17", "26332000000012345678", "31"


@pytest.fixture
def earlier(enterprise, migrate):
    """An invoice kept with a wide number that is told again in plain digits; beside it one that was not told again."""
    migrate("accounts", "0038_crop_calendars_share_editions")
    bring(enterprise, ONE, TWENTY)
    for each in Invoice.objects.all():
        keep(each, number=each.number.translate(WIDE))
    bring(enterprise, ONE, OTHER)
    assert Invoice.objects.current().count() == 4
    return Invoice.objects.current().get(number=ONE.translate(WIDE))


def keep(invoice, **changed):
    """Keep an invoice otherwise than it was, as an earlier version did."""
    Invoice.objects.filter(pk=invoice.pk).update(superseded_at=NOW)
    told = model_to_dict(invoice, exclude=["id", "enterprise", "file"]) | changed
    return Invoice.objects.create(enterprise=invoice.enterprise, file=invoice.file, **told)


def bring(enterprise, *numbers):
    rows = "".join(f"{number},2026-01-05,Li Trading,purchase,100,19,CNY\n" for number in numbers)
    ledger = receive_invoices(enterprise, make_upload((HEAD + rows).encode(), "invoices.csv"), by="U-1", at=NOW)
    return ledger.new_count, ledger.changed_count, ledger.known_count


class TestKeptBefore:
    def test_count_once_and_are_known_again(self, enterprise, earlier, migrate):
        migrate("accounts", "0040_invoices_in_plain_digits")
        assert sorted(Invoice.objects.current().values_list("number", flat=True)) == sorted([ONE, TWENTY, OTHER])
        assert bring(enterprise, ONE, TWENTY, OTHER) == (0, 0, 3)

    def test_stay_void_where_one_of_two_is(self, earlier, migrate):
        keep(earlier, is_valid=False)
        migrate("accounts", "0040_invoices_in_plain_digits")
        assert [each.is_valid for each in Invoice.objects.current().filter(number=ONE)] == [False]
