"""The lists that the seeded bank screens by. Every name on them is invented; two happen to be like a customer's."""

from datetime import date, datetime
from typing import Final

from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.identity import operations as identity
from accounts.identity.models import WatchlistUpload
from portal.seed.story.bank import Story

_HEADING: Final = "name,aliases,birth_year,country,list_kind,reference\n"
SANCTIONS: Final = (
    _HEADING
    + """\
"WRZESNIEWSKI, Nikodem",Nikodem Vrzhesnevsky,1961,XA,sanctions,S-0001
"OKONKWO-HALVERSEN, Tiberius",,1958,XB,sanctions,S-0002
Meridian Gulf Shipping LLC,Meridian Gulf Lines,,XB,sanctions,S-0003
"LU, Chunhua",吕春华,,XC,sanctions,S-0004
"DRAGANESCU, Ovidiu-Marin",,1970,XA,sanctions,S-0005
北极星远洋贸易有限公司,Polaris Ocean Trading Co. Ltd,,XC,sanctions,S-0006
"ABUZAYD, Karim Nasir",Kareem Abu Zaid,1966,XD,sanctions,S-0007
"SILVEIRA, Anselmo",,1949,XE,sanctions,S-0008
"""
)
PEP: Final = (
    _HEADING
    + """\
"CHEN, Ping'an",,1949,XC,pep,P-0001
"VAN DER MERWE-LINDQVIST, Odile",,1972,XE,pep,P-0002
"TAMBWE, Celestin Ruhanga",,1963,XD,pep,P-0003
司徒雁北,"SITU, Yanbei",1969,XC,pep,P-0004
"PETKANOV, Hristo",,1955,XA,pep,P-0005
"""
)
GONE: Final = '"TAMBWE, Celestin Ruhanga",,1963,XD,pep,P-0003\n'
NEWER: Final = PEP.replace(GONE, "").replace("1955", "1956") + '"MWANGI-SOLHEIM, Ingrid",,1964,XF,pep,P-0006\n'
BROKEN: Final = SANCTIONS.replace("1958", "58")


def load(story: Story, at: datetime) -> None:
    """Load one list by a file that two people saw and one by command; a newer file waits, a broken one was refused."""
    risk = story.staff["risk"]
    identity.load_watchlist("politically-exposed", PEP.encode(), as_of=at.date(), by=risk.reference, at=at)
    brought = _bring(story, "sanctions", SANCTIONS, as_of=at.date(), at=at)
    identity.approve_brought(brought, by=story.staff["approver"], at=at)
    identity.load_brought(brought.reference, at=at)
    lately = story.noon(story.days_ago(1))
    _bring(story, "sanctions", BROKEN, as_of=story.days_ago(3), at=lately)
    _bring(story, "politically-exposed", NEWER, as_of=story.days_ago(2), at=lately)


def _bring(story: Story, name: str, content: str, *, as_of: date, at: datetime) -> WatchlistUpload:
    upload = SimpleUploadedFile(f"{name}.csv", content.encode(), "text/csv")
    key = f"seed-{name}-{as_of}"
    brought = identity.bring_watchlist(name, upload, as_of=as_of, key=key, by=story.staff["risk"], at=at)
    identity.read_brought(brought.reference, at=at)
    return brought
