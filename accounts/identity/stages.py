"""The stages of signing in that are ours."""

from typing import Any

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login_by_code import LoginCodeVerificationProcess
from allauth.account.stages import LoginByCodeStage, PhoneVerificationStage
from allauth.core.internal.httpkit import headed_redirect_response
from allauth.core.ratelimit import consume_or_429
from allauth.mfa.internal.flows import trust

from portal.core.fields import lookup_hash


class CodeToThePhone(LoginByCodeStage):
    """A new device is confirmed by a code to the phone, whichever way the person signs in: every person has one."""

    def __init__(self, controller: Any, request: Any, login: Any) -> None:
        """Let a code expire that was sent before the number or the password became another."""
        super().__init__(controller, request, login)
        if self.state and self.state.get("proven") != self._proven():
            self.state["at"] = 0

    def handle(self) -> tuple[Any, bool]:
        """Send the code and ask for it, unless this browser is trusted; remember for which number and password."""
        answer = self._begun()
        if self.state:
            self.state.setdefault("proven", self._proven())
        return answer

    def _begun(self) -> tuple[Any, bool]:
        phone = get_adapter().get_phone(self.login.user) if self.login.user else None
        begins = not self.state and get_adapter().is_login_by_code_required(self.login)
        if not phone or not begins or self._is_trusted():
            answer: tuple[Any, bool] = super().handle()
            return answer
        too_many = consume_or_429(self.request, action="sign_in_code", key=self.login.user.reference)
        if too_many:
            return too_many, False
        LoginCodeVerificationProcess.initiate(
            request=self.request, user=self.login.user, phone=phone[0], email=None, stage=self
        )
        self.state["login_by_code_required"] = True
        return headed_redirect_response("account_confirm_login_code"), True

    def _proven(self) -> str:
        user = self.login.user
        return lookup_hash(f"{user.phone} {user.get_session_auth_hash()}") if user else ""

    def _is_trusted(self) -> bool:
        """Trust a browser whose trust is younger than the person's last signing out of the others."""
        if not super()._is_trusted():
            return False
        since, mine = self.login.user.devices_trusted_from, trust.create_config_fingerprint(self.login.user)
        given = [each.at for each in trust.decode_trust_cookie(self.request) if each.fingerprint == mine]
        return since is None or any(at > since.timestamp() for at in given)

    def exit(self) -> Any:
        """Go on, and remember the device where the person said so with the code: nothing is asked after that."""
        answer = super().exit()
        if self.request.POST.get("trusts_device"):
            trust.trust_browser(self.request, self.login.user, answer)
        return answer


class NumberIfThereIsOne(PhoneVerificationStage):
    """A number is verified before its owner enters; staff may have none, they enter by e-mail and a second factor."""

    def handle(self) -> tuple[Any, bool]:
        """Ask for the code of an unverified number."""
        if self.login.user and not get_adapter().get_phone(self.login.user):
            return None, True
        answer: tuple[Any, bool] = super().handle()
        return answer
