"""What a payment was for, told by rules that anyone can read; what no rule knows stays unknown. Pure.

A text is read for signs (``payment_words.py``), a counterparty for what kind of party it is (``party_words.py``). The
rules are tried in the order of ``RULES``; the first that fits decides. A rule fits when the money goes its way, the
text has one of its signs, the counterparty is of a kind that agrees, and nothing in the text speaks against it.

**A weak word is never enough.** Loan, tax, wages and savings are also found in the names of cafés, in surveys and in
insurance. Such a word needs a witness: a counterparty that agrees (a lender, an authority, a person, a bank), or a text
that says nothing else. Stronger signs are phrases that are written of nothing else; they, too, yield to a counterparty
that contradicts, and to words of trade, fees, insurance and money that comes back. Signs of two purposes are none.

Money from or to the holder itself is an own transfer, whatever the words say, and so is money between an enterprise and
its people, but for wages that it pays them; under another's name it never is. Money that comes back, is given, or goes
between friends is nobody's purchase. Money in from a named counterparty whose text speaks of nothing else is a
customer's; money out to an enterprise is a supplier's.
"""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import Final

from accounts.cashflow.party_words import ENDINGS, NAMES, WHOLE_AUTHORITIES
from accounts.cashflow.payment_words import TEXTS
from accounts.cashflow.signs import Lexicon, Reading, flat

IN, OUT = 1, -1
SHORTEST_CUT: Final = 16  # names are cut off at 18 characters or more
MOST_STRANGE: Final = 3
SHORTEST_TOLD: Final = 6  # a shorter name may be part of any word

# Kinds of parties: ``NAMED`` may be a person or an enterprise that does not say so, of ``OTHER`` nothing is known.
KINDS: Final = (
    "nobody", "authority", "public", "bank", "lender", "insurer", "fund", "acquirer", "payer", "company", "person",
    "named", "kin", "other",
)  # fmt: skip
NOBODY, AUTHORITY, PUBLIC, BANK, LENDER, INSURER, FUND, ACQUIRER, PAYER, COMPANY, PERSON, NAMED, KIN, OTHER = KINDS


@dataclass(frozen=True)
class Rule:
    """A category, which way the money goes (none: either), and what it takes.

    :ivar signs: the text has one of these; none are asked for where the set is empty.
    :ivar among: what kind of party stands on the other side.
    :ivar unless: signs in the text that speak against it.
    :ivar alone: the text says nothing else but who, when and how.
    :ivar brief: it says little else, and nothing that enterprises are called after.
    """

    category: str
    way: int | None
    signs: frozenset[str]
    among: frozenset[str]
    unless: frozenset[str] = frozenset()
    alone: bool = False
    brief: bool = False


def _set(*words: str) -> frozenset[str]:
    return frozenset(word for each in words for word in each.split())


_TRADED = _set("trade bought insured fee")
_UNEARNED = _set("back given held private")
_DEBT = _set("loan part repay advance borrowed not_loan")
_TAXED = _set("tax taxes authority")
_PAID = _set("wage wages")
_KEPT = _set("own saved")
_NO_LOAN = _TRADED | _UNEARNED | _PAID | _TAXED | _set("not_loan own rent cost")
_GIVEN_BACK = _NO_LOAN - _set("back")
_NOT_REPAID = _NO_LOAN | _set("saved interest")
_NOT_LENT = _NO_LOAN | _set("repay saved interest settled acquirer")
_NO_TAX = _UNEARNED | _PAID | _set("not_tax insured loan repay advance rent interest")
_NO_WAGE = _TRADED | _UNEARNED | _DEBT | _TAXED | _KEPT | _set("not_wage rent cash_out")
_NO_OWN = _set("trade insured fee not_own repay advance loan") | _UNEARNED | _PAID
_NO_RENT = _UNEARNED | _DEBT | _set("not_rent insured trade")
_NO_CUSTOMER = _UNEARNED | _DEBT | _TAXED | _PAID | _KEPT | _set("insured interest fee open")
_NO_SUPPLIER = _UNEARNED | _KEPT | _DEBT | _set("wages taxes rent interest open")
_UNKNOWN = _set(NAMED, OTHER)
_QUIET = _set(NOBODY, BANK) | _UNKNOWN
_ANYONE = _set(PERSON, COMPANY) | _UNKNOWN

