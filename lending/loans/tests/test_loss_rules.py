"""The bank's own rules for losses: proposed by one, approved by another, counting from their day on."""

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from django.utils import timezone

from accounts.ledger.operations import open_books
from accounts.settlement import operations as settlement
from lending.applications.tests.builders import NOW, TODAY, make_approver
from lending.applications.tests.pages import shown
from lending.loans.losses import operations
from lending.loans.losses.classes import SHIPPED, RiskClass, editions
from lending.loans.losses.models import LossRules
from lending.loans.losses.queries import class_of, compared, rules_on
from lending.loans.tests.builders import make_offer, sign
from lending.products.tests.builders import make_product
from portal.core.editions import EditionRefused, SamePreparer
from portal.core.models import AuditEvent
from portal.core.transitions import TransitionRefused

DAY = timedelta(days=1)
STRICT: dict[str, Any] = {
    "special_mention_days": 1, "substandard_days": 31, "doubtful_days": 91, "loss_days": 181, "observed_months": 24,
    "pass_rate": Decimal("0.015"), "special_mention_rate": Decimal("0.03"), "substandard_rate": Decimal("0.3"),
    "doubtful_rate": Decimal("0.6"), "loss_rate": Decimal(1),
}  # fmt: skip
FORM = {name: f"{value * 100:.2f}" if name.endswith("_rate") else str(value) for name, value in STRICT.items()}


def propose(**changed):
    return operations.propose_rules(by="U-RISK", at=NOW, **(STRICT | changed))


def approve(rules, *, by="U-ADMIN", on=TODAY):
    operations.approve_rules(rules, in_force_from=on, by=by, at=NOW)


