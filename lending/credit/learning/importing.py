"""Bringing labeled evidence in: enterprises are registered and evidence imported by the verbs that people use.

Each case is read by one process, many cases by as many as the machine has processors.
"""

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from accounts.cashflow import operations as cashflow
from accounts.cashflow.models import StatementImport
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
from portal.core.files import FileRefused

BRANCH: Final = "STUDY"
Evidence = Mapping[str, Held]  # by kind: "invoices", "transactions"
TRADE: Final = "4711"  # where a source names no trade
_HOUSEHOLDS: Final = 99_999
FEWEST_EACH: Final = 200
CHUNK: Final = 20  # cases that a process takes at once


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one enterprise of a source."""

    case: str
    lines: int
    later: int  # lines after the day of judging, which it must not know
    refused: str  # the code of a refusal, empty when everything was read


def bring_in(
    dataset: str, outcomes: Sequence[Outcome], evidence: Evidence, *, at: datetime, fewest_each: int = FEWEST_EACH
) -> Iterator[Brought]:
    """Register enterprises and import their evidence; run again, it goes on where it ended.

    :param fewest_each: cases that are worth a process.
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
    processes = min(len(os.sched_getaffinity(0)), len(waiting) // fewest_each)
    if processes < 2:
        yield from (study.bring(number, outcome) for number, outcome in waiting)
        return
    connections.close_all()  # no two processes may speak over one
    forked = multiprocessing.get_context("fork")
    with ProcessPoolExecutor(processes, forked, _begin, (study,)) as pool:
        yield from pool.map(_bring_one, waiting, chunksize=CHUNK)


def _refuse_the_bank_s_own_database() -> None:
    """Keep strangers' evidence out of the bank's book: learning from a source happens in a database of its own."""
    if Enterprise.objects.filter(labeled_case=None).exclude(branch__code=BRANCH).exists():
        raise LearningRefused("not_a_study")


def _refuse_other_peoples(outcomes: Sequence[Outcome], evidence: Evidence) -> None:
    names = {outcome.evidence for outcome in outcomes}
    strangers = {name for held in evidence.values() for name in held.lines}
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
    LabeledCase.objects.bulk_update(
        [case for case, _outcome in told], ["is_bad", "segments", "requested_amount", "term_months"], batch_size=500
    )


@dataclass(frozen=True, slots=True)
class _Study:
    """What is the same for every case."""

    dataset: str
    evidence: Evidence
    owner: User
    branch: Branch
    at: datetime

    def bring(self, number: int, outcome: Outcome) -> Brought:
        """Register one enterprise, and read what was known of it on its day."""
        assert outcome.as_of is not None
        enterprise = _registered(self.dataset, number, outcome, owner=self.owner, branch=self.branch, at=self.at)
        labeled, _made = LabeledCase.objects.get_or_create(
            dataset=self.dataset,
            case=outcome.case,
            defaults={
                "enterprise": enterprise,
                "as_of": outcome.as_of,
                "is_bad": outcome.is_bad,
                "segments": dict(outcome.segments),
                "requested_amount": outcome.requested_amount,
                "term_months": outcome.term_months,
                "imported_at": self.at,
            },
        )
        refused = ""
        lines = later = 0
        for kind, held in self.evidence.items():
            rows = held.rows_of(outcome.evidence)
            known = [row for row in rows if row["date"] <= outcome.as_of]
            later += len(rows) - len(known)
            if known:
                lines += len(known)
                try:
                    refused = _IMPORTS[kind](enterprise, known, by=self.owner.reference, at=self.at) or refused
                except (StatementRefused, FileRefused) as refusal:
                    refused = refusal.code
        LabeledCase.objects.filter(pk=labeled.pk).update(evidence_read_at=self.at)
        return Brought(outcome.case, lines, later, refused)


_study: _Study  # of a process that reads cases for another one


def _begin(study: _Study) -> None:
    global _study  # noqa: PLW0603  each process works for one study
    _study = study
    _need_no_disk()


def _bring_one(waiting: tuple[int, Outcome]) -> Brought:
    return _study.bring(*waiting)


def _need_no_disk() -> None:
    """Let commits return before they are on disk: what a crash takes, is imported again."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit TO off")


def _registered(
    dataset: str, number: int, outcome: Outcome, *, owner: User, branch: Branch, at: datetime
) -> Enterprise:
    segments = dict(outcome.segments)
    industry = Industry.objects.filter(code=segments.get("industry", TRADE)).first()
    household, village = number % _HOUSEHOLDS + 1, number // _HOUSEHOLDS + int(owner.pk) * 1000
    details = identity.EnterpriseDetails(
        legal_name=f"{dataset} {outcome.case}"[:120],
        identifier_kind=identifiers.FARM_HOUSEHOLD,
        identifier=identifiers.household_number(f"999{village:09d}", household),
        industry=industry if industry and len(industry.code) == 4 else Industry.objects.get(code=TRADE),
        setting=segments.get("setting", "town"),
        employees=1,
        annual_revenue_amount=Decimal(0),
        founded_on=date(2000, 1, 1),
        branch=branch,
    )
    key = f"{dataset}:{outcome.case}"
    return identity.register_enterprise(details, consented_to=consents.CURRENT_VERSION, key=key, by=owner, at=at)


def _import_invoices(enterprise: Enterprise, rows: Sequence[Row], *, by: str, at: datetime) -> str:
    for content in files.invoice_files(rows):
        cashflow.receive_invoices(enterprise, _upload(content), by=by, at=at, reader=parse_invoices)
    return ""


def _import_transactions(enterprise: Enterprise, rows: Sequence[Row], *, by: str, at: datetime) -> str:
    refused = ""
    for content in files.statement_files(rows):
        received = cashflow.receive(enterprise, _upload(content), by=by, at=at)
        cashflow.read(received.reference, at=at, reader=parse)
        statement = StatementImport.objects.get(pk=received.pk)
        refused = statement.refusal_code if statement.status == Status.REFUSED else refused
    return refused


def _upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("study.csv", content, content_type="text/csv")


_IMPORTS: Final[dict[str, Any]] = {"invoices": _import_invoices, "transactions": _import_transactions}


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
