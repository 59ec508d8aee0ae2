"""A register that is a file."""

import json
from datetime import date
from decimal import Decimal

import pytest

from lending.credit import register
from lending.credit.file_register import FileRegister
from lending.credit.register import Told

CODE = "91110108551385082Q"
CSV = f"identifier,as_of,lender_count,overdue_amount,reference\n{CODE},2026-02-28,3,120.50,R-1\nX,2026-02-27,,,\n"
ROWS = [{"identifier": CODE, "as_of": "2026-02-28", "lender_count": 3, "overdue_amount": 120.5, "reference": "R-1"}]


def ask(identifier=CODE):
    return FileRegister().ask(identifier_kind="uscc", identifier=identifier, seconds=1)


class TestFileRegister:
    @pytest.mark.parametrize(("name", "content"), [("answers.csv", CSV), ("answers.json", json.dumps(ROWS))])
    def test_answers_by_identifier(self, settings, tmp_path, name, content):
        (tmp_path / name).write_text(content)
        settings.CREDIT_REGISTER_FILE = str(tmp_path / name)
        told = ask()
        assert (told.lender_count, told.overdue_amount, told.as_of, told.reference) == (
            3, Decimal("120.5"), date(2026, 2, 28), "R-1",
        )  # fmt: skip

    def test_knows_what_it_does_not_name_as_unknown(self, settings, tmp_path):
        (tmp_path / "answers.csv").write_text(CSV)
        settings.CREDIT_REGISTER_FILE = str(tmp_path / "answers.csv")
        assert ask("OTHER") == Told(as_of=date(2026, 2, 28), is_known=False)


class TestAsk:
    def test_without_a_register_there_is_no_answer(self, settings):
        settings.CREDIT_REGISTER = ""
        assert register.ask(identifier_kind="uscc", identifier=CODE) is None

    def test_a_file_that_is_missing_is_no_answer(self, settings):
        settings.CREDIT_REGISTER = "lending.credit.file_register.FileRegister"
        settings.CREDIT_REGISTER_FILE = "/nowhere"
        assert register.ask(identifier_kind="uscc", identifier=CODE) is None
