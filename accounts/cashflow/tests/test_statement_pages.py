"""Pages of one statement and of its payments, by the litany."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.cashflow import operations
from accounts.cashflow.models import BankTransaction, CategoryCorrection, StatementImport
from accounts.cashflow.tests.builders import NOW, make_broken, make_read, make_received, make_statement
from accounts.cashflow.tests.pages import YEAR, page
from accounts.settlement.tests.builders import make_settlement_account
from accounts.statements.parsing.tests import samples
from accounts.statements.writing import as_csv
from portal.core import formats
from portal.core.models import AuditEvent


@pytest.fixture
def statement(enterprise) -> StatementImport:
    """One statement that was read."""
    return make_statement(enterprise)


class TestStatement:
    """What was read from one statement."""

    def test_shows_its_lines(self, enterprise, statement, owner, client_of):
        shown = client_of(owner).get(page("statement", enterprise.reference, statement.reference)).text
        for told in ("Li Ming", "order 7", "From customers", "¥100.00", "¥1,100.00"):
            assert told in shown, told

    def test_shows_why_it_was_refused(self, enterprise, owner, client_of):
        refused = make_read(make_received(enterprise, b"Date,Amount\n2026-01-05,12x\n"))
        shown = client_of(owner).get(page("statement", enterprise.reference, refused.reference)).text
        assert "Line 2: “12x” is not an amount." in shown

    @pytest.mark.parametrize("who", ["owner", "underwriter"])
    @pytest.mark.parametrize("shown", ["enterprise", "statement"])
    def test_says_where_balances_do_not_follow(self, enterprise, client_of, request, who, shown):
        statement = make_read(make_received(enterprise, as_csv(make_broken())))
        references = [enterprise.reference] + [statement.reference] * (shown == "statement")
        text = client_of(request.getfixturevalue(who)).get(page(shown, *references)).text
        assert "Line 6: after this payment the balance should be ¥1,007.00, but the file says ¥2,007.00." in text

    def test_pages_long_statements(self, enterprise, owner, client_of, django_assert_max_num_queries):
        shown = make_statement(enterprise, YEAR)
        client = client_of(owner)
        client.get(page("statement", enterprise.reference, shown.reference))
        with django_assert_max_num_queries(9):
            text = client.get(page("statement", enterprise.reference, shown.reference), {"page": 3}).text
        assert "Page 3 of 3" in text
        assert "order 0<" in text

    def test_says_whose_account_it_is_when_it_is_not_the_enterprises(self, enterprise, owner, client_of):
        shown = make_statement(enterprise, holder="Zhao Lei")
        text = client_of(owner).get(page("statement", enterprise.reference, shown.reference)).text
        assert "The account is held by Zhao Lei" in text
        assert "not counted" in text

    def test_says_that_a_card_s_bill_was_left_out(self, enterprise, owner, client_of):
        bill = b"<CCSTMTRS></CCSTMTRS></OFX>"
        shown = make_read(make_received(enterprise, samples.ofx(samples.ofx_line()).replace(b"</OFX>", bill)))
        text = client_of(owner).get(page("statement", enterprise.reference, shown.reference)).text
        assert "The file also holds the bill of a card." in text

    def test_looks_again_while_it_is_being_read(self, enterprise, owner, client_of):
        shown = make_received(enterprise, b"x")
        text = client_of(owner).get(page("statement", enterprise.reference, shown.reference)).text
        assert 'http-equiv="refresh"' in text
        assert "every 2s" in text

    def test_shows_what_others_wrote_as_text(self, enterprise, owner, client_of):
        shown = make_statement(enterprise, [("2026-01-05", "1.00", "<script>alert(1)</script>", "x")])
        text = client_of(owner).get(page("statement", enterprise.reference, shown.reference)).text
        assert "<script>alert" not in text
        assert "&lt;script&gt;" in text


class TestQuestion:
    """What a file asks, and its answer."""

    UNCLEAR = b"Date,Amount,Description\n02/01/2026,10.00,tea\n"
    STRANGE = b"Wann;Wieviel\n2026-01-05;10.00\n2026-01-06;-4.00\n"

    def ask(self, enterprise, content: bytes = UNCLEAR) -> StatementImport:
        """Bring a file that leaves something open."""
        return make_read(make_received(enterprise, content))

    def test_shows_the_readings_side_by_side(self, enterprise, owner, client_of):
        asked = self.ask(enterprise)
        client = client_of(owner)
        text = client.get(page("statement", enterprise.reference, asked.reference)).text
        for told in (
            "02/01/2026",
            formats.day(date(2026, 1, 2)),
            formats.day(date(2026, 2, 1)),
            "Day, month, year",
            "Month, day, year",
        ):
            assert told in text, told
        assert "Answer it" in client.get(page("enterprise", enterprise.reference)).text

    def test_reads_the_file_as_answered(self, enterprise, owner, client_of):
        asked = self.ask(enterprise)
        address = page("statement_answer", enterprise.reference, asked.reference)
        response = client_of(owner).post(address, {"answer": "mdy"}, follow=True)
        assert "Thank you. The statement is being read." in response.text
        assert make_read(asked).lines.get().booked_on == date(2026, 2, 1)

    def test_takes_the_columns_of_a_strange_table(self, enterprise, owner, client_of):
        asked = self.ask(enterprise, self.STRANGE)
        client = client_of(owner)
        text = client.get(page("statement", enterprise.reference, asked.reference)).text
        for told in ("Wann", "Wieviel", "In which line does the first payment stand?", "-4.00"):
            assert told in text, told
        address = page("statement_answer", enterprise.reference, asked.reference)
        refused = client.post(address, {"first_row": "2", "date": "0"})
        assert refused.status_code == 422
        assert "Say which column holds the date" in refused.text
        client.post(address, {"first_row": "2", "date": "0", "amount": "1"})
        assert make_read(asked).line_count == 2

    @pytest.mark.parametrize("told", [{}, {"answer": "ydm"}])
    def test_says_what_is_missing(self, enterprise, owner, client_of, told):
        address = page("statement_answer", enterprise.reference, self.ask(enterprise).reference)
        assert client_of(owner).post(address, told).status_code == 422

    def test_happens_once_when_it_is_sent_twice(self, enterprise, owner, client_of):
        address = page("statement_answer", enterprise.reference, self.ask(enterprise).reference)
        client = client_of(owner)
        for _attempt in range(2):
            assert client.post(address, {"answer": "dmy"}).status_code == 302
        assert AuditEvent.objects.filter(verb="cashflow.statement_answered").count() == 1

    def test_lets_other_staff_look_and_not_answer(self, enterprise, underwriter, client_of):
        asked = self.ask(enterprise)
        text = client_of(underwriter).get(page("statement", enterprise.reference, asked.reference)).text
        assert "The enterprise has not answered yet." in text


class TestPayments:
    """Every payment with what it was for."""

    def test_lists_them_from_every_account(self, enterprise, owner, client_of):
        make_statement(enterprise)
        make_settlement_account(enterprise, holding="77.00")
        operations.absorb_new(enterprise.reference, at=NOW)
        text = client_of(owner).get(page("payments", enterprise.reference)).text
        for told in (
            "2 payments found",
            "Li Ming",
            "From customers",
            "Cash paid in",
            "Settlement account",
            "•••• 7890",
        ):
            assert told in text, told

    @pytest.mark.parametrize(
        ("asked", "amounts"),
        [
            ({"way": "in"}, [120, 310]),
            ({"q": "customer 1"}, [-45]),
            ({"category": "tax"}, []),
            ({"category": "nonsense", "way": "in"}, [120, 310]),
        ],
    )
    def test_finds_what_is_asked_for(self, enterprise, owner, client_of, asked, amounts):
        make_statement(enterprise, YEAR[:3])
        text = client_of(owner).get(page("payments", enterprise.reference), asked).text
        shown = {amount: f">{formats.money(Decimal(amount))}<" for amount in (120, -45, 310)}
        assert [amount for amount, written in shown.items() if written in text] == amounts

    @pytest.mark.parametrize(("asked", "field"), [({"way": "up"}, "Which way"), ({"category": "up"}, "What for")])
    def test_says_what_it_does_not_know(self, enterprise, owner, client_of, asked, field):
        text = client_of(owner).get(page("payments", enterprise.reference), asked).text
        assert f"{field}: There is no “up” to choose; nothing is left out by it." in text

    def test_asks_few_questions(self, enterprise, owner, client_of, django_assert_max_num_queries):
        make_statement(enterprise, YEAR)
        client = client_of(owner)
        client.get(page("payments", enterprise.reference))
        with django_assert_max_num_queries(9):
            client.get(page("payments", enterprise.reference), {"page": 2})


class TestPayment:
    """One payment, and its correction."""

    LINES = (("2026-01-05", "-100.00", "Li Si", "transfer"), ("2026-01-06", "-120.00", "Li Si", "transfer"))

    @pytest.mark.parametrize("who", ["owner", "manager", "officer"])
    def test_is_corrected_by_those_who_may(self, enterprise, client_of, request, who):
        line = make_statement(enterprise, self.LINES).lines.first()
        address = page("payment", enterprise.reference, line.pk)
        client = client_of(request.getfixturevalue(who))
        assert "There are 2 payments like it" in client.get(address).text
        shown = client.post(address, {"category": "salary", "scope": "counterparty"}, follow=True).text
        assert shown.count(">Wages</a>") == 2
        assert CategoryCorrection.objects.get().is_by_staff is (who == "officer")

    def test_leads_to_the_line_as_it_stands_now(self, enterprise, owner, client_of):
        line = make_statement(enterprise, self.LINES).lines.first()
        address = page("payment", enterprise.reference, line.pk)
        client = client_of(owner)
        client.post(address, {"category": "salary", "scope": "line"})
        shown = client.get(address, follow=True)
        assert shown.redirect_chain
        assert "said by a person" in shown.text
        assert "before: Not known" in shown.text

    def test_happens_once_when_it_is_sent_twice(self, enterprise, owner, client_of):
        line = make_statement(enterprise, self.LINES).lines.first()
        for _attempt in range(2):
            told = {"category": "salary", "scope": "counterparty"}
            assert client_of(owner).post(page("payment", enterprise.reference, line.pk), told).status_code == 302
        assert CategoryCorrection.objects.count() == 1

    def test_says_what_is_wrong(self, enterprise, owner, client_of):
        line = make_statement(enterprise, self.LINES).lines.first()
        told = {"category": "loan_proceeds", "scope": "counterparty"}
        assert client_of(owner).post(page("payment", enterprise.reference, line.pk), told).status_code == 422

    def test_cannot_be_changed_where_our_books_tell(self, enterprise, owner, client_of):
        make_settlement_account(enterprise, holding="77.00")
        operations.absorb_new(enterprise.reference, at=NOW)
        address = page("payment", enterprise.reference, BankTransaction.objects.get().pk)
        client = client_of(owner)
        assert "This cannot be changed here." in client.get(address).text
        assert client.post(address, {"category": "customer_receipt", "scope": "line"}).status_code == 403

    def test_leads_back_where_it_was_withdrawn(self, enterprise, statement, owner, client_of):
        line = statement.lines.get()
        operations.withdraw(statement, by="U-1", at=NOW)
        response = client_of(owner).get(page("payment", enterprise.reference, line.pk))
        assert response.url == page("payments", enterprise.reference)


class TestFile:
    """The file as it came."""

    def test_is_handed_out_as_an_attachment(self, enterprise, owner, client_of):
        received = make_received(enterprise, b"as it came")
        response = client_of(owner).get(page("file", enterprise.reference, received.reference))
        assert response.getvalue() == b"as it came"
        assert response["Content-Disposition"] == 'attachment; filename="statement.csv"'


class TestWithdraw:
    """Taking a statement out of the evidence."""

    def test_withdraws_it_once(self, enterprise, statement, owner, client_of):
        client = client_of(owner)
        address = page("withdraw", enterprise.reference, statement.reference)
        assert "The statement was withdrawn." in client.post(address, follow=True).text
        assert "no longer possible" in client.post(address, follow=True).text
        statement.refresh_from_db()
        assert statement.status == "withdrawn"
