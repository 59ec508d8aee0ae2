"""Words of money that moves between accounts of its holder; tables."""

from typing import Final

_DEPOSITS: Final = ("dps", "fd", "fdr", "rd", "td", "tdr")
_MOVED: Final = (
    "booking", "closure", "encashment", "liquidation", "maturity", "opening", "placement", "premature", "redemption",
    "renewal", "withdrawal",
)  # fmt: skip
_TERMS: Final = (
    "三个月", "六个月", "半年", "一年", "两年", "二年", "三年", "五年", "3个月", "6个月", "1年", "2年", "3年", "5年",
)  # fmt: skip
KEPT: Final = ("定期", "定期存单", "存单", "大额存单", "结构性存款", "理财", "通知存款", "国债")
_TURNED: Final = ("购买", "认购", "赎回", "支取", "开立")
# The bank's own words.
OWN: Final = (
    "to pot", "from pot", "savings pot", "tax pot", "wages pot", "reserve pot", "rainy day pot", "transfer to savings",
    "transfer from savings", "transfer to sav", "transfer from sav", "transfer to checking", "transfer from checking",
    "transfer to chk", "transfer from chk", "to savings", "from savings", "to my savings", "from my savings",
    "tfr to savings", "tfr from savings", "trf to savings", "trf from savings", "xfer to chk", "xfer from chk",
    "xfer to sav", "xfer from sav", "sweep to", "sweep from", "sweep trf", "auto sweep", "own transfer", "own account",
    "own accounts", "own acct", "own acc", "own a c", "own funds", "own fd", "between own accounts", "between accounts",
    "fd through", "fd premat", "fixed deposit", "term deposit", "time deposit", "inter account transfer",
    "internal transfer", "internal trf", "internal tfr", "transfer to self", "self transfer", "self trf", "trf to self",
    "same name", "savings standingorder", "umbuchung", "rd installment", "rd instalment", "m shwari deposit",
    "m shwari withdraw", "mshwari deposit", "lock savings", "wallet to bank", "bank to wallet", "add money wallet",
    "add money to wallet", "saver transfer", "money market fund", "mutual fund", "call deposit", "round up to",
    "round up", "transfer to saver", "transfer from saver", "tax savings pot", "online transfer to chk",
    "online transfer from chk", "online transfer to sav", "online transfer from sav", "transfer to business savings",
    "treasury bill", "account transfer own", "本人", "同名转", "同名划", "同名转账", "同名划转", "同名账户", "同名互转",
    "同名户", "自有账户", "自有资金", "内部转账", "内部划转", "本行转存", "活期转定期", "定期转活期", "活转定",
    "定转活", "定期存款", "转定期", "转存定期", "零存整取", "整存整取", "通知存款", "理财申购", "理财产品", "申购理财",
    "薪金宝申购", "薪金宝赎回", "结构性存款", "大额存单", "银证转账", "证转银", "银转证", "资金归集", "资金下拨",
    "余额宝", "零钱提现", "零钱充值", "零钱通", "定期一本通", "定活两便", "朝朝宝", "货币基金", "基金申购", "基金赎回",
    "支付宝提现", "支付宝充值", "微信提现", "余额提现", "余额转出", "快速提现", "普通提现", "提现到银行卡", "约定转存",
    "账户互转", "自己账户", "一般户转入", "一般户转出", "基本户转入", "基本户转出", "转基本户", "转一般户", "基本户",
    "一般户", "归集户", "转入理财", "理财转出", "活期宝", "天天利", "日日盈", "business savings", "to business savings",
    "from business savings", "fd booked", "linked account", "inter account", "inter account tfr", "m shwari withdrawal",
    "money market deposit", "money market withdrawal", "money market fund deposit", "pot withdrawal", "pot deposit",
    "save the change", "round ups to pot", "stash deposit", "savings transfer", "账户间互转", "证券转银行",
    "银行转证券", "资金池", "调拨", "转存一年定期", "申购货币基金", "bus reserve", "business reserve", "to bus reserve",
    "from bus reserve", "reserve account", "interaccount", "interaccount trf", "to fd", "from fd", "fixed dep",
    "rd inst", "sweep out", "money market", "transfer to money market", "cd maturity", "instant saver", "saver tfr",
    "from saver", "notice withdrawal", "notice account", "call account", "pot tax", "monzo pot", "savings withdrawal",
    "savings deposit", "mmf deposit", "mmf withdrawal", "存定期", "理财买入", "理财账户", "协定存款", "证券资金",
    "基金定投", "下划", "上划", "跨行归集", "结构性存款本金", "收益凭证", "sweep in", "sweep transfer", "sweep account",
    "rev sweep", "reverse sweep", "zero balancing", "cash concentration", "pot transfer", "transfer to pot",
    "transfer from pot", "move to pot", "savings space", "savings goal", "savings vault", "to vault", "from vault",
    "savings jar", "instant access savings", "easy access savings", "notice savings", "neft self", "imps self",
    "rtgs self", "upi self", "self neft", "self imps", "money market fund subscription", "money market fund redemption",
    "mmf subscription", "mmf redemption", "mmf investment", "from mmf", "to mmf", "transfer between accounts",
    "own account trf", "to own account", "from own account", "term deposit placement", "deposit redemption",
    "fixed deposit maturity", "currency account transfer", "to usd account", "from usd account", "to eur account",
    "from eur account", "to gbp account", "from gbp account", "钱包充值", "支付宝余额充值", "between my accounts",
    "between our accounts", "transfer between my accounts", "transfer between our accounts", "from deposit account",
    "to deposit account", "from deposit a c", "to deposit a c", "deposit placement", "bus sav", "to bus sav",
    "from bus sav", "to reserve a c", "from reserve a c", "auto save", "autosave", "to fd booking",
    "treasury bill investment", "to own savings", "from own savings", "本金赎回", "自动赎回", "充值到零钱", "买入理财",
    "买入理财产品", "现金管理类理财", "理财本金", "购大额存单", "活期宝赎回", "活期宝申购",
    *(f"{kept} {how}" for kept in _DEPOSITS for how in _MOVED),
    *(f"{how}{term}定期" for how in ("", "购买", "认购") for term in _TERMS),
    *(f"{kept}{how}" for kept in KEPT for how in ("到期", "到期本息", "到期兑付", "销户", "开户", *_TURNED)),
    *(f"{how}{kept}" for kept in KEPT for how in _TURNED),
)  # fmt: skip

# Weak.
SAVED: Final = (
    "saving", "savings", "sav", "pot", "stash", "vault", "理财", "定期", "存款", "存单", "国债", "保证金户",
)  # fmt: skip
