"""How the seeded bank comes to know its customers: who stands behind them, papers seen, names held against lists."""

import io
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from accounts.identity import operations as identity
from accounts.identity.forms.diligence import TOLD_BY_OWNER
from accounts.identity.models import (
    CheckKind,
    CheckResult,
    Control,
    Enterprise,
    HitStatus,
    IdentifierKind,
    PartyKind,
    Relation,
    User,
)
from accounts.identity.queries.diligence import PAPER_OF
from portal.core import pdf
from portal.seed import words
from portal.seed.cast import EXPIRED, OFFICERS, SISTERS, UNCHECKED, UNRULED, WITH_PAPERS, EnterpriseRow
from portal.seed.story.bank import Story

PAPER_LASTS: Final = timedelta(days=2 * 365)
CARD_LASTS: Final = timedelta(days=8 * 365)
CARD_ENDING: Final = "204X"


def know(story: Story, row: EnterpriseRow, enterprise: Enterprise, owner: User, on: date) -> None:
    """Let the owner tell who stands behind the enterprise, its officer see the papers, and head office clear hits."""
    at = story.noon(on) + timedelta(hours=3)
    _tell_of_parties(row, enterprise, owner, on=on, at=at)
    if row.legal_name in WITH_PAPERS:
        _bring_paper(enterprise, owner, at=at - timedelta(hours=2))
    if row.legal_name not in UNCHECKED:
        _check(story, row, enterprise, owner, on=on, at=at)
    identity.screen([enterprise.reference], at=at)
    if row.legal_name not in UNRULED:
        for hit in enterprise.watchlist_hits.filter(status=HitStatus.OPEN):
            reason = words.NOT_THE_SAME
            identity.rule_on_hit(hit, outcome=HitStatus.CLEARED, reason=reason, by=story.staff["risk"], at=at)


def _tell_of_parties(row: EnterpriseRow, enterprise: Enterprise, owner: User, *, on: date, at: datetime) -> None:
    is_household = enterprise.identifier_kind == IdentifierKind.FARM_HOUSEHOLD
    how = Control.FAMILY if is_household else Control.SHARES
    share = None if is_household else Decimal(1)
    details = identity.PartyDetails(row.owner, how, enterprise.founded_on, TOLD_BY_OWNER, share=share)
    identity.add_beneficial_owner(enterprise, details, key=f"seed-{enterprise.reference}", by=owner, at=at)
    sister = Enterprise.objects.filter(legal_name=SISTERS.get(row.legal_name, "")).first()
    if sister:
        details = identity.PartyDetails(
            sister.legal_name, Relation.SISTER, on, TOLD_BY_OWNER, sister.identifier, party_kind=PartyKind.ENTERPRISE
        )
        identity.add_related_party(enterprise, details, key=f"seed-{enterprise.reference}", by=owner, at=at)


def _bring_paper(enterprise: Enterprise, owner: User, *, at: datetime) -> None:
    """Let the owner bring a photo of the license or certificate."""
    kind = PAPER_OF[IdentifierKind(enterprise.identifier_kind)]
    photo, content = Image.new("RGB", (1200, 850), "#f7f1dc"), io.BytesIO()
    frame = ImageDraw.Draw(photo)
    frame.rectangle((30, 30, 1170, 820), outline="#a03030", width=12)
    font = ImageFont.truetype(str(pdf.FONTS / "NotoSansCJKsc-Regular.otf"), 64)
    for line, text in enumerate((str(kind.label), enterprise.legal_name, enterprise.identifier)):
        frame.text((90, 120 + line * 160), text, fill="#202020", font=font)
    photo.save(content, "JPEG")
    upload = SimpleUploadedFile("license.jpg", content.getvalue(), "image/jpeg")
    details = identity.PaperDetails(kind.value)
    identity.add_paper(enterprise, upload, details, key=f"seed-{enterprise.reference}", by=owner, at=at)


def _check(story: Story, row: EnterpriseRow, enterprise: Enterprise, owner: User, *, on: date, at: datetime) -> None:
    officer = story.staff[OFFICERS[row.branch]]
    paper, card = PAPER_OF[IdentifierKind(enterprise.identifier_kind)], CheckKind.IDENTITY_DOCUMENT
    good_until = on + timedelta(days=1) if row.legal_name in EXPIRED else on + CARD_LASTS
    seen = words.SEEN
    for kind, person, until in ((paper, None, on + PAPER_LASTS), (card, owner, good_until)):
        brought = enterprise.papers.filter(kind=kind).first()
        finding = identity.Finding(
            kind, CheckResult.PASSED, until, seen, paper=brought, number_ending="" if person is None else CARD_ENDING
        )
        key = f"seed-{enterprise.reference}-{kind}"
        identity.record_check(enterprise, finding, person=person, key=key, by=officer, at=at)
