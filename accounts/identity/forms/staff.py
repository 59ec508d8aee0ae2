"""What an administrator tells about a post."""

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.identity import queries
from accounts.identity.models import Branch, Role, User


class BranchNamesForm(forms.Form):
    """What a branch is called."""

    name_en = forms.CharField(label=_("Name in English"), max_length=80)
    name_zh_hans = forms.CharField(label=_("Name in Chinese"), max_length=80)


class BranchForm(BranchNamesForm):
    """A new branch."""

    code = forms.SlugField(
        label=_("Branch code"),
        max_length=10,
        help_text=_("Short, as in the bank's own books: 001, HILL. It never changes."),
    )
    field_order = ("code", "name_en", "name_zh_hans")


class PostForm(forms.Form):
    """Who gets which post where."""

    contact = forms.CharField(
        label=_("Mobile number or e-mail"),
        help_text=_("The person signs up first, with a number or e-mail that is confirmed."),
        max_length=254,
    )
    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    branch = forms.ModelChoiceField(label=_("Branch"), queryset=Branch.objects.order_by("code"))

    approval_limit_amount = forms.DecimalField(
        label=_("Approval limit (approvers only)"),
        help_text=_("The most this person may approve for one loan."),
        max_digits=14,
        decimal_places=2,
        min_value=0,
        required=False,
    )

    user: User

    def clean_contact(self) -> str:
        """Find the person."""
        contact: str = self.cleaned_data["contact"]
        found = queries.person_by_contact(contact)
        if found is None:
            raise forms.ValidationError(_("Nobody has signed up with this number or e-mail."))
        self.user = found
        return contact
