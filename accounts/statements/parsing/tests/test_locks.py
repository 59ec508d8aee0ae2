"""Files behind a password: the right one opens them, a wrong one is told, and nothing else comes out."""

import time
from contextlib import suppress
from zipfile import ZIP_BZIP2, ZIP_DEFLATED

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.statements.parsing import StatementRefused, locks, packed, parse
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.test_workbook import PLAIN

CSV = b"Date,Amount,Balance\n2026-01-05,10.50,110.50\n"
LOCKED = {
    "zip": samples.zipped({"微信支付账单/bill.csv": CSV, "__MACOSX/._bill.csv": b"1"}, password="123456"),
    "old zip": samples.zipped_of_old("账单.csv", CSV, b"123456"),
    "xlsx": samples.xlsx_locked(PLAIN, "123456"),
    "xls": samples.xls_locked(PLAIN, "123456"),
    "pdf": samples.pdf_locked("123456"),
    "old pdf": samples.pdf_locked("123456", algorithm="RC4-128"),
}


def opened(content: bytes, password: str = "123456") -> list[tuple[str, bytes]]:
    """Take the lock off."""
    return locks.opened(content, name="statement", password=password)


def refusal(content: bytes, password: str = "123456") -> str:
    """Try, and hand back why it is refused."""
    with pytest.raises(StatementRefused) as caught:
        opened(content, password)
    return caught.value.code


class TestOpened:
    """What comes out."""

    def test_gives_the_files_of_a_zip(self):
        assert opened(LOCKED["zip"]) == [("bill.csv", CSV)]

    def test_reads_a_zip_of_the_old_kind_with_a_chinese_name(self):
        assert opened(LOCKED["old zip"]) == [("账单.csv", CSV)]

    @pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
    def test_takes_a_chinese_password_as_either_system_writes_it(self, encoding):
        assert opened(samples.zipped_of_old("a.csv", CSV, "密码".encode(encoding)), "密码") == [("a.csv", CSV)]

    @pytest.mark.parametrize("kind", ["xlsx", "xls"])
    def test_gives_a_spreadsheet_that_tells_the_same_as_without_a_lock(self, kind):
        ((name, bare),) = opened(LOCKED[kind])
        told = parse(bare, name=name)[0].lines
        assert (name, told) == ("statement", parse(samples.xlsx(PLAIN), name="a")[0].lines)

    @pytest.mark.parametrize("kind", ["pdf", "old pdf"])
    def test_gives_a_pdf_that_anyone_can_open(self, kind):
        ((_name, bare),) = opened(LOCKED[kind])
        assert opened(bare, "") == [("statement", bare)]

    @pytest.mark.parametrize("content", [CSV, samples.xls(PLAIN), samples.xlsx(PLAIN), b"%PDF-"], ids=len)
    def test_gives_what_is_not_locked_as_it_is(self, content):
        with suppress(StatementRefused):
            assert opened(content) == [("statement", content)]


class TestRefuse:
    """What does not open."""

    @pytest.mark.parametrize("kind", sorted(LOCKED))
    @pytest.mark.parametrize("password", ["1234567", "密码", "\0", "x" * 200])
    def test_says_that_the_password_is_wrong(self, kind, password):
        assert refusal(LOCKED[kind], password) == "password_wrong"

    def test_tells_a_wrong_password_also_where_the_old_lock_seems_to_open(self):
        assert {refusal(LOCKED["old zip"], str(each)) for each in range(1_000)} == {"password_wrong"}

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (samples.zipped({f"{each}.csv": CSV for each in range(21)}), "zip_too_many_files"),
            (samples.zipped({"a/": b"", "__MACOSX/a": b"1", ".DS_Store": b"1", "empty.csv": b""}), "zip_empty"),
            (samples.zipped({"a.csv": bytes(65 * 1024 * 1024)}), "zip_too_large"),
            (samples.zipped({"a.csv": CSV})[:-30], "zip_broken"),
        ],
        ids=["many", "none", "large", "cut"],
    )
    def test_refuses_a_zip_that_is_none_of_statements(self, content, code):
        with pytest.raises(StatementRefused) as caught:
            packed.files(content)
        assert caught.value.code == code

    @pytest.mark.parametrize(("how", "size"), [(ZIP_BZIP2, 100_000_000), (ZIP_DEFLATED, 20_000_000)])
    def test_unfolds_no_more_than_is_said(self, how, size):
        content = samples.zip_of_lies(size, how=how, names=[f"{each}.csv" for each in range(20)])
        before = time.process_time()
        with suppress(StatementRefused):
            assert {part for _name, part in packed.files(content)} == {bytes(100)}
        assert time.process_time() - before < 0.3

    @pytest.mark.parametrize("name", ["..", "/", "a/..", "..\\..", "C:\\", "\r\n", "a\0b"])
    def test_names_no_file_by_a_path(self, name):
        with suppress(StatementRefused):
            ((told, _content),) = packed.files(samples.zipped({name: CSV}))
            assert told
            assert not {"/", "\\", "\0"} & {*told}

    @settings(max_examples=150)
    @given(st.sampled_from(sorted(LOCKED)), st.data())
    def test_reads_or_refuses_a_damaged_file(self, kind, data):
        content = bytearray(LOCKED[kind])
        for _step in range(data.draw(st.integers(1, 4))):
            start = data.draw(st.integers(0, len(content)))
            content[start : start + data.draw(st.integers(0, 40))] = data.draw(st.binary(max_size=40))
        with suppress(StatementRefused):
            parse(bytes(content), name="damaged")
        with suppress(StatementRefused):
            for name, bare in opened(bytes(content)):
                for statement in parse(bare, name=name):
                    assert {line.amount for line in statement.lines} <= {10.5, -5}


class TestAsked:
    """What a locked file asks."""

    @pytest.mark.parametrize(
        ("kind", "locked"), [("zip", "zip"), ("old zip", "zip"), ("xlsx", "spreadsheet"), ("xls", "spreadsheet")]
    )
    def test_asks_for_the_password(self, kind, locked):
        with pytest.raises(StatementRefused) as caught:
            parse(LOCKED[kind], name="statement")
        assert caught.value.question.as_data() == {"kind": "password", "locked": locked}

    def test_tells_a_zip_that_holds_a_whole_spreadsheet_from_a_spreadsheet(self):
        workbook = samples.xlsx(PLAIN)
        stored = samples.zipped({"bill.xlsx": workbook}, how=0)
        assert packed.files(stored) == [("bill.xlsx", workbook)]
        with pytest.raises(StatementRefused) as caught:
            parse(stored, name="statement")
        assert caught.value.code == "statement_zip"
