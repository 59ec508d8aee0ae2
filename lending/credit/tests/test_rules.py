"""Proofs that what decides was approved by two, is dated, and is never rewritten."""

import json
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection, transaction

from accounts.identity import operations as identity
from accounts.identity.models import Industry
from lending.credit import operations, queries, scorecards
from lending.credit.models import Exposure, IndustryStandard, Policy, RuleStatus, Scorecard, StandardEdition
from lending.credit.operations import Binding
from lending.credit.tests.cases import CARDS, card, make_features, standard_policy
from portal.core.models import AuditEvent
from portal.core.tests.together import done_together
from portal.core.transitions import TransitionRefused

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
TODAY = date(2026, 3, 2)
LATER = date(2026, 4, 1)

pytestmark = pytest.mark.django_db


def make_card(**changed):
    return operations.propose_scorecard(card() | changed, by="U-ANALYST", at=NOW)


def make_active_card(**changed):
    made = make_card(**changed)
    operations.approve(made, by="U-APPROVER", at=NOW)
    operations.activate(made, on=TODAY, by="U-ANALYST", at=NOW)
    return made


class TestProposeCommand:
    @pytest.fixture
    def folder(self, tmp_path):
        (tmp_path / "scorecard.json").write_text(json.dumps(card()))
        return tmp_path

    def test_proposes_by_somebody_of_the_staff(self, folder, analyst):
        call_command("propose_scorecard", folder, by=analyst.reference, stdout=StringIO())
        assert Scorecard.objects.get().proposed_by == analyst.reference

    def test_proposes_the_policy_beside_it(self, folder, analyst):
        (folder / "policy.json").write_text(json.dumps(standard_policy() | {"most_missing": 3}))
        call_command("propose_scorecard", folder, by=analyst.reference, stdout=StringIO())
        assert (Policy.objects.get().status, Policy.objects.get().table["most_missing"]) == (RuleStatus.DRAFT, 3)

    @pytest.mark.parametrize("who", ["U-NOBODY", "+8613800000000", "owner"])
    def test_refuses_whom_it_does_not_know(self, request, folder, bank, who):
        told = request.getfixturevalue(who).reference if who == "owner" else who
        with pytest.raises(CommandError, match="Nobody on the staff"):
            call_command("propose_scorecard", folder, by=told, stdout=StringIO())
        assert not Scorecard.objects.exists()


class TestPropose:
    def test_writes_a_draft_with_its_fingerprint(self):
        made = make_card()
        assert (made.status, made.version, made.proposed_by) == (RuleStatus.DRAFT, 1, "U-ANALYST")
        made.refresh_from_db()
        assert made.fingerprint == scorecards.fingerprint(made.table)

    def test_numbers_the_versions_of_a_code(self):
        make_card()
        assert make_card(base_points=470).reference == "expert-general/2"

    def test_refuses_a_table_that_cannot_score(self):
        with pytest.raises(operations.RulesRefused):
            make_card(characteristics=[])

    def test_refuses_a_policy_that_cannot_judge(self):
        with pytest.raises(operations.RulesRefused):
            operations.propose_policy(standard_policy() | {"grades": []}, by="U-ANALYST", at=NOW)

    def test_leaves_a_trace(self):
        made = make_card()
        event = AuditEvent.objects.get(verb="scorecard.proposed")
        assert (event.subject, event.by, event.details["fingerprint"]) == (
            made.reference,
            "U-ANALYST",
            made.fingerprint,
        )


class TestApprove:
    def test_takes_a_second_pair_of_eyes(self):
        made = make_card()
        operations.approve(made, by="U-APPROVER", at=NOW)
        assert (made.status, made.approved_by, made.approved_at) == (RuleStatus.APPROVED, "U-APPROVER", NOW)

    def test_refuses_the_proposer(self):
        made = make_card()
        with pytest.raises(operations.SameActor):
            operations.approve(made, by="U-ANALYST", at=NOW)

    def test_refuses_twice(self):
        made = make_card()
        operations.approve(made, by="U-APPROVER", at=NOW)
        with pytest.raises(TransitionRefused):
            operations.approve(made, by="U-APPROVER", at=NOW)

    def test_is_guarded_by_the_database_too(self):
        made = make_card()
        with pytest.raises(IntegrityError, match="scorecard_has_two_pairs_of_eyes"):
            Scorecard.objects.filter(pk=made.pk).update(status="approved", approved_by="U-ANALYST", approved_at=NOW)


