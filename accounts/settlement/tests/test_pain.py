"""Payment files: written, and judged by the schema's structure."""

import os
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from accounts.settlement import pain

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


class TestWritten:
    @pytest.mark.parametrize("version", [3, 9])
    def test_keeps_to_the_schema(self, version):
        assert pain.faults(pain.written(MESSAGE, version=version)) == []

    def test_names_accounts_by_iban_where_they_have_one(self):
        told = pain.written(MESSAGE).decode()
        assert "<IBAN>DE21500500009876543210</IBAN>" in told
        assert "<Id>6222020200112233445</Id>" in told

    def test_refuses_another_version(self):
        with pytest.raises(ValueError, match="version 2"):
            pain.written(MESSAGE, version=2)


class TestFaults:
    @pytest.mark.parametrize(
        ("old", "new", "kind"),
        [
            ("<NbOfTxs>2<", "<NbOfTxs>3<", "wrong_count"),
            ("<CtrlSum>30.50<", "<CtrlSum>31.50<", "wrong_sum"),
            ("<PmtMtd>TRF<", "<PmtMtd>XYZ<", "wrong_value"),
            ("<EndToEndId>PI-1<", f"<EndToEndId>{'9' * 36}<", "wrong_value"),
            ('Ccy="CNY"', 'Ccy="yuan"', "wrong_currency"),
            ("<PmtMtd>TRF</PmtMtd>", "", "missing_element"),
            ("<PmtMtd>TRF</PmtMtd>", "<PmtMtd>TRF</PmtMtd><PmtMtd>TRF</PmtMtd>", "repeated_element"),
            ("<MsgId>PF-1</MsgId>", "<Hello/><MsgId>PF-1</MsgId>", "unknown_element"),
            ("<Dt>2026-03-02</Dt>", "<Dt>2026-03-02</Dt><DtTm>2026-03-02T00:00:00</DtTm>", "choose_one"),
            (">30.00<", ">-30.00<", "wrong_value"),
            (">30.00<", ">30.000001<", "wrong_value"),
            ("pain.001.001.09", "pain.001.001.08", "not_pain_001"),
            ("</Document>", "", "not_xml"),
        ],
    )
    def test_finds_what_is_wrong(self, old, new, kind):
        told = pain.written(MESSAGE).decode()
        assert old in told
        assert kind in {fault.kind for fault in pain.faults(told.replace(old, new).encode())}

    def test_finds_a_wrong_order(self):
        told = pain.written(MESSAGE).decode().replace("<ChrgBr>SHAR</ChrgBr>", "")
        told = told.replace("<PmtMtd>TRF</PmtMtd>", "<ChrgBr>SHAR</ChrgBr><PmtMtd>TRF</PmtMtd>")
        assert [fault.kind for fault in pain.faults(told.encode())] == ["wrong_order"]

    @pytest.mark.skipif(not SHARED.exists(), reason="the real files are not on this machine")
    def test_finds_nothing_in_a_published_file_and_a_wrong_count_in_another(self):
        assert pain.faults((SHARED / "pain001_v03.xml").read_bytes()) == []
        assert [each.kind for each in pain.faults((SHARED / "pain001_v09.xml").read_bytes())] == ["wrong_count"]
