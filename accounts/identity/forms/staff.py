"""What an administrator tells about a post."""

from dataclasses import fields
from decimal import Decimal

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity.forms.fields import ContactField
from accounts.identity.models import Branch, Role
from accounts.identity.operations import BranchDetails
from portal.core.amounts import AmountField


class BranchDetailsForm(forms.Form):
    """What a branch is called, and where and when it is found."""

    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80)
    address_en = forms.CharField(
        label=_("Address in English"),
        help_text=_("Owners are told where to bring their papers."),
        max_length=160,
        required=False,
    )
    address_zh_hans = forms.CharField(label=_("Address in Chinese"), max_length=160, required=False)
    phone = forms.CharField(
        label=_("Telephone of the branch"),
        help_text=_("Without it owners are given the bank's number."),
        max_length=30,
        required=False,
    )
    hours_en = forms.CharField(
        label=_("Opening hours in English"),
        help_text=_("For example: Monday to Friday 9:00 to 17:00, Saturday 9:00 to 12:00."),
        max_length=160,
        required=False,
    )
    hours_zh_hans = forms.CharField(label=_("Opening hours in Chinese"), max_length=160, required=False)

    def details(self) -> BranchDetails:
        """Give what was told, as the operations take it."""
        return BranchDetails(**{each.name: self.cleaned_data[each.name] for each in fields(BranchDetails)})


class BranchForm(BranchDetailsForm):
    """A new branch."""

    code = forms.SlugField(
        label=_("Branch code"),
        max_length=10,
        help_text=_("Short, as in the bank's own books: 001, HILL. It never changes."),
    )
    field_order = ("code",)


class PostForm(forms.Form):
    """Who gets which post where."""

    contact = ContactField(
        label=_("Mobile number or e-mail"),
        help_text=_("The person signs up first, with a number or e-mail that is confirmed."),
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.order_by("code"))

    approval_limit_amount = AmountField(
        label=_("Approval limit (approvers only)"),
        help_text=_("The most this person may approve for one loan. To change it, give the same post anew."),
        min_value=Decimal(0),
        required=False,
    )