class TestActivate:
    def test_refuses_a_draft(self):
        with pytest.raises(TransitionRefused):
            operations.activate(make_card(), on=TODAY, by="U-ANALYST", at=NOW)

    def test_refuses_a_day_before_the_approval(self):
        made = make_card()
        operations.approve(made, by="U-APPROVER", at=NOW)
        with pytest.raises(operations.TooEarly):
            operations.activate(made, on=date(2026, 3, 1), by="U-ANALYST", at=NOW)

    def test_retires_the_version_before(self):
        first, second = make_active_card(), make_card(base_points=470)
        operations.approve(second, by="U-APPROVER", at=NOW)
        operations.activate(second, on=LATER, by="U-ANALYST", at=NOW)
        first.refresh_from_db()
        assert (first.status, first.retired_on, second.status) == (RuleStatus.RETIRED, LATER, RuleStatus.ACTIVE)

    def test_lets_the_version_before_decide_until_its_day(self):
        first, second = make_active_card(), make_card(base_points=470)
        operations.approve(second, by="U-APPROVER", at=NOW)
        operations.activate(second, on=LATER, by="U-ANALYST", at=NOW)
        deciding = [Scorecard.objects.in_force(day).get() for day in (TODAY, date(2026, 3, 31), LATER)]
        assert deciding == [first, first, second]


class TestWhatAProgramProposed:
    @pytest.fixture
    def approved(self):
        made = operations.propose_scorecard(card(), by=operations.SHIPPED_BY, at=NOW)
        operations.approve(made, by="U-APPROVER", at=NOW)
        return made

    def test_is_not_put_in_force_by_the_one_who_approved_it(self, approved):
        with pytest.raises(operations.AloneWithPortal):
            operations.activate(approved, on=TODAY, by="U-APPROVER", at=NOW)
        assert not Scorecard.objects.in_force(TODAY).exists()

    def test_is_not_either_by_one_who_read_it_before_approving_it(self):
        read = operations.propose_scorecard(card(), by=operations.SHIPPED_BY, at=NOW)
        operations.approve(Scorecard.objects.get(pk=read.pk), by="U-APPROVER", at=NOW)
        with pytest.raises(operations.AloneWithPortal):
            operations.activate(read, on=TODAY, by="U-APPROVER", at=NOW)

    def test_is_put_in_force_by_a_colleague(self, approved):
        operations.activate(approved, on=TODAY, by="U-ANALYST", at=NOW)
        assert Scorecard.objects.in_force(TODAY).get() == approved


@pytest.mark.django_db(transaction=True)
class TestTwoAtOnce:
    def test_follow_each_other(self):
        versions = [make_card(base_points=points) for points in (470, 480)]
        for each in versions:
            operations.approve(each, by="U-APPROVER", at=NOW)
        done_together(*(partial(operations.activate, each, on=TODAY, by="U-ANALYST", at=NOW) for each in versions))
        assert sorted(each.status for each in Scorecard.objects.all()) == [RuleStatus.ACTIVE, RuleStatus.RETIRED]


class TestGuards:
    @pytest.mark.parametrize(
        "change",
        [{"table": {}}, {"fingerprint": "0"}, {"version": 9}, {"proposed_by": "U-OTHER"}, {"approved_by": "U-OTHER"}],
    )
    def test_refuse_to_rewrite_an_active_card(self, change):
        made = make_active_card()
        with pytest.raises(IntegrityError, match="stand"):
            Scorecard.objects.filter(pk=made.pk).update(**change)

    def test_refuse_to_delete_it(self):
        made = make_active_card()
        with pytest.raises(IntegrityError, match="kept"):
            Scorecard.objects.filter(pk=made.pk).delete()

    def test_let_a_draft_be_deleted(self):
        made = make_card()
        made.delete()
        assert not Scorecard.objects.exists()

    def test_refuse_to_rewrite_the_standards_of_an_edition_in_use(self):
        operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        with pytest.raises(IntegrityError, match="stand still"), transaction.atomic():
            IndustryStandard.objects.filter(feature="buffer_days").update(n=99)
        edition = StandardEdition.objects.get()
        with pytest.raises(IntegrityError, match="stand still"), transaction.atomic():
            IndustryStandard.objects.create(edition=edition, industry="Z", feature="x", percentiles={}, n=1)


class TestInstallShipped:
    def test_puts_cards_policy_and_standards_in_force(self):
        operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        counts = [model.objects.in_force(TODAY).count() for model in (Scorecard, Policy, StandardEdition)]
        assert counts == [len(CARDS), 1, 1]

    def test_happens_once(self):
        for _ in range(2):
            operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        assert Scorecard.objects.count() == len(CARDS)

    def test_leaves_what_is_new_in_a_later_version_to_be_proposed(self, capsys):
        operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        call_command("propose_shipped_scorecards")
        assert capsys.readouterr().out == "Nothing is new.\n"
        changed = card("expert-making") | {"base_points": 481}
        operations.propose_scorecard(changed, by="U-ANALYST", at=NOW)
        call_command("propose_shipped_scorecards")
        assert capsys.readouterr().out == "expert-making/3\n"

    def test_names_who_answers_for_it(self):
        operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        assert set(Scorecard.objects.values_list("proposed_by", "approved_by")) == {("portal", "U-APPROVER")}


