"""The shape of a paper that a member brings."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import Enterprise, PaperKind, User
from accounts.identity.operations import PaperDetails
from accounts.identity.queries.diligence import PAPER_OF
from portal.core.idempotency import IdempotencyKeyField
from portal.core.uploads import FilesField


class PaperForm(forms.Form):
    """What a paper shows, and the paper, one file or several."""

    what = forms.ChoiceField(
        label=_("What does it show?"), error_messages={"required": _("Choose what the paper shows.")}
    )
    file = FilesField(
        label=_("Photos or PDF"),
        help_text=_("One or several: JPEG, PNG, HEIC, WebP or PDF, up to 10 MB each. Photos with your phone are fine."),
        error_messages={"required": _("Choose a photo or a PDF file.")},
        accept="image/*,application/pdf",
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, enterprise: Enterprise, people: Iterable[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.reference: person for person in people}
        paper = PaperKind(PAPER_OF[enterprise.identifier_kind].value)  # type: ignore[index]  # the column holds the value
        others = (PaperKind.PREMISES, PaperKind.CONTRACT, PaperKind.OTHER)
        what: Any = self.fields["what"]
        what.choices = [
            (paper.value, paper.label),
            *(
                (reference, _("Identity document: %(name)s") % {"name": person})
                for reference, person in self.people.items()
            ),
            *((kind.value, kind.label) for kind in others),
        ]

    def details(self) -> PaperDetails:
        """Give what was told, as the operation takes it."""
        what = self.cleaned_data["what"]
        person = self.people.get(what)
        return PaperDetails(PaperKind.IDENTITY_DOCUMENT.value if person else what, person)
