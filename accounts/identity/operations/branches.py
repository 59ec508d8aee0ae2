"""The bank's branches."""

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


@transaction.atomic(durable=True)
def open_branch(*, code: str, name_en: str, name_zh_hans: str, by: User, at: datetime) -> Branch:
    """Open a branch; owners can choose it from now on.

    :raises BranchCodeTaken: when another branch has the code.
    """
    branch = Branch(code=code, name_en=name_en, name_zh_hans=name_zh_hans)
    try:
        with transaction.atomic():
            branch.save(force_insert=True)
    except IntegrityError as error:
        raise BranchCodeTaken from error
    details = {"name_en": name_en, "name_zh_hans": name_zh_hans}
    audit.record("branch.opened", subject=code, by=by.reference, at=at, details=details)
    return branch


@transaction.atomic(durable=True)
def name_branch(branch: Branch, *, name_en: str, name_zh_hans: str, by: User, at: datetime) -> None:
    """Change what a branch is called; its code stays."""
    branch.name_en, branch.name_zh_hans = name_en, name_zh_hans
    branch.save(update_fields=["name_en", "name_zh_hans"])
    details = {"name_en": name_en, "name_zh_hans": name_zh_hans}
    audit.record("branch.named", subject=branch.code, by=by.reference, at=at, details=details)
