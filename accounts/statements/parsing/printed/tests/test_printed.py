"""Statements as PDF: read as their owner would read them, or refused; whatever happened to a page, never read wrong."""

import io
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from random import Random
from typing import Final, NamedTuple

import pypdf
import pytest
from PIL import Image

from accounts.statements.confined import statements_of_file
from accounts.statements.parsing import ParsedLine, ParsedStatement, StatementRefused, parse
from accounts.statements.parsing.documents.tests import samples as invoices
from accounts.statements.parsing.printed import pages as paged
from accounts.statements.parsing.printed import reader
from accounts.statements.parsing.printed.pages import Line, Page, Word
from accounts.statements.parsing.printed.tests import papers
from accounts.statements.parsing.printed.tests.papers import Paper, long, pdf
from accounts.statements.parsing.tests.reading import refusal


class Told(NamedTuple):
    """What is in a statement: its account, holder, first day, amounts in order, first other side, closing balance."""

    paper: Paper
    account: str
    holder: str
    first_day: str
    amounts: str
    party: str
    closing: str


TOLD: Final = {
    "cmb": Told(
        papers.CMB, "6222021234567890", "青山茶庄", "2026-01-05", "1200.00 -200.50 30.00 -1000.00", "李四", "1029.50"
    ),
    "boc": Told(
        papers.BOC,
        "6217850012345678",
        "赵六",
        "2026-03-08",
        "-136.00 3000.00 -11.00",
        "国网浙江省电力有限公司",
        "4853.00",
    ),
    "icbc": Told(
        papers.ICBC, "1202020109900000001", "张三", "2026-01-05", "-88.00 1000.00 -12.00", "河镇饭店", "2900.00"
    ),
    "ccb": Told(papers.CCB, "6217001234567890", "赵六", "2026-01-05", "-45.50 1000.00 -54.50", "河镇饭店", "1900.00"),
    "abc": Told(
        papers.ABC, "6228481234567890", "青山茶庄", "2026-01-06", "1200.00 -100.00 900.00 -300.00", "王五", "1700.00"
    ),
    "rural": Told(
        papers.RURAL,
        "201000000000001",
        "青山茶庄",
        "2026-01-05",
        "3000.00 -450.50 -2000.00 800.00",
        "李四",
        "11349.50",
    ),
    "wechat": Told(papers.WECHAT, "green-tea-1", "张三", "2026-01-05", "88.00 -12.50", "李四", "None"),
    "alipay": Told(papers.ALIPAY, "zhang@example.com", "张三", "2026-01-05", "100.00 -25.00", "李四", "None"),
    "western": Told(papers.WESTERN, "12345678", "RAVI STORES", "2026-01-05", "-45.10 1200.00 -154.90", "", "1500.00"),
    "zebra": Told(
        papers.ZEBRA, "6214831234567890", "", "2026-01-05", "1200.00 -200.50 30.00 -1000.00", "李四", "1029.50"
    ),
    "summed": Told(papers.SUMMED, "", "", "2026-01-05", "88.00 -12.50 7.25", "李四", "None"),
    "german": Told(
        papers.GERMAN,
        "DE89370400440532013000",
        "Teeladen Gruen",
        "2026-01-15",
        "1200.00 -700.00 -150.50",
        "",
        "1349.50",
    ),
}
MANY: Final = {
    "cmb": long(papers.CMB.but(height="140mm"), 40),
    "western": long(
        papers.WESTERN.but(rows=papers.WESTERN.rows[1:4], above="Account number: 12345678", below="", height="140mm"),
        40,
    ),
    "wechat": long(papers.WECHAT.but(height="140mm", foot=papers.COUNTED), 30),
}


def read(paper: Paper) -> ParsedStatement:
    """Read a printed statement."""
    (statement,) = parse(pdf(paper), name="statement.pdf")
    return statement


def pages_of(paper: Paper) -> int:
    """Count the pages that a statement fills."""
    return len(pypdf.PdfReader(io.BytesIO(pdf(paper))).pages)


