"""SMS gateways: each is a callable of a number and a text. Name yours in ``SMS_GATEWAY``."""

import json
from typing import Protocol
from urllib.request import Request, urlopen

from django.conf import settings


class SmsGateway(Protocol):
    """What every gateway does."""

    def send(self, number: str, text: str) -> None:
        """Send a text to a number in E.164 form; raise to be asked again later."""


class PostedAsJson:
    """Post ``{"to": number, "text": text}`` to ``SMS_URL`` with ``SMS_TOKEN`` as bearer: what most gateways take."""

    def send(self, number: str, text: str) -> None:
        """Send one message.

        :raises OSError: when the gateway does not take it within ten seconds.
        """
        request = Request(  # noqa: S310 - the address is the bank's own setting
            settings.SMS_URL,
            data=json.dumps({"to": number, "text": text}).encode(),
            headers={"Content-Type": "application/json", "Authorization": f"Bearer {settings.SMS_TOKEN}"},
            method="POST",
        )
        with urlopen(request, timeout=10) as answer:  # noqa: S310 - as above
            answer.read()


class ShownInDemo:
    """Keep messages where they are: the demo's page of messages shows them from the notices themselves."""

    def send(self, number: str, text: str) -> None:
        """Do nothing more: the notice is already on record."""
