"""What a few of the seeded enterprises do with their accounts: standing orders, wages, requests for payment, bills."""

import itertools
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Final
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.identity.models import User
from accounts.ledger.models import LedgerAccount
from accounts.settlement import operations as settlement
from accounts.settlement.models import Payee, PaymentRequest, SettlementAccount, StandingOrder

DEALERS: Final = frozenset({"河镇惠民便利店", "老桥牛肉面馆", "绿源大棚蔬菜合作社"})
ZONE: Final = ZoneInfo("Asia/Shanghai")
LANDLORD: Final = ("李国强", "6222021207004567890", "ICBKCNBJ")
SAVINGS: Final = ("邻县农商银行存款户", "6217000830001234567", "PCBCCNBJ")
STAFF: Final = (
    ("王小燕", "6228480402564890018", "ABOCCNBJ", "3050.00"),
    ("陈大伟", "6222021207009876543", "ICBKCNBJ", "2980.00"),
    ("刘桂兰", "6217858000012345671", "BKCHCNBJ", "2860.50"),
)
SCHOOL: Final = settlement.Contact("河镇小学食堂", "+8613705720011", "", "zh-hans")
HOME: Final = settlement.Contact("河镇敬老院", "+8613705720012", "", "zh-hans")


def deal(account: SettlementAccount, *, owner: User, teller: User, today: date) -> None:
    """Tell the last two months of an account, in the order in which they happened."""
    dealer = _Dealer(account, owner.reference, today)
    dealer.take_cash(Decimal(30000), by=teller.reference)
    dealer.save_payees()
    dealer.pay_by_standing_order()
    dealer.pay_wages()
    dealer.ask_for_payments()
    dealer.bill_a_customer()


class _Dealer:
    """One owner's doings on one account; ``today`` is when the story ends."""

    def __init__(self, account: SettlementAccount, by: str, today: date) -> None:
        self.account = account
        self.by = by
        self.today = today
        self.keys: Iterator[str] = (f"seed-{account.reference}-{number}" for number in itertools.count())

    def day(self, ago: int) -> date:
        """Count back from the day the story ends on."""
        return self.today - timedelta(days=ago)

    def at(self, day: date, hour: int = 10) -> datetime:
        """Give an hour of a day."""
        return datetime.combine(day, time(hour), tzinfo=ZONE)

    def take_cash(self, amount: Decimal, *, by: str) -> None:
        """Bring a good week's takings to the counter."""
        on = self.day(62)
        settlement.pay_in(self.account, amount, text="营业款", key=next(self.keys), on=on, at=self.at(on), by=by)

    def save_payees(self) -> None:
        """Save whom the account pays, long enough ago."""
        on = self.at(self.day(61))
        for name, number, bank_code in (LANDLORD, SAVINGS, *(person[:3] for person in STAFF)):
            settlement.add_payee(
                self.account.enterprise,
                name=name,
                number=number,
                bank_code=bank_code,
                key=next(self.keys),
                at=on,
                by=self.by,
            )

    def _payee(self, name: str) -> Payee:
        return Payee.objects.get(enterprise=self.account.enterprise, name=name)

    def pay_by_standing_order(self) -> None:
        """Pay the rent every month since two months ago; put savings aside, paused since."""
        begun = self.day(55)
        rent = settlement.OrderTerms(
            self._payee(LANDLORD[0]),
            amount=Decimal(1200),
            kept_amount=None,
            text="房租",
            frequency="monthly",
            first_date=begun,
            last_date=None,
            on_last_day=False,
            day_rule="following",
        )
        order = self._set_up(rent, begun)
        for ago in range(55, -1, -1):
            while settlement.carry_out(order, on=self.day(ago), at=self.at(self.day(ago), 8)):
                continue
        spare = settlement.OrderTerms(
            self._payee(SAVINGS[0]),
            amount=None,
            kept_amount=Decimal(20000),
            text="归集",
            frequency="weekly",
            first_date=self.day(-10),
            last_date=None,
            on_last_day=False,
            day_rule="none",
        )
        settlement.pause_standing_order(self._set_up(spare, self.day(30)), at=self.at(self.day(12)), by=self.by)

    def _set_up(self, terms: settlement.OrderTerms, on: date) -> StandingOrder:
        return settlement.set_up_standing_order(
            self.account, terms, key=next(self.keys), on=on, at=self.at(on, 7), by=self.by
        )

    def pay_wages(self) -> None:
        """Pay last month's wages from a file."""
        on = self.day(18)
        rows = ["姓名,卡号,银行代码,实发工资,备注", *(",".join((*person, "工资")) for person in STAFF)]
        batch = settlement.check_batch(
            self.account,
            title="工资",
            name="工资.csv",
            content="\n".join(rows).encode("gb18030"),
            key=next(self.keys),
            at=self.at(on),
            by=self.by,
        )
        settlement.submit_batch(batch, on=on, at=self.at(on, 11), by=self.by)
        settlement.pay_batch(batch, on=on, at=self.at(on, 12))

    def ask_for_payments(self) -> None:
        """Ask for one payment that came, one that is late, one in parts, and one that any amount pays."""
        self._receive(self._ask("860.00", "春游午餐", made=20, due=10, contact=SCHOOL), "860.00", ago=12)
        self._ask("1240.00", "节日礼盒", made=25, due=5, contact=HOME)
        self._receive(self._ask("2400.00", "婚宴食材", made=8, due=-6, allows_parts=True), "1000.00", ago=3)
        self._ask(None, "村庙修缮捐款", made=2, due=-28)

    def _ask(
        self,
        amount: str | None,
        text: str,
        *,
        made: int,
        due: int,
        contact: settlement.Contact = settlement.Contact(),  # noqa: B008 - frozen
        allows_parts: bool = False,
    ) -> PaymentRequest:
        on = self.day(made)
        figure = None if amount is None else Decimal(amount)
        asked = settlement.Asked(figure, text, self.day(due), allows_parts=allows_parts, contact=contact)
        return settlement.request_payment(
            self.account, asked, key=next(self.keys), on=on, at=self.at(on, 15), by=self.by
        )

    @transaction.atomic
    def _receive(self, request: PaymentRequest, amount: str, *, ago: int) -> None:
        """Book money that came in with the request's reference."""
        on, came, key = self.day(ago), Decimal(amount), next(self.keys)
        entry = settlement.credit(
            self.account,
            came,
            from_account=LedgerAccount.objects.named("nostro", self.account.currency),
            key=key,
            event="deposit",
            subject=request.reference,
            on=on,
            at=self.at(on, 16),
            by="system",
            text=request.grouped_reference,
        )
        settlement.receive(
            request.grouped_reference,
            came,
            entry=entry,
            account=self.account,
            on=on,
            at=self.at(on, 16),
            by="system",
        )

    def bill_a_customer(self) -> None:
        """Send the school its bill every month; the last one is late, and the school was reminded."""
        begun = self.day(40)
        terms = settlement.BillTerms(
            amount=Decimal(680),
            text="每月配送",
            frequency="monthly",
            first_date=self.day(34),
            last_date=None,
            on_last_day=False,
            contact=SCHOOL,
        )
        plan = settlement.plan_bills(
            self.account, terms, key=next(self.keys), on=begun, at=self.at(begun, 14), by=self.by
        )
        for ago in range(40, -1, -1):
            on = self.day(ago)
            while settlement.make_next_bill(plan, on=on, at=self.at(on, 9)):
                continue
            for bill in plan.payment_requests.all():
                settlement.remind_in_time(bill, on=on, at=self.at(on, 9))
