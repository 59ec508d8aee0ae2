"""How django-allauth meets our people: phone first, messages through our notices, staff by their own factor."""

import time
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any, Final

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.flows.login import get_authentication_records
from allauth.account.internal.flows.password_reset_by_code import PASSWORD_RESET_VERIFICATION_SESSION_KEY
from allauth.core import context as allauth_context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from allauth.usersessions.adapter import DefaultUserSessionsAdapter
from django.conf import settings
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.identity import operations, phones, unsent
from accounts.identity.forms.fields import PhoneField
from accounts.identity.models import User
from accounts.identity.operations import Change
from portal.core import audit
from portal.core.fields import decrypt, encrypt, lookup_hash
from portal.core.models import Channel
from portal.core.notices import operations as notices

# What allauth would write a letter about; a password's change is noted where it is set.
CHANGES: Final[Mapping[str, Change]] = {
    "account/email/email_changed": Change.EMAIL_CHANGED,
    "account/email/email_deleted": Change.EMAIL_REMOVED,
    "mfa/email/totp_activated": Change.AUTHENTICATOR_ADDED,
    "mfa/email/totp_deactivated": Change.AUTHENTICATOR_REMOVED,
    "mfa/email/webauthn_added": Change.PASSKEY_ADDED,
    "mfa/email/webauthn_removed": Change.PASSKEY_REMOVED,
    "mfa/email/recovery_codes_generated": Change.RECOVERY_CODES_MADE,
}
NOT_RIGHT = _("The number or e-mail and the password do not fit together. Check both, or choose a new password.")


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up and sign-in."""

    error_messages = DefaultAccountAdapter.error_messages | {
        "account_inactive": _("This sign-in is closed. Ask your branch."),
        "cannot_remove_primary_email": _("Make another e-mail the main one first."),
        "duplicate_email": _("You have this e-mail here already."),
        "email_password_mismatch": NOT_RIGHT,
        "phone_password_mismatch": NOT_RIGHT,
        "username_password_mismatch": NOT_RIGHT,
        "email_taken": _("Someone else uses this e-mail here."),
        "phone_taken": _("Someone else uses this number here."),
        "enter_current_password": _("This is not your password."),
        "incorrect_password": _("This is not your password."),
        "incorrect_code": _("This code is not right. Look at the newest one."),
        "too_many_login_attempts": _("Too many wrong tries. Wait five minutes, or choose a new password."),
        "rate_limited": _("Too many tries at once. Wait a minute."),
        "same_as_current": _("This is the one you have now."),
        "unverified_primary_email": _("Confirm this e-mail first."),
    }

    def phone_form_field(self, **kwargs: Any) -> PhoneField:
        """Ask for the number in our words."""
        return PhoneField(**kwargs)

    def clean_phone(self, phone: str) -> str:
        """Check and normalize a number.

        :raises ValidationError: when it is no mobile number.
        """
        number = phones.normalized(phone)
        if number is None:
            raise ValidationError(PhoneField.default_error_messages["invalid"])
        return number

    def save_user(self, request: HttpRequest, user: Any, form: Any, commit: bool = True) -> Any:  # noqa: FBT001, FBT002 - allauth's signature
        """Keep a new person, and trace that they signed up."""
        with transaction.atomic():
            kept = super().save_user(request, user, form, commit)
            operations.note_change(kept, Change.SIGNED_UP, at=timezone.now())
        return kept

    def set_password(self, user: Any, password: str) -> None:
        """Set a password; what the old one opened, closes: sessions by themselves, programs' tokens here."""
        request = allauth_context.request
        is_inside = request.user.is_authenticated
        with transaction.atomic():
            _check_unchanged(user)
            asked = {} if is_inside else request.session.get(PASSWORD_RESET_VERIFICATION_SESSION_KEY, {})
            if asked and asked.get("proven") != user.get_session_auth_hash():
                raise PermissionDenied  # the code was sent before the password became another
            user.set_password(password)
            user.save(update_fields=["password"])
            operations.end_tokens(user, at=timezone.now())
            change = Change.PASSWORD_CHANGED if is_inside else Change.PASSWORD_RESET
            operations.note_change(user, change, at=timezone.now())

    def get_phone(self, user: Any) -> tuple[str, bool] | None:
        """Tell the number and whether it is verified."""
        return (user.phone, user.phone_verified) if user.phone else None

    def set_phone(self, user: Any, phone: str, verified: bool) -> None:  # noqa: FBT001 - allauth's signature
        """Set the number; a confirmed one gives way to a confirmed one only."""
        if user.phone_verified and not verified:
            raise PermissionDenied
        user.put_phone(phone)
        user.phone_verified = verified
        user.save(update_fields=["phone", "phone_hash", "phone_verified", "phone_changed_at"])

    def set_phone_verified(self, user: Any, phone: str) -> None:
        """Mark the number as verified; whoever was invited by it now manages the enterprise.

        :raises PermissionDenied: when the person became another meanwhile, or a sign-in brings a number of before.
        """
        before = user.phone if user.phone_verified else ""
        if phone == before:
            return
        if phone != user.phone and not allauth_context.request.user.is_authenticated:
            raise PermissionDenied
        with transaction.atomic():
            _check_unchanged(user)
            user.phone_changed_at = timezone.now() if before else user.phone_changed_at
            self.set_phone(user, phone, verified=True)
            change = Change.PHONE_CHANGED if before else Change.PHONE_CONFIRMED
            operations.note_change(user, change, phone=before, at=timezone.now())
        operations.bind_invitations(user, at=timezone.now())

    def get_user_by_phone(self, phone: str) -> User | None:
        """Find the person by number, in whichever form it is written."""
        number = phones.normalized(phone)
        return User.objects.with_phone(number) if number else None

    def send_verification_code_sms(self, user: Any, phone: str, code: str, **_kwargs: Any) -> None:  # noqa: ARG002
        """Send a code."""
        self._text("sign_in_code", phone, {"code": code})

    def send_password_code_sms(self, phone: str, code: str) -> None:
        """Send the code of a password reset."""
        self._text("password_code", phone, {"code": code})

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

    def confirm_email(self, request: HttpRequest, email_address: Any) -> bool:
        """Trace an e-mail that somebody can sign in with from now on."""
        with transaction.atomic():
            confirmed = bool(super().confirm_email(request, email_address))
            if confirmed:
                operations.note_change(email_address.user, Change.EMAIL_CONFIRMED, at=timezone.now())
        return confirmed

    def send_notification_mail(
        self,
        template_prefix: str,
        user: Any,
        context: dict[str, Any] | None = None,  # noqa: ARG002
        email: str | None = None,
    ) -> None:
        """Trace and tell what allauth would write a letter about, whether or not the person has an e-mail."""
        if template_prefix in CHANGES:
            with transaction.atomic():
                operations.note_change(user, CHANGES[template_prefix], email=email or "", at=timezone.now())

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Write a letter by allauth's template and promise it as a notice."""
        request = allauth_context.request
        site = SimpleNamespace(name=settings.BANK_NAME_EN, domain=request.get_host())
        message = self.render_mail(
            template_prefix, email, {"request": request, "email": email, "current_site": site} | context
        )
        with transaction.atomic():
            notices.send(
                "letter",
                address=notices.Address(Channel.MAIL, email),
                language=get_language() or "en",
                params={"subject": message.subject, "body": message.body},
                at=timezone.now(),
            )

    def format_email_subject(self, subject: str) -> str:
        """Leave the subject as it is."""
        return subject

    def get_login_stages(self) -> list[str]:
        """Send the code of a new device to the phone rather than to an e-mail; let staff do without a number.

        Trusting a device is a box beside the code: a page of its own, left early, would undo the sign-in.
        """
        ours = {
            "allauth.account.stages.LoginByCodeStage": "accounts.identity.stages.CodeToThePhone",
            "allauth.account.stages.PhoneVerificationStage": "accounts.identity.stages.NumberIfThereIsOne",
        }
        asked = [stage for stage in super().get_login_stages() if stage != "allauth.mfa.stages.TrustStage"]
        return [ours.get(stage, stage) for stage in asked]

    def is_login_by_code_required(self, login: Any) -> bool:
        """Ask owners for a code on a new device; whoever has an authenticator uses that instead."""
        if login.signup or (login.user and is_mfa_enabled(login.user)):
            return False
        return bool(super().is_login_by_code_required(login))

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:
        """Count a sign-in of a moment ago as proof enough to set up a second factor."""
        request = allauth_context.request
        proven = [record["at"] for record in get_authentication_records(request, request.user)]
        if app == "allauth.mfa" and proven and time.time() - proven[-1] < settings.ACCOUNT_REAUTHENTICATION_TIMEOUT:
            return False
        return bool(super().is_reauthentication_required(app=app, **kwargs))

    def _get_login_attempts_cache_key(self, request: HttpRequest, **credentials: Any) -> str:
        """Count wrong tries for each number and e-mail by itself (allauth puts all numbers under one)."""
        who = str(credentials.get("email") or credentials.get("phone") or credentials.get("username") or "")
        return f"{request.get_host()}:{lookup_hash(phones.normalized(who) or who.lower())}"

    def post_login(self, request: Any, user: Any, **kwargs: Any) -> HttpResponse:
        """Trace the sign-in, and speak the person's language: the one chosen here, else the one they last chose."""
        with transaction.atomic():
            audit.record("identity.sign_in", subject=user.reference, by=user.reference, at=timezone.now())
        unsent.remember_sender(request, user)
        response: HttpResponse = super().post_login(request, user, **kwargs)
        chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        if translation.check_for_language(chosen):
            operations.keep_language(user, chosen)
        else:
            put_language_cookie(response, user.language)
        return response

    def authentication_failed(self, request: Any, **credentials: Any) -> None:
        """Trace the refusal, without what was typed."""
        super().authentication_failed(request, **credentials)
        with transaction.atomic():
            audit.record("identity.sign_in_refused", subject="sign-in", by=None, at=timezone.now())


