"""Watchlists: loaded by version, held against the book, and ruled on by people."""

from datetime import date, timedelta

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction

from accounts.identity import operations
from accounts.identity.models import HitRuling, HitStatus, Screening, Watchlist, WatchlistEntry, WatchlistHit
from accounts.identity.operations import RulingRefused, WatchlistRefused
from accounts.identity.queries import hits_on, screening, stands_in_the_way
from accounts.identity.tasks import screen, screen_book
from accounts.identity.tests.builders import NOW, make_enterprise, make_hit, make_user, make_watchlist
from portal.core.models import AuditEvent, Job
from portal.core.tests.together import together

pytestmark = pytest.mark.django_db
WANG = "WANG Fang,,,CN,sanctions,S-9"
LATER = NOW + timedelta(days=1)


def rule(hit, by, **changed):
    told = {"outcome": "cleared", "reason": "Another year of birth.", "at": NOW}
    return operations.rule_on_hit(hit, by=by, **(told | changed))


class TestLoadWatchlist:
    def test_keeps_every_version(self):
        make_watchlist(WANG)
        make_watchlist(WANG, "Li Si,,,CN,pep,P-1", as_of=date(2026, 3, 2))
        assert list(Watchlist.objects.order_by("version").values_list("version", "entry_count")) == [(1, 1), (2, 2)]
        assert [each.version for each in screening.newest_lists()] == [2]

    def test_of_the_same_file_again_changes_nothing(self):
        assert make_watchlist(WANG) == make_watchlist(WANG)

    def test_records_who_and_promises_to_screen(self):
        loaded = make_watchlist(WANG)
        assert AuditEvent.objects.get(verb="identity.watchlist_loaded").details["entries"] == 1
        assert Job.objects.get(name="identity.screen_book").reference == loaded.reference

    def test_refuses_an_older_version(self):
        make_watchlist(WANG)
        with pytest.raises(WatchlistRefused) as refused:
            make_watchlist("Li Si,,,CN,pep,P-1", as_of=date(2025, 1, 1))
        assert refused.value.code == "watchlist_older"

    def test_refuses_what_cannot_be_read_and_names_the_line(self):
        with pytest.raises(WatchlistRefused) as refused:
            make_watchlist(WANG, ",,,,pep,P-1")
        assert refused.value.params["line"] == 3

    def test_entries_are_never_rewritten(self):
        make_watchlist(WANG)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            WatchlistEntry.objects.update(name="Nobody")

    def test_is_a_command(self, tmp_path, capsys):
        file = tmp_path / "list.csv"
        file.write_text(f"name,aliases,birth_year,country,list_kind,reference\n{WANG}\n")
        call_command("load_watchlist", "un", file, "--as-of", "2026-03-01")
        assert "un 1: 1 entries" in capsys.readouterr().out
        file.write_text("nothing")
        with pytest.raises(CommandError, match="Line 1"):
            call_command("load_watchlist", "un", file, "--as-of", "2026-03-02")


class TestScreen:
    def test_finds_the_enterprise_its_members_owners_and_related_parties(self, enterprise, owner, officer):
        parties = operations.PartyDetails("Zhang San", "shares", date(2020, 1, 1), "register")
        operations.add_beneficial_owner(enterprise, parties, key="1", by=officer, at=NOW)
        related = operations.PartyDetails("Bright Mills", "parent", date(2020, 1, 1), "register")
        operations.add_related_party(enterprise, related, key="2", by=officer, at=NOW)
        lines = ("Green Tea Shop,,,,sanctions,S-1", "ZHANG San,,,,pep,P-1", "Bright Mills,,,,sanctions,S-2")
        make_watchlist(WANG, *lines)
        assert operations.screen([enterprise.reference], at=NOW) == 4
        found = WatchlistHit.objects.values_list("subject_kind", "kind")
        assert sorted(found) == [
            ("beneficial_owner", "pep"),
            ("enterprise", "sanctions"),
            ("member", "sanctions"),
            ("related_party", "sanctions"),
        ]

    def test_again_finds_nothing_new(self, enterprise):
        make_hit(enterprise)
        assert operations.screen([enterprise.reference], at=LATER) == 0
        assert WatchlistHit.objects.count() == 1

    def test_remembers_a_clearing_while_the_line_says_the_same(self, enterprise, analyst):
        make_watchlist(WANG)
        operations.screen([enterprise.reference], at=NOW)
        rule(WatchlistHit.objects.get(), analyst)
        make_watchlist(WANG, "Li Si,,,,pep,P-1", as_of=date(2026, 3, 2))
        assert operations.screen([enterprise.reference], at=LATER) == 0
        make_watchlist(WANG.replace("WANG Fang,,", "WANG Fang,,1980"), as_of=date(2026, 3, 3))
        assert operations.screen([enterprise.reference], at=LATER) == 1

    def test_is_not_known_until_it_was_done_with_the_newest_lists(self, enterprise):
        assert hits_on(enterprise).open is None
        make_watchlist()
        assert hits_on(enterprise).open is None
        operations.screen([enterprise.reference], at=NOW)
        assert hits_on(enterprise).open == 0
        make_watchlist(WANG, as_of=date(2026, 3, 2))
        assert hits_on(enterprise).open is None

    def test_is_done_by_the_task_when_names_change(self, enterprise, officer):
        make_watchlist("ZHANG San,,,,pep,P-1")
        screen(enterprise.reference)
        details = operations.PartyDetails("Zhang San", "shares", date(2020, 1, 1), "register")
        operations.add_beneficial_owner(enterprise, details, key="1", by=officer, at=NOW)
        assert Job.objects.get(name="identity.screen", done_at=None).reference == enterprise.reference
        screen(enterprise.reference)
        assert hits_on(enterprise).open == 1

    def test_of_the_whole_book_is_done_by_the_task_when_a_list_is_loaded(self, enterprise, stranger):
        loaded = make_watchlist(WANG, "ZHAO Lei,,,,sanctions,S-2")
        screen_book(loaded.reference)
        assert WatchlistHit.objects.count() == 2
        assert Screening.objects.count() == 2
        loaded.refresh_from_db()
        assert loaded.screened_at is not None

    def test_of_many_asks_no_more_questions_than_of_one(self, bank, django_assert_max_num_queries):
        make_watchlist()
        references = [
            make_enterprise(make_user(), branch=bank.branch, legal_name=f"Shop {n}", identifier=f"X{n}").reference
            for n in range(30)
        ]
        with django_assert_max_num_queries(15):
            operations.screen(references, at=NOW)

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_finds_each_hit_once(self, enterprise):
        make_watchlist(WANG)
        act = lambda: operations.screen([enterprise.reference], at=NOW)  # noqa: E731
        together(act, act, act)
        assert WatchlistHit.objects.count() == 1


