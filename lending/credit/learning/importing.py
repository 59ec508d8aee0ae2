"""Bringing labeled evidence in: enterprises are registered and evidence imported by the verbs that people use.

Each case is read by one process, many cases by as many as the machine has processors.
"""

import multiprocessing
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import zip_longest
from pathlib import Path
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from accounts.cashflow import operations as cashflow
from accounts.cashflow.models import InvoiceLedger, StatementImport
from accounts.cashflow.states import Status
from accounts.identity import consents, identifiers
from accounts.identity import operations as identity
from accounts.identity.models import Branch, Enterprise, Industry, User
from accounts.statements.parsing import StatementRefused, parse, parse_invoices
from lending.credit.learning import evidence as reading
from lending.credit.learning import files
from lending.credit.learning.columns import AS_TOLD, Writing
from lending.credit.learning.evidence import Held
from lending.credit.learning.rows import LearningRefused
from lending.credit.learning.sources import USUAL, Given, Outcome, Row, Words
from lending.credit.models import LabeledCase
from portal.core.files import FileRefused, digest_of
from portal.core.refusals import sentence_of

BRANCH: Final = "STUDY"
Evidence = Mapping[str, Held]  # by kind: "invoices", "transactions"
_TOLD: Final = ("is_bad", "segments", "requested_amount", "term_months")  # by an outcome, anew each time
TRADE: Final = "4711"  # where a source names no trade
_HOUSEHOLDS: Final = 99_999
FEWEST_EACH: Final = 200
MOST_CASES: Final = 100  # that a process takes in one step
MOST_LINES: Final = 30_000  # of all of them; a case with more is a step of its own
Waiting = tuple[int, Outcome]  # a case's number in its source, and how it ended
RowsOf = Mapping[Enterprise, Sequence[Row]]


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one enterprise of a source."""

    case: str
    lines: int
    later: int  # lines after the day of judging, which it must not know
    refused: str  # why, empty when everything was read


def bring_in(
    dataset: str,
    outcomes: Sequence[Outcome],
    evidence: Evidence,
    *,
    at: datetime,
    fewest_each: int = FEWEST_EACH,
    say: Callable[[int, int], None] = lambda _done, _all: None,
) -> Iterator[Brought]:
    """Register enterprises and import their evidence; run again, it goes on where it ended.

    :param fewest_each: cases that are worth a process.
    :param say: hears how many lines of how many are done.
    :raises LearningRefused: when the database holds the bank's own customers, a case has no day or came in with another
        one, or no evidence is any case's.
    """
    _refuse_the_bank_s_own_database()
    _refuse_other_peoples(outcomes, evidence)
    branch, _made = Branch.objects.get_or_create(code=BRANCH, defaults={"name_en": "Study", "name_zh_hans": "研究"})
    owner = _owner(dataset)
    for outcome in outcomes:
        if outcome.as_of is None:
            raise LearningRefused("day_missing", case=outcome.case)
    done = {each.case: each for each in LabeledCase.objects.filter(dataset=dataset).exclude(evidence_read_at=None)}
    _tell_anew([(done[each.case], each) for each in outcomes if each.case in done])
    waiting = [(number, each) for number, each in enumerate(outcomes, start=1) if each.case not in done]
    study = _Study(dataset, evidence, owner, branch, at)
    _need_no_disk()
    processes = max(1, min(len(os.sched_getaffinity(0)), len(waiting) // fewest_each))
    steps = _steps(waiting, evidence, most_cases=min(MOST_CASES, -(-len(waiting) // processes)))
    lines, whole = 0, sum(_count(outcome, evidence) for _number, outcome in waiting)
    for brought in _brought(study, steps, processes):
        yield from brought
        lines += sum(each.lines + each.later for each in brought)
        say(lines, whole)


def _brought(study: "_Study", steps: Iterator[list[Waiting]], processes: int) -> Iterator[list[Brought]]:
    if processes == 1:
        yield from map(study.bring, steps)
        return
    connections.close_all()  # no two processes may speak over one
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, forked, _begin, (study,)) as pool:
        yield from pool.map(_bring, steps)


def _steps(waiting: Sequence[Waiting], evidence: Evidence, *, most_cases: int) -> Iterator[list[Waiting]]:
    """Cut the cases into steps, each of as many as a process holds at once."""
    step: list[Waiting] = []
    lines = 0
    for number, outcome in waiting:
        count = _count(outcome, evidence)
        if step and (len(step) == most_cases or lines + count > MOST_LINES):
            yield step
            step, lines = [], 0
        step.append((number, outcome))
        lines += count
    if step:
        yield step


def _count(outcome: Outcome, evidence: Evidence) -> int:
    return sum(held.counts[outcome.evidence] for held in evidence.values())


def _refuse_the_bank_s_own_database() -> None:
    """Keep strangers' evidence out of the bank's book: learning from a source happens in a database of its own."""
    if Enterprise.objects.filter(labeled_case=None).exclude(branch__code=BRANCH).exists():
        raise LearningRefused("not_a_study")


def _refuse_other_peoples(outcomes: Sequence[Outcome], evidence: Evidence) -> None:
    names = {outcome.evidence for outcome in outcomes}
    strangers = {name for held in evidence.values() for name in held.counts}
    if strangers and names and not strangers & names:
        raise LearningRefused("evidence_of_others", case=min(names), other=min(strangers))


def _owner(dataset: str) -> User:
    name = f"Study {dataset}"
    return User.objects.filter(full_name=name).first() or User.objects.create_user(full_name=name)


def _tell_anew(told: Sequence[tuple[LabeledCase, Outcome]]) -> None:
    """Keep what outcomes say now of cases whose evidence is in: the words for bad may have been other ones."""
    for case, outcome in told:
        if case.as_of != outcome.as_of:
            raise LearningRefused("day_changed", case=case.case, before=case.as_of, after=outcome.as_of)
        case.is_bad, case.segments = outcome.is_bad, dict(outcome.segments)
        case.requested_amount, case.term_months = outcome.requested_amount, outcome.term_months
    LabeledCase.objects.bulk_update([case for case, _outcome in told], _TOLD, batch_size=500)


@dataclass(frozen=True, slots=True)
class _Study:
    """What is the same for every case."""

    dataset: str
    evidence: Evidence
    owner: User
    branch: Branch
    at: datetime

    def bring(self, step: Sequence[Waiting]) -> list[Brought]:
        """Register some enterprises, and read what was known of each on its day."""
        cases = self._cases(step)
        lines, later = Counter[str](), Counter[str]()
        refused: dict[Enterprise, str] = {}
        for kind, held in self.evidence.items():
            known: dict[Enterprise, list[Row]] = {}
            for _number, outcome in step:
                case, rows = cases[outcome.case], held.rows_of(outcome.evidence)
                known[case.enterprise] = [row for row in rows if row["date"] <= case.as_of]
                lines[case.case] += len(known[case.enterprise])
                later[case.case] += len(rows) - len(known[case.enterprise])
            refused |= _imported(kind, {each: rows for each, rows in known.items() if rows}, study=self)
        LabeledCase.objects.filter(pk__in=[each.pk for each in cases.values()]).update(evidence_read_at=self.at)
        return [
            Brought(name, lines[name], later[name], refused.get(each.enterprise, "")) for name, each in cases.items()
        ]

    def _cases(self, step: Sequence[Waiting]) -> dict[str, LabeledCase]:
        """Register the enterprises of some outcomes, and write down how each ended, by case."""
        trades = Industry.objects.in_bulk(field_name="code")
        asked = {f"{self.dataset}:{outcome.case}": _details(self, number, outcome, trades) for number, outcome in step}
        enterprises = identity.register_enterprises(
            asked, consented_to=consents.CURRENT_VERSION, by=self.owner, at=self.at
        )
        told = [
            LabeledCase(
                dataset=self.dataset,
                case=outcome.case,
                enterprise=enterprise,
                as_of=outcome.as_of,  # type: ignore[misc]  # none is missing by now
                is_bad=outcome.is_bad,
                segments=dict(outcome.segments),
                requested_amount=outcome.requested_amount,
                term_months=outcome.term_months,
                imported_at=self.at,
            )
            for (_number, outcome), enterprise in zip(step, enterprises, strict=True)
        ]
        cases = LabeledCase.objects.bulk_create(
            told, update_conflicts=True, unique_fields=["dataset", "case"], update_fields=["as_of", *_TOLD]
        )
        return {each.case: each for each in cases}


_study: _Study  # of a process that reads cases for another one


def _begin(study: _Study) -> None:
    global _study  # noqa: PLW0603  each process works for one study
    _study = study
    _need_no_disk()


def _bring(step: Sequence[Waiting]) -> list[Brought]:
    return _study.bring(step)


def _need_no_disk() -> None:
    """Let commits return before they are on disk: what a crash takes, is imported again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _details(
    study: _Study, number: int, outcome: Outcome, trades: Mapping[str, Industry]
) -> identity.EnterpriseDetails:
    segments = dict(outcome.segments)
    told = segments.get("industry", TRADE)
    household, village = number % _HOUSEHOLDS + 1, number // _HOUSEHOLDS + int(study.owner.pk) * 1000
    return identity.EnterpriseDetails(
        legal_name=f"{study.dataset} {outcome.case}"[:120],
        identifier_kind=identifiers.FARM_HOUSEHOLD,
        identifier=identifiers.household_number(f"999{village:09d}", household),
        industry=trades[told if told in trades and len(told) == identity.CLASS_DIGITS else TRADE],
        setting=segments.get("setting", "town"),
        employees=1,
        annual_revenue_amount=Decimal(0),
        founded_on=date(2000, 1, 1),
        branch=study.branch,
    )