class TestRules:
    def test_count_from_their_day_on(self, loan):
        approve(made := propose(), on=TODAY + DAY)
        assert (rules_on(TODAY).version, rules_on(TODAY + DAY)) == (1, made.rules())
        assert (made.version, class_of(loan, on=TODAY).rate, class_of(loan, on=TODAY + DAY).rate) == (
            2,
            Decimal("0.01"),
            Decimal("0.015"),
        )

    def test_make_a_class_begin_earlier(self, loan, first):
        on = first.due_date + 40 * DAY
        assert class_of(loan, on=on).risk_class == RiskClass.SPECIAL_MENTION
        approve(propose())
        assert class_of(loan, on=on).risk_class == RiskClass.SUBSTANDARD

    def test_are_named_by_the_allowance_that_was_posted_by_them(self, loan):
        approve(propose())
        [posted] = operations.post_allowances(TODAY, at=NOW)
        assert (posted.rules_version, posted.asked_amount) == (2, Decimal("300.00"))

    def test_are_compared_before_they_count(self, loan):
        rows = compared(propose().rules(), on=TODAY)["CNY"]
        assert (rows[0].loans, rows[0].amount, rows[0].other_amount) == (1, Decimal("200.00"), Decimal("300.00"))
        assert (rows[-1].badge, rows[-1].amount, rows[-1].other_amount) == (None, Decimal("200.00"), Decimal("300.00"))

    def test_are_compared_in_each_currency_alone(self, loan, owner, client_of, analyst, settings):
        open_books("EUR", at=NOW)
        settings.BANK_CURRENCY = "EUR"  # as of a bank whose country changed it
        euro = make_product("euro")
        settings.BANK_CURRENCY = "CNY"
        offer = make_offer(loan.enterprise, by=owner, product=euro, key="euro")
        euros = settlement.open_account(loan.enterprise, currency="EUR", by="U-1", at=NOW)
        sign(offer, by=owner, account=euros)
        made = propose()
        found = compared(made.rules(), on=TODAY)
        assert {currency: (rows[0].loans, rows[-1].other_amount) for currency, rows in found.items()} == {
            "CNY": (1, Decimal("300.00")),
            "EUR": (1, Decimal("300.00")),
        }
        page = shown(client_of(analyst).get(reverse("loans:loss_rules_edition", args=[made.version])))
        assert "today, in EUR" in page
        assert "€0.00" in page  # of the classes that have none

    def test_are_compared_before_anything_was_lent(self, db):
        assert [rows[-1].other_loans for rows in compared(propose().rules(), on=TODAY).values()] == [0]

    @pytest.mark.parametrize(
        "changed",
        [
            {"special_mention_days": 0},
            {"loss_days": 90},
            {"doubtful_rate": Decimal("0.2")},
            {"loss_rate": Decimal("1.01")},
        ],
    )
    def test_are_refused_where_a_worse_class_has_less(self, db, changed):
        with pytest.raises(EditionRefused, match="loss_rules_not_whole"):
            propose(**changed)
        assert not LossRules.objects.exists()

    def test_need_another_person_and_a_day_to_come(self, db):
        made = propose()
        with pytest.raises(EditionRefused, match="loss_rules_draft_open"):
            propose()
        with pytest.raises(SamePreparer):
            approve(made, by="U-RISK")
        with pytest.raises(EditionRefused, match="loss_rules_day_passed"):
            approve(made, on=TODAY - DAY)
        approve(made)
        with pytest.raises(TransitionRefused):
            approve(made, by="U-OTHER")
        verbs = AuditEvent.objects.filter(verb__startswith="loss_rules.").order_by("pk").values_list("verb", "by")
        assert list(verbs) == [("loss_rules.proposed", "U-RISK"), ("loss_rules.approved", "U-ADMIN")]

    def test_are_replaced_by_the_next(self, db):
        approve(propose())
        approve(propose(observed_months=6), on=TODAY + DAY)
        assert [rules_on(day).version for day in (TODAY, TODAY + DAY)] == [2, 3]

    def test_whose_day_has_not_come_are_withdrawn_and_make_room_for_an_earlier_day(self, db):
        approve(first := propose())
        approve(wrong := propose(), on=TODAY + 9 * DAY)
        operations.withdraw_rules(wrong, on=TODAY, by="U-RISK", at=NOW)
        approve(propose(), on=TODAY + DAY)
        days = (TODAY, TODAY + DAY, TODAY + 9 * DAY)
        assert [rules_on(day).version for day in days] == [first.version, 4, 4]
        assert str(wrong.state_on(TODAY).label) == "Not in force"
        assert AuditEvent.objects.filter(verb="loss_rules.withdrawn", subject=wrong.reference, by="U-RISK").exists()

    def test_in_force_or_not_approved_are_not_withdrawn(self, db):
        approve(made := propose())
        for rules in (made, propose()):
            with pytest.raises(EditionRefused, match="loss_rules_not_to_come"):
                operations.withdraw_rules(rules, on=TODAY, by="U-RISK", at=NOW)
        assert rules_on(TODAY) == made.rules()

    def test_stand_as_they_were_approved(self, db):
        approve(propose())
        for verb in ("UPDATE lending_lossrules SET loss_rate = 0.9", "DELETE FROM lending_lossrules"):
            with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(verb)


@pytest.fixture
def file_of(settings, tmp_path):
    """Let editions stand in the file that the settings name, each as the shipped one but for what is given."""

    def write(*changed):
        settings.LOSS_RULES_FILE = tmp_path / "rules.json"
        [shipped] = json.loads(SHIPPED.read_text())
        settings.LOSS_RULES_FILE.write_text(json.dumps([shipped | each for each in changed]))
        editions.cache_clear()
        return settings.LOSS_RULES_FILE

    yield write
    editions.cache_clear()


