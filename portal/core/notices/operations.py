"""Sending notices."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.mail import send_mail
from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.template import Context, Engine
from django.utils import translation
from django.utils.module_loading import import_string

from portal.core import jobs
from portal.core.models import Channel, Notice
from portal.core.references import new_reference


@dataclass(frozen=True)
class Address:
    """Where a notice goes: a number in E.164 form or a mail address."""

    channel: Channel
    value: str


@dataclass(frozen=True)
class Outgoing:
    """A notice to be sent."""

    code: str
    address: Address
    language: str
    params: Mapping[str, Any]

    def written(self, *, at: datetime) -> Notice:
        """Write it as a row, not saved yet; words among its parameters in its language."""
        with translation.override(self.language):
            params = json.dumps(dict(self.params), cls=DjangoJSONEncoder)
        return Notice(
            reference=new_reference("N"),
            code=self.code,
            channel=self.address.channel,
            address=self.address.value,
            language=self.language,
            params=params,
            asked_at=at,
        )


def send(code: str, *, address: Address, language: str, params: Mapping[str, Any], at: datetime) -> Notice:
    """Promise a notice inside the caller's transaction; it is rendered and sent by a worker."""
    notice = Outgoing(code, address, language, params).written(at=at)
    notice.save(force_insert=True)
    jobs.ask("core.send_notice", notice.reference, at=at)
    return notice


def send_all(outgoing: Sequence[Outgoing], *, at: datetime) -> None:
    """Promise many notices at once."""
    written = Notice.objects.bulk_create(each.written(at=at) for each in outgoing)
    jobs.ask_new("core.send_notice", [notice.reference for notice in written], at=at)


def text_of(notice: Notice) -> str:
    """Render a notice in its own language; a mail that has no words of its own says what a text message would."""
    names = [f"notices/{name}.{notice.channel}.txt" for name in (notice.code, "any")]
    with translation.override(notice.language):
        told = {"site_url": settings.SITE_URL, "as_sms": f"notices/{notice.code}.sms.txt"}
        template = Engine.get_default().select_template(names)
        context = json.loads(notice.params) | told
        return template.render(Context(context, autoescape=False)).strip()  # plain text, not HTML


@transaction.atomic(durable=True)
def deliver(reference: str, *, at: datetime) -> None:
    """Send a notice that has not been sent; a second call finds nothing to do."""
    claimed = Notice.objects.filter(reference=reference, sent_at=None).update(sent_at=at)
    if not claimed:
        return
    notice = Notice.objects.get(reference=reference)
    text = text_of(notice)
    if notice.channel == Channel.SMS:
        import_string(settings.SMS_GATEWAY)().send(notice.address, text)
    else:
        subject, _, body = text.partition("\n")
        send_mail(subject, body.strip(), settings.DEFAULT_FROM_EMAIL, [notice.address])