def _imported(kind: str, rows_of: RowsOf, *, study: _Study) -> dict[Enterprise, str]:
    """Import the lines of some enterprises together, or each alone where one is refused; tell who was, and why."""
    try:
        return _IMPORTS[kind](rows_of, by=study.owner.reference, at=study.at)
    except (StatementRefused, FileRefused) as refusal:
        if len(rows_of) == 1:
            return dict.fromkeys(rows_of, sentence_of(refusal.code, refusal.params))
    refused: dict[Enterprise, str] = {}
    for enterprise, rows in rows_of.items():
        refused |= _imported(kind, {enterprise: rows}, study=study)
    return refused


def _import_invoices(rows_of: RowsOf, *, by: str, at: datetime) -> dict[Enterprise, str]:
    read = InvoiceLedger.objects.filter(enterprise__in=rows_of, status=Status.READ)
    known = set(read.values_list("enterprise", "file__sha256"))
    for brought in _rounds({each: files.invoice_files(rows) for each, rows in rows_of.items()}):
        # One that was read before the process ended would be read again.
        new = [(each, upload) for each, upload in brought if (each.pk, digest_of(upload)) not in known]
        cashflow.receive_invoices_of_each(new, by=by, at=at, reader=parse_invoices)
    return {}


def _import_transactions(rows_of: RowsOf, *, by: str, at: datetime) -> dict[Enterprise, str]:
    for brought in _rounds({each: files.statement_files(rows) for each, rows in rows_of.items()}):
        received = cashflow.receive_each(brought, by=by, at=at)
        cashflow.read(*[each.reference for each in received], at=at, reader=parse)
    refused = StatementImport.objects.filter(enterprise__in=rows_of, status=Status.REFUSED)
    return {each.enterprise: each.refusal for each in refused.select_related("enterprise")}


def _rounds(files_of: Mapping[Enterprise, Iterator[bytes]]) -> Iterator[list[tuple[Enterprise, SimpleUploadedFile]]]:
    """Give the first file of each enterprise, then the second ones: what is brought together is of different ones."""
    for contents in zip_longest(*files_of.values()):
        yield [(each, _upload(content)) for each, content in zip(files_of, contents, strict=True) if content]


def _upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("study.csv", content, content_type="text/csv")


_IMPORTS: Final[dict[str, Callable[..., dict[Enterprise, str]]]] = {
    "invoices": _import_invoices,
    "transactions": _import_transactions,
}


def read_evidence(
    paths: Mapping[str, Path | None], *, given: Given, words: Words = USUAL, writing: Writing = AS_TOLD
) -> dict[str, Held]:
    """Read the files of each kind that are given.

    :raises LearningRefused: when a column is missing, or a value cannot be read.
    """
    return {
        kind: reading.read(path, kind=kind, given=given, words=words, writing=writing)
        for kind, path in paths.items()
        if path
    }