class TestFile:
    def found(self):
        return [str(each.msg) for each in run_checks(databases=["default"]) if each.id.startswith("lending.")]

    def test_that_is_whole_is_no_matter(self, db, file_of):
        file_of({}, {"version": 2, "in_force_from": "2027-01-01"})
        assert propose().version == 3
        assert self.found() == []

    def test_with_one_version_twice_is_told_before_anything_starts(self, file_of):
        file = file_of({}, {"in_force_from": "2027-01-01"})
        told = "ValueError: several editions have version 1; each has its own"
        assert [str(each.msg) for each in run_checks()] == [f"Rules for losses in {file}: {told}"]

    def test_that_is_not_there_is_told(self, settings, file_of):
        file_of({}).unlink()
        assert "FileNotFoundError" in run_checks()[0].msg

    def test_with_a_version_of_the_banks_own_is_told_by_whoever_migrates(self, db, file_of):
        assert propose().version == 2
        file = file_of({}, {"version": 2, "in_force_from": "2027-01-01"})
        assert self.found() == [f"Rules for losses in {file}: the bank's own editions have version 2 as well."]

    def test_is_looked_at_where_a_column_is_yet_to_come(self, db, settings, file_of):
        file_of({})
        with connection.cursor() as cursor:
            cursor.execute("RESET ROLE")
            cursor.execute("ALTER TABLE lending_lossrules DROP COLUMN observed_months CASCADE")
            cursor.execute(f"SET ROLE {settings.RUNTIME_ROLE}")
        assert self.found() == []


class TestPages:
    def test_are_proposed_by_one_and_approved_by_another(self, bank, client_of, analyst, administrator, auditor, loan):
        client, listed = client_of(analyst), reverse("loans:loss_rules")
        assert "Propose other rules" in shown(client.get(listed))
        asked = client.get(reverse("loans:propose_loss_rules"))
        assert asked.context["form"].initial["substandard_rate"] == "25"
        wrong = client.post(reverse("loans:propose_loss_rules"), FORM | {"loss_days": "1"})
        assert (wrong.status_code, "A worse class begins later" in shown(wrong)) == (422, True)
        answer = client.post(reverse("loans:propose_loss_rules"), FORM)
        made = LossRules.objects.get()
        assert answer.url == reverse("loans:loss_rules_edition", args=[made.version])
        assert "A colleague must approve it" in shown(client.get(answer.url))
        assert "Propose other rules" not in shown(client.get(listed))
        page = shown(client_of(administrator).get(answer.url))
        for words in ("30.00%", "Total", "Approve as the second person"):
            assert words in page
        told = {"in_force_from": timezone.localdate().isoformat()}
        where = reverse("loans:approve_loss_rules", args=[made.version])
        assert client_of(auditor).post(where, told).status_code == 403
        assert client_of(administrator).post(where, {}).status_code == 422
        assert client_of(administrator).post(where, told).url == answer.url
        assert "In force" in shown(client_of(auditor).get(listed))
        assert "Version 2" in shown(client_of(auditor).get(reverse("loans:allowances")))

    def test_are_discarded(self, client_of, analyst):
        made = propose()
        where = reverse("loans:discard_loss_rules", args=[made.version])
        assert client_of(analyst).get(where).status_code == 405
        assert client_of(analyst).post(where).status_code == 302
        made.refresh_from_db()
        assert made.status == "discarded"

    def test_are_withdrawn_before_their_day(self, client_of, analyst, auditor):
        made, today = propose(), timezone.localdate()
        operations.approve_rules(made, in_force_from=today + DAY, by="U-ADMIN", at=timezone.now())
        page, where = (
            reverse(f"loans:{name}", args=[made.version]) for name in ("loss_rules_edition", "withdraw_loss_rules")
        )
        assert "Withdraw it before its day" in shown(client_of(analyst).get(page))
        assert "Withdraw it before its day" not in shown(client_of(auditor).get(page))
        assert [client_of(person).post(where).status_code for person in (auditor, analyst)] == [403, 302]
        assert client_of(analyst).get(where).status_code == 405
        assert "Withdraw it before its day" not in shown(client_of(analyst).get(page))
        assert rules_on(today + DAY).version == 1

    def test_are_for_those_who_read_the_book(self, bank, client_of, officer, owner):
        made = propose()
        pages = [reverse("loans:loss_rules"), reverse("loans:loss_rules_edition", args=[made.version])]
        for person in (officer, owner, make_approver(bank.branch)):
            assert [client_of(person).get(page).status_code for page in pages] == [403, 403]
            assert client_of(person).post(reverse("loans:propose_loss_rules"), FORM).status_code == 403