class TestRuleOnHit:
    @pytest.mark.parametrize("outcome", ["cleared", "confirmed"])
    def test_records_who_when_and_why(self, enterprise, analyst, outcome):
        hit = make_hit(enterprise)
        ruling = rule(hit, analyst, outcome=outcome)
        assert (ruling.by, ruling.at, ruling.reason) == (analyst, NOW, "Another year of birth.")
        assert hit.status == outcome
        assert AuditEvent.objects.get(verb=f"identity.hit_{outcome}").by == analyst.reference

    def test_may_be_changed_and_keeps_what_was_said(self, enterprise, analyst):
        hit = make_hit(enterprise)
        rule(hit, analyst, outcome="confirmed")
        rule(hit, analyst)
        assert hit.status == HitStatus.CLEARED
        assert HitRuling.objects.count() == 2

    @pytest.mark.parametrize(
        ("changed", "code"),
        [({"reason": " "}, "ruling_without_reason"), ({"outcome": "open"}, "ruling_unknown")],
    )
    def test_refuses(self, enterprise, analyst, changed, code):
        with pytest.raises(RulingRefused) as refused:
            rule(make_hit(enterprise), analyst, **changed)
        assert refused.value.code == code

    def test_refuses_to_say_the_same_twice(self, enterprise, analyst):
        hit = make_hit(enterprise)
        rule(hit, analyst)
        with pytest.raises(RulingRefused) as refused:
            rule(hit, analyst)
        assert refused.value.code == "ruling_repeated"

    def test_refuses_ones_own_enterprise(self, enterprise, owner):
        with pytest.raises(RulingRefused) as refused:
            rule(make_hit(enterprise), owner)
        assert refused.value.code == "ruling_on_own"

    @pytest.mark.django_db(transaction=True)
    def test_by_two_at_once_lets_one_win(self, enterprise, analyst):
        hit = make_hit(enterprise)
        act = lambda: rule(WatchlistHit.objects.get(pk=hit.pk), analyst)  # noqa: E731
        outcomes = together(act, act)
        assert HitRuling.objects.count() == 1
        assert sum(isinstance(each, RulingRefused) for each in outcomes) == 1

    def test_is_never_rewritten(self, enterprise, analyst):
        rule(make_hit(enterprise), analyst)
        with pytest.raises(DatabaseError, match="permission denied"), transaction.atomic():
            HitRuling.objects.update(reason="Because.")
        with pytest.raises(IntegrityError, match="never rewritten"), transaction.atomic():
            WatchlistHit.objects.update(score=1)


class TestStandsInTheWay:
    @pytest.mark.parametrize(
        ("kind", "outcome", "expected"),
        [
            ("sanctions", "", True), ("pep", "", True), ("sanctions", "confirmed", True), ("pep", "confirmed", False),
            ("sanctions", "cleared", False),
        ],
    )  # fmt: skip
    def test_is_an_open_hit_or_a_confirmed_sanction(self, enterprise, analyst, kind, outcome, expected):
        hit = make_hit(enterprise, kind=kind)
        if outcome:
            rule(hit, analyst, outcome=outcome)
        assert stands_in_the_way(enterprise) == expected
