"""SMS gateways: each is a callable of a number and a text. Name yours in ``SMS_GATEWAY``."""

from typing import Protocol


class SmsGateway(Protocol):
    """What every gateway does."""

    def send(self, number: str, text: str) -> None:
        """Send a text to a number in E.164 form; raise to be asked again later."""


class ShownInDemo:
    """Keep messages where they are: the demo's page of messages shows them from the notices themselves."""

    def send(self, number: str, text: str) -> None:
        """Do nothing more: the notice is already on record."""
