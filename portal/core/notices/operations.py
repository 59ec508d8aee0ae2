"""Sending notices."""

import json
from collections.abc import Mapping
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


def send(code: str, *, address: Address, language: str, params: Mapping[str, Any], at: datetime) -> Notice:
    """Promise a notice inside the caller's transaction; it is rendered and sent by a worker."""
    notice = Notice.objects.create(
        reference=new_reference("N"),
        code=code,
        channel=address.channel,
        address=address.value,
        language=language,
        params=json.dumps(dict(params), cls=DjangoJSONEncoder),
        asked_at=at,
    )
    jobs.ask("core.send_notice", notice.reference, at=at)
    return notice


def text_of(notice: Notice) -> str:
    """Render a notice in its own language."""
    with translation.override(notice.language):
        context = json.loads(notice.params) | {"site_url": settings.SITE_URL}
        template = Engine.get_default().get_template(f"notices/{notice.code}.{notice.channel}.txt")
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
