"""What is said above the next page when statements came in."""

from collections.abc import Sequence
from datetime import datetime

from django.contrib import messages
from django.http import HttpRequest
from django.utils.translation import gettext as _

from accounts.cashflow.models import StatementImport
from portal.core import formats


def tell_received(
    request: HttpRequest, received: Sequence[tuple[str | None, StatementImport]], *, at: datetime
) -> None:
    """Say that files are here, and since when those that were known; whether they can be read stands below.

    :param received: each with the name under which it was sent now.
    """
    statements = [each for _name, each in received]
    known = [
        (name, each)
        for place, (name, each) in enumerate(received)
        if each.uploaded_at < at or each in statements[:place]
    ]
    new = len(received) - len(known)
    if new == 1:
        messages.info(request, _("We have your file. Below stands what became of it."))
    elif new:
        messages.info(request, _("We have %(count)s files. Below stands what became of each.") % {"count": new})
    for name, each in known:
        told = _("%(name)s came in before, on %(moment)s, as %(reference)s. It counts once.")
        when = {"moment": formats.moment(each.uploaded_at), "reference": each.reference}
        messages.warning(request, told % {"name": name, **when})
