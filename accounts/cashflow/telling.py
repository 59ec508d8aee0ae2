"""What is said above the next page when a statement came in."""

from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.cashflow.models import StatementImport
from portal.core import formats


def tell_received(request: HttpRequest, statement: StatementImport, *, at: datetime) -> None:
    """Say that a file is here, and nothing of whether it can be read: that stands below; or since when it is known."""
    if statement.uploaded_at == at:
        messages.info(request, _("We have your file. Below stands what became of it."))
        return
    told = _("This file came in before, on %(moment)s, as %(reference)s. It counts once.")
    moment = formats.moment(statement.uploaded_at)
    messages.warning(request, told % {"moment": moment, "reference": statement.reference})
