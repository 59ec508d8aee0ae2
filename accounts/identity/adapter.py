"""How django-allauth meets our people: phone first, messages through our notices, staff by their own factor."""

from typing import Any

import phonenumbers
from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.identity.forms import PhoneField
from accounts.identity.models import User
from portal.core import audit
from portal.core.fields import decrypt, encrypt
from portal.core.models import Channel
from portal.core.notices import operations as notices


def normalized_phone(phone: str) -> str:
    """Write a number in E.164 form, reading local numbers as the bank's country's.

    :raises ValidationError: when it is no possible number.
    """
    try:
        number = phonenumbers.parse(phone, settings.BANK_COUNTRY)
    except phonenumbers.NumberParseException as error:
        raise ValidationError(_("Enter a mobile number, for example 138 0013 8000.")) from error
    if not phonenumbers.is_valid_number(number):
        raise ValidationError(_("Enter a mobile number, for example 138 0013 8000."))
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in."""

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        """Ask for the number in our words."""
        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        """Check and normalize a number."""
        return normalized_phone(phone)

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Tell the number and whether it is verified."""
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:  # noqa: FBT001 - allauth's signature
        """Set the number."""
        user.put_phone(phone)
        user.phone_verified = verified
        user.save(update_fields=["phone", "phone_hash", "phone_verified"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Mark the number as verified."""
        self.set_phone(user, phone, verified=True)

    def get_user_by_phone(self, phone: str) -> User | None:
        """Find the person by number."""
        return User.objects.with_phone(phone)

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **_kwargs: Any) -> None:  # noqa: ARG002
        """Send a code."""
        self._text("sign_in_code", phone, {"code": code})

    def send_unknown_account_sms(self, phone: str, **_kwargs: Any) -> None:
        """Tell a number that nobody here has it."""
        self._text("unknown_number", phone, {})

    def send_account_already_exists_sms(self, phone: str) -> None:
        """Tell a number that it already has a sign-in."""
        self._text("number_exists", phone, {})

    @staticmethod
    def _text(code: str, phone: str, params: dict[str, str]) -> None:
        with transaction.atomic():
            address = notices.Address(Channel.SMS, phone)
            notices.send(code, address=address, language=get_language() or "en", params=params, at=timezone.now())

    def is_login_by_code_required(self, login: Any) -> bool:
        """Ask owners for a code on a new device; whoever has an authenticator uses that instead."""
        if login.signup or (login.user and is_mfa_enabled(login.user)):
            return False
        return bool(super().is_login_by_code_required(login))

    def post_login(self, request: Any, user: Any, **kwargs: Any) -> Any:
        """Trace the sign-in."""
        with transaction.atomic():
            audit.record("identity.sign_in", subject=user.reference, by=user.reference, at=timezone.now())
        return super().post_login(request, user, **kwargs)

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        """Trace the refusal, without what was typed."""
        super().authentication_failed(request, **credentials)
        with transaction.atomic():
            audit.record("identity.sign_in_refused", subject="sign-in", by=None, at=timezone.now())


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors, their secrets encrypted."""

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a stored secret."""
        return decrypt(encrypted_text)
