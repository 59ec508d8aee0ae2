"""Payment files: written, judged by the published schema, and answered."""

import os
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from accounts.settlement import pain, pain_report
from accounts.settlement.pain_report import Verdict
from accounts.settlement.tests.nostro import report
from accounts.statements.parsing import StatementRefused
from portal.core.money import rounded

MESSAGE = pain.Message(
    reference="PF-1",
    created_at=datetime(2026, 3, 2, 9, 0, tzinfo=UTC),
    execution_date=date(2026, 3, 2),
    currency="CNY",
    bank_name="Green Valley Rural Cooperative Bank",
    bank_code="ABOCCNBJXXX",
    nostro_number="6200000000000001",
    payments=(
        pain.Payment(
            "PI-1", Decimal("30.00"), "绿茶店", "面粉厂 & Sons", "6222020200112233445", "ICBKCNBJXXX", "三月 <面粉>"
        ),
        pain.Payment("PI-2", Decimal("0.50"), "绿茶店", "Mill", "DE21500500009876543210", "SPUEDE2UXXX"),
    ),
)
SHARED = Path(os.environ.get("SHARED_DIR", Path(__file__).resolve().parents[4] / "shared")) / "statements"


WORDS = st.text(st.characters(codec="utf-8"), max_size=200) | st.text("绿茶店面粉厂 &<>\"'\x0b\ufffe", max_size=200)
NUMBERS = st.sampled_from(["DE21500500009876543210"]) | st.text("ABCXYZ0123456789", min_size=4, max_size=34)
PAYMENTS = st.builds(
    pain.Payment,
    reference=st.text("0123456789ABCDEFGHJKMNPQRSTVWXYZ", min_size=12, max_size=12).map("PI-{}".format),
    amount=st.decimals(Decimal("0.01"), Decimal("999999999999.99"), places=2),
    debtor_name=WORDS,
    creditor_name=WORDS,
    creditor_number=NUMBERS,
    creditor_bank_code=st.sampled_from(["ICBKCNBJXXX", "SPUEDE2U", "BOFAUS3NXXX", "102100099996"]),
    text=WORDS,
)


class TestWritten:
    @pytest.mark.parametrize("version", [3, 9])
    def test_keeps_to_the_schema(self, version):
        assert pain.faults(pain.written(MESSAGE, version=version)) == []

    @given(st.lists(PAYMENTS, min_size=1, max_size=30), st.sampled_from([3, 9]), st.sampled_from(["CNY", "JPY", "KWD"]))
    @hypothesis_settings(max_examples=60)
    def test_keeps_to_the_published_schema_whatever_people_write(self, payments, version, currency):
        payments = tuple(replace(each, amount=max(rounded(each.amount, currency), Decimal(1))) for each in payments)
        message = replace(MESSAGE, payments=payments, currency=currency, bank_name=payments[0].debtor_name)
        assert pain.faults(pain.written(message, version=version)) == []

    def test_holds_a_thousand_payments(self):
        payments = tuple(replace(MESSAGE.payments[0], reference=f"PI-{number}") for number in range(1_000))
        assert pain.faults(pain.written(replace(MESSAGE, payments=payments))) == []

    @pytest.mark.parametrize("version", [3, 9])
    def test_keeps_to_the_schema_where_an_iban_stands_alone(self, version):
        alone = replace(MESSAGE, payments=(replace(MESSAGE.payments[1], creditor_bank_code=""),))
        told = pain.written(alone, version=version)
        assert (pain.faults(told), b"CdtrAgt" in told) == ([], False)

    def test_names_accounts_by_iban_where_they_have_one(self):
        told = pain.written(MESSAGE).decode()
        assert "<IBAN>DE21500500009876543210</IBAN>" in told
        assert "<Id>6222020200112233445</Id>" in told

    def test_refuses_another_version(self):
        with pytest.raises(ValueError, match="version 2"):
            pain.written(MESSAGE, version=2)


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new"),
        [
            ("<NbOfTxs>2<", "<NbOfTxs>3<"),
            ("<CtrlSum>30.50<", "<CtrlSum>31.50<"),
            ("<PmtMtd>TRF<", "<PmtMtd>XYZ<"),
            ("<EndToEndId>PI-1<", f"<EndToEndId>{'9' * 36}<"),
            ('Ccy="CNY"', 'Ccy="yuan"'),
            ("<PmtMtd>TRF</PmtMtd>", ""),
            ("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>TRF</PmtMtd><PmtMtd>TRF</PmtMtd>"),
            ("<MsgId>PF-1</MsgId>", "<Hello/><MsgId>PF-1</MsgId>"),
            ("<Dt>2026-03-02</Dt>", "<Dt>2026-03-02</Dt><DtTm>2026-03-02T00:00:00</DtTm>"),
            (">30.00<", ">-30.00<"),
            (">30.00<", ">30.000001<"),
            ("pain.001.001.09", "pain.001.001.08"),
            ("</Document>", ""),
        ],
    )
    def test_finds_what_is_wrong(self, old, new):
        told = pain.written(MESSAGE).decode()
        assert old in told
        assert pain.faults(told.replace(old, new).encode()) != []

    def test_finds_a_wrong_order(self):
        told = pain.written(MESSAGE).decode().replace("<ChrgBr>SHAR</ChrgBr>", "")
        told = told.replace("<PmtMtd>TRF</PmtMtd>", "<ChrgBr>SHAR</ChrgBr><PmtMtd>TRF</PmtMtd>")
        assert pain.faults(told.encode()) != []

    @pytest.mark.skipif(not SHARED.exists(), reason="the real files are not on this machine")
    def test_finds_nothing_in_a_published_file_and_a_wrong_count_in_another(self):
        assert pain.faults((SHARED / "pain001_v03.xml").read_bytes()) == []
        assert [each.path for each in pain.faults((SHARED / "pain001_v09.xml").read_bytes())] == [
            "{*}CstmrCdtTrfInitn/{*}GrpHdr/NbOfTxs"
        ]


class TestReport:
    """What the other bank says of what was sent."""

    def test_is_read_in_an_encoding_of_chinese_banks(self):
        told = report("PF-1").decode().replace("closed", "已销户").replace('"1.0"', '"1.0" encoding="GB18030"')
        assert pain_report.read(told.encode("gb18030")) == [Verdict("PF-1", "", is_rejected=True, reason="AC04 已销户")]

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (report("PF-1")[:-20], "xml_broken"),
            (report("PF-1").replace(b"?>", b"?><!DOCTYPE a>"), "xml_forbidden"),
            (report(""), "xml_wrong_message"),
        ],
    )
    def test_is_refused_where_it_is_none(self, content, code):
        with pytest.raises(StatementRefused) as caught:
            pain_report.read(content)
        assert caught.value.code == code
