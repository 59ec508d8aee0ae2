"""What people fill in about plots and crop calendars."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.harvest import presentation
from accounts.harvest.calendars import CropYield
from accounts.harvest.expectation import next_harvests
from accounts.harvest.models import Planting
from accounts.harvest.operations.editions import PRUDENT_SHARE
from portal.core.amounts import FigureField
from portal.core.buttons import with_button
from portal.core.editions import EditionRefused
from portal.core.idempotency import IdempotencyKeyField

LARGEST_FILE: Final = 1_000_000
DATE: Final = {"type": "date"}


def _figure(label: Any, **kwargs: Any) -> FigureField:
    widget = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
    return FigureField(label=label, widget=widget, **{"max_digits": 9, "decimal_places": 2, **kwargs})


class PlantingForm(forms.Form):
    """What grows where: one plot at a time, on a phone."""

    FIELDS: Final = {
        "crop_not_in_calendar": "crop",
        "harvest_not_in_season": "harvest_from",
        "area_not_possible": "area_mu",
        "share_not_possible": "irrigated_percent",
    }

    crop = forms.ChoiceField(label=_("What grows there?"), widget=forms.RadioSelect)
    area_mu = _figure(
        _("How large is it? (mu)"), min_value=Decimal("0.01"), help_text=_("A hectare is 15 mu. About is good enough.")
    )
    harvest_from = forms.ChoiceField(label=_("When does the harvest begin?"))
    irrigated_percent = _figure(
        _("How much of it is irrigated? (percent)"), min_value=0, max_value=100, max_digits=5, required=False
    )
    idempotency_key = IdempotencyKeyField()

    def __init__(self, *args: Any, crops: Mapping[str, CropYield], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        months = {day for grown in crops.values() for day in next_harvests(grown, today)}
        self.fields["crop"].choices = presentation.crop_choices(crops)  # type: ignore[attr-defined]
        self.fields["harvest_from"].choices = [  # type: ignore[attr-defined]
            (day.isoformat(), presentation.month_name(day)) for day in sorted(months)
        ]
        self.helper = with_button(_("Add this plot"))

    def told(self) -> dict[str, Any]:
        """Give what was told as the operation takes it."""
        given = self.cleaned_data
        percent = given["irrigated_percent"]
        return {
            "crop": given["crop"],
            "area_mu": given["area_mu"],
            "harvest_from": date.fromisoformat(given["harvest_from"]),
            "irrigated_share": None if percent is None else percent / 100,
            "key": given["idempotency_key"],
        }


class VisitForm(forms.Form):
    """What an officer saw on a plot."""

    FIELDS: Final = {
        "visit_in_future": "visited_on",
        "visit_before_told": "visited_on",
        "area_not_possible": "area_mu",
    }

    visited_on = forms.DateField(label=_("Day of the visit"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))
    area_mu = _figure(
        _("Area as you saw it (mu)"), min_value=Decimal("0.01"), help_text=_("This area counts from now on.")
    )
    note = forms.CharField(
        label=_("What you saw"),
        max_length=300,
        help_text=_("How the crop stands, whose field it is, how you measured."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, planting: Planting, today: date, **kwargs: Any) -> None:
        initial = {"visited_on": today, "area_mu": f"{planting.area_mu.normalize():f}"}
        super().__init__(*args, **{"initial": initial, **kwargs})
        self.helper = with_button(_("I have seen it"))


class EditionForm(forms.Form):
    """A new edition of the crop calendar."""

    file = forms.FileField(
        label=_("Crop calendar (CSV)"),
        help_text=_(
            "Download the edition in force, change it in a spreadsheet, save it as CSV in UTF-8, bring it here."
        ),
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
    )
    as_of = forms.DateField(label=_("Figures as of"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))
    source = forms.CharField(
        label=_("Where the figures come from"),
        max_length=1000,
        help_text=_("Who counted or asked, where, in which year."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    prudent_percent = _figure(
        _("Prudent share of the usual income, in percent"),
        max_digits=4,
        decimal_places=1,
        initial=f"{PRUDENT_SHARE * 100:.0f}",
        help_text=_("What is left in a bad year or at a bad price. Lending counts with this."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.helper = with_button(_("Propose this edition"))

    def text(self) -> str:
        """Read the file.

        :raises EditionRefused: when it is no text in UTF-8, or too large for a calendar.
        """
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            raise EditionRefused("crop_file_unreadable")
        try:
            return str(file.read().decode("utf-8-sig"))
        except UnicodeDecodeError as error:
            raise EditionRefused("crop_file_unreadable") from error


class EditionApprovalForm(forms.Form):
    """From which day an edition counts."""

    in_force_from = forms.DateField(label=_("Counts from"), widget=forms.DateInput(format="%Y-%m-%d", attrs=DATE))
