"""Reading a file in a process of its own, with limits of time and memory: whatever a file does, its reader lives on.

The process is forked, because a fresh one would take longer to start than most files take to read. It touches neither
the database nor the broker, hands its answer over a pipe, and ends without cleaning up what belongs to its parent.
"""

import os
import pickle
import resource
import select
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final, NoReturn, TypeVar

from accounts.statements.parsing import (
    Answers,
    ParsedInvoice,
    ParsedStatement,
    StatementRefused,
    kinds,
    locks,
    packed,
    parse,
    parse_invoices,
)
from accounts.statements.parsing.questions import NOTHING_ANSWERED
from accounts.statements.parsing.refusals import refused

MOST_SECONDS: Final = 60  # of computing; the longest file we know takes less than ten
MOST_WAITING: Final = 90  # seconds on the clock
MOST_MEMORY: Final = 768 * 1024 * 1024  # beyond what the process had when it began
MOST_SECONDS_TO_OPEN: Final = 15  # while somebody waits for the page
_CHUNK: Final = 1024 * 1024
T = TypeVar("T")


def statements_of_file(
    content: bytes, *, name: str, currency: str, answers: Answers = NOTHING_ANSWERED
) -> list[ParsedStatement]:
    """Read a statement file as ``parse`` does, under limits.

    :raises StatementRefused: as ``parse``, and ``statement_too_heavy`` when reading takes too long or too much memory.
    """
    return confined(lambda: parse(content, name=name, currency=currency, answers=answers))


def invoices_of_file(
    content: bytes, *, name: str, currency: str, answers: Answers = NOTHING_ANSWERED
) -> list[ParsedInvoice]:
    """Read an invoice ledger as ``parse_invoices`` does, under limits.

    :raises StatementRefused: as ``parse_invoices``, and ``statement_too_heavy``.
    """
    return confined(lambda: parse_invoices(content, name=name, currency=currency, answers=answers))


def files_of_zip(content: bytes) -> list[packed.File]:
    """Unfold a ZIP of statement files as ``packed.files`` does, under limits; there are none in what is no such ZIP.

    :raises StatementRefused: as there; ``statement_too_heavy``.
    """
    return confined(
        lambda: packed.files(content) if kinds.is_archive(content) else [],
        seconds=MOST_SECONDS_TO_OPEN,
        waiting=1.5 * MOST_SECONDS_TO_OPEN,
    )


def opened(content: bytes, *, name: str, password: str) -> list[packed.File]:
    """Take the lock off a file as ``locks.opened`` does, under limits: a file says itself how much work its lock is.

    :raises StatementRefused: as there; ``statement_too_heavy``.
    """
    return confined(
        lambda: locks.opened(content, name=name, password=password),
        seconds=MOST_SECONDS_TO_OPEN,
        waiting=1.5 * MOST_SECONDS_TO_OPEN,
    )


def confined(
    work: Callable[[], T], *, seconds: int = MOST_SECONDS, waiting: float = MOST_WAITING, memory: int = MOST_MEMORY
) -> T:
    """Do pure work in a process of its own and hand back what it returns or raises.

    :raises StatementRefused: ``statement_too_heavy`` when a limit ended it.
    """
    reader, writer = os.pipe()
    process = os.fork()
    if process == 0:
        os.close(reader)
        _work(work, writer, seconds=seconds, memory=memory)
    os.close(writer)
    try:
        told = _received(reader, waiting=waiting)
    finally:
        os.close(reader)
        os.kill(process, signal.SIGKILL)  # it has answered, or never will
        os.waitpid(process, 0)
    if not told:
        raise refused("statement_too_heavy")
    result, error = pickle.loads(told)  # noqa: S301 - written by ourselves a moment ago
    if error is not None:
        raise error
    done: T = result
    return done


def _received(reader: int, *, waiting: float) -> bytes:
    """Wait for the whole answer; an answer that does not come in time is none."""
    chunks: list[bytes] = []
    until = time.monotonic() + waiting
    while (left := until - time.monotonic()) > 0:
        ready, _, _ = select.select([reader], [], [], left)
        if not ready:
            break
        chunk = os.read(reader, _CHUNK)
        if not chunk:
            return b"".join(chunks)
        chunks.append(chunk)
    return b""


def _work(work: Callable[[], Any], writer: int, *, seconds: int, memory: int) -> NoReturn:
    try:
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGXCPU):
            signal.signal(number, signal.SIG_DFL)
        os.closerange(3, writer)  # the parent's connections end with the parent
        os.closerange(writer + 1, os.sysconf("SC_OPEN_MAX"))
        _limit(seconds=seconds, memory=memory)
        told = _answer(work)
        with os.fdopen(writer, "wb") as pipe:
            pipe.write(told)
    finally:
        os._exit(0)


def _limit(*, seconds: int, memory: int) -> None:
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))
    sizes = Path("/proc/self/statm")  # elsewhere than on Linux the limit of time must do
    if sizes.exists():
        most = int(sizes.read_text().split()[0]) * resource.getpagesize() + memory
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _answer(work: Callable[[], Any]) -> bytes:
    try:
        return pickle.dumps((work(), None))
    except MemoryError:
        return b""
    except StatementRefused as refusal:
        return pickle.dumps((None, refusal))
    except Exception as error:  # noqa: BLE001 - a fault of ours is raised again where it is watched
        try:
            return pickle.dumps((None, error))
        except Exception:  # noqa: BLE001 - not every error can be written down
            return pickle.dumps((None, RuntimeError(type(error).__name__)))
