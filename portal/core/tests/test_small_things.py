"""Proofs of the kernel's small things: money, dates, references, transitions, refusals, languages, logs."""

from datetime import UTC, date, datetime
from decimal import Decimal
from types import SimpleNamespace

import pytest
from django.core.management import CommandError
from django.db import connection, transaction
from django.utils import translation
from django.utils.translation import gettext_lazy
from structlog.testing import capture_logs

from portal.core import dates, guards, jobs, money, refusals
from portal.core.language import localized
from portal.core.references import ALPHABET, as_written, new_reference
from portal.core.transitions import Transition, TransitionRefused, target_of

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)


class TestRounded:
    @pytest.mark.parametrize(
        ("amount", "currency", "expected"),
        [
            ("0.005", "CNY", "0.01"),
            ("-0.005", "CNY", "-0.01"),
            ("2.675", "CNY", "2.68"),
            ("0.5", "JPY", "1"),
            ("0.0005", "KWD", "0.001"),
        ],
    )
    def test_takes_halves_away_from_zero(self, amount, currency, expected):
        assert str(money.rounded(Decimal(amount), currency)) == expected


class TestMinorUnits:
    def test_come_back(self):
        assert money.from_minor(money.minor_units(Decimal("12.34"))) == Decimal("12.34")

    def test_refuse_a_smaller_part(self):
        with pytest.raises(ValueError, match="minor units"):
            money.minor_units(Decimal("0.001"))


class TestAddMonths:
    @pytest.mark.parametrize(
        ("day", "months", "expected"),
        [
            (date(2026, 1, 31), 1, date(2026, 2, 28)),
            (date(2027, 12, 31), 2, date(2028, 2, 29)),
            (date(2026, 3, 31), -1, date(2026, 2, 28)),
            (date(2026, 11, 15), 14, date(2028, 1, 15)),
        ],
    )
    def test_shortens_to_the_months_last_day(self, day, months, expected):
        assert dates.add_months(day, months) == expected


class TestAdjusted:
    @pytest.mark.parametrize(
        ("rule", "expected"),
        [
            ("none", date(2026, 1, 31)),
            ("following", date(2026, 2, 2)),
            ("modified_following", date(2026, 1, 30)),
            ("preceding", date(2026, 1, 30)),
        ],
    )
    def test_moves_a_saturday(self, rule, expected):
        assert dates.adjusted(date(2026, 1, 31), dates.BusinessDayRule(rule)) == expected

    def test_leaves_a_weekend_on_which_people_make_up_for_a_holiday(self):
        assert dates.is_business_day(date(2025, 9, 28))


class TestNewReference:
    def test_can_be_read_aloud(self):
        reference = new_reference("A")
        assert (reference[:2], len(reference)) == ("A-", 10)
        assert set(reference[2:]) <= set(ALPHABET)
        assert not set("ILOU") & set(ALPHABET)


TABLE = {"submit": Transition(frozenset({"draft"}), "submitted")}


class TestAsWritten:
    def test_reads_look_alikes_as_digits(self):
        assert as_written(" c oilu") == "C-011V"


class TestTargetOf:
    def test_leads_on(self):
        assert target_of(TABLE, "submit", "draft") == "submitted"

    def test_refuses_any_other_status(self):
        with pytest.raises(TransitionRefused) as refused:
            target_of(TABLE, "submit", "declined")
        assert refused.value.params == {"event": "submit", "status": "declined"}


class TestRegister:
    def test_teaches_a_sentence(self):
        refusals.register({"test_too_big": gettext_lazy("At most %(most)s.")})
        assert refusals.sentence(refusals.Refusal("test_too_big", most=3)) == "At most 3."

    def test_refuses_a_second_sentence_for_a_code(self):
        refusals.register({"test_twice": "One."})
        with pytest.raises(ValueError, match="test_twice"):
            refusals.register({"test_twice": "Two."})

    def test_has_a_sentence_for_what_was_never_taught(self):
        assert refusals.sentence_of("test_never_taught", {}) == "This could not be done."


class TestLocalized:
    @pytest.mark.parametrize(("language", "expected"), [("en", "Tea"), ("zh-hans", "茶"), ("de", "Tea")])
    def test_reads_the_language_that_fits(self, language, expected):
        with translation.override(language):
            assert localized(SimpleNamespace(name_en="Tea", name_zh_hans="茶"), "name") == expected

    def test_reads_english_where_the_other_is_empty(self):
        with translation.override("zh-hans"):
            assert localized(SimpleNamespace(name_en="Tea", name_zh_hans=""), "name") == "Tea"


class TestAccessLog:
    def test_tells_the_route_and_never_the_path(self, client, db):
        with capture_logs() as lines:
            client.get("/enterprises/E-SECRET00/?q=Wang")
        assert "SECRET" not in str(lines)
        assert lines[-1]["route"] == "enterprises/<str:reference>/"

    def test_is_louder_about_refusals(self, client, db):
        with capture_logs() as lines:
            client.get("/api/v1/enterprises")
        assert (lines[-1]["status"], lines[-1]["log_level"]) == (401, "warning")


class TestKeeping:
    def go_back(self, rows):
        operation = guards.keeping(rows, why="Letters stand that were sent.")
        assert operation.reverse_code
        operation.reverse_code(None, SimpleNamespace(connection=connection))

    def test_refuses_in_words_to_go_backwards_while_rows_stand(self, db):
        with transaction.atomic():
            jobs.ask("letters.send", "L-1", at=NOW)
        self.go_back("core_job WHERE name = 'letters.burn'")
        with pytest.raises(CommandError, match=r"^Letters stand that were sent\.$"):
            self.go_back("core_job WHERE name = 'letters.send'")
