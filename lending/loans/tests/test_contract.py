"""The contract as PDF: what it says, in both languages, with letters that can be read anywhere."""

import io
from datetime import timedelta
from decimal import Decimal

import pytest
from pypdf import PdfReader

from accounts.identity.models import Enterprise
from accounts.identity.tests.builders import make_corrected
from lending.applications.tests.builders import NOW, TODAY
from lending.loans import documents
from lending.loans.lines.documents import contract_of_line
from lending.loans.tests.builders import make_loan, make_offer, sign
from lending.loans.tests.lines import make_line, make_line_product
from lending.products.tests.builders import make_product


@pytest.fixture
def offer(bank, enterprise, owner):
    make_product(upfront_fee_rate=Decimal("0.005"))
    return make_offer(enterprise, by=owner)


def pages(offer, language, on=TODAY):
    return PdfReader(io.BytesIO(documents.contract(offer, on=on, language=language)))


def text(offer, language, on=TODAY):
    return " ".join("\n".join(page.extract_text() for page in pages(offer, language, on).pages).split())


class TestContract:
    def test_tells_borrower_amount_and_every_cost(self, offer, enterprise):
        told = text(offer, "en")
        for part in ("Loan contract", enterprise.legal_name, "River Town", "Quick working capital", "¥20,000.00"):
            assert part in told
        for part in ("Yearly cost (APR)", "6.98%", "Fee kept at payout", "¥100.00", "Mar 2, 2026"):
            assert part in told

    def test_lists_every_installment(self, offer, owner):
        loan = sign(offer, by=owner)
        told = text(offer, "en")
        for row in loan.installments.all():
            assert f"¥{row.total_amount:,.2f}" in told
            assert f"{row.due_date:%b} {row.due_date.day}, {row.due_date.year}" in told

    def test_is_legible_in_chinese(self, offer):
        Enterprise.objects.update(legal_name="河镇惠民便利店")
        offer.refresh_from_db()
        told = text(offer, "zh-hans").replace(" ", "")
        for part in ("河镇惠民便利店", "河镇支行", "快捷流动资金贷款", "2026年3月2日", "¥20,000.00", "人民币贰万元整"):
            assert part in told

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_brings_its_font(self, offer, language):
        for page in pages(offer, language).pages:
            fonts = page["/Resources"]["/Font"]
            descendants = [font.get_object()["/DescendantFonts"][0].get_object() for font in fonts.values()]
            assert descendants
            for font in descendants:
                assert "NotoSansCJK" in font["/BaseFont"]
                assert {"/FontFile2", "/FontFile3"} & set(font["/FontDescriptor"].get_object())

    def test_before_signing_says_that_it_is_not_signed(self, offer):
        assert "Not signed yet" in text(offer, "en")

    def test_after_signing_says_by_whom_and_when(self, offer, owner):
        loan = sign(offer, by=owner)
        told = text(offer, "en")
        assert "Signed by Wang Fang on Mar 2, 2026, 17:00 in the portal, with password and one-time code." in told
        assert loan.reference.removeprefix("L-") in told
        assert "Not signed" not in told

    def test_after_signing_no_longer_moves_with_the_day(self, offer, owner):
        sign(offer, by=owner)
        assert text(offer, "en") == text(offer, "en", on=TODAY + timedelta(days=40))

    @pytest.mark.parametrize("language", ["en", "zh-hans"])
    def test_says_what_repaying_early_costs_as_it_was_signed(self, offer, language):
        words = {"en": ("beyond the next installment", "days you owed"), "zh-hans": ("超出下一期", "实际用款天数")}[
            language
        ]
        told = [text(offer, language)]
        offer.kept_terms |= {"early_by_day": True}
        told.append(text(offer, language))
        if language != "en":  # lines break anywhere
            told = [each.replace(" ", "") for each in told]
        assert [[word in each for word in words] for each in told] == [[True, False], [False, True]]

    def test_says_the_conventions_of_its_own_product(self, bank, enterprise, owner):
        make_product(day_count="act_360", business_day_rule="none")
        told = text(make_offer(enterprise, by=owner), "en")
        assert "a year of 360" in told
        assert "the bank is closed" not in told


def test_names_the_borrower_as_it_was_signed(enterprise, owner):
    loan = make_loan(enterprise, by=owner)
    later = NOW + timedelta(days=1)
    make_corrected(enterprise, at=later, legal_name="Green Tea House", identifier="91330106673959654P")
    make_corrected(enterprise, at=later, person=owner, full_name="Wang Fangfang")
    told = text(type(loan.offer).objects.get(), "en")
    assert all(each in told for each in ("Green Tea Shop", "91110108551385082Q", "Signed by Wang Fang on"))
    assert "Green Tea House" not in told


def test_of_a_line_names_the_borrower_as_it_was_signed(bank, enterprise, owner):
    make_line_product()
    line = make_line(enterprise, by=owner)
    later = NOW + timedelta(days=1)
    make_corrected(enterprise, at=later, legal_name="Green Tea House", identifier="91330106673959654P")
    make_corrected(enterprise, at=later, person=owner, full_name="Wang Fangfang")
    content = contract_of_line(type(line.offer).objects.get(), on=TODAY, language="en")
    told = " ".join("\n".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages).split())
    assert all(each in told for each in ("Green Tea Shop", "91110108551385082Q", "Signed by Wang Fang on"))
    assert "Green Tea House" not in told
