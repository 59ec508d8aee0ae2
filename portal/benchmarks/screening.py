"""A list of ten thousand names, held against a book of a thousand customers of three names each."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import date
from random import Random
from typing import Final

from django.utils import timezone

from accounts.identity import operations as identity
from accounts.identity.models import (
    BeneficialOwner,
    Branch,
    Enterprise,
    Industry,
    Membership,
    MembershipRole,
    User,
    Watchlist,
    WatchlistHit,
)
from portal.benchmarks.figures import Figure
from portal.core.fields import lookup_hash

LISTED = 10_000
CUSTOMERS = 1_000
LIMIT_MS = 30_000
PATIENCE_SECONDS = 120
SYLLABLES: Final = (
    "al", "bek", "chun", "dar", "el", "fang", "gor", "hua", "iv", "jin", "kar", "lem", "mo", "nik", "os", "pav",
    "qi", "ros", "sul", "tam", "ul", "vich", "wei", "xiao", "yun", "zhan", "ber", "cas", "dim", "fer", "hal",
)  # fmt: skip
HAN = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗春花秀英建国志强明华丽娟永平福贵海波文斌"


def measure() -> Iterator[Figure]:
    """Load the list, screen the whole book, then one customer as a decision does."""
    rng = Random(1)
    _make_book(rng)
    content = "name,aliases,birth_year,country,list_kind,reference\n" + "".join(
        f"{_name(rng)},{_han(rng)},{1940 + n % 60},XX,sanctions,S-{n}\n" for n in range(LISTED)
    )
    began = time.perf_counter()
    loaded = identity.load_watchlist(
        "benchmark", content.encode(), as_of=date(2026, 1, 1), by="system", at=timezone.now()
    )
    yield Figure(f"load a list of {LISTED} names", [(time.perf_counter() - began) * 1000])
    began = time.perf_counter()
    while not Watchlist.objects.filter(pk=loaded.pk).exclude(screened_at=None).exists():
        assert time.perf_counter() - began < PATIENCE_SECONDS, "no worker screened the book"
        time.sleep(0.01)
    took = (time.perf_counter() - began) * 1000
    found = WatchlistHit.objects.count()
    yield Figure(f"a worker screens {CUSTOMERS} customers ({found} hits)", [took], limit_p95_ms=LIMIT_MS)
    yield Figure("screen one customer whose names changed", [_one(each) for each in Enterprise.objects.all()[:50]])


def _one(enterprise: Enterprise) -> float:
    Enterprise.objects.filter(pk=enterprise.pk).update(legal_name=f"{enterprise.legal_name} 二")
    began = time.perf_counter()
    identity.screen([enterprise.reference], at=timezone.now())
    return (time.perf_counter() - began) * 1000


def _make_book(rng: Random) -> None:
    now = timezone.now()
    branch = Branch.objects.create(code="SCREEN", name_en="Screened", name_zh_hans="筛查支行")
    industry = Industry.objects.first() or Industry.objects.create(code="4711", section="G", name_en="x")
    for number in range(CUSTOMERS):
        owner = User.objects.create_user(full_name=_han(rng) if number % 2 else _name(rng))
        made = Enterprise.objects.create(
            legal_name=f"{_han(rng)}{rng.choice(['便利店', '家庭农场', '面馆', '运输队'])}",
            identifier_kind="uscc", identifier=f"S{number}", identifier_hash=lookup_hash(f"S{number}"),
            industry=industry, setting="town", employees=3, annual_revenue_amount=1, founded_on=date(2020, 1, 1),
            branch=branch, registered_at=now,
        )  # fmt: skip
        Membership.objects.create(enterprise=made, user=owner, role=MembershipRole.OWNER, began_at=now)
        BeneficialOwner.objects.create(
            enterprise=made, name=_name(rng), control="shares", source="x", since=made.founded_on, recorded_at=now,
            recorded_by=owner,
        )  # fmt: skip


def _name(rng: Random) -> str:
    return " ".join("".join(rng.choices(SYLLABLES, k=rng.randint(1, 3))).title() for _ in range(rng.randint(2, 3)))


def _han(rng: Random) -> str:
    return "".join(rng.choices(HAN, k=rng.randint(2, 4)))
