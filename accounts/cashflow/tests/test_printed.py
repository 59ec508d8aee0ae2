"""A statement as PDF is evidence as any other file is, and the same months as PDF and as a table count once."""

import pytest

from accounts.cashflow.models import BankTransaction
from accounts.cashflow.tests.builders import make_read, make_received
from accounts.cashflow.tests.pages import page
from accounts.statements.parsing.printed.tests import papers
from accounts.statements.parsing.printed.tests.papers import pdf

PAPER = papers.CMB.but(above="户名：Green Tea Shop #h(3em) 账号：6222 0212 3456 7890")
ROWS = [(day, amount, balance, name) for day, _currency, amount, balance, _kind, name in papers.CMB.rows]
TABLE = "交易日期,金额,余额,对方户名\n" + "".join(
    f'{day},"{amount}","{left}",{name}\n' for day, amount, left, name in ROWS
)
NAMED = f"户名：Green Tea Shop\n账号：6222021234567890\n{TABLE}"


class TestOnce:
    """The same payments in two formats."""

    @pytest.mark.parametrize("table", [TABLE, NAMED])
    @pytest.mark.parametrize("is_pdf_first", [True, False])
    def test_counts_what_a_table_tells_again_once(self, enterprise, table, is_pdf_first):
        contents = {"statement.pdf": pdf(PAPER), "statement.csv": table.encode()}
        for name in sorted(contents, reverse=is_pdf_first):
            read = make_read(make_received(enterprise, contents[name], name=name))
            assert read.status == "read"
        assert (read.line_count, read.known_count) == (4, 4)
        amounts = BankTransaction.objects.current().order_by("booked_on").values_list("amount", flat=True)
        assert [str(amount) for amount in amounts] == ["1200.000", "-200.500", "30.000", "-1000.000"]


class TestPages:
    """What is told of a PDF."""

    def test_says_on_which_page_a_balance_does_not_follow(self, client_of, owner, enterprise):
        rows = [[*row[:3], "7.00", *row[4:]] if row == papers.CMB.rows[-1] else row for row in papers.CMB.rows]
        make_read(make_received(enterprise, pdf(PAPER.but(rows=rows)), name="statement.pdf"))
        shown = client_of(owner).get(page("enterprise", enterprise.reference)).text
        assert "Page 1, line 4 of the table: the lines lead to a balance of 1,029.50, but the PDF says 7.00." in shown

    def test_may_be_chosen_on_the_page(self, client_of, owner, enterprise):
        assert 'accept=".pdf,.xlsx' in client_of(owner).get(page("enterprise", enterprise.reference)).text
