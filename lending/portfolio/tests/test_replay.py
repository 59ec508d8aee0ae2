"""Proofs that every decision can be reached again, and that the least change shows."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from random import Random

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from accounts.cashflow.models import BankTransaction
from accounts.cashflow.operations import correct, know_by_new_name
from accounts.identity.tests.builders import confirm_mail, make_corrected
from accounts.settlement.tests.builders import make_deposit, make_settlement_account
from lending.applications import operations as applications
from lending.applications.models import CreditDecision
from lending.credit import operations as credit
from lending.credit import queries as judging
from lending.credit import scorecards
from lending.credit.features import FEATURES, cases_sql, compiled_sql
from lending.credit.tests.builders import AS_OF, Book, make_book
from lending.credit.tests.cases import CARDS, card, make_features, standard_policy
from lending.credit.tests.evidence import JULY, record
from lending.portfolio import queries
from lending.portfolio.queries import Difference, Replay
from lending.portfolio.tasks import replay_decisions
from lending.portfolio.tests.builders import (
    NOW,
    TODAY,
    install_rules,
    make_application,
    make_customer,
    make_decision,
    make_product,
    tamper,
)
from portal.core.models import AuditEvent, Notice
from portal.core.tests.together import together, waiting_for_locks
from portal.tests.processes import until

pytestmark = pytest.mark.django_db


@pytest.fixture
def rules(bank):
    install_rules()


@pytest.fixture
def asked(rules, enterprise):
    """A case with a year of evidence, on which nobody has decided."""
    book = make_book(cases=5, transactions=200)
    only = Book(book.cases[4:], [row for row in book.bank_transactions if row[0] == 5])
    only.invoices = [row for row in book.invoices if row[0] == 5]
    record(only, enterprise)
    return make_application(enterprise, make_product(), at=JULY)


@pytest.fixture
def decided(asked):
    """One decision, by the real operation, on a year of evidence."""
    applications.decide(asked.reference, at=JULY, on=AS_OF)
    return CreditDecision.objects.get(application=asked)


@pytest.fixture
def many(rules, bank):
    """A hundred decisions of random figures, some missing."""
    rng = Random(2026)
    product = make_product()
    usual = make_features()
    made = []
    for _ in range(100):
        figures = {
            code: rng.choice((None, value, round(value * rng.uniform(0, 3), 3), round(rng.uniform(0, 1), 4)))
            for code, value in usual.items()
        }
        facts = {"months_in_business": rng.randrange(90), "requested_amount": str(rng.randrange(3000, 200000, 100))}
        made.append(make_decision(make_customer(bank.branch), product, facts=facts, **figures))
    return made


class TestReplay:
    def test_reaches_a_hundred_random_decisions_again(self, many):
        assert {each.outcome for each in many} == {"approved", "referred", "declined"}
        assert queries.replay() == Replay(100, 0, None, 0)

    def test_asks_the_database_no_more_for_many_than_for_one(self, many, django_assert_max_num_queries):
        with django_assert_max_num_queries(6):
            queries.replay()

    def test_reaches_them_by_the_rules_of_then_after_the_rules_changed(self, decided):
        kept = decided.points
        for propose, table in ((credit.propose_scorecard, card), (credit.propose_policy, standard_policy)):
            changed = dict(table())
            if "base_points" in changed:
                changed["base_points"] += 37
            draft = propose(changed, by="U-AUTHOR", at=NOW)
            credit.approve(draft, by="U-APPROVER", at=NOW)
            credit.activate(draft, on=TODAY, by="U-APPROVER", at=NOW)
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)
        assert CreditDecision.objects.get().points == kept

    def test_reaches_them_by_the_product_of_then_after_the_product_changed(self, decided):
        product = decided.application.product
        product.max_amount, product.max_annual_rate = 9999, "0.3"
        product.save()
        assert queries.replay() == Replay(1, 0, None, 0)

    @pytest.mark.parametrize(
        ("sql", "part"),
        [
            ("UPDATE lending_creditdecision SET features = jsonb_set(features, '{buffer_days}', '7')", "inputs"),
            ('UPDATE lending_creditdecision SET facts = facts || \'{"requested_amount": "1"}\'', "inputs"),
            ('UPDATE lending_creditdecision SET product_terms = product_terms || \'{"max_amount": "1"}\'', "inputs"),
            ("UPDATE lending_creditdecision SET verdict = verdict || '{\"points\": 999}'", "verdict points"),
            ("UPDATE lending_creditdecision SET verdict = verdict - 'helped'", "verdict helped"),
            (
                "UPDATE lending_creditdecision SET probability_of_default = probability_of_default + 0.000001",
                "column probability_of_default",
            ),
            (
                "UPDATE lending_scorecard SET \"table\" = jsonb_set(\"table\", '{base_points}', '481')",
                "expert-trade/1",
            ),
            (
                'UPDATE lending_policy SET "table" = jsonb_set("table", \'{round_amount_to}\', \'"1"\')',
                "standard/1",
            ),
        ],
    )
    def test_names_what_was_tampered_with(self, decided, sql, part):
        tamper(sql)
        found = queries.replay()
        assert (found.differing, found.first.application, found.first.part) == (1, decided.application.reference, part)

    def test_names_the_first_that_differs(self, many):
        tamper("UPDATE lending_creditdecision SET grade = 'Z' WHERE id >= %s", many[40].pk)
        first = Difference(many[40].application.reference, "column grade", '"Z"', f'"{many[40].grade}"')
        assert queries.replay() == Replay(100, 60, first, 0)


class TestReplayFromEvidence:
    def test_measures_again_what_was_known_then(self, decided):
        assert decided.features["monthly_inflow"]
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)

    def test_is_not_moved_by_what_was_superseded_or_recorded_since(self, decided, enterprise):
        later = decided.decided_at + timedelta(days=1)
        lines = BankTransaction.objects.filter(enterprise=enterprise, counterparty_name="")
        lines.filter(pk__in=lines.values("pk")[:50]).update(superseded_at=later)
        record(make_book(cases=1, transactions=50), enterprise, at=later)
        assert judging.features_of(enterprise, as_of=AS_OF) != decided.features
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)

    def test_is_not_moved_by_a_trade_that_was_corrected_since(self, decided, enterprise):
        enterprise.industry_id = "01"
        enterprise.save()
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)

    def test_is_not_moved_by_payments_known_as_own_by_a_new_name(self, decided, enterprise):
        later = decided.decided_at + timedelta(days=1)
        buyers = BankTransaction.objects.filter(enterprise=enterprise, category="customer_receipt")
        key = buyers.exclude(counterparty_key="").first().counterparty_key
        name = key.replace("-", " ")  # as names are compared
        tamper("UPDATE accounts_banktransaction SET counterparty_key = %s WHERE counterparty_key = %s", name, key)
        make_corrected(enterprise, at=later, legal_name=name)
        know_by_new_name(enterprise.reference, at=later)
        assert judging.features_of(enterprise, as_of=AS_OF) != judging.features_of(
            enterprise, as_of=AS_OF, recorded_before=decided.decided_at
        )
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)

    def test_names_the_figure_that_the_evidence_no_longer_shows(self, decided, enterprise):
        tamper("UPDATE accounts_banktransaction SET amount = 1 WHERE enterprise_id = %s", enterprise.pk)
        found = queries.replay(evidence=True)
        assert found.differing == 1
        assert found.first.part.startswith("feature ")

    def test_tells_how_many_it_cannot_measure_again(self, decided):
        tamper("UPDATE lending_creditdecision SET features_version = '2025.1'")
        assert queries.replay(evidence=True).not_comparable == 1


@pytest.mark.django_db(transaction=True)
class TestAClockBeforeALock:
    """A verdict and a correction that each read the clock, and then wait for the enterprise."""

    def one_after_the_other(self, first, second, *, at_table, meanwhile=lambda: None):
        """Let a second one wait for the first, which stops at a table with the enterprise locked."""
        with ThreadPoolExecutor() as pool, transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {at_table} IN EXCLUSIVE MODE")
            acts = []
            for waiting, act in enumerate((first, second), start=1):
                acts.append(pool.submit(together, act))
                assert until(lambda waiting=waiting: waiting_for_locks(cursor) == waiting)
            meanwhile()
        return [act.result()[0] for act in acts]

    def correcting(self, enterprise, *, at):
        receipts = BankTransaction.objects.filter(enterprise=enterprise, category="customer_receipt")
        line = receipts.exclude(counterparty_key="").first()
        return partial(
            correct, line, category="loan_proceeds", scope="counterparty", by="U-1", is_by_staff=False, at=at
        )

    def test_a_correction_comes_after_the_verdict_that_did_not_see_it(self, asked, enterprise):
        deciding = partial(applications.decide, asked.reference, at=JULY, on=AS_OF)
        correcting = self.correcting(enterprise, at=JULY - timedelta(milliseconds=3))
        done, corrected = self.one_after_the_other(deciding, correcting, at_table="lending_application")
        decision = CreditDecision.objects.get()
        assert (done, decision.decided_at) == (None, JULY)
        assert corrected.corrected_at == JULY + timedelta(microseconds=1)
        assert judging.features_of(enterprise, as_of=AS_OF) != judging.features_of(
            enterprise, as_of=AS_OF, recorded_before=JULY
        )
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)

    def test_a_verdict_leaves_out_a_correction_of_a_later_moment(self, asked, enterprise):
        later, before = JULY + timedelta(milliseconds=3), judging.features_of(enterprise, as_of=AS_OF)
        deciding = partial(applications.decide, asked.reference, at=JULY, on=AS_OF)
        correcting = self.correcting(enterprise, at=later)
        corrected, done = self.one_after_the_other(correcting, deciding, at_table="accounts_banktransaction")
        decision = CreditDecision.objects.get()
        assert (done, decision.decided_at, corrected.corrected_at) == (None, JULY, later)
        assert decision.features["monthly_inflow"] == before["monthly_inflow"]
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)

    def test_who_comes_after_the_verdict_takes_nothing_in_as_of_before_it(self, asked, enterprise):
        account = make_settlement_account(enterprise, holding="100.00", on=AS_OF)
        deciding = partial(applications.decide, asked.reference, at=JULY, on=AS_OF)
        again = partial(applications.decide, asked.reference, at=JULY - timedelta(milliseconds=3), on=AS_OF)
        paying = partial(make_deposit, account, "90000.00", on=AS_OF)
        done = self.one_after_the_other(deciding, again, at_table="lending_application", meanwhile=paying)
        assert done == [None, None]
        assert CreditDecision.objects.get().decided_at == JULY
        assert queries.replay(evidence=True) == Replay(1, 0, None, 0)


class TestFeaturesOfCases:
    def test_are_those_of_each_alone(self, bank, enterprise, stranger):
        other = stranger.memberships.get().enterprise
        for number, each in enumerate((enterprise, other), start=1):
            book = make_book(cases=number, transactions=120)
            record(Book([], [row for row in book.bank_transactions if row[0] == number]), each)
        days = (AS_OF, AS_OF - timedelta(days=90))
        cases = [
            judging.Case(2 * place + number, each.pk, day, JULY)
            for place, day in enumerate(days)
            for number, each in enumerate((enterprise, other))
        ]
        alone = {
            case.case_id: judging.features_of(
                (enterprise, other)[case.case_id % 2], as_of=case.as_of, recorded_before=JULY
            )
            for case in cases
        }
        assert judging.features_of_cases(cases) == alone
        assert len({str(figures) for figures in alone.values()}) == 4

    def test_come_from_one_declaration(self):
        assert all(feature.code in cases_sql() and feature.code in compiled_sql() for feature in FEATURES)


class TestExplanation:
    def test_adds_up_to_the_score_exactly_whatever_the_figures(self):
        rng = Random(7)
        tables = [card(code) for code in CARDS]
        for _ in range(3000):
            table = rng.choice(tables)
            figures = {
                each["feature"]: rng.choice(
                    (None, rng.uniform(-2, 2), rng.randrange(-400, 400), 10.0 ** rng.randrange(-6, 12))
                )
                for each in table["characteristics"]
            }
            score = scorecards.score(table, figures)
            assert score.base_points + sum(each.points for each in score.contributions) == score.points


class TestCommand:
    def test_says_that_all_are_the_same(self, decided, capsys):
        call_command("replay_decisions", "--evidence")
        assert capsys.readouterr().out.startswith("1 decisions, all the same (")

    def test_draws_the_same_ones_again_by_their_seed(self, many, capsys):
        tamper("UPDATE lending_creditdecision SET grade = 'Z' WHERE id = %s", many[40].pk)
        found = set()
        for seed in range(12):
            drawn = [each.pk for each in queries.sample(30, chance=Random(seed)).order_by("pk")]
            found.add(many[40].pk in drawn)
            assert drawn == [each.pk for each in queries.sample(30, chance=Random(seed)).order_by("pk")]
            assert len(drawn) == 30
        assert found == {True, False}
        seed = next(each for each in range(99) if many[40] not in queries.sample(30, chance=Random(each)))
        call_command("replay_decisions", "--sample", "30", "--seed", str(seed))
        assert capsys.readouterr().out.startswith(f"Drawn with --seed {seed}.\n30 decisions, all the same (")

    def test_repeats_all_where_there_are_fewer(self, decided, capsys):
        call_command("replay_decisions", "--sample", "100")
        assert "\n1 decisions, all the same (" in capsys.readouterr().out

    def test_fails_naming_the_first_that_differs(self, decided, capsys):
        tamper("UPDATE lending_creditdecision SET points = points + 1")
        with pytest.raises(CommandError, match="1 of 1 decisions differ"):
            call_command("replay_decisions")
        told = capsys.readouterr().err
        assert f"{decided.application.reference}: column points" in told


class TestNightlyReplay:
    @pytest.fixture
    def differing(self, decided, administrator):
        confirm_mail(administrator, "min@bank.example")
        tamper("UPDATE lending_creditdecision SET points = points + 1")
        replay_decisions()
        return decided.application.reference

    def test_raises_the_alarm(self, decided, caplog):
        tamper("UPDATE lending_creditdecision SET points = points + 1")
        replay_decisions()
        assert "lending.decision_differs" in caplog.text

    def test_tells_the_trail_and_whoever_keeps_or_audits_the_books(self, differing):
        event = AuditEvent.objects.get(verb="portfolio.decisions_differ")
        assert (event.details["decisions"], event.details["differing"]) == (1, 1)
        assert event.details["differences"][0].startswith(f"{differing} column points: ")
        assert Notice.objects.get(code="decisions_differ").address == "min@bank.example"

    def test_shows_it_where_judging_is_watched(self, differing, client_of, auditor):
        assert "Came out otherwise than kept: 1." in client_of(auditor).get("/portfolio/monitoring/").text

    def test_tells_whoever_watches_the_figures(self, differing, client, settings):
        settings.METRICS_TOKEN = "watcher"
        told = client.get("/metrics", headers={"Authorization": "Bearer watcher"}).text
        assert "portal_decisions_differing 1.0" in told

    def test_says_that_all_are_the_same(self, decided, administrator, client_of, caplog):
        confirm_mail(administrator, "min@bank.example")
        replay_decisions()
        assert "lending.decision_differs" not in caplog.text
        assert not Notice.objects.filter(code="decisions_differ").exists()
        assert "Each came out as kept." in client_of(administrator).get("/portfolio/monitoring/").text
