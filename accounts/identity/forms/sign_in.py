"""The forms of signing up and in: allauth's, in our words, with hints where people stumble."""

from typing import Any, ClassVar

from allauth.account import forms as account
from allauth.account.internal.flows.password_reset_by_code import (
    PASSWORD_RESET_VERIFICATION_SESSION_KEY,
    PasswordResetVerificationProcess,
)
from allauth.core import context
from allauth.mfa.base import forms as mfa
from allauth.mfa.recovery_codes import forms as recovery_codes
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.identity import phones
from accounts.identity.identifiers import compact
from accounts.identity.models import User

Texts = dict[str, Any]  # str, or one translated when it is read
CODE: Texts = {"code": _("Code")}
PASSWORD_HINT = _("At least 10 characters. Three words that do not belong together are easy to remember.")


class CodeInput(forms.TextInput):
    """A code as people copy it: in groups, or in full-width digits."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        """Read its digits alone."""
        told = super().value_from_datadict(data, files, name)
        return compact(told) if told else told


class InOurWords(forms.Form):
    """Labels and hints of ours over a form of allauth's; placeholders go, they vanish while one types."""

    labels: ClassVar[Texts] = {}
    hints: ClassVar[Texts] = {}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if context.request and context.request.method == "GET":  # with what it held where it is shown again
            self.initial |= context.request.POST.dict()
        for name, field in self.fields.items():
            field.widget.attrs.pop("placeholder", None)
            field.label = self.labels.get(name, field.label)
            field.help_text = self.hints.get(name, field.help_text)
            if name == "code":
                field.widget = CodeInput({**field.widget.attrs, "inputmode": "numeric", "class": "short"})


class SignInForm(InOurWords, account.LoginForm):
    """By number or e-mail."""

    labels = {"login": _("Mobile number or e-mail"), "password": _("Password")}
    hints = {"password": ""}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"].widget.attrs["autocomplete"] = "username"

    def clean_login(self) -> str:
        """Write a number in its one form, so that tries are counted for the person, however it is typed."""
        text = str(super().clean_login())
        return text if "@" in text else phones.normalized(text) or text


class SignUpForm(InOurWords, account.SignupForm):
    """Name, number, password; an e-mail if they have one."""

    labels = {"email": _("E-mail"), "password1": _("Password")}
    hints = {
        "phone": _("We send a code to this number to confirm it."),
        "email": _("You may sign in with it too."),
        "password1": PASSWORD_HINT,
    }


class AddEmailForm(InOurWords, account.AddEmailForm):
    """One more e-mail."""

    labels = {"email": _("E-mail")}


class ChangePasswordForm(InOurWords, account.ChangePasswordForm):
    """From the old password to a new one."""

    labels = {"oldpassword": _("Password now"), "password1": _("New password"), "password2": _("New password again")}
    hints = {"oldpassword": "", "password1": PASSWORD_HINT}


class SetPasswordForm(InOurWords, account.SetPasswordForm):
    """A first password."""

    labels = {"password1": _("New password"), "password2": _("New password again")}
    hints = {"password1": PASSWORD_HINT}


class ResetPasswordForm(InOurWords, account.ResetPasswordForm):
    """Ask for a code by number or by e-mail; allauth knows the field as ``email``."""

    labels = {"email": _("Mobile number or e-mail")}
    email = forms.CharField(max_length=254, widget=forms.TextInput(attrs={"autocomplete": "username"}))

    def clean_email(self) -> str:
        """Find the person; that there is none is not told."""
        text = self.cleaned_data["email"].strip()
        if "@" in text:
            forms.EmailField().clean(text)
            return str(super().clean_email())
        phone = phones.normalized(text)
        if phone is None:
            raise forms.ValidationError(_("Enter a mobile number or an e-mail address."))
        found = User.objects.with_phone(phone)
        self.users = [found] if found and found.is_active else []
        return phone

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        """Send the code; it counts as long as the password stays what it is."""
        asked: str = self.cleaned_data["email"]
        if "@" in asked:
            asked = str(super().save(request, **kwargs))
        else:
            ResetByMessage.initiate(request=request, user=self.users[0] if self.users else None, email=asked)
        if self.users:
            request.session[PASSWORD_RESET_VERIFICATION_SESSION_KEY]["proven"] = self.users[0].get_session_auth_hash()
        return asked


class ResetByMessage(PasswordResetVerificationProcess):
    """A password reset whose code travels to the phone; the number stands where allauth keeps the e-mail."""

    def send(self) -> None:
        """Send the code, or tell the number that nobody here has it."""
        from allauth.account.adapter import get_adapter

        adapter, number = get_adapter(), self.state["email"]
        if not self.user:
            adapter.send_unknown_account_sms(number)
            return
        self.state["code"] = adapter.generate_password_reset_code()
        adapter.send_password_code_sms(number, self.code)

    @classmethod
    def initiate(cls, *, request: HttpRequest, user: Any, email: str) -> "ResetByMessage":
        """Begin."""
        process = cls(request, state=cls.initial_state(user, email), user=user)
        process.send()
        process.persist()
        return process


class ResetPasswordKeyForm(InOurWords, account.ResetPasswordKeyForm):
    """The new password after a reset."""

    labels = {"password1": _("New password"), "password2": _("New password again")}
    hints = {"password1": PASSWORD_HINT}


class ReauthenticateForm(InOurWords, account.ReauthenticateForm):
    """The password once more."""

    labels = {"password": _("Password")}
    hints = {"password": ""}


class ConfirmSignInCodeForm(InOurWords, account.ConfirmLoginCodeForm):
    """The code of a new device, and whether to ask for one there again."""

    labels = CODE
    trusts_device = forms.BooleanField(
        label=_("This is my own device: ask for no code here for 14 days"),
        help_text=_("Not on a device that others use."),
        required=False,
    )


class ConfirmResetCodeForm(InOurWords, account.ConfirmPasswordResetCodeForm):
    """The code of a password reset."""

    labels = CODE


class VerifyPhoneForm(InOurWords, account.VerifyPhoneForm):
    """The code of a number."""

    labels = CODE


class ChangePhoneForm(InOurWords, account.ChangePhoneForm):
    """Another number."""

    labels = {"phone": _("New mobile number")}


class AuthenticateForm(InOurWords, mfa.AuthenticateForm):
    """The authenticator's code, or a recovery code."""

    labels = CODE
    hints = {"code": _("The six digits your authenticator app shows now, or one of your recovery codes.")}


class ReauthenticateByCodeForm(InOurWords, mfa.ReauthenticateForm):
    """The authenticator's code once more."""

    labels = CODE
    hints = AuthenticateForm.hints


class ActivateAuthenticatorForm(InOurWords, totp.ActivateTOTPForm):
    """The first code of a new authenticator."""

    labels = CODE
    hints = {"code": _("The six digits the app shows now.")}


class RemoveAuthenticatorForm(InOurWords, totp.DeactivateTOTPForm):
    """No questions, only a yes."""


class MakeRecoveryCodesForm(InOurWords, recovery_codes.GenerateRecoveryCodesForm):
    """No questions, only a yes."""


class AddPasskeyForm(InOurWords, webauthn.AddWebAuthnForm):
    """A new passkey."""

    labels = {"name": _("A name for it"), "passwordless": _("Sign in without a password")}
    hints = {
        "name": _("For example: my phone."),
        "passwordless": _("Your phone or computer asks for your finger, face or its own code instead."),
    }


class RenamePasskeyForm(InOurWords, webauthn.EditWebAuthnForm):
    """A passkey's other name."""

    labels = {"name": _("A name for it")}