RULES: Final = (
    # What comes back goes where it came from, where that is certain.
    Rule("tax", IN, _set("tax_back"), _QUIET | _set(AUTHORITY, PUBLIC), _set("trade not_tax insured")),
    Rule("tax", IN, _set("back"), _set(AUTHORITY), _set("trade not_tax loan repay")),
    Rule("salary", IN, _set("pay_back"), _QUIET | _set(PERSON, PAYER), _set("trade loan insured")),
    # Loans. To a lender, words speak less against one: of what it financed, of tax, of what goes back to it.
    Rule("loan_repayment", OUT, _set("repay"), _UNKNOWN | _set(NOBODY, ACQUIRER), _NO_LOAN),
    Rule("loan_repayment", OUT, _set("repay"), _set(BANK, FUND), _NO_LOAN - _set("back tax rent")),
    Rule("loan_repayment", OUT, _set("repay"), _set(LENDER), _NO_LOAN - _set("back tax rent trade")),
    Rule("loan_repayment", OUT, _set("repaid"), _set(PERSON), _NO_LOAN),
    Rule("loan_repayment", OUT, _set("part"), _set(BANK, LENDER), _GIVEN_BACK),
    Rule("loan_repayment", OUT, _set("part"), _set(NOBODY), _GIVEN_BACK, alone=True),
    Rule("loan_repayment", OUT, _set("loan"), _set(BANK, LENDER), _GIVEN_BACK | _set("advance")),
    Rule("loan_repayment", OUT, _set("loan lender"), _set(NOBODY), _GIVEN_BACK | _set("advance"), alone=True),
    Rule("loan_repayment", OUT, _set("lender"), _UNKNOWN | _set(ACQUIRER), _NOT_REPAID, alone=True),
    Rule("loan_repayment", OUT, _set(), _set(LENDER), _NOT_REPAID),
    Rule("loan_proceeds", IN, _set("advance"), _UNKNOWN | _set(NOBODY, ACQUIRER, FUND), _NO_LOAN),
    Rule("loan_proceeds", IN, _set("advance"), _set(BANK), _NO_LOAN - _set("tax")),
    Rule("loan_proceeds", IN, _set("advance"), _set(LENDER), _NO_LOAN - _set("tax rent trade")),
    Rule("loan_proceeds", IN, _set("loan"), _set(BANK, LENDER), _NO_LOAN - _set("private") | _set("repay interest")),
    Rule("loan_proceeds", IN, _set("loan lender"), _set(NOBODY), _NO_LOAN | _set("repay"), alone=True),
    Rule("loan_proceeds", IN, _set("lender"), _UNKNOWN | _set(ACQUIRER), _NOT_LENT, alone=True),
    Rule("loan_proceeds", IN, _set("borrowed"), _set(PERSON) | _UNKNOWN, _NO_LOAN - _set("private") | _set("repay")),
    Rule("loan_proceeds", IN, _set(), _set(LENDER), _NOT_LENT, alone=True),
    # Taxes and social insurance.
    Rule("tax", OUT, _set("tax taxes authority"), _set(AUTHORITY), _NO_TAX - _PAID - _set("interest")),
    Rule("tax", OUT, _set(), _set(AUTHORITY), (_NO_TAX - _PAID) | _TRADED),
    Rule("tax", OUT, _set("taxes authority"), _QUIET | _set(PUBLIC), _NO_TAX - _set("interest") | _TRADED),
    Rule("tax", OUT, _set("tax taxes"), _set(PAYER), _NO_TAX | _TRADED),
    Rule("tax", OUT, _set("tax"), _set(NOBODY), _NO_TAX | _TRADED | _KEPT | _set("cash_out"), alone=True),
    # Between own accounts.
    Rule("own_transfer", None, _set("own"), _set(NOBODY, BANK, FUND, ACQUIRER), _NO_OWN),
    Rule("own_transfer", None, _set("saved"), _set(BANK, FUND), _NO_OWN | _set("interest"), alone=True),
    Rule("own_transfer", OUT, _set("saved"), _set(NOBODY), _NO_OWN | _set("interest"), alone=True),
    # Wages.
    Rule("salary", OUT, _set("wages"), _QUIET | _set(PERSON, PAYER), _NO_WAGE),
    Rule("salary", OUT, _set("wage"), _set(PERSON, NAMED, PAYER), _NO_WAGE),
    Rule("salary", OUT, _set("wage"), _set(NOBODY, BANK, OTHER), _NO_WAGE, alone=True),
    Rule("salary", OUT, _set("paid"), _set(NOBODY, OTHER), _NO_WAGE, brief=True),
    Rule("salary", OUT, _set("paid_one"), _set(OTHER), _NO_WAGE, brief=True),
    # The bank's own.
    Rule("fee", OUT, _set("fee"), _set(NOBODY, BANK, ACQUIRER), _UNEARNED | _set("bought interest rent")),
    Rule("interest", None, _set("interest"), _QUIET | _set(FUND), _TRADED | _UNEARNED | _set("loan repay")),
    Rule("cash_in", IN, _set("cash_in"), _QUIET | _set(PERSON), _set("back given")),
    Rule("cash_out", OUT, _set("cash_out"), _QUIET, _set("trade fee")),
    Rule("cash_in", IN, _set("agent_in"), _set(COMPANY), _set("trade back given fee")),
    Rule("cash_out", OUT, _set("agent_out"), _set(COMPANY), _set("trade fee")),
    Rule("rent", OUT, _set("rent"), _ANYONE | _QUIET | _set(PUBLIC), _NO_RENT),
    # Refunds, grants, claims, deposits, gifts.
    Rule("other_receipt", IN, _UNEARNED, frozenset(KINDS), _DEBT - _set("not_loan") | _set("trade own interest")),
    # Sales and purchases.
    Rule("merchant_settlement", IN, _set(), _set(ACQUIRER), _UNEARNED | _KEPT | _DEBT | _set("fee")),
    Rule("merchant_settlement", IN, _set("acquirer"), _set(NOBODY, BANK, COMPANY), _NO_CUSTOMER | _set("trade")),
    Rule("customer_receipt", IN, _set("trade"), _set(COMPANY, PUBLIC), _UNEARNED | _set("insured own")),
    Rule("customer_receipt", IN, _set("trade"), _set(BANK, LENDER), _NO_CUSTOMER - _TAXED - _PAID),
    Rule("customer_receipt", IN, _set("trade"), _ANYONE | _set(NOBODY), _UNEARNED | _KEPT | _set("insured")),
    Rule("customer_receipt", IN, _set("priced"), _ANYONE, _NO_CUSTOMER),
    Rule("customer_receipt", IN, _set(), _set(COMPANY), _NO_CUSTOMER),
    Rule("customer_receipt", IN, _set(), _set(PERSON, NAMED), _NO_CUSTOMER | _set("settled")),
    Rule("customer_receipt", IN, _set(), _set(OTHER), _NO_CUSTOMER | _set("settled"), alone=True),
    Rule("supplier_payment", OUT, _TRADED, _set(COMPANY, INSURER), _UNEARNED | _set("own rent")),
    Rule("supplier_payment", OUT, _set("trade fee"), _set(PAYER), _UNEARNED | _set("own wages taxes")),
    Rule("supplier_payment", OUT, _set("trade"), _ANYONE | _set(NOBODY, LENDER, PUBLIC), _NO_SUPPLIER),
    Rule("supplier_payment", OUT, _set("bought billed"), _ANYONE | _set(ACQUIRER), _NO_SUPPLIER),
    Rule("supplier_payment", OUT, _set("insured"), _UNKNOWN, _NO_SUPPLIER),
    Rule("supplier_payment", OUT, _set(), _set(INSURER), _NO_SUPPLIER),
    Rule("supplier_payment", OUT, _set(), _set(COMPANY), _NO_SUPPLIER | _TAXED | _PAID),
)
# What a person can say that money in, or money out, was for; wages and taxes come back, too.
CHOICES: Final = {
    IN: (
        "customer_receipt", "merchant_settlement", "cash_in", "own_transfer", "loan_proceeds", "interest", "tax",
        "salary", "supplier_payment", "other_receipt", "unknown",
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
_FORMS: Final = re.compile(
    r"\band |\bthe | (?:pty|pvt|private|llp|pte|bhd|sdn|cc|ta)\b|(?:有限责任|股份有限|有限)公?$|股份$"
)
_PEOPLE: Final = re.compile(r"[\u3400-\u9fff]{1,4}|(?:[a-z] )+[a-z]{2,}|[a-z]{2,}(?: [a-z])+")
_FIRMS: Final = frozenset({"shop", "legal"})
_FORM: Final = re.compile(r" (?:inc|limited|llc|ltd|plc)$")
_LENDS: Final = re.compile(  # whatever else it is called after
    r"(?!.*(?:account|advi[cs]|audit|book|broker|consult|tax)).+ (?:credit union|financ(?:e|ing)|leasing|lending|loans"
    r"|microfinance)(?: (?:co|company|corp|inc|limited|llc|ltd|plc|pty|pvt|uk))*"
)
_SURNAME: Final = re.compile(r"(?:[a-z] )+loans")  # behind initials
_NAMED: Final = re.compile(r"[a-zà-ÿ]+(?: [a-zà-ÿ]+){1,3}")  # somebody, or an enterprise that does not say so
_TOLD_BY_SIGN: Final = {kind: kind for kind in (AUTHORITY, INSURER, ACQUIRER, BANK, FUND, LENDER)} | {
    "lending": LENDER, PAYER: PAYER, PUBLIC: PUBLIC, KIN: KIN,
}  # fmt: skip
_NAMES, _TEXTS = Lexicon(NAMES), Lexicon(TEXTS)
_RULES: Final = {
    (way, kind): tuple(rule for rule in RULES if rule.way in {None, way} and kind in rule.among)
    for way in (IN, OUT)
    for kind in KINDS
}


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


def categorize(
    *,
    amount: Decimal,
    description: str,
    counterparty_name: str,
    own_keys: Collection[str] = (),
    holder_keys: Collection[str] = (),
) -> str:
    """Tell what a payment was for.

    :param own_keys: the enterprise's names and its people's, as ``counterparty_key`` writes them.
    :param holder_keys: the name in which the account is held.
    """
    key, way = counterparty_key(counterparty_name), IN if amount > 0 else OUT
    if key and _is_own(key, holder_keys):
        return "own_transfer"
    kind, name = party(counterparty_name)
    text = _without_own(flat(description), way, {*own_keys, *holder_keys})
    told = _TEXTS.read(_apart(text, name, kind))
    if key and _is_own(key, own_keys):
        return "salary" if way == OUT and kind in {PERSON, NAMED} and _is_pay(told) else "own_transfer"
    for rule in _RULES[way, kind]:
        if rule.signs and rule.signs.isdisjoint(told.signs):
            continue
        if not rule.unless.isdisjoint(told.signs):
            continue
        if (not rule.alone or _is_alone(told, name)) and (not rule.brief or _is_brief(told, text)):
            return rule.category
    return "unknown"


def _is_own(key: str, own_keys: Collection[str]) -> bool:
    """Tell whether a name is the holder's: with another legal form or ampersand, too, or cut off by a bank."""
    if key in own_keys:
        return True
    told = _plain(key)
    return any(told == own or _is_cut_off(told, own) for own in map(_plain, own_keys))


@lru_cache(maxsize=20_000)
def _plain(key: str) -> str:
    return _FORMS.sub("", key) or key


def _is_cut_off(told: str, own: str) -> bool:
    """Tell whether a name ends within a word of a longer one; shorter names may be another's."""
    return len(told) >= SHORTEST_CUT and own.startswith(told) and own[len(told)] != " "


def _without_own(text: str, way: int, own_keys: Collection[str]) -> str:
    """Take the holder's names out of a text, which are strange to no rule, and say where money goes to it or comes."""
    for own in {*own_keys, *map(_plain, own_keys)}:
        if len(own) >= SHORTEST_TOLD and own in text:
            text = _to_or_from(own, way).sub(" own transfer ", text).replace(own, " ")
    return text


@lru_cache(maxsize=20_000)
def _to_or_from(own: str, way: int) -> re.Pattern[str]:
    word = "(?:from|frm)" if way == IN else "to"
    return re.compile(
        rf"\b{word} {re.escape(own)}(?: (?:ltd|limited|llc|inc|co|pty|pte|pvt))*(?= [\d]| to | from | ref |$)"
    )


@lru_cache(maxsize=20_000)
def party(name: str) -> tuple[str, str]:
    """Tell what kind of party a name is of, and the name as texts are read, if it says who."""
    told = flat(name)
    kind = _kind_of(told, _NAMES.read(told).signs) if told else NOBODY
    return kind, "" if kind == NOBODY else told


def _kind_of(name: str, signs: frozenset[str]) -> str:
    if name in WHOLE_AUTHORITIES:
        return AUTHORITY
    if ("licensed" in signs and name.endswith(("公司", "公", "有限"))) or _LENDS.fullmatch(name):
        return PERSON if _SURNAME.fullmatch(name) else LENDER
    for sign, kind in _TOLD_BY_SIGN.items():
        if sign in signs and not _speaks_against(kind, name, signs):
            return kind
    if not signs.isdisjoint(_FIRMS) or name.endswith(tuple(ENDINGS)):
        return COMPANY
    if not _TEXTS.read(name).strange:
        return NOBODY  # it says what for, or how, and not who
    if "title" in signs or _PEOPLE.fullmatch(name):
        return PERSON
    return NAMED if _NAMED.fullmatch(name) else OTHER


def _speaks_against(kind: str, name: str, signs: frozenset[str]) -> bool:
    """Tell whether a name is rather an enterprise's: called after a trade, or with a legal form."""
    if kind == AUTHORITY and _FORM.search(name):
        return True
    return ("shop" in signs and kind != ACQUIRER) or ("legal" in signs and kind == PAYER)


def _apart(text: str, name: str, kind: str) -> str:
    """Take a name out of the text that repeats it, unless it says by itself what for: names are no signs."""
    return text.replace(name, " ") if name and kind in _ANYONE else text


def _is_pay(told: Reading) -> bool:
    return told.signs.isdisjoint(_NO_WAGE) and not told.signs.isdisjoint(_PAID)


def _is_brief(told: Reading, text: str) -> bool:
    return len(told.strange) <= MOST_STRANGE and _NAMES.read(text).signs.isdisjoint(_FIRMS)


def _is_alone(told: Reading, name: str) -> bool:
    return all(word in name for word in told.strange)
