"""Questions about programs and introductions."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db.models import Avg, Count, F, Q, QuerySet, Sum

from accounts.harvest import queries as harvest
from accounts.identity.models import Enterprise, Role, User
from lending.applications.models import Application
from lending.funding.eligibility import Facts, Fit, Judgment, judge
from lending.funding.models import FundingProgram, Introduction
from lending.funding.states import Status
from portal.core import editions as brought

APPROVERS: Final = (Role.RISK_ANALYST, Role.APPROVER, Role.ADMINISTRATOR)  # of editions
PATIENCE: Final = timedelta(days=90)  # with a branch that passes nothing on, and with a program that does not answer
ORDER: Final = (Fit.FITS, Fit.UNSURE, Fit.NEARLY)
ANSWERED: Final = Q(status__in=[Status.FUNDED, Status.DECLINED], passed_on_at__isnull=False)


def published(on: date) -> QuerySet[FundingProgram]:
    """List what owners may be introduced to on a day."""
    return FundingProgram.objects.published(on).order_by("code")


def editions() -> QuerySet[FundingProgram]:
    """List every edition there ever was: what waits for approval, then by code, the newest first."""
    return FundingProgram.objects.listed()


def draft_of(code: str) -> FundingProgram | None:
    """Find the edition of a program that waits for approval."""
    return FundingProgram.objects.filter(code=code).drafts().first()


@dataclass(frozen=True)
class Wanted:
    """How much an enterprise wants, and what for; None is not known."""

    amount: Decimal | None = None
    purpose: str | None = None


def last_wanted(enterprise: Enterprise) -> Wanted:
    """Tell what its last application asked for."""
    last = Application.objects.filter(enterprise=enterprise).order_by("-pk").first()
    return Wanted(last.requested_amount, last.purpose) if last else Wanted()


def facts_of(enterprise: Enterprise, wanted: Wanted) -> Facts:
    """Gather what is known of an enterprise and what it wants."""
    return Facts(
        section=enterprise.industry.section,
        industry=enterprise.industry_id,
        setting=enterprise.setting,
        size=enterprise.size_class.value,
        founded_on=enterprise.founded_on,
        is_grower=harvest.grows(enterprise),
        amount=wanted.amount,
        purpose=wanted.purpose,
    )


@dataclass(frozen=True)
class Suited:
    """A program and how it suits an enterprise."""

    program: FundingProgram
    judgment: Judgment

    @property
    def is_in_time(self) -> bool:
        """Tell whether waiting, where it helps, helps by the last day to apply."""
        last = self.program.apply_by
        return last is None or all(each.met_from is None or each.met_from <= last for each in self.judgment.findings)


def suited(enterprise: Enterprise, wanted: Wanted, *, on: date) -> list[Suited]:
    """List the programs that suit an enterprise on a day, or nearly do, the best fit first."""
    facts = facts_of(enterprise, wanted)
    judged = [Suited(program, judge(program.rules(), facts, on=on)) for program in published(on)]
    kept = [each for each in judged if each.judgment.fit in ORDER and each.is_in_time]
    return sorted(kept, key=lambda each: ORDER.index(each.judgment.fit))


def introductions_of(enterprise: Enterprise) -> QuerySet[Introduction]:
    """List an enterprise's introductions, newest first."""
    return enterprise.introductions.select_related("program").order_by("-pk")


def open_to(enterprise: Enterprise, code: str) -> Introduction | None:
    """Find the open introduction of an enterprise to a program."""
    return enterprise.introductions.open().filter(program_code=code).first()


def queue(user: User, *, status: str = "") -> QuerySet[Introduction]:
    """List the introductions of one's branches, those waiting longest first; by default those still open."""
    seen = Introduction.objects.visible_to(user).select_related("enterprise__branch", "program").defer("kept_content")
    chosen = seen.filter(status=status) if status in set(Status) else seen.open()
    return chosen.order_by("asked_at", "pk")


def waiting_for(user: User) -> QuerySet[Introduction]:
    """Pick the introductions of one's branches that nobody has passed on yet."""
    return Introduction.objects.visible_to(user).filter(status=Status.ASKED)


@dataclass(frozen=True)
class Figures:
    """How a program answers: counts, the sum it paid, and the average days from passing on to its answer."""

    program: FundingProgram
    introduced: int
    passed_on: int
    funded: int
    funded_amount: Decimal
    days: Decimal | None


def figures(user: User) -> list[Figures]:
    """Tell how each program answers the enterprises of one's branches."""
    approved = FundingProgram.objects.filter(status=brought.Status.APPROVED)
    newest = {each.code: each for each in approved.order_by("version")}
    took = Avg(F("ended_at") - F("passed_on_at"), filter=ANSWERED)
    rows = (
        Introduction.objects.visible_to(user)
        .values("program_code")
        .annotate(
            introduced=Count("pk"),
            passed_on=Count("passed_on_at"),
            funded=Count("pk", filter=Q(status=Status.FUNDED)),
            total=Sum("funded_amount", default=Decimal(0)),
            took=took,
        )
        .order_by("program_code")
    )
    return [
        Figures(
            newest[row["program_code"]], row["introduced"], row["passed_on"], row["funded"], row["total"],
            _in_days(row["took"]),
        )
        for row in rows
    ]  # fmt: skip


def _in_days(took: Any) -> Decimal | None:
    return None if took is None else Decimal(took.total_seconds() / 86_400).quantize(Decimal("0.1"))


def lapsing(*, at: datetime, on: date) -> list[str]:
    """Name the introductions that come to nothing: too late to apply, or without an answer for too long."""
    late = Q(status=Status.ASKED) & (Q(program__apply_by__lt=on) | Q(asked_at__lte=at - PATIENCE))
    silent = Q(status=Status.PASSED_ON, passed_on_at__lte=at - PATIENCE)
    return list(Introduction.objects.filter(late | silent).order_by("pk").values_list("reference", flat=True))
