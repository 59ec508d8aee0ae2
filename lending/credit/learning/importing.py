"""Bringing labeled evidence in: enterprises are registered and evidence imported by the verbs that people use."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.cashflow import operations as cashflow
from accounts.cashflow.models import StatementImport
from accounts.cashflow.states import Status
from accounts.identity import consents, identifiers
from accounts.identity import operations as identity
from accounts.identity.models import Branch, Enterprise, Industry, User
from lending.credit.learning import sources
from lending.credit.learning.columns import AS_TOLD, Writing
from lending.credit.learning.rows import LearningRefused
from lending.credit.learning.sources import USUAL, Given, Outcome, Row, Words
from lending.credit.models import LabeledCase

BRANCH: Final = "STUDY"
Evidence = Mapping[str, Mapping[str, Sequence[Row]]]  # rows by kind ("invoices", "transactions"), then by enterprise
TRADE: Final = "4711"  # where a source names no trade
_HOUSEHOLDS: Final = 99_999


@dataclass(frozen=True, slots=True)
class Brought:
    """What became of one enterprise of a source."""

    case: str
    lines: int
    later: int  # lines after the day of judging, which it must not know
    refused: str  # the code of a refusal, empty when everything was read


def bring_in(dataset: str, outcomes: Sequence[Outcome], evidence: Evidence, *, at: datetime) -> Iterator[Brought]:
    """Register enterprises and import their evidence, one after the other; run again, it goes on where it ended.

    :raises LearningRefused: when the database holds the bank's own customers, a case has no day, or no evidence is any
        case's.
    """
    _refuse_the_bank_s_own_database()
    _refuse_other_peoples(outcomes, evidence)
    branch, _made = Branch.objects.get_or_create(code=BRANCH, defaults={"name_en": "Study", "name_zh_hans": "研究"})
    owner = _owner(dataset)
    done = set(
        LabeledCase.objects.filter(dataset=dataset).exclude(evidence_read_at=None).values_list("case", flat=True)
    )
    for number, outcome in enumerate(outcomes, start=1):
        if outcome.case in done:
            continue
        if outcome.as_of is None:
            raise LearningRefused("day_missing", case=outcome.case)
        held = {kind: rows.get(outcome.evidence, ()) for kind, rows in evidence.items()}
        yield _bring(dataset, number, outcome, held, owner=owner, branch=branch, at=at)


def _refuse_the_bank_s_own_database() -> None:
    """Keep strangers' evidence out of the bank's book: learning from a source happens in a database of its own."""
    if Enterprise.objects.filter(labeled_case=None).exclude(branch__code=BRANCH).exists():
        raise LearningRefused("not_a_study")


def _refuse_other_peoples(outcomes: Sequence[Outcome], evidence: Evidence) -> None:
    names = {outcome.evidence for outcome in outcomes}
    strangers = {name for held in evidence.values() for name in held}
    if strangers and names and not strangers & names:
        raise LearningRefused("evidence_of_others", case=min(names), other=min(strangers))


def _owner(dataset: str) -> User:
    name = f"Study {dataset}"
    return User.objects.filter(full_name=name).first() or User.objects.create_user(full_name=name)


def _bring(
    dataset: str,
    number: int,
    outcome: Outcome,
    evidence: Mapping[str, Sequence[Row]],
    *,
    owner: User,
    branch: Branch,
    at: datetime,
) -> Brought:
    assert outcome.as_of is not None
    enterprise = _registered(dataset, number, outcome, owner=owner, branch=branch, at=at)
    segments = dict(outcome.segments)
    labeled, _made = LabeledCase.objects.get_or_create(
        dataset=dataset,
        case=outcome.case,
        defaults={
            "enterprise": enterprise,
            "as_of": outcome.as_of,
            "is_bad": outcome.is_bad,
            "segments": segments,
            "requested_amount": outcome.requested_amount,
            "term_months": outcome.term_months,
            "imported_at": at,
        },
    )
    refused = ""
    lines = later = 0
    for kind, rows in evidence.items():
        known = [row for row in rows if row["date"] <= outcome.as_of]
        later += len(rows) - len(known)
        if known:
            lines += len(known)
            refused = _IMPORTS[kind](enterprise, known, by=owner.reference, at=at) or refused
    LabeledCase.objects.filter(pk=labeled.pk).update(evidence_read_at=at)
    return Brought(outcome.case, lines, later, refused)


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
    for content in sources.invoice_files(rows):
        cashflow.receive_invoices(enterprise, _upload(content), by=by, at=at)
    return ""


def _import_transactions(enterprise: Enterprise, rows: Sequence[Row], *, by: str, at: datetime) -> str:
    refused = ""
    for content in sources.statement_files(rows):
        received = cashflow.receive(enterprise, _upload(content), by=by, at=at)
        cashflow.read(received.reference, at=at)
        statement = StatementImport.objects.get(pk=received.pk)
        refused = statement.refusal_code if statement.status == Status.REFUSED else refused
    return refused


def _upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("study.csv", content, content_type="text/csv")


_IMPORTS: Final[dict[str, Any]] = {"invoices": _import_invoices, "transactions": _import_transactions}


def read_evidence(
    files: Mapping[str, Path | None], *, given: Given, words: Words = USUAL, writing: Writing = AS_TOLD
) -> dict[str, dict[str, list[Row]]]:
    """Read the files of each kind that are given.

    :raises LearningRefused: when a column is missing, or a value cannot be read.
    """
    held = {
        kind: sources.by_case(path, kind=kind, given=given, writing=writing) for kind, path in files.items() if path
    }
    if "transactions" in held:
        held["transactions"] = sources.signed(held["transactions"], words)
    return held
