"""Two days of cash at a branch: a vault, a drawer at the counter, a bag; a difference and a correction wait."""

from datetime import date
from decimal import Decimal
from typing import Any, Final

from accounts.identity.models import Branch, MembershipRole, User
from accounts.identity.queries import members_of
from accounts.settlement import operations as settlement
from accounts.settlement.denominations import DENOMINATIONS
from accounts.settlement.models import CashDrawer, SettlementAccount
from accounts.settlement.operations.fetching import Fetcher
from accounts.settlement.queries import drawers as queries
from accounts.settlement.states import KnownBy
from portal.seed.story import Story
from portal.seed.story.counter import fetch
from portal.seed.story.knowing import CARD_ENDING

CURRENCY: Final = "CNY"
MOST_IN_THE_VAULT: Final = Decimal(80000)
FLOAT: Final = Decimal(2000)
MOST_BROUGHT: Final = Decimal(20000)


def tell_of_drawers(story: Story) -> None:
    """Let a branch's cash lie in drawers from yesterday on."""
    branch = story.branches["001"]
    accounts = SettlementAccount.objects.filter(enterprise__branch=branch, currency=CURRENCY, status="open")
    account = accounts.order_by("pk").first()
    free = queries.in_no_drawer(CURRENCY)
    if account is None or free < FLOAT:
        return
    story.say("the drawers of a branch")
    owner = next(each.user for each in members_of(account.enterprise) if each.role == MembershipRole.OWNER)
    teller, colleague = story.staff["operations"], story.staff["operations2"]
    yesterday, today = story.days_ago(1), story.today
    days = _Days(story, branch, colleague.reference)
    vault = days.open(None, yesterday, kind="vault", begin_amount=min(free, MOST_IN_THE_VAULT))
    drawer = days.open(teller, yesterday, kind="counter", limit_amount=Decimal(200000))
    bag = days.open(story.staff["officer"], yesterday, kind="carried", limit_amount=Decimal(3000))
    handover = settlement.hand_over(vault, drawer, FLOAT, key="seed-float", **days.by(colleague, yesterday, 8))
    settlement.take_over(handover, **days.by(teller, yesterday, 8))
    settlement.pay_in(account, Decimal("1860.50"), text="营业款", key="seed-in", **days.by(teller, yesterday, 10))
    fetch(account, Decimal(600), owner=owner, text="备用金", key="seed-out", **days.by(teller, yesterday, 14))
    days.count(drawer, Decimal("3260.50"), teller, yesterday, reason="")
    settlement.pay_in(account, Decimal(420), text="营业款", key="seed-next", **days.by(teller, today, 8))
    days.count(drawer, Decimal(3680), teller, today, reason="少一枚五角硬币，已重新清点两遍")
    settlement.hand_over(drawer, vault, Decimal(1500), key="seed-back", **days.by(teller, today, 9))
    shown = Fetcher(owner, KnownBy.IDENTITY_CARD, CARD_ENDING)
    told: dict[str, Any] = {"text": "进货现金", "key": "seed-document"}
    settlement.pay_out(account, Decimal(800), fetcher=shown, **told, **days.by(teller, today, 9))
    told = {"slip_number": "0017", "slip_date": yesterday, "text": "赶集日货款"}
    officer = days.by(story.staff["officer"], today, 9)
    slip = settlement.enter_slip(bag, account, "in", Decimal(380), **told, **officer)
    right = settlement.RightCash(account, "in", Decimal(330), told["text"], slip_number="0017", slip_date=yesterday)
    settlement.ask_correction(slip, right, reason="凭条上写的是330元，录入时看错", key="seed-correct", **officer)
    if vault.held_amount > MOST_BROUGHT:
        brought = settlement.prepare_delivery(
            vault, "brought", MOST_BROUGHT / 2, key="seed-brought", **days.by(colleague, yesterday, 15)
        )
        settlement.confirm_delivery(brought, **days.by(teller, yesterday, 16))
        settlement.prepare_delivery(
            vault, "fetched", Decimal(3000), key="seed-fetched", **days.by(colleague, today, 10)
        )


class _Days:
    """What happens to drawers of one branch, and when."""

    def __init__(self, story: Story, branch: Branch, opener: str) -> None:
        self.story = story
        self.branch = branch
        self.opener = opener

    def by(self, person: User, on: date, hour: int) -> dict[str, Any]:
        """Say who, on which day and at which hour."""
        return {"on": on, "at": self.story.noon(on).replace(hour=hour), "by": person.reference}

    def open(self, holder: User | None, on: date, **terms: Any) -> CashDrawer:
        """Open a drawer early in the morning."""
        at = self.story.noon(on).replace(hour=7)
        key = f"seed-drawer-{terms['kind']}"
        return settlement.open_drawer(
            self.branch, holder=holder, key=key, on=on, at=at, by=self.opener, currency=CURRENCY, **terms
        )

    def count(self, drawer: CashDrawer, amount: Decimal, person: User, on: date, *, reason: str) -> None:
        """Find an amount, in the largest notes and coins; a count that agrees is the day's last."""
        pieces, left = {}, amount
        for face in DENOMINATIONS[CURRENCY]:
            pieces[face], left = int(left // Decimal(face)), left % Decimal(face)
        closes = None if reason else on
        key, when = f"seed-count-{on}", self.by(person, on, 17 if closes else 9)
        settlement.count_drawer(drawer, pieces, reason=reason, closes_date=closes, key=key, **when)
