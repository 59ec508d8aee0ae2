"""The whole year, in the order in which it happened."""

from collections.abc import Collection
from decimal import Decimal

from accounts.cashflow import operations as cashflow
from accounts.ledger import operations as ledger
from accounts.ledger.models import Chain
from accounts.settlement import operations as settlement
from accounts.settlement.happenings import ON_BY_DEFAULT, Happening
from accounts.settlement.models import SettlementAccount
from portal.core import audit
from portal.core.models import Channel
from portal.seed.cast import ENTERPRISES, TOLD_TWICE, EnterpriseRow
from portal.seed.story.bank import Story
from portal.seed.story.borrowing import RUNNING, apply, go_on
from portal.seed.story.bringing import bring_in, bring_twice, clear_what_was_replaced, keep_up, leave_questions
from portal.seed.story.founding import found_the_bank
from portal.seed.story.owing import remind_the_late


def tell(story: Story, *, only: Collection[str] | None = None) -> None:
    """Tell the whole year, of every enterprise or only of those named."""
    found_the_bank(story)
    chosen = [(number, row) for number, row in enumerate(ENTERPRISES) if only is None or row.legal_name in only]
    for done, (number, row) in enumerate(chosen, start=1):
        tell_of(story, number, row)
        if done % 8 == 0:
            story.say(f"{done} of {len(chosen)} enterprises")


def tell_of(story: Story, number: int, row: EnterpriseRow) -> None:
    """Tell what became of one enterprise; its number makes its identifiers its own."""
    loan_age = story.rng.randrange(150, 330) if row.story in RUNNING else story.rng.randrange(3, 12)
    began = story.days_ago(loan_age)
    owner, enterprise = bring_in(story, number, row, on=began)
    if row.legal_name in TOLD_TWICE:
        bring_twice(story, number, row, enterprise, owner, began)
    if row.story == "registered":
        leave_questions(story, enterprise, owner, began)
        return
    application = apply(story, row, enterprise, owner, began)
    go_on(story, row, application, owner, began)
    if row.story == "cleared":
        clear_what_was_replaced(story, enterprise)
    cashflow.absorb_new(enterprise.reference, at=story.moment(story.today, 6))
    if row.story in RUNNING:
        keep_up(story, number, row, enterprise, owner)


def end_the_months(story: Story) -> None:
    """Give accounts the interest of the year, certify a balance, and close the books of before it."""
    at, by = story.moment(story.today, 1), story.staff["operations"].reference
    settlement.end_day(on=story.today, at=at)
    remind_the_late(story)
    account = SettlementAccount.objects.order_by("pk").first()
    if account:
        members = account.enterprise.memberships.filter(role="owner")
        choices = [settlement.Choice(Happening.LOW_BALANCE, Channel.SMS, Decimal(500))]
        choices += [settlement.Choice(each, Channel.SMS, Decimal(0)) for each in Happening if each in ON_BY_DEFAULT]
        settlement.choose_notices(members.get(), choices, at=at, by=members.get().user.reference)
        settlement.add_webhook(
            account.enterprise, url="https://hooks.example/bank", events=["account.money_in"], key="seed", at=at, by=by
        )
        settlement.certify_balance(account, of=story.days_ago(1), key="seed", on=story.today, at=at, by=by)
    asked = ledger.ask_to_close_month(story.days_ago(400), on=story.today, at=at, by=by)
    ledger.close_month(asked, at=at, by=story.staff["operations2"].reference)
    ledger.check_books(at=at)


def seal_and_check(story: Story) -> None:
    """Seal the books and the audit trail, and read both chains, as the night does."""
    at = story.moment(story.today, 2)
    while ledger.seal_entries(at=at) or audit.seal():
        continue
    for chain in Chain:
        ledger.check_chain(chain, on=story.today, at=at)
