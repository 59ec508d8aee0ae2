"""A file from the other bank does nothing before another person agreed to what it would do."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from accounts.identity.tests.builders import confirm_mail, make_user
from accounts.ledger.models import JournalEntry
from accounts.ledger.tests.builders import NOW, TODAY
from accounts.settlement import operations as settlement
from accounts.settlement import tasks
from accounts.settlement.models import NostroLine, NostroStatement, Receipt, SuspenseItem
from accounts.settlement.operations.nostro_agreed import OutOfOrder
from accounts.settlement.queries import foreseen
from accounts.settlement.queries import nostro as nostro_queries
from accounts.settlement.tests.asking import make_request
from accounts.settlement.tests.builders import held
from accounts.settlement.tests.nostro import (
    WRITERS,
    agree,
    apply,
    bring,
    line,
    look,
    notification,
    read,
    report,
    run,
    send,
    statement,
    upload,
)
from portal.core.models import AuditEvent, Job, Notice
from portal.core.notices import operations as notices
from portal.core.seen import ChangedSince
from portal.core.tests.together import together
from portal.core.transitions import TransitionRefused

DAY = timedelta(days=1)


@pytest.fixture
def sent(account, owner):
    """Three payments in one file."""
    return send(account, "30.00", "12.50", "12.50", by=owner.reference)


def waiting(*lines, opening="0.00", kind="camt053"):
    """Bring a statement and read it."""
    return read(upload(WRITERS[kind](statement(*lines, opening=opening))))


def told(statement):
    return [(each.foreseen, each.foreseen_goal) for each in statement.lines.order_by("line_number")]


class TestForesee:
    def test_tells_what_each_line_would_do_and_does_nothing(self, account, sent):
        request, entries = make_request(account, "80.00"), JournalEntry.objects.count()
        found = waiting(
            line("-30.00", end_to_end=sent[0].reference),
            line("30.00", end_to_end=sent[0].reference, return_reason="AC04"),
            line("5.00", account.number),
            line("80.00", request.grouped_reference),
            line("7.00", "who?"),
        )
        assert told(found) == [
            ("paid", sent[0].reference),
            ("returned", sent[0].reference),
            ("receipt", account.reference),
            ("request", account.reference),
            ("suspense", ""),
        ]
        assert (found.status, found.known_count, JournalEntry.objects.count()) == ("waiting", 0, entries)
        assert list(nostro_queries.lines_to_book(found.reference)) == []
        assert nostro_queries.positions() == []

    def test_spends_a_payment_once_in_a_statement(self, sent):
        found = waiting(
            line("-30.00", end_to_end=sent[0].reference, reference="B1"),
            line("-30.00", end_to_end=sent[0].reference, reference="B2"),
            line("-12.50", end_to_end=sent[1].reference),
            line("-12.50", "unnamed"),
        )
        assert [each for each, _goal in told(found)] == ["paid", "suspense", "paid", "paid"]
        agree(found)
        assert [each.status for each in apply(found).lines.order_by("line_number")] == [
            "matched", "suspense", "matched", "matched",
        ]  # fmt: skip

    def test_sums_by_what_lines_would_do(self, account):
        found = waiting(line("5.00", account.number), line("3.00", account.number), line("7.00"), line("-2.00"))
        preview = foreseen.preview(found)
        sums = [(each.foreseen, each.count, each.came_in, each.went_out) for each in preview.sums]
        assert sums == [("receipt", 2, 8, 0), ("suspense", 2, 7, -2)]
        assert [each.amount for each in preview.largest] == [7, 5, 3, -2]
        assert (preview.new_count, preview.previous, preview.first) == (4, None, None)

    def test_counts_lines_that_tell_the_same_as_another(self, account):
        twice = [line("5.00", "rent", reference=each) for each in ("B1", "B2")]
        other = [line("5.00", "wages"), line("6.00", "rent"), line("5.00", "rent", on=TODAY - DAY)]
        assert foreseen.preview(waiting(*twice, *other)).alike_count == 2

    def test_compares_with_the_statement_before(self, account):
        before = bring(line("5.00", account.number, on=TODAY - DAY))
        assert foreseen.preview(waiting(line("1.00"), opening="5.00")).previous == before

    def test_compares_what_tells_days_again_with_what_came_before_them(self, account):
        first = bring(line("1.00", account.number, on=TODAY - 9 * DAY))
        bring(line("5.00", account.number), opening="1.00")
        again = waiting(line("5.00", account.number), line("2.00", "flour"), opening="1.00")
        assert foreseen.preview(again).previous == first

    def test_has_nothing_to_compare_the_first_statement_with_when_it_comes_again(self, account):
        bring(line("1.00", account.number))
        assert foreseen.preview(waiting(line("1.00", account.number))).previous is None

    def test_joins_the_second_file_of_a_day_to_the_first(self, account):
        bring(line("7.00", on=TODAY - DAY))
        first = bring(line("5.00"), opening="7.00")
        assert foreseen.preview(waiting(line("1.00", "more"), opening="12.00")).previous == first

    def test_looks_at_many_lines_with_as_few_queries_as_at_one(self, account, sent, django_assert_max_num_queries):
        lines = [line(f"{number}.00", f"x{number} {account.number}") for number in range(1, 200)]
        found = waiting(*lines, line("-30.00", end_to_end=sent[0].reference), line("-12.50", "unnamed"), line("9.00"))
        with django_assert_max_num_queries(25):
            settlement.foresee_nostro(found.reference, at=NOW)


class TestTelling:
    def test_tells_those_who_may_agree_once(self, bank, operations):
        make_user("Olga Sun", phone="+8613700000001", role="officer", branch=bank.branch)
        make_user("He Ping", phone="+8613700000002", role="operations", branch=bank.head_office)
        confirm_mail(operations, "qian@bank.example")
        first = read(upload(WRITERS["camt053"](statement(line("5.00"))), by=operations.reference))
        waiting(line("6.00"))
        [notice] = Notice.objects.filter(code="nostro_waiting")
        assert notice.address == "+8613700000002"
        assert first.reference in notices.text_of(notice)


class TestAgree:
    def test_books_and_records_who_and_when(self, account):
        found = waiting(line("5.00", account.number))
        assert held(account) == 1000
        agree(found)
        assert (found.status, found.decided_by, found.decided_at) == ("agreed", "U-OPS2", NOW)
        assert Job.objects.filter(name="settlement.reconcile", reference=found.reference).exists()
        event = AuditEvent.objects.get(verb="settlement.nostro_agreed")
        assert (event.subject, event.by, event.details) == (found.reference, "U-OPS2", {"lines": 1, "known": 0})
        apply(found)
        assert held(account) == 1005

    def test_is_not_for_the_one_who_brought_it(self, account):
        found = waiting(line("5.00", account.number))
        with pytest.raises(settlement.SamePerson):
            agree(found, by="U-OPS")
        apply(found)
        assert (held(account), found.status) == (1000, "waiting")

    def test_happens_once(self, account):
        found = waiting(line("5.00", account.number))
        agree(found)
        with pytest.raises(TransitionRefused):
            agree(found)

    def test_waits_until_the_file_is_read(self, account):
        received = upload(WRITERS["camt053"](statement(line("5.00", account.number))))
        with pytest.raises(TransitionRefused):
            agree(received)

    def test_refuses_what_was_not_seen(self, account):
        first, found = (waiting(line("5.00", account.number, reference="B1")) for _ in range(2))
        seen = look(found)
        agree(first)
        with pytest.raises(ChangedSince):
            agree(found, seen=seen)
        with pytest.raises(ChangedSince):
            agree(found, seen="nothing")
        agree(found)

    def test_refuses_what_fits_something_else_than_was_seen(self, account):
        found = waiting(line("5.00", "loan l-7k3qx9tm"))
        seen = look(found)
        with transaction.atomic():
            settlement.register_mandate(account, purpose="loan", subject="L-7K3QX9TM", by="U-1", at=NOW)
        with pytest.raises(ChangedSince):
            agree(found, seen=seen)
        assert (look(found) != seen, told(found)) == (True, [("receipt", account.reference)])

    def test_refuses_a_report_that_would_take_back_something_else_than_was_seen(self, account, sent):
        found = read(upload(report(sent[0].file.reference)))
        seen = look(found)
        bring(line("-30.00", end_to_end=sent[0].reference))
        with pytest.raises(ChangedSince):
            agree(found, seen=seen)

    def test_takes_what_was_seen_where_looking_again_changed_nothing(self, account):
        found = waiting(line("5.00", account.number))
        seen = look(found)
        look(found)
        agree(found, seen=seen)
        assert found.status == "agreed"

    def test_takes_statements_in_the_order_of_their_days(self, account):
        later = waiting(line("1.00", account.number), opening="5.00")
        earlier = waiting(line("5.00", account.number, on=TODAY - DAY))
        with pytest.raises(OutOfOrder) as refused:
            agree(later)
        assert refused.value.params == {"reference": earlier.reference}
        for each in (earlier, later):
            agree(each)
            apply(each)
        assert held(account) == 1006
        [position] = nostro_queries.positions()
        assert (position.difference, position.not_told) == (0, 0)

    def test_of_one_that_overlaps_books_what_is_new(self, account):
        first = waiting(line("5.00", account.number, reference="B1"))
        second = waiting(line("5.00", account.number, reference="B1"), line("2.00", account.number, reference="B2"))
        assert (second.known_count, foreseen.preview(second).first) == (0, first)
        agree(first)
        tasks.reconcile(first.reference)
        look(second)
        assert (second.known_count, told(second)) == (1, [("left_out", ""), ("receipt", account.reference)])
        agree(second)
        assert [each.status for each in apply(second).lines.order_by("line_number")] == ["left_out", "matched"]
        assert held(account) == 1007

    def test_puts_into_suspense_what_fits_something_else_by_then(self, account):
        found = waiting(line("5.00", "loan l-7k3qx9tm"))
        assert told(found) == [("suspense", "")]
        agree(found)
        with transaction.atomic():
            settlement.register_mandate(account, purpose="loan", subject="L-7K3QX9TM", by="U-1", at=NOW)
        apply(found)
        assert (SuspenseItem.objects.get().doubt, held(account)) == ("not_agreed", 1000)

    def test_of_a_report_takes_back_what_it_refuses(self, account, sent):
        found = read(upload(report(sent[0].file.reference, payment=sent[0].reference)))
        assert [each.reference for each in foreseen.taken_back_by(found)] == [sent[0].reference]
        assert (found.status, held(account)) == ("waiting", Decimal("945.00"))
        agree(found)
        for _twice in range(2):
            apply(found)
        assert (foreseen.taken_back_by(found), held(account)) == ([], Decimal("975.00"))

    def test_of_a_report_waits_for_no_statement(self, account, sent):
        waiting(line("5.00", account.number))
        agree(read(upload(report(sent[0].file.reference))))

    def test_of_a_notification_leaves_the_statement_its_balances(self, account):
        run(upload(notification(line("5.00", account.number, reference="B1"))))
        found = waiting(line("5.00", account.number, reference="B1"))
        assert (told(found), foreseen.preview(found).new_count) == ([("left_out", "")], 0)


class TestSetAside:
    def test_counts_for_nothing(self, account):
        found = waiting(line("5.00", account.number, reference="B1"))
        settlement.set_nostro_aside(found, reason="forged", at=NOW, by="U-OPS2")
        assert (found.status, found.decided_by, found.reason) == ("set_aside", "U-OPS2", "forged")
        event = AuditEvent.objects.get(verb="settlement.nostro_set_aside")
        assert (event.by, event.details) == ("U-OPS2", {"reason": "forged"})
        assert (apply(found).lines.get().status, held(account)) == ("left_out", 1000)
        assert bring(line("5.00", account.number, reference="B1")).known_count == 0
        assert held(account) == 1005

    def test_is_open_to_the_one_who_brought_it(self, account):
        found = waiting(line("5.00", account.number))
        settlement.set_nostro_aside(found, reason="the wrong day", at=NOW, by="U-OPS")
        with pytest.raises(TransitionRefused):
            agree(found)

    def test_refuses_without_a_reason(self, account):
        with pytest.raises(settlement.ReasonMissing):
            settlement.set_nostro_aside(waiting(line("5.00")), reason=" ", at=NOW, by="U-OPS2")

    def test_refuses_what_was_agreed_to(self, account):
        found = bring(line("5.00", account.number))
        with pytest.raises(TransitionRefused):
            settlement.set_nostro_aside(found, reason="too late", at=NOW, by="U-OPS2")
        assert held(account) == 1005


class TestDatabase:
    def test_refuses_agreement_of_the_one_who_brought_it(self, account):
        waiting(line("5.00", account.number))
        for by in ("", "U-OPS"):
            with pytest.raises(IntegrityError, match="nostro_statement_is_agreed_by_another"), transaction.atomic():
                NostroStatement.objects.update(status="agreed", decided_by=by)

    @pytest.mark.parametrize("change", [{"uploaded_by": "U-OTHER"}, {"reference": "NS-1"}])
    def test_keeps_who_brought_what(self, account, change):
        waiting(line("5.00", account.number))
        with pytest.raises(IntegrityError, match="keeps what was told"), transaction.atomic():
            NostroStatement.objects.update(**change)


@pytest.mark.django_db(transaction=True)
class TestTogether:
    def test_two_who_agree_at_once_book_once(self, account):
        found = waiting(line("5.00", account.number))

        def agreed(by):
            mine = NostroStatement.objects.get(pk=found.pk)
            return lambda: agree(mine, by=by)

        came = together(agreed("U-2"), agreed("U-3"))
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        together(*[lambda: apply(NostroStatement.objects.get())] * 2)
        assert (held(account), Receipt.objects.count()) == (1005, 1)

    def test_agreeing_and_setting_aside_at_once_is_one_of_them(self, account):
        found = waiting(line("5.00", account.number))
        one, other = (NostroStatement.objects.get(pk=found.pk) for _ in range(2))
        came = together(
            lambda: agree(one), lambda: settlement.set_nostro_aside(other, reason="forged", at=NOW, by="U-3")
        )
        assert sorted(type(each).__name__ for each in came) == ["NoneType", "TransitionRefused"]
        apply(NostroStatement.objects.get())
        assert held(account) == (1005 if NostroStatement.objects.get().status == "agreed" else 1000)

    def test_two_copies_read_and_agreed_to_at_once_book_each_line_once(self, account):
        content = WRITERS["camt053"](statement(line("5.00", account.number), line("7.00", account.number)))
        both = [upload(content) for _ in range(2)]
        together(*[lambda each=each: read(each) for each in both])
        came = together(*[lambda each=each: agree(each) for each in both])
        for each in both:
            each.refresh_from_db()
            if each.status == "waiting":  # it came before the first of them, or would do something else since
                assert any(isinstance(refusal, OutOfOrder | ChangedSince) for refusal in came)
                agree(each)
        together(*[lambda each=each: apply(each) for each in both])
        assert (held(account), Receipt.objects.count()) == (1012, 2)
        assert sorted(NostroStatement.objects.values_list("known_count", flat=True)) == [0, 2]
        assert sorted(NostroLine.objects.values_list("status", flat=True)) == ["left_out"] * 2 + ["matched"] * 2
