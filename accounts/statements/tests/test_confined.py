"""A file is read in a process of its own, with limits."""

import os
import socket
import time
from pathlib import Path

import pytest

from accounts.statements.confined import confined, invoices_of_file, statements_of_file
from accounts.statements.parsing import StatementRefused, parse, parse_invoices
from accounts.statements.parsing.refusals import refused

CONTENT = b"Date,Amount,Balance\n2026-01-05,1.00,10.00\n2026-01-06,1.00,99.00\n"


class Unwritable(Exception):
    """An error that cannot be written down."""

    def __reduce__(self) -> str:
        raise TypeError


def spin() -> None:
    """Compute for ever."""
    while True:
        pass


def fail(error: Exception) -> None:
    """Raise an error."""
    raise error


class TestConfined:
    """What crosses from the other process, and what ends it."""

    def test_reads_what_the_readers_read(self):
        assert statements_of_file(CONTENT, name="a.csv", currency="CNY") == parse(CONTENT, name="a.csv")
        ledger = b"Number,Date,Net,Tax\n1,2026-01-05,100.00,3.00\n"
        assert invoices_of_file(ledger, name="a.csv", currency="CNY") == parse_invoices(ledger, name="a.csv")

    def test_works_in_another_process(self):
        assert confined(os.getpid) != os.getpid()

    @pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="Linux tells what is open")
    def test_keeps_no_connection_of_its_parent_open(self):
        ours, theirs = socket.socketpair()
        with ours, theirs:
            told = confined(lambda: [str(each.readlink()) for each in Path("/proc/self/fd").iterdir() if each.exists()])
        assert told
        assert not [each for each in told if each.startswith("socket:")]

    def test_carries_a_refusal_with_its_place_and_its_question(self):
        with pytest.raises(StatementRefused) as caught:
            statements_of_file(b"Date,Amount\n02/01/2026,1.00\n", name="a.csv", currency="CNY")
        assert (caught.value.code, caught.value.params) == ("dates_ambiguous", {"line": 2, "value": "02/01/2026"})
        assert caught.value.question.kind == "dates"

    def test_carries_a_refusal_without_a_question(self):
        with pytest.raises(StatementRefused) as caught:
            confined(lambda: fail(refused("statement_empty")))
        assert (caught.value.code, caught.value.question) == ("statement_empty", None)

    def test_raises_a_fault_of_ours_where_it_is_watched(self):
        with pytest.raises(ZeroDivisionError):
            confined(lambda: 1 // 0)
        with pytest.raises(RuntimeError, match="Unwritable"):
            confined(lambda: fail(Unwritable()))

    def test_ends_what_computes_too_long(self):
        with pytest.raises(StatementRefused) as caught:
            confined(spin, seconds=1)
        assert caught.value.code == "statement_too_heavy"

    def test_ends_what_only_waits(self):
        began = time.monotonic()
        with pytest.raises(StatementRefused):
            confined(lambda: time.sleep(60), waiting=0.3)
        assert time.monotonic() - began < 30

    def test_ends_what_takes_too_much_memory_and_lives_on(self):
        with pytest.raises(StatementRefused) as caught:
            confined(lambda: bytearray(400_000_000), memory=100_000_000)
        assert caught.value.code == "statement_too_heavy"
        assert confined(lambda: 7) == 7

    def test_leaves_no_process_behind(self):
        process = confined(os.getpid)
        with pytest.raises(ProcessLookupError):
            os.kill(process, 0)

    def test_hands_over_answers_larger_than_a_pipe(self):
        assert len(confined(lambda: b"x" * 5_000_000)) == 5_000_000
