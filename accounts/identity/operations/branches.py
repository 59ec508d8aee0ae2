"""The bank's branches."""

from dataclasses import asdict, dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Branch, User
from portal.core import audit
from portal.core.refusals import Refusal, register

register({"branch_code_taken": _("Another branch has this code.")})


class BranchCodeTaken(Refusal):
    """There is a branch with this code."""

    code = "branch_code_taken"


@dataclass(frozen=True)
class BranchDetails:
    """What a branch is called, and where and when it is found; customers read it in their language."""

    name_en: str
    name_zh_hans: str
    address_en: str = ""
    address_zh_hans: str = ""
    phone: str = ""
    hours_en: str = ""
    hours_zh_hans: str = ""


@transaction.atomic(durable=True)
def open_branch(details: BranchDetails, *, code: str, by: User, at: datetime) -> Branch:
    """Open a branch; owners can choose it from now on.

    :raises BranchCodeTaken: when another branch has the code.
    """
    branch = Branch(code=code, **asdict(details))
    try:
        with transaction.atomic():
            branch.save(force_insert=True)
    except IntegrityError as error:
        raise BranchCodeTaken from error
    audit.record("branch.opened", subject=code, by=by.reference, at=at, details=asdict(details))
    return branch


@transaction.atomic(durable=True)
def describe_branch(branch: Branch, details: BranchDetails, *, by: User, at: datetime) -> None:
    """Change what a branch is called and where it is found; its code stays."""
    told = asdict(details)
    for name, value in told.items():
        setattr(branch, name, value)
    branch.save(update_fields=list(told))
    audit.record("branch.described", subject=branch.code, by=by.reference, at=at, details=told)
