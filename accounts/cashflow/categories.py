"""What a payment was for, told by rules that anyone can read; what no rule knows stays unknown. Pure.

The rules are tried in the order of ``RULES``; the first that fits decides. A rule fits when the money goes its way, one
of its words stands where it looks (in the bank's text, with or without a shop's name, in the counterparty's name, or
in text and name), and none of the words that speak against it does. Chinese words are looked for anywhere, English ones
as whole words; punctuation is a space; a word after an equals sign must be the whole text.
Money from or to the holder itself is an own transfer, whatever the words say. Money in from a named counterparty that
no rule explains is a customer's; money out to a named enterprise is a supplier's.

Names lie more than texts: a café may be called after a loan, and advisers after the tax. So loans, taxes and wages are
told by the bank's text, and by names only where those are an authority's or a lender's. Where the text repeats the
name of a shop, that says nothing either. A text that speaks of trade (an invoice, an order, goods, a price with its
tax) is trade, whatever else stands in it.
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


TEXT, BARE, NAME, EITHER = "text", "bare", "name", "either"


@dataclass(frozen=True)
class Rule:
    """A category, which way the money goes (none: either), the words that tell it, where, and what speaks against."""

    category: str
    way: int | None
    words: tuple[str, ...]
    where: str = EITHER
    unless: tuple[str, ...] = ()


TRADE: Final = (
    "invoice", "invoices", "inv", "order", "orders", "po", "goods", "purchase", "software", "subscription", "books",
    "printing", "stationery", "workshop", "survey", "training", "advice", "incl", "inc vat", "inc tax",
    "inc sales tax", "rechnung", "stock",
        "supplies",
    "material", "materials", "bill", "catering", "delivery", "equipment invoice", "货款", "采购", "进货", "购货",
    "订单", "订货", "软件", "打印", "印刷", "定制", "含税", "价税", "完税价", "免税", "税票", "发票", "税控",
    "金税盘", "代理记账", "货物", "培训", "广告", "进口", "尾款", "自取", "展厅", "promo", "flyers", "hampers",
)  # fmt: skip
_NOT_AN_AUTHORITY: Final = (
    "club", "cafe", "sports", "advisors", "advisers", "consultants", "consulting", "accountants", "school", "hotel",
    "software", "ltd", "llp", "llc", "inc", "plc", "gmbh", "税务师", "事务所", "学校", "食堂", "大厦", "商贸", "超市",
    "物业", "培训", "咨询", "有限公司", "饭店", "酒店",
)  # fmt: skip
_AUTHORITIES: Final = (
    "hmrc", "hm revenue", "irs", "us treasury", "eftps", "ftb", "franchise tax board", "dept of revenue",
        "dept revenue",
    "dept of reven", "dept of taxation", "state comptrlr", "comptroller", "tax and finance", "div of taxation",
    "state revenue office", "county treasurer", "employment devel dept", "australian taxation office", "ato",
    "inland revenue", "canada revenue agency", "cra", "receiver general", "revenue authority", "kra", "sars",
    "revenue service", "revenue commissioners", "collector general", "income tax dept", "sales tax dept", "cbdt",
    "goods and services tax network", "gst network", "epfo", "esic", "nssf", "cpf board", "iras", "finanzamt",
        "tax office",
    "tax bureau", "social security administration", "dvla", "国家金库", "国库", "税务总局", "税务局", "税务所",
    "待报解", "社会保险", "社保局", "社保中心", "社保基金", "失业保险基金", "医保局", "医保中心", "公积金管理",
    "公积金中心", "医疗保障局", "bir efps", "bureau of internal revenue", "philhealth", "pag ibig",
    "sss contribution", "nsitf", "compensation fund", "gstn",
)  # fmt: skip
_TAXES: Final = (
    "tax", "taxes", "usataxpymt", "vat", "gst", "hst", "paye", "nic", "national insurance", "payg", "futa", "prsi",
        "cpf",
    "nhif", "sha contribution", "pension contrib", "epf", "esic", "nssf", "shif", "superannuation",
    "social insurance", "social security", "business rates", "nndr",
    "council rates", "stamp duty", "tds", "lohnsteuer", "umsatzsteuer", "ustva", "sozialversicherung", "source ded",
    "emp201", "vat201", "vat3", "tax payment", "tax refund", "税", "社保", "社会保险", "养老保险", "医疗保险",
    "居民医保", "医保缴费", "工伤保险", "失业保险", "生育保险", "公积金", "残疾人就业保障金", "残保金", "工会经费",
)  # fmt: skip
_NOT_A_TAX: Final = (
    *TRADE, "tax free", "duty free", "tax service", "tax services", "academy", "course", "seminar", "shop", "taxact",
    "consulting", "consultancy", "lawyer", "食堂", "设备", "门口", "工程", "装修", "会务", "tax return", "tax prep",
    "tax advice", "tax code", "tax point", "vat return and", "vat return services", "vat return service", "turbotax",
    "less tax", "ex vat", "plus vat", "filing", "preparation", "return preparation", "accountancy", "taxi", "savings",
    "税务师", "税务代理", "非税", "税点", "交强险", "财税", "报税", "税鉴", "税银", "税贷", "税易贷", "咨询",
    "公积金贷", "chrgs", "chrg", "commission", "申报服务", "代申报",
)  # fmt: skip
_LENDERS: Final = (
    "funding circle", "kabbage", "on deck capital", "ondeck", "iwoca", "lendingclub", "lending club", "lendingkart",
    "bajaj finance", "navient", "financial svcs", "motor credit", "ford credit", "ally financial", "capital on tap",
    "youlend", "square capital", "shopify capital", "startup loans company", "startup loan co", "sacco",
        "rapid finance",
    "farm credit", "funding societies", "kiva", "sba eidl loan", "us bank sba", "kfw", "bibby financial", "小额贷款",
    "消费金融", "汽车金融", "融资租赁", "京东金融", "度小满", "fuliza", "afb ghana", "lipa later",
    "lulalend", "gloan", "wesbank", "black horse",
)  # fmt: skip
_LOANS: Final = (
    "loan", "loans", "ln", "emi", "mortgage", "mtg", "line of credit", "loc principal", "loc draw", "loc payment",
    "loc advance", "hire purchase", "hp agreement", "darlehen", "tilgung", "qwikloan", "cash advance", "eidl", "贷款",
    "还贷",
    "还借款", "借款本", "房贷", "车贷", "农贷", "惠农e贷", "网商贷",
    "微业贷", "微粒贷", "借呗", "金条", "云税贷", "快贷",
    "极速贷", "循环贷", "消费贷", "联合贷", "惠民贷", "信用贷", "经营贷", "抵押贷", "公积金贷",
    "小微贷", "bbls", "vehicle finance", "car finance", "van finance", "vehicle instalment",
)  # fmt: skip
_NOT_A_LOAN: Final = (
    *TRADE, "loaner", "broker", "loan star", "loan officer", "loans and", "loans dept", "loan dept", "on loan",
    "loan on", "donation", "pawn", "lunch", "store", "music", "records",
    "mortgage st", "conveyancing", "保险费", "公证", "律师费", "statement copy", "refund", "中介", "咨询", "评估",
    "登记", "担保", "贷款卡", "年检", "手续费", "服务费", "证明", "受托支付退回",
    "protection", "insurance", "loan hire", "shares", "canteen", "协会", "工会", "行政部", "员工借款",
    "loan to friend", "staff loan", "employee loan", "loan back", "lent",
)  # fmt: skip
_REPAID: Final = (
    "repayment", "credit card payment", "归还借款", "偿还借款", "int coll", "auto finance", "auto pymt", "p&i",
    "payback", "amortization", "amortisation", "还款",
    "还本", "本息", "按揭", "月供", "期供", "本金及利息", "利息及本金", "归还本金",
)  # fmt: skip

RULES: Final = (
    Rule("tax", OUT, _AUTHORITIES, unless=(*_NOT_AN_AUTHORITY, "贷款", "还贷", "设备", "门口")),
    Rule("tax", IN, (
        "tax refund", "tax ref", "vat repayment", "vat refund", "gst refund", "hst refund", "refund bas",
        "tax rebate", "itr refund", "ct refund", "paye refund", "refund vat", "internal revenue service", "irs treas",
        "退税", "社保退费", "退社保", "个税退",
        "税款退还",
        "退还税款", "稳岗返还", "个税手续费返还", "三代手续费", "留抵", "退库",
    ), where=BARE, unless=(*TRADE, "sales", "shopper")),
    Rule("fee", OUT, (
        "fee", "fees", "charge", "charges", "手续费", "服务费", "工本费", "年费", "管理费", "短信费", "中介费",
        "评估费", "登记费", "担保费", "违约金", "维护费", "回单费", "询证函费", "顾问费", "公证费", "会务费",
        "开户费", "汇款费", "承诺费", "函证费", "entgelt", "entgeltabschluss", "chrgs", "chrg",
    ), where=TEXT, unless=("interest", "rent", "tax", "guarantee charge", "invoice", "inv")),
    Rule("loan_repayment", OUT, (
        "credit card payment", "credit card bill", "credit card autopay", "card payment thank you",
    ), where=BARE),
    Rule("loan_repayment", OUT, _REPAID, where=BARE, unless=(*_NOT_A_LOAN, "货款")),
    Rule("loan_repayment", OUT, _LOANS, where=BARE, unless=_NOT_A_LOAN),
    Rule("loan_repayment", OUT, _LENDERS, unless=_NOT_A_LOAN),
    Rule("loan_proceeds", IN, (
        *_LOANS, "放款", "借款", "drawdown", "支用", "票据贴现", "汇票贴现",
    ), where=BARE, unless=(
        *_NOT_A_LOAN, "repayment", "repaid", "还款", "还贷", "还借款", "归还", "收回", "退", "贴息", "补贴",
    )),
    Rule("loan_proceeds", IN, _LENDERS, unless=(*_NOT_A_LOAN, "repayment", "repaid")),
    Rule("interest", None, (
        "interest", "int pd", "sb int", "dividend", "结息", "利息", "分红", "zinsen",
    ), where=TEXT, unless=TRADE),
    Rule("interest", IN, ("收益",), where=TEXT, unless=(*TRADE, "赎回", "到期")),
    Rule("own_transfer", None, (
        "to pot", "reserve pot", "transfer to savings", "transfer to sav", "transfer from savings",
        "transfer from sav", "transfer to checking", "transfer from checking", "transfer to chk", "transfer from chk",
        "to my savings", "from my savings", "xfer to chk", "xfer from chk", "xfer to sav", "xfer from sav",
        "sweep to", "sweep from", "own transfer", "own account", "own accounts", "own a c", "own funds", "own fd",
        "fd booking", "fd closure", "fixed deposit", "term deposit", "inter account transfer", "internal transfer",
        "transfer to self", "self transfer", "self trf", "same name", "savings standingorder", "umbuchung", "本人",
        "同名转", "同名划", "同名账户", "同名互转", "自有账户", "自有资金", "内部转账", "内部划转", "本行转存",
        "活期转定期", "定期转活期", "活转定", "定转活", "定期开户", "定期到期", "转存定期", "零存整取", "通知存款",
        "购买理财", "理财申购", "理财赎回", "理财到期", "理财产品", "薪金宝申购", "结构性存款", "大额存单",
        "银证转账", "证转银", "银转证", "资金归集", "资金下拨", "余额宝", "零钱提现", "零钱充值", "零钱通",
        "定期一本通", "定活两便", "朝朝宝", "货币基金", "fd through", "fd premat", "sweep trf", "rd installment",
        "m shwari deposit", "m shwari withdraw", "wallet to bank", "bank to wallet", "add money wallet",
        "saver transfer", "money market fund", "mutual fund",
        "savings pot", "tax pot", "wages pot", "from pot", "round up to", "own acc", "支付宝提现", "支付宝充值",
        "微信提现", "余额提现", "快速提现", "普通提现", "定期支取",
    ), where=TEXT, unless=(*TRADE, "client", "customer", "签收", "给本人", "父", "母亲", "子女", "食堂")),
    Rule("tax", OUT, _TAXES, where=BARE, unless=_NOT_A_TAX),
    Rule("salary", OUT, (
        "salary", "salaries", "wage", "wages", "payroll", "net pay", "sick pay", "overtime pay", "holiday pay",
        "severance pay", "final pay", "maternity pay", "employee pay", "staff bonus", "bonus to staff", "sal pymt",
        "sal payment", "sal jan", "sal feb", "sal mar", "sal apr", "sal may", "sal jun", "sal jul", "sal aug",
        "sal sep", "sal oct", "sal nov", "sal dec", "gehalt", "lohn", "gusto", "工资", "=薪", "薪资", "薪金", "薪酬",
        "薪水", "双薪", "底薪", "发薪", "=代发", "代发工资", "代发奖金", "代发薪", "批量代发", "其他代发", "代发业务",
        "奖金", "年终奖", "劳务费", "人工费", "加班费", "津贴", "离职补偿", "福利费 员工", "工钱",
        "=绩效", "绩效奖", "提成", "高温补贴", "慰问金 员工", "员工慰问金", "bonus staff", "13th month pay",
        "sweldo", "sal adv",
    ), where=BARE, unless=(
        *TRADE, "slip", "slips", "payslips", "sacrifice", "salary account", "保证金", "代发货", "一件代发", "代发物",
        "奖金杯", "奖金牌",
        "奖金证",
        "奖金池", "薪金宝", "giving", "charity", "repaid", "returned", "工资条", "工资卡", "工资软件",
        "licence", "license", "plan", "module", "sage", "pastel", "bureau",
        "cash cheque", "cash chq", "cash wdl", "cash withdrawal",
        "chq self", "cheque self", "提现", "取现", "现金支票", "佣金", "渠道",
    )),
    Rule("salary", IN, (
        "salary returned", "salaries returned", "wages returned", "salary overpayment", "代发失败", "代发退回",
        "工资退回", "工资退汇",
    ), where=BARE),
    Rule("rent", OUT, (
        "rent", "rental", "lease", "landlord", "房租", "租金", "租赁费", "租房", "铺租", "摊位费", "承包费", "流转费",
        "miete",
    ), unless=("car rental", "rent a", "leasehold", "invoice", "采购")),
    Rule("merchant_settlement", IN, (
        "merchant settlement", "card settlement", "pos settlement", "till settlement", "lipa na mpesa", "bharatpe",
        "zomato", "swiggy", "eftpos settlement",
        "acquirer", "card takings", "merchant bankcd", "bankcard", "bkcrd", "stripe", "square inc", "sq deposit",
        "sumup", "zettle", "worldpay", "clover", "adyen", "razorpay", "paytm", "phonepe", "shopify payments",
        "gocardless", "doordash", "uber eats", "deliveroo", "amazon mktplace", "etsy payout", "toast dep",
        "paypal transfer", "paypal inst xfer", "wechat pay", "alipay", "tenpay", "unionpay", "收单", "清算", "商户",
        "扫码", "二维码", "财付通", "微信支付", "支付宝", "银联商务", "拉卡拉", "收钱", "聚合支付", "聚合收款",
        "美团", "饿了么", "抖音支付", "抖音货款", "拼多多", "淘宝", "京东货款", "携程", "通联支付", "快捷支付",
        "云闪付", "数字人民币",
    )),
    Rule("cash_in", IN, (
        "cash deposit", "cash in", "deposit of funds at agent", "cash", "现金存入", "现存", "存现", "现金存款",
        "无卡存款", "atm存款",
        "自助存款",
        "crs存款",
    ), unless=("invoice", "inv", "货款")),
    Rule("cash_out", OUT, (
        "cash withdrawal", "cash out", "withdrawal at agent", "atw", "atm", "cash", "现金支取", "取现", "取款",
        "现支", "提现",
        "备用金",
    ), unless=TRADE),
    Rule("fee", OUT, ("commission", "佣金"), where=TEXT, unless=TRADE),
    Rule("supplier_payment", OUT, (
        "purchase", "supplier", "invoice", "inv", "goods", "materials", "stock", "wholesale", "order", "货款", "采购",
        "进货", "材料款", "原料", "付款", "购货", "电费", "水费", "燃气费", "运费", "快递费", "保险费", "车险",
        "宽带费", "话费", "油费", "广告费", "维修费", "装修", "设备款", "种子", "饲料", "化肥", "农药", "苗款",
        "代理记账", "税务代理",
    )),
    Rule("customer_receipt", IN, (
        "sale", "sales", "invoice", "inv", "order", "payment received", "customer", "receipt", "货款", "销售", "收款",
        "订单", "回款", "营业款",
    )),
)  # fmt: skip
# What a person can say that money in, or money out, was for; wages and taxes come back, too.
CHOICES: Final = {
    IN: (
        "customer_receipt", "merchant_settlement", "cash_in", "own_transfer", "loan_proceeds", "interest", "tax",
        "salary", "supplier_payment", "unknown",
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
# An enterprise without a legal form in its name.
_SHOPS: Final = re.compile(
    r"(商行|商店|商贸|贸易|经营部|批发|门市|超市|供应|合作社|农场|茶园|工厂|加工|[店厂场行社]$)"
    r"|\b(trading|traders|wholesalers?|supplies|suppliers|stores?|shop|mills?|farms?|cooperative|enterprises|hardware"
    r"|bakery|packaging|works|factory|caf[eé]|caterers|consultants)\b"
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
    text, name = _flat(description), _flat(counterparty_name)
    looked_at = {TEXT: text, BARE: _without(name, text), NAME: name, EITHER: f"{text} {name}".strip()}
    for rule, told, against in _patterns():
        if rule.way not in {None, way} or not told.search(looked_at[rule.where]):
            continue
        if against is None or not against.search(looked_at[rule.where]):
            return rule.category
    if not key or _COUNTERPARTY_IS_A_BANK.search(counterparty_name):
        return "unknown"
    return "customer_receipt" if way == IN else _paid_to(counterparty_name)


def _flat(text: str) -> str:
    """Bring a text to the form in which words are looked for: half width, lower case, punctuation as single spaces."""
    flat = re.sub(r"[^\w&]+|_+", " ", unicodedata.normalize("NFKC", text).casefold()).strip()
    # none of which is trade: two order nothing, the third is how M-Pesa pays anyone
    return re.sub(r"\b(standing|debit) order", r"\1order", flat).replace("pay bill", "paybill")


def _without(name: str, text: str) -> str:
    """Take a shop's name out of the text that repeats it; a lender's or a payroll's says what the payment was for."""
    return " ".join(text.replace(name, " ").split()) or text if _SHOPS.search(name) else text


def _paid_to(name: str) -> str:
    """Money out is a supplier's only where the name is an enterprise's; people may be anything."""
    told = unicodedata.normalize("NFKC", name).casefold()
    return "supplier_payment" if _SUFFIXES.search(told) or _SHOPS.search(told) else "unknown"


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[Rule, re.Pattern[str], re.Pattern[str] | None]]:
    return [(rule, _pattern(rule.words), _pattern(rule.unless) if rule.unless else None) for rule in RULES]


def _pattern(words: Collection[str]) -> re.Pattern[str]:
    """Look for any of the words; English ones may touch figures (INV20260211) but no other letter."""
    return re.compile("|".join(_one(word) for word in words))


def _one(word: str) -> str:
    if word.startswith("="):
        return rf"^{re.escape(word[1:])}$"
    return rf"(?<![a-z]){re.escape(word)}(?![a-z])" if word.isascii() else re.escape(word)
