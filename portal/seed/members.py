"""An enterprise of two, a manager who prepares what its owner agrees to and learns; a bookkeeper of several."""

from datetime import timedelta
from decimal import Decimal
from typing import Any, Final

from accounts.identity import operations as identity
from accounts.identity.models import Enterprise, MembershipRole, User
from accounts.settlement import operations as settlement
from accounts.settlement.models import SettlementAccount
from portal.seed.dealings import LANDLORD, SAVINGS, STAFF
from portal.seed.learners import read, take_quiz
from portal.seed.story import Story
from portal.seed.story.founding import sign_up
from training.models import Course

ENTERPRISE: Final = "河镇惠民便利店"
MANAGER: Final = "陈洁"
PHONE: Final = "+8613705720031"
PASSED: Final = "know-your-cash"
BOOKKEEPER: Final = "马丽"
BOOKKEEPER_PHONE: Final = "+8613705720032"
BOOKS: Final = 6


def tell_of_members(story: Story) -> None:
    """Let an owner invite a manager, set from where two must agree, and find what she and they prepared."""
    account = SettlementAccount.objects.filter(enterprise__legal_name=ENTERPRISE).first()
    if account is None:
        return
    story.say("a manager who prepares payments and learns")
    owner = account.enterprise.memberships.get(role=MembershipRole.OWNER).user
    joined = story.noon(story.days_ago(40))
    manager = sign_up(PHONE, MANAGER, language="zh-hans")
    invitation = identity.invite_manager(account.enterprise, phone=PHONE, by=owner, at=joined)
    identity.accept_invitation(invitation, by=manager, at=joined + timedelta(hours=5))
    _learn(story, manager)
    _prepare(story, account, owner, manager)


def tell_of_a_bookkeeper(story: Story) -> None:
    """Let several owners with an account invite the same bookkeeper, who keeps the books of all of them."""
    story.say("a bookkeeper of several enterprises")
    joined = story.noon(story.days_ago(30))
    bookkeeper = sign_up(BOOKKEEPER_PHONE, BOOKKEEPER, language="zh-hans")
    for enterprise in Enterprise.objects.filter(settlement_accounts__status="open").order_by("pk").distinct()[:BOOKS]:
        owner = enterprise.memberships.owning()[0].user
        invitation = identity.invite_bookkeeper(enterprise, phone=BOOKKEEPER_PHONE, by=owner, at=joined)
        identity.accept_invitation(invitation, by=bookkeeper, at=joined + timedelta(hours=2))


def _prepare(story: Story, account: SettlementAccount, owner: User, manager: User) -> None:
    """Leave wages and a payment of the manager's for the owner, and a large one of the owner's for the manager."""
    settlement.set_rules(
        account.enterprise,
        daily_limit=Decimal(60000),
        second_person_from=Decimal(5000),
        at=story.noon(story.days_ago(39)),
        by=owner.reference,
    )
    on = story.today
    at = story.noon(on) - timedelta(hours=3)
    payees = {each.name: each for each in account.enterprise.payees.filter(removed_at=None)}
    for name, amount, text, by in (
        (LANDLORD[0], "1260.00", "水电费", manager),
        (SAVINGS[0], "6800.00", "定期归集", owner),
    ):
        told: dict[str, Any] = {"text": text, "key": f"seed-{text}", "on": on, "at": at, "by": by.reference}
        settlement.pay(account, payees[name], Decimal(amount), **told)
    rows = ["姓名,卡号,银行代码,实发工资,备注", *(",".join((*person, "工资")) for person in STAFF[:2])]
    content = "\n".join(rows).encode("gb18030")
    batch = settlement.check_batch(
        account, title="本月工资", name="本月工资.csv", content=content, key="seed-wages", at=at, by=manager.reference
    )
    settlement.submit_batch(batch, on=on, at=at, by=manager.reference)


def _learn(story: Story, manager: User) -> None:
    """Let the manager pass one course and read half of the next."""
    passed = Course.objects.get(slug=PASSED)
    at = story.noon(story.days_ago(21)) + timedelta(hours=8)
    read(passed, by=manager, at=at)
    take_quiz(passed, by=manager, at=at)
    following = Course.objects.exclude(pk=passed.pk).order_by("position")[0]
    read(following, by=manager, at=story.noon(story.days_ago(3)), lessons=2)