class TestRead:
    """What is read of each layout."""

    @pytest.mark.parametrize("name", TOLD)
    def test_is_read_right(self, name):
        told = TOLD[name]
        statement = read(told.paper)
        assert (statement.format, statement.breaks) == ("pdf", ())
        assert (statement.account_identifier, statement.holder_name) == (told.account, told.holder)
        assert statement.lines[0].booked_on == date.fromisoformat(told.first_day)
        assert " ".join(str(line.amount) for line in statement.lines) == told.amounts
        assert (statement.lines[0].counterparty_name, str(statement.closing_balance)) == (told.party, told.closing)

    @pytest.mark.parametrize("name", MANY)
    def test_reads_all_pages(self, name):
        paper = MANY[name]
        kept = [row for row in paper.rows if "其他" not in row]
        assert pages_of(paper) > 1
        assert len(read(paper).lines) == len(kept)

    def test_reads_pages_that_repeat_no_heading(self):
        assert read(MANY["western"].but(repeat="false")).lines == read(MANY["western"]).lines

    def test_joins_what_is_written_on_several_lines_of_a_cell(self):
        assert read(papers.CMB).lines[3] == ParsedLine(
            4,
            date(2026, 1, 8),
            Decimal("-1000.00"),
            "CNY",
            Decimal("1029.50"),
            "青山茶叶种植专业合作社有限责任公司联合社",
            "转账汇款",
        )
        assert read(papers.WESTERN).lines[2].description == "DIRECT DEBIT POWER LTD MANDATE 0099 THANK YOU"
        assert read(papers.BOC).lines[1].counterparty_number == "6222021234567890123"

    def test_leaves_out_watermarks_and_stamps(self):
        for mark in ("rotate(20deg, text(30pt)[河镇银行 500.00])", "text(60pt, fill: luma(220))[仅供贷款使用]"):
            assert read(papers.CMB.but(mark=mark)).lines == read(papers.CMB).lines

    def test_is_read_by_the_worker(self):
        (statement,) = statements_of_file(pdf(papers.BOC), name="statement.pdf", currency="CNY")
        assert len(statement.lines) == 3


def _with_cell(paper: Paper, row: int, column: int, told: str) -> Paper:
    rows = [list(each) for each in paper.rows]
    rows[row][column] = told
    return paper.but(rows=rows)


class TestRefuse:
    """What is not read for certain."""

    def test_names_page_and_line_of_a_balance_that_does_not_follow(self):
        rows = MANY["cmb"].rows
        broken = _with_cell(MANY["cmb"], len(rows) - 1, 3, "7.00")
        code, params = refusal(pdf(broken))
        assert (code, params["page"], params["found"]) == ("pdf_balance_breaks", pages_of(MANY["cmb"]), "7.00")
        assert 1 <= params["line"] < len(rows)

    @pytest.mark.parametrize(
        ("paper", "code"),
        [
            (_with_cell(papers.SUMMED, 0, 3, "88.01"), "pdf_sums_differ"),
            (
                papers.SUMMED.but(above="钱包交易明细\n\n共4笔 #h(2em) 收入：95.25元，总支出：12.50元"),
                "pdf_sums_differ",
            ),
            (papers.SUMMED.but(above="钱包交易明细"), "statement_pdf"),
            (_with_cell(papers.WESTERN, 0, 4, "400.00").but(above="Opening balance 400.00"), "pdf_sums_differ"),
            (papers.RURAL.but(rows=papers.RURAL.rows[:4], below="贷方合计：3,800.01"), "pdf_sums_differ"),
            (papers.CMB.but(rows=papers.CMB.rows[:1]), "statement_pdf"),
            (_with_cell(papers.BOC, 1, 3, ""), "pdf_row_refused"),
            (_with_cell(papers.WECHAT, 1, 5, ""), "pdf_row_incomplete"),
            (_with_cell(papers.WECHAT, 1, 1, ""), "pdf_row_incomplete"),
            (_with_cell(papers.ICBC, 1, 1, "6222029999999999"), "pdf_several"),
            (papers.CMB.but(more="#pagebreak() 户名：李四 #h(3em) 账号：6222021234567890"), "pdf_several"),
            (papers.WECHAT.but(columns=[("甲", *each[1:]) for each in papers.WECHAT.columns]), "statement_pdf"),
            (papers.CMB.but(foot="第1页 共3页"), "pdf_pages_missing"),
            (papers.CMB.but(above="#box(width: 0pt)[重叠]文字"), "pdf_words_overlap"),
        ],
    )
    def test_what_proves_nothing_or_otherwise(self, paper, code):
        assert refusal(pdf(paper))[0] == code

    def test_says_which_row_has_no_amount(self):
        code, params = refusal(pdf(_with_cell(papers.BOC, 1, 3, "")))
        assert (code, params) == (
            "pdf_row_refused",
            {"page": 1, "reason": {"code": "amount_missing", "params": {"line": 2}}},
        )

    def test_refuses_one_that_needs_a_password(self):
        for password, code in (("secret", "statement_locked"), ("", None)):
            writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf(papers.CMB)))
            writer.encrypt(password, owner_password="bank", algorithm="AES-256")  # noqa: S106 - a test's own
            written = io.BytesIO()
            writer.write(written)
            if code is None:
                assert len(parse(written.getvalue(), name="statement.pdf")[0].lines) == 4
            else:
                assert refusal(written.getvalue()) == (code, {})

    def test_says_of_a_picture_that_it_is_one(self):
        written = io.BytesIO()
        Image.new("RGB", (60, 60), "white").save(written, "PDF")
        assert refusal(written.getvalue())[0] == "statement_picture"

    def test_says_of_an_invoice_that_it_is_one(self):
        assert refusal(invoices.paper())[0] == "statement_is_invoices"

    @pytest.mark.parametrize("kept", [0.2, 0.6, 0.9])
    def test_says_of_a_file_cut_in_two_that_it_is_damaged(self, kept):
        whole = pdf(papers.CMB)
        assert refusal(whole[: int(len(whole) * kept)])[0] in {"pdf_broken", "statement_picture"}

    def test_reads_no_more_pages_than_it_has_time_for(self):
        writer = pypdf.PdfWriter()
        for _page in range(paged.MOST_PAGES + 1):
            writer.add_blank_page(100, 100)
        written = io.BytesIO()
        writer.write(written)
        assert refusal(written.getvalue())[0] == "pdf_too_long"


