"""Certificates of balance: who may have one, what stands on it, and that anyone can verify it."""

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from accounts.ledger.tests.builders import NOW
from accounts.settlement import operations as settlement
from accounts.settlement import papers
from accounts.settlement.models import BalanceCertificate
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from portal.core.models import AuditEvent

FEBRUARY_28, MARCH_2 = date(2026, 2, 28), date(2026, 3, 2)


@pytest.fixture
def account(enterprise):
    account = make_settlement_account(enterprise, holding="1234.50", on=FEBRUARY_28, at=NOW - timedelta(days=2))
    make_deposit(account, "99.00", on=MARCH_2)
    return account


def certify(account, of=FEBRUARY_28, key="k"):
    return settlement.certify_balance(account, of=of, key=key, on=MARCH_2, at=NOW, by="U-OWNER")


def address(account):
    return reverse("settlement:certificates", args=[account.reference])


def text_of(content):
    (page,) = PdfReader(io.BytesIO(content)).pages
    return re.sub(r"\s+", "", page.extract_text())


class TestCertifyBalance:
    def test_tells_the_end_of_the_day_and_records_who(self, account):
        certificate = certify(account)
        told = (certificate.balance_amount, certificate.on, certificate.holder_name, certificate.issued_by)
        assert told == (Decimal("1234.50"), FEBRUARY_28, "Green Tea Shop", "U-OWNER")
        event = AuditEvent.objects.get(verb="settlement.balance_certified")
        assert (event.by, event.at, event.subject) == ("U-OWNER", NOW, account.reference)

    def test_is_given_once_for_a_key(self, account):
        assert certify(account) == certify(account)

    def test_is_refused_for_a_day_that_is_not_over(self, account):
        with pytest.raises(settlement.DayNotOver):
            certify(account, of=MARCH_2)

    def test_is_refused_for_a_day_before_the_account_was_opened(self, account):
        with pytest.raises(settlement.DayBeforeAccount):
            certify(account, of=FEBRUARY_28 - timedelta(days=1))

    def test_is_never_rewritten(self, account):
        certify(account)
        with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
            BalanceCertificate.objects.update(balance_amount=1_000_000)


class TestPaper:
    @pytest.mark.parametrize(
        ("language", "words"),
        [
            ("en", ["Certificateofbalance", "¥1,234.50", "GreenTeaShop", "Feb28,2026"]),
            ("zh-hans", ["余额证明", "¥1,234.50", "人民币壹仟贰佰叁拾肆元伍角整", "GreenTeaShop", "2026年2月28日"]),
        ],
    )
    def test_says_it_in_both_languages(self, account, language, words):
        certificate = certify(account)
        text = text_of(papers.as_pdf(certificate, language=language))
        assert [word for word in [*words, certificate.code] if word not in text] == []


class TestPages:
    def test_issue_and_list_certificates(self, client_of, owner, account):
        client = client_of(owner)
        yesterday = timezone.localdate() - timedelta(days=1)
        for _twice in range(2):
            response = client.post(address(account), {"of": yesterday.isoformat(), "idempotency_key": "k"})
            assert response.headers["Location"] == address(account)
        certificate = BalanceCertificate.objects.get()
        text = client.get(address(account)).content.decode()
        assert certificate.code in text
        pdf = client.get(reverse("settlement:certificate_pdf", args=[certificate.code, "en"]))
        assert (pdf.headers["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")

    def test_issue_none_for_today(self, client_of, owner, account):
        asked = {"of": timezone.localdate().isoformat(), "idempotency_key": "k"}
        response = client_of(owner).post(address(account), asked)
        assert (response.status_code, BalanceCertificate.objects.count()) == (422, 0)

    def test_are_open_to_operations(self, client_of, operations, account):
        assert client_of(operations).get(address(account)).status_code == 200

    @pytest.mark.parametrize("reader", ["manager", "officer", "auditor"])
    def test_are_closed_to_those_who_may_not_ask_for_one(self, client_of, request, account, reader):
        assert client_of(request.getfixturevalue(reader)).get(address(account)).status_code == 403

    def test_do_not_exist_for_a_stranger(self, client_of, stranger, account):
        client = client_of(stranger)
        paper = reverse("settlement:certificate_pdf", args=[certify(account).code, "en"])
        assert [client.get(address(account)).status_code, client.get(paper).status_code] == [404, 404]

    def test_know_no_other_language(self, client_of, owner, account):
        paper = reverse("settlement:certificate_pdf", args=[certify(account).code, "fr"])
        assert client_of(owner).get(paper).status_code == 404


class TestVerify:
    def test_tells_anyone_what_was_certified_but_not_the_number(self, client, account):
        certificate = certify(account)
        text = client.get(reverse("settlement:verified", args=[certificate.code.lower()])).content.decode()
        assert "¥1,234.50" in text
        assert account.number not in text
        assert account.number[-4:] in text

    def test_leads_from_the_code_to_the_page(self, client, account):
        certificate = certify(account)
        spaced = certificate.code.replace("-", " ").lower()
        response = client.post(reverse("settlement:verify"), {"code": spaced})
        assert response.headers["Location"] == reverse("settlement:verified", args=[certificate.code])

    def test_knows_nothing_of_other_codes(self, client, bank):
        assert client.get(reverse("settlement:verified", args=["B-NOTHING"])).status_code == 404

    def test_asks_for_a_code(self, client, bank):
        assert client.get(reverse("settlement:verify")).status_code == 200
        assert client.post(reverse("settlement:verify"), {}).status_code == 422
