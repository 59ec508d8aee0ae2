"""What happens at the counter: owners fetch cash by the code that comes to their phone."""

import json
from decimal import Decimal
from typing import Any

from accounts.identity import operations as identity
from accounts.identity.models import User
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount
from accounts.settlement.operations.fetching import Fetcher, LeavingCash
from accounts.settlement.states import KnownBy
from portal.core.models import Notice


def fetch(account: SettlementAccount, amount: Decimal, *, owner: User, text: str, key: str, **when: Any) -> None:
    """Let an owner fetch cash by the code that comes to their phone."""
    leaving = LeavingCash(account, amount, text, key)
    identity.send_signing_code(
        owner, subject=leaving.subject, at=when["at"], notice=leaving.notice, params=leaving.told(), by=when["by"]
    )
    sent = json.loads(Notice.objects.filter(code=leaving.notice).latest("pk").params)
    fetcher = Fetcher(owner, KnownBy.CODE)
    settlement.pay_out(account, amount, fetcher=fetcher, code=sent["code"], text=text, key=key, **when)