def _rebuilt(page: Page, words: Sequence[Word]) -> Page:
    lines: list[Line] = []
    for word in sorted(words, key=lambda each: (each.y, each.left)):
        if lines and word.y - lines[-1].y < word.size / 4:
            lines[-1].words.append(word)
        else:
            lines.append(Line(word.y, [word]))
    return page._replace(lines=[Line(line.y, sorted(line.words, key=lambda each: each.left)) for line in lines])


def _moved(word: Word, right: float = 0, down: float = 0) -> Word:
    return word._replace(left=word.left + right, right=word.right + right, y=word.y + down)


def _damaged(pages: Sequence[Page], chance: Random) -> list[Page]:
    """Drop or move a word, a column or rules, or mix up the pages."""
    found = list(pages)
    at = chance.randrange(len(found))
    page = found[at]
    words = [word for line in page.lines for word in line.words]
    one = chance.choice(words)
    right, down = chance.uniform(-90, 90), chance.uniform(-20, 20)
    way = chance.choice(["drop", "drop", "right", "down", "column", "below", "line", "rule", "rules", "pages"])
    if way == "pages":
        chance.shuffle(found)
        return found if len(found) == 1 or chance.random() < 0.5 else found[1:-1] or found  # noqa: PLR2004 - one in two
    if way == "rule" and page.across and page.down:
        across = [each for each in page.across if each != chance.choice(page.across)]
        page = page._replace(across=across, down=[each for each in page.down if each != chance.choice(page.down)])
    elif way == "rules":
        page = page._replace(across=[]) if chance.random() < 0.5 else page._replace(down=[])  # noqa: PLR2004 - one in two
    else:
        told = {
            "drop": lambda word: None if word is one else word,
            "right": lambda word: _moved(word, right) if word is one else word,
            "down": lambda word: _moved(word, down=down) if word is one else word,
            "column": lambda word: _moved(word, right) if word.left < one.right and word.right > one.left else word,
            "below": lambda word: (
                _moved(word, right) if word.y >= one.y and word.left < one.right and word.right > one.left else word
            ),
            "line": lambda word: _moved(word, right / 3, abs(down)) if word.y == one.y else word,
        }.get(way, lambda word: word)
        page = _rebuilt(page, [each for word in words if (each := told(word)) is not None])
    found[at] = page
    return found


def _outcome(pages: Sequence[Page]) -> list[tuple[date, Decimal]] | None:
    try:
        (statement,) = reader.of_pages(pages, currency="CNY")
    except StatementRefused:
        return None
    return [(line.booked_on, line.amount) for line in statement.lines]


class TestDamage:
    """Pages of which something was lost or moved."""

    @pytest.mark.parametrize("name", [*TOLD, *(f"{name} long" for name in MANY)])
    def test_never_reads_other_payments(self, name):
        paper = MANY[name.removesuffix(" long")] if name.endswith("long") else TOLD[name].paper
        pages = paged.read(pdf(paper))
        whole = _outcome(pages)
        assert whole
        chance = Random(name)  # noqa: S311 - a test that repeats itself
        for _attempt in range(60):
            found = _outcome(_damaged(pages, chance))
            assert found is None or found == whole
