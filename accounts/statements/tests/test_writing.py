"""What this portal writes, it reads again."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from accounts.statements.parsing import ParsedLine, ParsedStatement, parse
from accounts.statements.writing import as_camt053, as_csv, as_mt940

CREATED = datetime(2026, 2, 1, 9, 30, tzinfo=UTC)
LETTERS = "abcdefghij 茶庄饭店货款张三"


def texts(longest: int) -> st.SearchStrategy[str]:
    """Texts as statements hold them: single spaces inside, none around."""
    return st.text(LETTERS, max_size=longest).map(lambda text: " ".join(text.split()))


AMOUNTS = st.decimals(Decimal("-99999999.99"), Decimal("99999999.99"), places=2)


REFERENCES = st.text("ABC0123456789", max_size=16)
TOLD_BY_ALL: st.SearchStrategy[dict[str, Any]] = st.fixed_dictionaries({"reference": REFERENCES})
TOLD_BY_CAMT = TOLD_BY_ALL | st.fixed_dictionaries(
    {
        "reference": st.text("ABC0123456789", min_size=1, max_size=16),
        "end_to_end": st.text("PI-0123456789", max_size=16),
        "counterparty_number": st.text("0123456789", max_size=20),
        "return_reason": st.sampled_from(["", "AC04", "MD07"]),
    }
)


@st.composite
def statements(draw: st.DrawFn, *, kind: str) -> ParsedStatement:
    """Draw a statement whose balances roll and whose days ascend."""
    opening = running = draw(AMOUNTS)
    days = sorted(draw(st.lists(st.dates(date(2024, 1, 1), date(2026, 12, 31)), min_size=1, max_size=12)))
    lines = []
    for number, day in enumerate(days, start=1):
        amount = draw(AMOUNTS)
        running += amount
        lines.append(
            ParsedLine(
                number=number,
                booked_on=day,
                amount=amount,
                currency="CNY",
                balance_after=running if kind == "csv" else None,
                counterparty_name=draw(texts(50)),
                description=draw(texts(120)),
                **draw(TOLD_BY_CAMT if kind == "camt053" else TOLD_BY_ALL),
            )
        )
    holder = "" if kind == "mt940" else draw(texts(40))
    return ParsedStatement(kind, "6222021234567890", holder, "CNY", opening, running, lines)


def _reads_as_utf8(written):
    try:
        written.decode()
    except UnicodeDecodeError:
        return False
    return True


class TestRoundTrip:
    """Written and parsed, a statement is the same."""

    @given(st.lists(statements(kind="camt053"), min_size=1, max_size=3), st.integers(2, 8))
    def test_gives_the_same_camt053(self, drawn, version):
        written = as_camt053(*drawn, message_id="S-1", created_at=CREATED, version=version)
        assert parse(written, name="a.xml") == drawn

    @given(
        statements(kind="csv"),
        st.sampled_from([("zh-hans", "gb18030"), ("zh-hans", "utf-8"), ("en", "utf-8-sig"), ("en", "gb18030")]),
        st.sampled_from([",", ";", "\t"]),
    )
    def test_gives_the_same_csv(self, drawn, form, delimiter):
        language, encoding = form
        written = as_csv(drawn, language=language, encoding=encoding, delimiter=delimiter)
        assume(encoding != "gb18030" or written.isascii() or not _reads_as_utf8(written))  # 庄 alone does, as Hebrew
        assert parse(written, name="a.csv") == [drawn]

    @given(statements(kind="mt940"))
    def test_gives_the_same_mt940(self, drawn):
        assert parse(as_mt940(drawn), name="a.sta") == [drawn]


class TestAsCsv:
    """What a spreadsheet must not run."""

    def test_keeps_a_formula_from_being_run(self):
        line = ParsedLine(1, date(2026, 1, 5), Decimal(1), "CNY", counterparty_name="=HYPERLINK(1)")
        written = as_csv(ParsedStatement("csv", "", "", "CNY", None, None, [line]), encoding="utf-8").decode()
        assert ", =HYPERLINK(1)," in written


@pytest.mark.parametrize(("currency", "told"), [("KWD", "2.500"), ("JPY", "2"), ("CNY", "2.50")])
def test_writes_every_digit_of_the_currency(currency, told):
    line = ParsedLine(1, date(2026, 1, 5), Decimal(told), currency, Decimal(told))
    statement = ParsedStatement("", "123", "", currency, Decimal(0), Decimal(told), [line])
    whole, _point, part = told.partition(".")
    assert f",{told},,{told}," in as_csv(statement, encoding="utf-8").decode()
    assert f"{currency}{whole},{part}\r\n" in as_mt940(statement).decode()


def test_writes_no_more_digits_than_the_currency_has():
    line = ParsedLine(1, date(2026, 1, 5), Decimal("2.500"), "CNY", reference="r")
    told = ParsedStatement("", "123", "", "CNY", Decimal("0.000"), Decimal("2.500"), [line])
    written = as_camt053(told, message_id="S-1", created_at=CREATED).decode()
    assert ">2.50<" in written
    assert "500<" not in written
