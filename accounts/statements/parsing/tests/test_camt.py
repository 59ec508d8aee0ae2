"""camt.053: what is read, and what is refused."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.statements.parsing import BalanceBreak, ParsedLine, ParsedStatement, parse
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.reading import refusal
from accounts.statements.writing import as_camt053

PAID = ParsedLine(1, date(2026, 3, 2), Decimal(-30), "CNY", reference="9", end_to_end="PI-1", return_reason="AC04")


class TestRead:
    """What a good file gives."""

    def test_reads_the_minimal_sample_with_the_balance_of_its_own_currency_only(self):
        (statement,) = parse(samples.sample("camt053_v2_minimal.xml"), name="a.xml")
        assert (statement.account_identifier, statement.currency) == ("NL26VAYB8060476890", "EUR")
        assert (statement.opening_balance, statement.closing_balance) == (Decimal("18.15"), None)
        assert [line.amount for line in statement.lines] == [Decimal("8.85")]

    def test_reads_every_statement_of_a_file(self):
        first, second = parse(samples.sample("camt053_v2_multi_statement.xml"), name="a.xml")
        assert (first.opening_balance, first.closing_balance) == (Decimal("18.15"), Decimal("27.00"))
        assert (second.opening_balance, second.closing_balance) == (Decimal("27.00"), Decimal("20.00"))
        assert [line.amount for line in second.lines] == [Decimal("-7.00")]

    def test_reads_version_eight_with_its_nested_status_and_parties(self):
        (statement,) = parse(samples.sample("camt053_v8.xml"), name="a.xml")
        assert statement.holder_name == "FINPETROL"
        assert statement.lines == [
            ParsedLine(
                number=1,
                booked_on=date(2014, 12, 31),
                amount=Decimal("8.85"),
                currency="EUR",
                counterparty_name="NAME NAME",
                description="4654654654654654",
                reference="AAAASESS-FP-CN_98765/01",
                end_to_end="MUELL/FINP/RA12345",
                counterparty_number="NL56AGDH9619008421",
            )
        ]

    def test_reads_the_references_of_a_notification(self):
        told = as_camt053(ParsedStatement("", "622202", "", "CNY", None, None, [PAID]))
        for old, new in (("camt.053", "camt.054"), ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn"), ("Stmt>", "Ntfctn>")):
            told = told.replace(old.encode(), new.encode())
        (notification,) = parse(told, name="a.xml")
        assert (notification.format, notification.lines) == ("camt054", [PAID])

    def test_reads_a_batch_as_one_line_where_its_parts_are_not_told(self):
        (statement,) = parse(samples.sample("camt053_v2_batch.xml"), name="a.xml")
        assert [line.amount for line in statement.lines] == [
            Decimal("-4753.74"),
            Decimal("2688.00"),
            Decimal("5000.00"),
        ]
        assert [line.counterparty_name for line in statement.lines] == ["", "TEST", "Bedrijf BV"]

    def test_says_that_most_entries_of_the_batch_sample_were_cut_out(self):
        (statement,) = parse(samples.sample("camt053_v2_batch.xml"), name="a.xml")
        assert statement.breaks == (
            BalanceBreak(1, Decimal("10264.06"), Decimal("23038.20"), opening=Decimal("7329.80")),
        )

    def test_names_the_statement_whose_balances_do_not_roll(self):
        content = samples.camt(samples.entry(), balances=("100.00", "111.00"))
        second = content[content.index(b"<Stmt>") : content.index(b"</BkToCstmrStmt>")].replace(b"111.00", b"110.00")
        statements = parse(content.replace(b"<Stmt>", second + b"<Stmt>"), name="a.xml")
        assert [each.breaks for each in statements] == [
            (),
            (BalanceBreak(2, Decimal("110.00"), Decimal("111.00"), opening=Decimal("100.00")),),
        ]

    def test_reads_a_batch_as_its_parts_where_they_make_up_the_entry(self):
        details = "".join(
            f"<TxDtls><Amt Ccy='CNY'>{amount}</Amt>"
            f"<RltdPties><Dbtr><Pty><Nm>{name}</Nm></Pty></Dbtr></RltdPties></TxDtls>"
            for amount, name in (("4.00", "Li"), ("6.00", "Wang"))
        )
        (statement,) = parse(samples.camt(samples.entry(more=f"<NtryDtls>{details}</NtryDtls>")), name="a.xml")
        assert [(line.amount, line.counterparty_name) for line in statement.lines] == [
            (Decimal("4.00"), "Li"),
            (Decimal("6.00"), "Wang"),
        ]

    @pytest.mark.parametrize("version", ["02", "03", "04", "05", "06", "07", "08"])
    def test_reads_versions_two_to_eight(self, version):
        (statement,) = parse(samples.camt(samples.entry(), version=version), name="a.xml")
        assert len(statement.lines) == 1

    def test_leaves_out_what_is_not_booked_yet(self):
        (statement,) = parse(samples.camt(samples.entry(status="PDNG") + samples.entry("3.00")), name="a.xml")
        assert [line.amount for line in statement.lines] == [Decimal("3.00")]

    def test_believes_a_closing_balance_of_nothing_more_than_one_between(self):
        kind, amount = (
            "<Tp><CdOrPrtry><Cd>ITBD</Cd></CdOrPrtry></Tp>",
            "<Amt Ccy='CNY'>4</Amt><CdtDbtInd>CRDT</CdtDbtInd>",
        )
        entries = f"<Bal>{kind}{amount}</Bal>" * 2 + samples.entry(sign="DBIT")
        (statement,) = parse(samples.camt(entries, balances=("10.00", "0.00")), name="a.xml")
        assert (statement.opening_balance, statement.closing_balance, statement.breaks) == (10, 0, ())

    def test_names_the_payer_of_a_reversed_receipt(self):
        more = "<RvslInd>true</RvslInd>"
        more += "<NtryDtls><TxDtls><RltdPties><Dbtr><Nm>Li</Nm></Dbtr></RltdPties></TxDtls></NtryDtls>"
        (statement,) = parse(samples.camt(samples.entry(sign="DBIT", more=more)), name="a.xml")
        assert (statement.lines[0].amount, statement.lines[0].counterparty_name) == (Decimal("-10.00"), "Li")

    @pytest.mark.parametrize("version", [f"{number:02}" for number in range(2, 14)])
    def test_reads_statements_and_notifications_of_every_version(self, version):
        content = samples.camt(samples.entry(), version=version)
        as_notification = (
            content.replace(b"camt.053", b"camt.054")
            .replace(b"BkToCstmrStmt", b"BkToCstmrDbtCdtNtfctn")
            .replace(b"Stmt>", b"Ntfctn>")
        )
        for each, kind in ((content, "camt053"), (as_notification, "camt054")):
            (told,) = parse(each, name="a.xml")
            assert (told.format, told.opening_balance, [line.amount for line in told.lines]) == (kind, None, [10])


def details(name: str, account: str, *, role: str = "Dbtr", more: str = "") -> str:
    """Write the details of a payment with one party."""
    number = f"<{role}Acct><Id><Othr><Id>{account}</Id></Othr></Id></{role}Acct>"
    return f"<TxDtls><RltdPties><{role}><Nm>{name}</Nm></{role}>{number}</RltdPties>{more}</TxDtls>"


def line_of(*parts: str, sign: str = "CRDT", more: str = "") -> ParsedLine:
    """Read a file with one entry of 10.00."""
    entry = samples.entry(sign=sign, more=f"{more}<NtryDtls>{''.join(parts)}</NtryDtls>")
    return parse(samples.camt(entry), name="a.xml")[0].lines[0]


RETURNED = "<RtrInf><Rsn><Cd>AC04</Cd></Rsn></RtrInf>"


class TestOtherSide:
    """Who is named beside the holder when money comes back."""

    def test_is_the_payee_where_the_bank_names_the_holder_as_the_payer(self):
        own = "<DbtrAcct><Id><Othr><Id>6222021234567890</Id></Othr></Id></DbtrAcct>"
        returned = details("Li Ming", "77", role="Cdtr", more=RETURNED).replace("<Cdtr>", f"{own}<Cdtr>")
        line = line_of(returned)
        assert (line.counterparty_name, line.counterparty_number) == ("Li Ming", "77")

    def test_is_whoever_is_named_in_a_reversal(self):
        reversal = "<RvslInd>true</RvslInd>"
        line = line_of(details("Li Ming", "77", role="Cdtr", more=RETURNED), sign="DBIT", more=reversal)
        assert (line.amount, line.counterparty_name, line.return_reason) == (Decimal("-10.00"), "Li Ming", "AC04")

    def test_is_nobody_where_only_the_holder_s_role_is_filled(self):
        assert line_of(details("The holder", "1", role="Cdtr")).counterparty_name == ""


class TestBatch:
    """Entries of several payments."""

    def test_keeps_each_payment_s_own_sign_where_they_make_up_the_entry(self):
        parts = (("12.00", "CRDT"), ("2.00", "DBIT"))
        texts = "".join(f"<TxDtls><Amt Ccy='CNY'>{a}</Amt><CdtDbtInd>{s}</CdtDbtInd></TxDtls>" for a, s in parts)
        (statement,) = parse(samples.camt(samples.entry(more=f"<NtryDtls>{texts}</NtryDtls>")), name="a.xml")
        assert [line.amount for line in statement.lines] == [Decimal("12.00"), Decimal("-2.00")]

    def test_gives_a_single_payment_the_bank_s_reference_before_its_payer_s(self):
        called = details("Li Ming", "77", more="<Refs><EndToEndId>rent</EndToEndId></Refs>")
        line = line_of(called, more="<AcctSvcrRef>B-1</AcctSvcrRef>")
        assert (line.reference, line.end_to_end) == ("B-1", "rent")


class TestDocument:
    """How a message is written down."""

    @pytest.mark.parametrize("encoding", ["gb18030", "gbk", "gb2312", "utf-16", "iso-8859-1"])
    def test_is_read_in_every_encoding_that_it_declares(self, encoding):
        name = "Müller" if encoding == "iso-8859-1" else "中国茶叶"
        entry = samples.entry(more=f"<NtryDtls>{details(name, '7')}</NtryDtls>")
        content = samples.camt(entry).decode().replace("UTF-8", encoding).encode(encoding)
        assert parse(content, name="a.xml")[0].lines[0].counterparty_name == name

    def test_is_found_in_its_envelope(self):
        head, body = samples.camt(samples.entry()).split(b"?>")
        wrapped = b"<Message xmlns='urn:x'><AppHdr><From>bank</From></AppHdr>" + body + b"</Message>"
        assert len(parse(head + b"?>" + wrapped, name="a.xml")[0].lines) == 1

    def test_is_told_by_a_namespace_that_a_country_wrote(self):
        content = samples.camt(samples.entry()).replace(
            b"urn:iso:std:iso:20022:tech:xsd:camt.053.001.08", b"ISO:camt.053.001.02:X:payments:003"
        )
        assert len(parse(content, name="a.xml")[0].lines) == 1


class TestRefuse:
    """What a broken file is told."""

    def test_refuses_a_file_without_a_statement(self):
        assert refusal(samples.sample("camt053_v2_wrong.xml")) == ("camt_no_statement", {})

    @pytest.mark.parametrize("name", ["pain001_v03.xml", "pain001_v09.xml"])
    def test_refuses_another_message_by_its_name(self, name):
        assert refusal(samples.sample(name)) == ("xml_wrong_message", {"found": "pain.001"})

    def test_refuses_a_version_it_was_never_shown(self):
        assert refusal(samples.camt(version="14")) == ("camt_version", {"message": "camt.053", "version": 14})

    def test_refuses_thirty_february_and_says_which_entry(self):
        code, params = refusal(samples.camt(samples.entry() + samples.entry(day="2026-02-30")))
        assert (code, params["entry"], params["element"], params["value"]) == (
            "camt_element_wrong",
            2,
            "BookgDt",
            "2026-02-30",
        )

    def test_refuses_an_account_in_no_currency(self):
        account = "<Acct><Id><Othr><Id>1</Id></Othr></Id><Ccy>{{currency}}</Ccy></Acct>"
        code, params = refusal(samples.camt(account=account))
        assert (code, params["element"]) == ("camt_element_wrong", "Ccy")

    def test_refuses_a_web_page_by_its_name(self):
        page = b"<html xmlns='http://www.w3.org/1999/xhtml'><body>Signed out</body></html>"
        assert refusal(page) == ("xml_wrong_message", {"found": "html"})

    @pytest.mark.parametrize("amount", ["$120", "1,50", "-5.00", "1e9", "NaN", "", "9" * 17])
    def test_refuses_what_is_no_amount(self, amount):
        assert refusal(samples.camt(samples.entry(amount)))[0] == "camt_element_wrong"

    def test_refuses_an_entry_without_its_direction(self):
        broken = samples.camt(samples.entry()).replace(b"<CdtDbtInd>CRDT</CdtDbtInd>", b"")
        assert refusal(broken) == ("camt_element_missing", {"statement": 1, "entry": 1, "element": "CdtDbtInd"})

    def test_refuses_an_entity_bomb_without_opening_it(self):
        bomb = b"<!DOCTYPE a [<!ENTITY b 'xxxxxxxx'><!ENTITY c '&b;&b;&b;'>]>"
        assert refusal(samples.camt().replace(b"?>", b"?>" + bomb, 1)) == ("xml_forbidden", {})

    def test_refuses_an_external_entity(self):
        outside = b"<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"
        assert refusal(samples.camt().replace(b"?>", b"?>" + outside, 1)) == ("xml_forbidden", {})

    def test_refuses_a_file_that_ends_too_early_with_its_line(self):
        assert refusal(samples.camt(samples.entry())[:-60] + b"\n") == ("xml_broken", {"line": 2})

    def test_refuses_a_document_of_endless_depth(self):
        assert refusal(samples.camt("<Ntry>" + "<a>" * 5000 + "</a>" * 5000 + "</Ntry>")) == ("xml_forbidden", {})
