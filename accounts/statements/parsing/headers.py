"""What banks, wallets and tax offices call their columns, in English and Chinese; pure tables."""

import re
import unicodedata
from collections.abc import Mapping
from functools import lru_cache
from typing import Final

_ENDS_IN_CURRENCY: Final = re.compile(
    r"(.+)[ (（](€|£|AED|AUD|CAD|CHF|CNY|CZK|DKK|EUR|GBP|HKD|HUF|IDR|INR|JPY|KES|KRW|MYR|NGN|NOK|NZD|PHP|PLN|RMB|RON"
    r"|SEK|SGD|THB|TRY|TWD|TZS|UGX|USD|VND|ZAR)[)）]?"
)
_CODES: Final = {"RMB": "CNY", "€": "EUR", "£": "GBP"}
STATEMENT: Final[dict[str, tuple[str, ...]]] = {
    "date": (
        "date", "booking date", "booked on", "transaction date", "trans date", "posting date", "posted date", "posted",
        "entry date", "value date", "日期", "交易日期", "记账日期", "入账日期",
        "交易时间", "交易日", "记账日", "发生日期",
        "账务日期", "时间", "operation date", "booked", "completed date", "started date", "process date",
        "effective date", "记账时间", "入账时间", "交易日期时间",
        "completion time", "txn date", "value dat", "付款时间", "交易创建时间", "交易付款时间",
        "buchungstag", "buchungsdatum", "datum", "wertstellung", "valuta", "valutadatum",
        "fecha", "fecha operación", "fecha operacion", "fecha contable", "fecha valor", "date opération",
        "date operation", "date de l'opération", "date comptable", "date valeur", "date de valeur",
        "post date", "tran date", "buchung", "dateop", "发生时间",
    ),
    "amount": (
        "amount", "transaction amount", "signed amount", "sum", "金额", "交易金额", "发生额", "收支金额", "金额 元",
        "交易金额 元", "发生额 元", "value", "net amount", "amount cny", "amount rmb", "交易额", "入账金额", "记账金额",
        "billing amount", "betrag", "umsatz", "montant", "importe", "monto",
        "收支金额", "收支金额 元", "收入 支出金额", "bedrag", "trade amount",
    ),
    "inflow": (
        "credit", "credit amount", "credits", "money in", "paid in", "deposit", "deposits", "in", "inflow", "收入",
        "收入金额", "贷方", "贷方金额", "贷方发生额", "存入", "存入金额", "转入金额", "收入 元", "贷方发生额 元",
        "记账金额 收入", "贷方发生额 收入", "收入 贷方", "credit cny", "money in cny", "paid in cny", "贷方发生金额",
        "deposit amt", "credit amt",
        "haben", "gutschrift", "crédit", "crédit euros", "abono", "abonos", "haber", "ingreso", "ingresos",
        "收入金额 元", "收入金额 +元", "贷方发生额 元 收入", "bij",
    ),
    "outflow": (
        "debit", "debit amount", "debits", "money out", "paid out", "withdrawal", "withdrawals", "out", "outflow",
        "支出", "支出金额", "借方", "借方金额", "借方发生额", "支取",
        "支取金额", "转出金额", "支出 元", "借方发生额 元",
        "记账金额 支出", "借方发生额 支出", "支出 借方", "debit cny", "money out cny", "paid out cny", "借方发生金额",
        "withdrawn", "withdrawal amt", "debit amt",
        "soll", "belastung", "débit", "débit euros", "cargo", "cargos", "debe",
        "支出金额 元", "借方发生额 支取", "借方发生额 元 支取", "af",
    ),
    "direction": (
        "direction", "dr cr", "cr dr", "debit credit", "credit debit", "d c",
        "type of entry", "收支", "借贷", "借贷标志",
        "借贷方向", "收支方向", "收 支", "收 支 其他", "借 贷", "收入 支出", "资金方向",
        "dr cr indicator", "debit credit indicator", "credit debit indicator", "indicator", "soll haben", "sens",
        "借贷标记", "借贷符号", "收付标志", "收支类型", "收支标志", "交易方向",
        "af bij",
    ),
    "balance": (
        "balance", "running balance", "balance after", "account balance", "余额", "账户余额", "本次余额", "交易后余额",
        "余额 元", "账户余额 元", "balance cny", "closing balance", "当前余额", "可用余额", "联机余额", "本次余额 元",
        "runningbalance", "saldo", "kontostand", "saldo nach buchung", "solde", "saldo contable",
        "running bal", "账户结余", "账户结余 元", "结余", "saldo na mutatie",
    ),
    "counterparty": (
        "counterparty", "counterparty name", "payee payer", "name", "other party",
        "对方户名", "对方名称", "对方账户名称", "对方单位名称", "交易对方",
        "对手户名", "交易对手", "对方姓名", "对方单位", "对方账户名", "收付款方名称", "交易对方名称",
        "对方客户名称", "对手名称", "counter party", "merchant", "merchant name", "with whom", "to from",
        "partner name", "name description", "beneficiary originator", "对方账号与户名",
        "对手信息", "商户名称",
        "begünstigter zahlungspflichtiger", "beguenstigter zahlungspflichtiger", "name zahlungsbeteiligter",
        "auftraggeber empfänger", "auftraggeber begünstigter", "beneficiario", "ordenante", "bénéficiaire",
        "对方账号名称", "收 付 方名称", "对方户名 账号", "naam omschrijving",
    ),
    "kind": ("type", "transaction type", "txn type", "entry type", "交易类型", "类型"),
    "description": (
        "description", "desc", "details", "memo", "narrative", "purpose", "remark", "remarks", "text", "particulars",
        "note",
        "摘要", "备注", "用途", "附言", "交易摘要", "交易说明", "说明", "商品", "摘要说明", "交易用途",
        "transaction description", "transaction details", "transaction remarks",
        "业务摘要", "交易备注", "商品说明", "交易附言", "附加信息", "业务类型", "用途说明", "what",
        "narration", "payment details", "payment reference", "商品名称",
        "客户摘要", "交易名称", "verwendungszweck", "buchungstext", "libellé", "libelle", "libellé de l'opération",
        "concepto", "descripción", "descripcion", "observaciones",
        "omschrijving", "mededelingen", "subcategory",
    ),
    "reference": (
        "reference", "ref", "bank reference", "transaction id", "transaction reference", "transaction number", "id",
        "流水号", "交易流水号", "凭证号", "交易单号", "交易号", "核心流水号", "交易订单号", "参考号",
        "receipt no", "ref no cheque no", "chq ref number", "chq ref no",
        "日 志 号", "日志号", "kundenreferenz", "référence", "referencia",
        "账务流水号", "主机交易流水号", "资金流水单号",
    ),
    "currency": ("currency", "ccy", "billing currency", "币种", "币别", "货币", "交易币种", "记账币种",
        "währung", "waehrung", "devise", "divisa", "moneda",
    ),
    "counterparty_number": (
        "counterparty account", "counterparty iban", "partner iban", "iban account number", "对方账号", "对方帐号",
        "对方账户", "对手账号", "交易对方账号",
        "对方卡号 账号", "kontonummer iban", "iban zahlungsbeteiligter",
        "收 付 方账号", "tegenrekening",
    ),
    "payer": (
        "payer", "payer name", "付款人", "付款人名称", "付款人户名", "付款方名称", "付款方户名",
        "zahlungspflichtige*r",
    ),
    "payee": (
        "payee", "beneficiary", "收款人", "收款人名称", "收款人户名", "收款方名称", "收款方户名",
        "zahlungsempfänger*in",
    ),
    "payer_number": ("付款人账号", "付款方账号"),
    "payee_number": ("收款人账号", "收款方账号"),
    "status": ("state", "status", "transaction status", "交易状态", "当前状态"),
    "info": ("info",),  # says anything, and at one group of banks that a payment was announced
    "holder": ("account holder", "账户名称", "账号名称", "本方户名", "本方账户名称"),
    "account": (
        "account number", "account no", "iban", "our account", "本方账号", "本方帐号", "账号",
        "帐号", "卡号", "查询账号", "交易账号", "交易卡号", "本方账户",
        "auftragskonto", "rekening", "account",
    ),
}  # fmt: skip
# A later column of the same role is meant where there is one: the day beside a clock, the booking beside its beginning.
WEAK: Final = {"交易时间", "时间", "记账时间", "入账时间", "交易创建时间", "started date", "value date", "wertstellung",
    "valuta", "valutadatum", "fecha valor", "date valeur", "date de valeur", "交易币种",
}  # fmt: skip
INVOICES: Final[dict[str, tuple[str, ...]]] = {
    "number": (
        "number", "invoice number", "invoice no", "no", "invoice", "发票号码", "号码", "发票号", "票号",
        "rechnungsnummer", "numéro de facture", "número de factura",
    ),
    "e_number": ("数电票号码", "数电发票号码", "全电发票号码", "电子发票号码"),
    "code": ("invoice code", "发票代码"),
    "date": (
        "date", "issued", "issued on", "date issued", "issue date", "invoice date", "开票日期", "日期", "开具日期",
        "rechnungsdatum", "date de facture", "fecha de factura",
    ),
    "counterparty": (
        "counterparty", "customer", "supplier", "counterparty name", "customer name", "supplier name",
        "对方名称", "客户", "供应商", "客户名称", "供应商名称", "往来单位",
    ),
    "seller": (
        "seller", "seller name", "销方名称", "销售方名称", "销售方", "销货方名称", "销售单位", "开票方名称",
    ),
    "buyer": ("buyer", "buyer name", "购方名称", "购买方名称", "购买方", "购货方名称", "购货单位", "受票方名称"),
    "seller_number": ("seller tax number", "销方识别号", "销售方识别号", "销方税号", "销方纳税人识别号"),
    "buyer_number": ("buyer tax number", "购方识别号", "购买方识别号", "购方税号", "购方纳税人识别号"),
    "net": ("net", "net amount", "amount net", "amount excluding tax", "金额", "不含税金额", "合计金额",
            "金额 元", "不含税金额 元", "金额 不含税", "nettobetrag", "montant ht", "base imponible"),
    "tax": ("tax", "tax amount", "vat", "vat amount", "税额", "合计税额", "增值税额", "税额 元", "mwst", "tva", "iva"),
    "gross": (
        "gross", "gross amount", "total", "total amount",
        "amount including tax", "价税合计", "含税金额", "总金额", "价税合计 元", "金额 含税", "开票金额",
        "bruttobetrag", "montant ttc",
    ),
    "direction": ("direction", "kind", "type", "sale or purchase", "方向", "类型", "进销项", "进销", "销项 进项"),
    "valid": ("valid", "is valid", "status", "state", "invoice status", "状态", "发票状态", "有效"),
    "positive": ("是否正数发票", "正数发票"),
    "currency": ("currency", "ccy", "币种", "货币"),
}  # fmt: skip
HOLDER: Final = {
    "holder", "account holder", "account name", "holder name", "name", "户名",
    "账户名称", "账户名", "客户名称", "姓名", "单位名称", "客户姓名", "kunde", "kontoinhaber",
}  # fmt: skip
ACCOUNT: Final = {
    "account", "account number", "account no", "iban", "卡号 账号",
    "账号", "卡号", "账户", "账户号", "银行账号", "查询账号", "帐号", "账 号", "借记卡号", "客户账号", "支付宝账户",
    "konto", "kontonummer", "girokonto",
}  # fmt: skip
CURRENCY: Final = {"currency", "ccy", "币种", "币 种", "币别", "货币"}
CURRENCIES: Final = {
    "人民币": "CNY", "rmb": "CNY", "¥": "CNY", "人民币元": "CNY", "美元": "USD",
    "欧元": "EUR", "港币": "HKD", "港元": "HKD",
    "日元": "JPY", "英镑": "GBP",
}  # fmt: skip
INWARD: Final = {
    "crdt",
    "h",
    "haben",
    "crédit",
    "abono",
    "haber",
    "bij",
    "in",
    "credit",
    "cr",
    "c",
    "+",
    "收入",
    "收",
    "贷",
    "贷方",
    "转入",
    "存入",
    "入账",
    "来账",
    "贷 cr",
}
OUTWARD: Final = {
    "dbit",
    "s",
    "soll",
    "débit",
    "cargo",
    "debe",
    "af",
    "out",
    "debit",
    "dr",
    "d",
    "-",
    "支出",
    "支",
    "借",
    "借方",
    "转出",
    "支取",
    "出账",
    "往账",
    "借 dr",
}
NEITHER: Final = {"/", "不计收支", "中性交易", "其他", "neutral"}  # wallets say so of money that stays its owner's
ANNOUNCED: Final = "umsatz vorgemerkt"
UNDONE: Final = {
    "pending", "reverted", "declined", "failed", "cancelled", "canceled", "rejected", "交易关闭", "等待付款", "待付款",
    "等待买家付款", "交易失败", ANNOUNCED, "vorgemerkt", "支付失败", "失败", "已取消", "已关闭", "处理中",
}  # fmt: skip
SYMBOLS: Final[dict[str, frozenset[str]]] = {
    "¥": frozenset({"CNY", "JPY"}), "€": frozenset({"EUR"}), "£": frozenset({"GBP"}), "₹": frozenset({"INR"}),
    "$": frozenset({"USD", "AUD", "CAD", "HKD", "NZD", "SGD", "TWD"}),
}  # fmt: skip
BALANCES: Final = {
    "account balance",
    "opening balance", "closing balance", "balance brought forward", "balance carried forward", "brought forward",
    "carried forward", "start balance", "end balance", "beginning balance", "ending balance",
    "期初余额", "期末余额", "上期余额", "本期余额", "承前余额",
    "上期结余", "承前页", "过次页",
}  # fmt: skip
TOTALS: Final = ("合计", "总计", "小计", "total ", "totals ", "sum ")
SUMS: Final = ("合计", "总计", "小计")  # after the name of what is added up
SALES: Final = {"sale", "sales", "out", "issued", "销项", "销售", "销项发票", "销", "开出"}
PURCHASES: Final = {"purchase", "purchases", "in", "received", "进项", "采购", "进项发票", "进", "取得"}
VALID: Final = {
    "valid", "yes", "true", "1", "normal", "ok", "issued", "paid", "正常", "有效", "是", "已开具", "正常发票",
    # the red invoice that takes it back is a row of its own
    "已红冲", "已红冲 全额", "已红冲 部分", "已全额红冲", "已部分红冲", "部分红冲", "全额红冲", "被红冲",
}  # fmt: skip
VOID: Final = {
    "void", "voided", "invalid", "no", "false", "0", "cancelled", "canceled", "作废", "已作废", "无效",
    "否", "空白作废",
}  # fmt: skip
CREDITED: Final = {"credit note", "credited", "红字", "红冲", "红字发票", "红冲发票", "负数发票"}
NOT_POSITIVE: Final = {"否", "no", "n", "false"}


@lru_cache(maxsize=20_000)
def squeezed(cell: str) -> str:
    """Bring a heading to the form of the tables: half width, lower case, punctuation as single spaces."""
    text = unicodedata.normalize("NFKC", cell).strip().strip("*#").casefold()
    return " ".join(re.split(r"[\s_()/\-:\[\].,|]+", text)).strip()


def role_of(cell: str, roles: Mapping[str, tuple[str, ...]]) -> str | None:
    """Find what a column is for, or none."""
    cell = cell.partition("[")[0].strip() or cell  # 交易日期[ Transaction Date ]
    name = squeezed(cell)
    plain = squeezed(found[1]) if (found := _ENDS_IN_CURRENCY.fullmatch(cell.strip())) else name
    return next((role for role, names in roles.items() if name in names or plain in names), None)


def currency_in(cell: str) -> str:
    """Find the currency that a heading such as ``Amount (EUR)`` ends with, or none."""
    found = _ENDS_IN_CURRENCY.fullmatch(cell.strip())
    return _CODES.get(found[2], found[2]) if found else ""
