"""What staff tell of a check or a hit, and what owners and staff tell of who stands behind an enterprise."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.models import (
    CheckKind,
    CheckResult,
    Control,
    Enterprise,
    HitStatus,
    Paper,
    PartyKind,
    Relation,
    User,
)
from accounts.identity.operations import Finding, PartyDetails
from accounts.identity.queries.diligence import PAPER_OF
from portal.core import formats
from portal.core.amounts import FigureField
from portal.core.idempotency import IdempotencyKeyField

TOLD_BY_OWNER: Final = "owner"  # a source that pages write in the reader's language


def _day(**kwargs: Any) -> forms.DateField:
    return forms.DateField(widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **kwargs)


class CheckForm(forms.Form):
    """What somebody of the bank saw, of whom, and how long it is good."""

    FIELDS: Final = {
        "check_without_evidence": "evidence",
        "check_with_two_papers": "file",
        "check_paper_of_another": "paper",
        "check_expiry_missing": "expires_on",
        "check_expiry_past": "expires_on",
    }

    what = forms.ChoiceField(label=_("What did you check?"))
    result = forms.ChoiceField(label=_("Result"), choices=CheckResult.choices, widget=forms.RadioSelect)
    evidence = forms.CharField(
        label=_("What did you see?"),
        help_text=_("For example: original seen at the counter, number compared with the register of enterprises."),
        max_length=200,
        required=False,
    )
    number_ending = forms.RegexField(
        r"^[0-9A-Za-z]{4}$",
        label=_("Last four characters of the document's number"),
        help_text=_("Only of an identity document: by them a person who fetches cash without a phone is known."),
        required=False,
        error_messages={"invalid": _("Enter four digits or letters.")},
    )
    paper = forms.ChoiceField(label=_("Paper on file"), required=False)
    file = forms.FileField(
        label=_("Or add a photo or PDF"),
        help_text=_("It goes on file with the check."),
        widget=forms.FileInput(attrs={"accept": "image/*,application/pdf"}),
        required=False,
    )
    expires_on = _day(
        label=_("Good until (needed if the check passed)"),
        help_text=_("The day on the document. If it names none, two years from now."),
        required=False,
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(
        self, *args: Any, enterprise: Enterprise, people: Iterable[User], papers: Iterable[Paper], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.people = {person.reference: person for person in people}
        self.papers = {paper.reference: paper for paper in papers}
        self._offer(enterprise)
        chosen = self.papers.get(self.initial.get("paper", ""))
        if chosen:
            self.initial["what"] = chosen.person.reference if chosen.person else chosen.kind

    def _offer(self, enterprise: Enterprise) -> None:
        on_file: Any = self.fields["paper"]
        on_file.choices = [("", _("None")), *((name, _named(paper)) for name, paper in self.papers.items())]
        paper = PAPER_OF[enterprise.identifier_kind]  # type: ignore[index]  # the column holds the enum's value
        what: Any = self.fields["what"]
        what.choices = [
            (paper.value, paper.label),
            *(
                (reference, _("Identity document: %(name)s") % {"name": person})
                for reference, person in self.people.items()
            ),
            (CheckKind.VISIT.value, CheckKind.VISIT.label),
        ]

    def person(self) -> User | None:
        """Tell whose document it was; none for the enterprise's own papers and visits."""
        return self.people.get(self.cleaned_data["what"])

    def finding(self) -> Finding:
        """Give what was seen, as the operation takes it."""
        told = self.cleaned_data
        kind = CheckKind.IDENTITY_DOCUMENT.value if self.person() else told["what"]
        paper = self.papers.get(told["paper"])
        ending = told["number_ending"].upper()
        return Finding(kind, told["result"], told["expires_on"], told["evidence"], told["file"], paper, ending)


def _named(paper: Paper) -> str:
    return f"{paper.label} · {paper.file.original_name} · {formats.day(paper.added_at)}"


class RulingForm(forms.Form):
    """Whether a hit is the same bearer, and why."""

    FIELDS: Final = {"ruling_without_reason": "reason", "ruling_unknown": "outcome"}

    outcome = forms.ChoiceField(
        label=_("Is it the same?"),
        choices=[
            (HitStatus.CLEARED, _("No, somebody else: clear the hit")),
            (HitStatus.CONFIRMED, _("Yes, the same: confirm the hit")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Why"),
        help_text=_("What you compared, so that somebody else can follow it: year of birth, place, identity number."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


class PartyForm(forms.Form):
    """A party of an enterprise: who it is, how, since when, from where it is known."""

    FIELDS: Final = {
        "party_number_invalid": "identifier",
        "party_is_itself": "identifier",
        "party_since_future": "since",
        "party_shares_above_all": "share_percent",
    }

    name = forms.CharField(label=_("Name"), help_text=_("As on the identity card or license."), max_length=120)
    identifier = forms.CharField(
        label=_("Identity or license number"),
        help_text=_(
            "With it the bank recognizes the same person or enterprise elsewhere, and no other of the same name."
        ),
        max_length=40,
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    share_percent = FigureField(
        label=_("Share in percent"),
        min_value=Decimal("0.01"),
        max_value=Decimal(100),
        max_digits=5,
        decimal_places=2,
        required=False,
        widget=forms.NumberInput(attrs={"inputmode": "decimal", "class": "short", "step": "0.01"}),
    )
    since = _day(label=_("Since"))
    source = forms.CharField(label=_("Where is this known from?"), max_length=200)
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, by_owner: bool, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by_owner = by_owner
        self.fields["since"].widget.attrs["max"] = today.isoformat()
        if by_owner:
            del self.fields["source"]

    def details(self) -> PartyDetails:
        """Give what was told, as the operations take it."""
        told = self.cleaned_data
        percent = told.get("share_percent")
        return PartyDetails(
            name=told["name"],
            how=told["how"],
            since=told["since"],
            source=TOLD_BY_OWNER if self.by_owner else told["source"],
            identifier=told["identifier"],
            share=None if percent is None else percent / 100,
            party_kind=told.get("party_kind", PartyKind.PERSON),
        )


class BeneficialOwnerForm(PartyForm):
    """A person who owns or controls the enterprise in the end."""

    how = forms.ChoiceField(label=_("How?"), choices=Control.choices, widget=forms.RadioSelect)
    field_order = ("name", "how", "share_percent", "identifier", "since", "source")


class RelatedPartyForm(PartyForm):
    """A person or an enterprise related to it."""

    party_kind = forms.ChoiceField(label=_("What is it?"), choices=PartyKind.choices, widget=forms.RadioSelect)
    how = forms.ChoiceField(label=_("How is it related?"), choices=Relation.choices, widget=forms.RadioSelect)
    field_order = ("name", "party_kind", "how", "share_percent", "identifier", "since", "source")