def _check_unchanged(user: Any) -> None:
    """Lock the person, and refuse where number or password became another since they were read."""
    now = User.objects.locked().get(pk=user.pk)
    if (now.phone, now.password) != (user.phone, user.password):
        raise PermissionDenied


def put_language_cookie(response: HttpResponse, language: str) -> None:
    """Let the browser remember a language, as ``set_language`` does."""
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=settings.LANGUAGE_COOKIE_AGE,
        path=settings.LANGUAGE_COOKIE_PATH,
        domain=settings.LANGUAGE_COOKIE_DOMAIN,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


class SessionsAdapter(DefaultUserSessionsAdapter):
    """Signing out elsewhere, programs included; no device is trusted any more."""

    def end_sessions(self, sessions: Any) -> None:
        """End the sessions, and the trust in devices and the tokens of whoever asks."""
        with transaction.atomic():
            super().end_sessions(sessions)
            operations.forget_devices(allauth_context.request.user, at=timezone.now())


class SecondFactorAdapter(DefaultMFAAdapter):
    """Second factors, their secrets encrypted; staff keep at least one."""

    error_messages = DefaultMFAAdapter.error_messages | {
        "cannot_delete_authenticator": _("Staff keep a second factor. Set up another one first."),
        "incorrect_code": _("This code is not right. Look at the newest one."),
    }

    def encrypt(self, text: str) -> str:
        """Encrypt a secret before it is stored."""
        return encrypt(text)

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt a stored secret."""
        return decrypt(encrypted_text)

    def can_delete_authenticator(self, authenticator: Any) -> bool:
        """Let staff remove a factor only while another one stays."""
        user = authenticator.user
        if not user.is_staff_member or authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return True
        others = Authenticator.objects.filter(user=user).exclude(pk=authenticator.pk)
        return bool(others.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())

    def _get_user_identifier(self, user: Any) -> str:
        """Name the person in their authenticator app."""
        return str(user.email or phones.readable(user.phone) or user)
