"""Whatever happened to a file on its way, it is read or refused: never a crash, never an amount that was not there."""

from contextlib import suppress
from datetime import date
from time import process_time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from accounts.statements.parsing import ParsedStatement, StatementRefused, parse, parse_invoices
from accounts.statements.parsing.tests import samples

WHOLE = {
    "camt": samples.camt(samples.entry() + samples.entry("5.00", sign="DBIT"), balances=("100.00", "105.00")),
    "mt940": samples.mt940(
        ":61:2601050105C10,00NTRFNONREF//A1\n:86:166?00TRANSFER?20order 7?32Li Ming\n", closing="C260131CNY110,00"
    ),
    "ofx": samples.ofx(samples.ofx_line() + samples.ofx_line("-3.00")),
    "xlsx": samples.xlsx([["Date", "Amount", "Balance"], [date(2026, 1, 5), 10, 110], [date(2026, 1, 6), -5, 105]]),
    "xls": samples.xls([["Date", "Amount", "Balance"], [date(2026, 1, 5), 10, 110], [date(2026, 1, 6), -5, 105]]),
    "page": samples.web_page(
        [["Date", "Amount", "Balance"], ["2026-01-05", "10.00", "110"], ["2026-01-06", "-5", "105"]]
    ),
    "csv": (
        "户名：青山茶庄\n交易日期,金额,余额,对方户名\n2026-01-05,10.00,110.00,李四\n2026-01-06,-5.00,105.00,王五\n"
    ).encode("gb18030"),
}
PIECES = [
    b"<",
    b">",
    b"&",
    b":61:",
    b":86:",
    b"\n",
    b"\0",
    b",",
    b'"',
    b"9" * 30,
    b"<STMTTRN>",
    b"<Stmt>",
    b"\xff",
    b"]]>",
]


def outcome(content: bytes) -> list[ParsedStatement] | None:
    """Parse; a refusal is an answer, anything else fails the test."""
    try:
        return parse(content, name="damaged")
    except StatementRefused:
        return None


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """Take a good file; cut, drop, repeat or put in a few pieces."""
    content = WHOLE[draw(st.sampled_from(sorted(WHOLE)))]
    for _step in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(content)))
        end = min(len(content), start + draw(st.integers(0, 60)))
        piece = draw(st.sampled_from([b"", content[start:end] * 2, *PIECES]) | st.binary(max_size=6))
        content = content[:start] + piece + content[end:]
    return content


class TestParse:
    """Damage of every kind."""

    @pytest.mark.parametrize("kind", sorted(WHOLE))
    def test_reads_the_whole_file(self, kind):
        assert outcome(WHOLE[kind]) is not None

    @given(damaged())
    def test_reads_or_refuses_a_damaged_file(self, content):
        outcome(content)

    @given(st.sampled_from(sorted(WHOLE)), st.floats(0, 1))
    def test_never_takes_a_file_cut_in_two_for_another_one(self, kind, share):
        whole = outcome(WHOLE[kind])
        cut = outcome(WHOLE[kind][: int(len(WHOLE[kind]) * share)])
        if cut is not None and kind != "csv":  # a table has no end that could be missing
            assert [each.lines for each in cut] == [each.lines for each in whole]

    @given(st.binary(max_size=300))
    @example(b"<a")
    @example(b"\xff\xfe")
    @example(b"OFXHEADER")
    @example(b":20:\n:60F:\n:62F:")
    @example(b":20:x\n:25:1\n:60F:C260101CNY1,00\n:61:\n:62F:C260101CNY1,00")
    def test_reads_or_refuses_noise(self, content):
        outcome(content)

    @given(st.binary(max_size=300))
    def test_reads_or_refuses_noise_as_invoices(self, content):
        with suppress(StatementRefused):
            parse_invoices(b"Number,Date,Gross\n" + content, name="noise")


class TestTime:
    """Files made to be slow are not."""

    @pytest.mark.parametrize(
        "content",
        [
            b"<OFX>" + b"<A><![CDATA[" * 200_000,
            b"<OFX>" + b"<STMTRS>" * 200_000,
            b"<OFX>" + b"]]>" * 200_000 + b"<A><![CDATA[" * 200_000,
            b":20:x\n" * 300_000,
            b":20:x\n:60F:C260101CNY1,00\n:61:2601010101C1,00NTRF" + b"A" * 2_000_000 + b"\n:62F:C260101CNY1,00\n",
            b":20:x\n:60F:C260101CNY1,00\n:61:2601010101C1,00NTRFNONREF\n:86:166"
            + b"?20" * 600_000
            + b"\n:62F:C260101CNY2,00",
            b"Date,Amount\n" + b'"' * 2_000_000,
            b"Date,Amount\n" + b"2026-01-01," + b"1," * 9_000 + b"\n",
            "交易日期,金额\n".encode("gb18030") + "茶".encode("gb18030") * 900_000,
        ],
        ids=["literals", "nesting", "endings", "headings", "reference", "subfields", "quotes", "grouping", "chinese"],
    )
    def test_answers_in_seconds(self, content):
        began = process_time()
        outcome(content)
        assert process_time() - began < 5
