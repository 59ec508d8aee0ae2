"""What a payment was for, told by rules that anyone can read; what no rule knows stays unknown. Pure.

The rules are tried in the order of ``RULES``; the first that fits decides. A rule fits when the money goes its way and
one of its words stands in the description or the counterparty's name. Chinese words are looked for anywhere, English
ones as whole words. Money from or to the holder itself is an own transfer, whatever the words say. Money in from a
named counterparty that no rule explains is a customer's; money out to a named enterprise is a supplier's.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

IN, OUT = 1, -1
CATEGORIES: Final = (
    "customer_receipt",
    "supplier_payment",
    "salary",
    "rent",
    "tax",
    "loan_proceeds",
    "loan_repayment",
    "own_transfer",
    "cash_in",
    "cash_out",
    "merchant_settlement",
    "fee",
    "interest",
    "unknown",
)


@dataclass(frozen=True)
class Rule:
    """A category, which way the money goes (none: either), and the words that tell it."""

    category: str
    way: int | None
    words: tuple[str, ...]


RULES: Final = (
    Rule("loan_repayment", OUT, (
        "loan repayment", "repayment", "installment", "loan payment", "mortgage", "还款", "还贷", "贷款还本",
        "贷款本息",
        "归还贷款", "贷款扣款", "还本付息", "按揭",
    )),
    Rule("loan_proceeds", IN, (
        "loan proceeds", "loan disbursement", "disbursement", "loan drawdown", "放款", "贷款发放", "借款发放",
        "发放贷款",
        "借款入账", "贷款入账",
    )),
    Rule("interest", None, ("interest", "interest paid", "dividend", "结息", "利息", "存款利息", "zinsen")),
    Rule("tax", None, (
        "tax", "taxes", "vat", "tax refund", "tax office", "tax bureau", "social insurance", "税", "税款",
        "税务", "国库",
        "社保", "社会保险", "公积金", "finanzamt",
    )),
    Rule("salary", OUT, (
        "salary", "salaries", "wage", "wages", "payroll", "工资", "薪资", "薪金", "代发", "奖金", "劳务费",
        "lohn", "gehalt",
    )),
    Rule("rent", OUT, ("rent", "rental", "lease", "landlord", "房租", "租金", "租赁费", "租房", "miete")),
    Rule("merchant_settlement", IN, (
        "merchant settlement", "card settlement", "acquirer", "pos settlement", "wechat pay", "alipay",
        "tenpay", "unionpay",
        "收单", "商户结算", "扫码", "二维码", "财付通", "微信支付", "支付宝", "银联商务", "拉卡拉", "收钱码",
        "聚合支付",
    )),
    Rule("cash_in", IN, (
        "cash deposit", "cash in", "cash", "现金存入", "现存", "存现", "现金存款", "无卡存款", "atm存款",
    )),
    Rule("cash_out", OUT, (
        "cash withdrawal", "cash out", "atm", "cash", "现金支取", "取现", "取款", "现支", "提现", "备用金",
    )),
    Rule("fee", OUT, (
        "fee", "fees", "service charge", "bank charge", "bank charges", "commission", "手续费", "服务费",
        "工本费", "年费",
        "管理费", "短信费", "entgelt", "entgeltabschluss",
    )),
    Rule("own_transfer", None, (
        "own transfer", "own account", "internal transfer", "transfer to self", "本人转账", "同名划转",
        "内部转账", "本行转存",
        "自有账户", "活期转定期", "定期转活期",
    )),
    Rule("supplier_payment", OUT, (
        "purchase", "supplier", "invoice", "goods", "materials", "stock", "wholesale", "货款", "采购", "进货",
        "材料款", "原料",
        "付款", "购货",
    )),
    Rule("customer_receipt", IN, (
        "sale", "sales", "invoice", "order", "payment received", "customer", "receipt", "货款", "销售", "收款",
        "订单", "回款",
        "营业款",
    )),
)  # fmt: skip
# What a person can say that money in, or money out, was for.
CHOICES: Final = {
    IN: (
        "customer_receipt", "merchant_settlement", "cash_in", "own_transfer", "loan_proceeds", "interest", "tax",
        "supplier_payment", "unknown",
    ),
    OUT: (
        "supplier_payment", "salary", "rent", "tax", "loan_repayment", "own_transfer", "cash_out", "fee", "interest",
        "customer_receipt", "unknown",
    ),
}  # fmt: skip
_EARNED: Final = frozenset({"customer_receipt", "merchant_settlement", "cash_in", "unknown"})
_SOLD: Final = frozenset({"customer_receipt", "merchant_settlement"})
_NOT_SPENT: Final = frozenset({"own_transfer", "interest"})
_SUFFIXES: Final = re.compile(
    r"(有限责任公司|股份有限公司|有限公司|个体工商户|\b(co|company|ltd|limited|llc|inc|corp|gmbh|bv|nv|ag|sarl|plc)\b)"
)
_COUNTERPARTY_IS_A_BANK: Final = re.compile(r"\bbank\b|银行|信用社|农商行", re.IGNORECASE)


@lru_cache(maxsize=20_000)
def counterparty_key(name: str) -> str:
    """Bring a name to the form in which it is compared: half width, lower case, no legal form, no punctuation."""
    text = unicodedata.normalize("NFKC", name).casefold()
    text = _SUFFIXES.sub(" ", re.sub(r"[^\w]+", " ", text))
    return " ".join(text.split())[:140]


def likeness(key: str, description: str) -> str:
    """Give what payments have in common that one correction reaches: the counterparty, otherwise the words.

    Figures and punctuation are left out of the words, because references and dates differ from payment to payment.
    """
    if key:
        return key
    words = re.sub(r"[\W\d_]+", " ", unicodedata.normalize("NFKC", description).casefold()).strip()
    return f"text {words}"[:150] if words else ""


def is_flattering(way: int, by_rules: str, category: str) -> bool:
    """Tell whether a category makes an enterprise look better than the rules would: it earns more, or owes less."""
    if category == by_rules:
        return False
    if way == IN:
        return category in _EARNED and (by_rules not in _EARNED or (by_rules == "cash_in" and category in _SOLD))
    return by_rules == "loan_repayment" or category in _NOT_SPENT


def categorize(*, amount: Decimal, description: str, counterparty_name: str, own_keys: Collection[str] = ()) -> str:
    """Tell what a payment was for; ``own_keys`` are the holder's names as ``counterparty_key`` writes them."""
    key = counterparty_key(counterparty_name)
    if key and key in own_keys:
        return "own_transfer"
    way = IN if amount > 0 else OUT
    text = unicodedata.normalize("NFKC", f"{description} {counterparty_name}").casefold()
    for rule, pattern in _patterns():
        if rule.way in {None, way} and pattern.search(text):
            return rule.category
    if not key or _COUNTERPARTY_IS_A_BANK.search(counterparty_name):
        return "unknown"
    return "customer_receipt" if way == IN else _paid_to(counterparty_name)


def _paid_to(name: str) -> str:
    """Money out is a supplier's only where the name is an enterprise's; people may be anything."""
    return "supplier_payment" if _SUFFIXES.search(unicodedata.normalize("NFKC", name).casefold()) else "unknown"


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[Rule, re.Pattern[str]]]:
    made = []
    for rule in RULES:
        words = [re.escape(word) if not word.isascii() else rf"\b{re.escape(word)}\b" for word in rule.words]
        made.append((rule, re.compile("|".join(words))))
    return made
