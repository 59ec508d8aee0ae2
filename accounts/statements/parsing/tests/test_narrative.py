"""What the texts of MT940 lines tell, in the dialects that banks write."""

from accounts.statements.parsing import ParsedLine, parse
from accounts.statements.parsing.tests import samples


def line_of(*rows: str) -> ParsedLine:
    """Read a file with one line of 10.00, written in these rows."""
    content = samples.mt940("".join(f"{row}\n" for row in rows), closing="C260131CNY110,00")
    (statement,) = parse(content, name="a.sta")
    (line,) = statement.lines
    return line


class TestSubfields:
    """Numbered pieces, as German banks write them."""

    def test_reads_another_mark_before_their_numbers(self):
        line = line_of(
            ":61:2601050105C10,00NTRFNONREF", ":86:166>00CREDIT>20EREF+R-1>21SVWZ+Rent", ">31123456>32Li Ming"
        )
        assert (line.counterparty_name, line.counterparty_number) == ("Li Ming", "123456")
        assert (line.description, line.end_to_end) == ("Rent", "R-1")

    def test_reads_them_without_a_code_before(self):
        line = line_of(":61:260105C10,00NTRFNONREF", ":86:?20HUO KUAN?31 6222001?32HANGZHOU KEHU?33 GONGSI")
        assert (line.counterparty_name, line.counterparty_number) == ("HANGZHOU KEHU GONGSI", "6222001")
        assert line.description == "HUO KUAN"

    def test_leaves_a_text_alone_that_only_looks_like_them(self):
        assert line_of(":61:2601050105C10,00NTRFNONREF", ":86:166#20 rooms").description == "166#20 rooms"

    def test_takes_a_missing_reference_for_none(self):
        line = line_of(":61:2601050105C10,00NTRFNONREF", ":86:166?00CREDIT?20EREF+NOTPROVIDED?21SVWZ+Rent")
        assert (line.reference, line.end_to_end) == ("", "")


class TestCodeWords:
    """Words between slashes, as Dutch banks write them."""

    def test_reads_who_and_what_it_is_called(self):
        line = line_of(
            ":61:2601050105C10,00NTRFEREF", ":86:/EREF/2026/7/IBAN/NL91ABNA0417164300/NAME/Li Ming/REMI/a/b/"
        )
        assert (line.counterparty_name, line.counterparty_number) == ("Li Ming", "NL91ABNA0417164300")
        assert (line.description, line.reference, line.end_to_end) == ("a/b", "2026/7", "2026/7")

    def test_joins_a_word_that_a_full_line_cuts(self):
        full = "/EREF/7/NAME/" + "Li Ming".rjust(48, "x")
        assert line_of(":61:2601050105C10,00NTRFEREF", f":86:{full}", "ing/REMI/rent").counterparty_name.endswith(
            "Li Minging"
        )

    def test_keeps_a_short_line_apart(self):
        line = line_of(":61:2601050105C10,00NTRFEREF", ":86:/EREF/7/NAME/Li", "Ming/REMI/rent")
        assert line.counterparty_name == "Li Ming"


class TestNonSwift:
    """Fields of ``:NS:``, as older programs write them."""

    def test_reads_who_and_what_for(self):
        line = line_of(":61:2601050105C10,00NTRFNONREF", ":NS:01rent of", "02January", "15Li", "16Ming", "34123456")
        assert (line.description, line.counterparty_name) == ("rent of January", "Li Ming")
        assert line.counterparty_number == "123456"


class TestLine:
    """What stands in the ``:61:`` line itself."""

    def test_keeps_what_is_added_below_it(self):
        line = line_of(":61:2601050105C10,00NTRFNONREF", "LI MING LTD", ":86:card payment")
        assert line.description == "card payment LI MING LTD"

    def test_takes_an_account_that_is_added_below_it_for_the_other_side_s(self):
        line = line_of(":61:2601050105C10,00NTRFNONREF", "NL91ABNA0417164300", ":86:rent")
        assert (line.counterparty_number, line.description) == ("NL91ABNA0417164300", "rent")

    def test_takes_no_reference_from_filler(self):
        line = line_of(":61:2601050105C10,00NTRFNONREF          LI MING", ":86:card payment")
        assert (line.reference, line.end_to_end) == ("", "")
        assert line.description == "card payment LI MING"
