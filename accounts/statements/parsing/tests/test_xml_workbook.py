"""A workbook of Excel 2003 as XML becomes the table that the same one as XLSX would be."""

import pytest

from accounts.statements.parsing import parse
from accounts.statements.parsing.tests import samples
from accounts.statements.parsing.tests.reading import refusal
from accounts.statements.parsing.tests.test_workbook import PLAIN

HEADING = "<Row>" + "".join(f"<Cell>{{}}{each}</Data></Cell>" for each in ("Date", "Amount", "Balance")) + "</Row>"
HEADING = HEADING.replace("{}", '<Data ss:Type="String">')


def day(told: str) -> str:
    """Write a cell with a day."""
    return f'<Cell ss:StyleID="d"><Data ss:Type="DateTime">{told}T00:00:00.000</Data></Cell>'


def number(told: str, more: str = "", *, at: str = "") -> str:
    """Write a cell with a number."""
    more += f' ss:Index="{at}"' if at else ""
    return f'<Cell {more}><Data ss:Type="Number">{told}</Data></Cell>'


def book(*rows: str, more: str = "") -> bytes:
    """Write a workbook of one sheet, and perhaps others."""
    return (
        '<?xml version="1.0"?>\n<?mso-application progid="Excel.Sheet"?>\n'
        '<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        f'<Worksheet ss:Name="Sheet"><Table>{"".join(rows)}</Table></Worksheet>{more}</Workbook>'
    ).encode()


CALCULATED = 'ss:Formula="=R[-1]C+RC[-1]"'
FIRST = f"<Row>{day('2026-01-05')}{number('10.5')}{number('110.5')}</Row>"
SECOND = f"<Row>{day('2026-01-06')}{number('-5')}{number('105.5', CALCULATED)}</Row>"
HIDDEN = (
    f'<Worksheet ss:Name="old"><Table>{HEADING}{FIRST}</Table><x:WorksheetOptions><x:Visible>SheetHidden</x:Visible>'
    "</x:WorksheetOptions></Worksheet>"
)


class TestRead:
    """What a good workbook gives."""

    @pytest.mark.parametrize("more", ["", HIDDEN])
    def test_reads_what_the_same_workbook_tells_as_xlsx(self, more):
        (told,) = parse(book(HEADING, FIRST, SECOND, more=more), name="statement.xls")
        assert (told.format, told.lines) == ("xml", parse(samples.xlsx(PLAIN), name="a")[0].lines)

    def test_reads_rows_and_cells_at_the_places_that_they_name(self):
        heading = HEADING.replace("<Row>", '<Row ss:Index="4">')
        apart = f'<Row ss:Index="9">{day("2026-01-05")}{number("110.5", at="3")}</Row>'
        assert refusal(book(heading, apart))[0] == "amount_missing"
        assert parse(book(heading, FIRST), name="a")[0].lines[0].place == 5


class TestRefuse:
    """What is damaged or not certain."""

    def test_refuses_a_formula_that_was_never_calculated(self):
        row = f'<Row>{day("2026-01-05")}<Cell ss:Formula="=1+1"/>{number("110.5")}</Row>'
        assert refusal(book(HEADING, row))[0] == "workbook_formula_empty"

    @pytest.mark.parametrize(
        ("row", "code"),
        [
            ('<Row ss:Index="1"><Cell/></Row>', "workbook_broken"),
            ('<Row ss:Index="x"><Cell/></Row>', "workbook_broken"),
            (f"<Row>{day('2026-01-05')}{number('ten')}</Row>", "workbook_broken"),
            (f"<Row>{day('2026-02-30')}{number('1')}</Row>", "workbook_broken"),
            (f"<Row>{day('2026-01-05')}{number('1')}{number('1', at='99')}</Row>", "table_too_wide"),
            ("<Row>" * 50, "xml_forbidden"),
        ],
    )
    def test_refuses_damage(self, row, code):
        assert refusal(book(HEADING, row))[0] == code