class TestRulesFor:
    def test_takes_the_card_of_the_trade(self, enterprise):
        operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        rules = queries.rules_for(enterprise, on=TODAY)
        assert (rules.scorecard.code, rules.policy.code) == ("expert-trade", "standard")
        assert rules.versions["scorecard"] == "expert-trade/1"

    def test_finds_one_card_for_every_trade(self, enterprise):
        identity.load_industries()
        operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        found = {}
        for industry in Industry.objects.filter(parent=None):
            enterprise.industry = industry
            found.setdefault(queries.rules_for(enterprise, on=TODAY).scorecard.code, []).append(industry.code)
        own = {each: ",".join(sorted(codes)) for each, codes in found.items()}
        assert own == {
            "expert-building": "F",
            "expert-farming": "A",
            "expert-general": "B,D,E,K,O,T,U",
            "expert-hospitality": "I",
            "expert-making": "C",
            "expert-services": "J,L,M,N,P,Q,R,S",
            "expert-trade": "G",
            "expert-transport": "H",
        }
        every = [section for each in Scorecard.objects.active() for section in each.sections]
        assert len(every) == len(set(every))

    def test_falls_back_to_the_card_for_all(self, enterprise):
        general = make_active_card()
        drafted = operations.propose_policy(standard_policy(), by="U-ANALYST", at=NOW)
        operations.approve(drafted, by="U-APPROVER", at=NOW)
        operations.activate(drafted, on=TODAY, by="U-ANALYST", at=NOW)
        assert queries.rules_for(enterprise, on=TODAY).scorecard == general

    def test_refuses_when_nothing_is_in_force(self, enterprise):
        with pytest.raises(queries.RulesMissing):
            queries.rules_for(enterprise, on=TODAY)


class TestAgainstTrade:
    @pytest.fixture
    def places(self, enterprise):
        operations.install_shipped(approved_by="U-APPROVER", on=TODAY, at=NOW)
        edition = queries.edition_in_force(on=TODAY)
        figures = make_features(buffer_days=None)
        return {
            each.feature.code: each for each in queries.against_trade(figures, enterprise.industry, edition=edition)
        }

    def test_uses_the_standard_of_the_nearest_trade(self, places):
        assert (places["receipts_per_month"].industry, places["returning_supplier_share"].industry) == ("G", "*")

    def test_tells_the_usual_range_and_the_place_in_it(self, places):
        found = places["receipts_per_month"]  # 46.5 between 20 (a quarter lies below) and 48 (half does)
        assert (found.low, found.high, found.place, found.better_than) == (20, 110, 48, 48)

    def test_counts_less_as_better_where_it_is(self, places):
        found = places["inflow_volatility"]  # 0.31 between 0.22 and 0.33
        assert (found.place, found.better_than) == (45, 55)

    def test_has_no_place_for_what_could_not_be_measured(self, places):
        assert (places["buffer_days"].place, places["buffer_days"].better_than) == (None, None)

    def test_feeds_scorecards_that_read_the_place(self, places):
        figures = queries.with_places({"buffer_days": None}, list(places.values()))
        assert figures["inflow_volatility@trade"] == 55
        assert "buffer_days@trade" not in figures

    def test_reads_its_standards_in_one_query(self, enterprise, places, django_assert_num_queries):
        edition = queries.edition_in_force(on=TODAY)
        with django_assert_num_queries(1):
            queries.against_trade(make_features(), enterprise.industry, edition=edition)


class TestKeepExposure:
    def keep(self, enterprise, **binding):
        with transaction.atomic():
            return operations.keep_exposure(enterprise, subject="L-1", binding=Binding(**binding), at=NOW)

    def test_replaces_what_the_loan_binds(self, enterprise):
        self.keep(enterprise, reserved_amount=Decimal(5000))
        self.keep(enterprise, drawn_amount=Decimal(5000), monthly_payment_amount=Decimal(450))
        assert queries.exposure_of(enterprise) == queries.Owed(Decimal(5000), Decimal(450), 0)
        assert Exposure.objects.count() == 1

    def test_remembers_the_worst_delay_of_each_month(self, enterprise):
        exposure = self.keep(enterprise, drawn_amount=Decimal(5000))
        with transaction.atomic():
            for on, days in (("2024-05-30", 40), ("2024-06-01", 42), ("2024-06-20", 3), ("2026-01-20", 12)):
                operations.keep_lateness(exposure, days, on=date.fromisoformat(on))
            operations.keep_lateness(exposure, 0, on=date(2026, 2, 1))
        self.keep(enterprise, drawn_amount=Decimal(0))
        told = exposure.late_months.order_by("month").values_list("month", "worst_days_past_due")
        assert list(told) == [(date(2024, 5, 1), 40), (date(2024, 6, 1), 42), (date(2026, 1, 1), 12)]
        since = (None, date(2024, 6, 1), date(2024, 7, 1), date(2026, 2, 1))
        assert [queries.exposure_of(enterprise, late_since=day).worst_days_past_due for day in since] == [42, 42, 12, 0]

    @pytest.mark.django_db(transaction=True)
    def test_asks_for_a_transaction(self, enterprise):
        assert not connection.in_atomic_block
        with pytest.raises(AssertionError):
            operations.keep_exposure(enterprise, subject="L-1", binding=Binding(), at=NOW)

    def test_owes_nothing_at_first(self, enterprise):
        assert queries.exposure_of(enterprise) == queries.Owed(Decimal(0), Decimal(0), 0)
