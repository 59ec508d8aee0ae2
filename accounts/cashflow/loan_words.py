"""Words of loans that are paid back, and of loans that are paid out; tables."""

from typing import Final

# What a loan is for names no trade.
LOANS_FOR: Final = tuple(
    f"{what} loan"
    for what in (
        "agri", "agricultural", "bridge", "cattle", "commercial", "crop", "dairy", "development", "education",
        "emergency", "farm", "gold", "group", "harvest", "housing", "input", "livestock", "machinery", "poultry",
        "school fees", "seed", "shop", "tractor", "trade", "vehicle",
    )
)  # fmt: skip
_LOANS: Final = (
    "loan", "loans", "ln", "tl", "credit line", "financing", "line of credit", "loc", "mortgage", "microloan",
)  # fmt: skip
_PAID_BACK: Final = (
    "amort", "amortization", "closure", "collection", "dd", "debit", "deduction", "direct debit", "draft", "due",
    "dues", "emi", "foreclosure", "inst", "instal", "installment", "instalment", "liquidation", "part payment",
    "payment", "payoff", "pmt", "preclosure", "prepayment", "principal", "pymt", "realisation", "realization", "rec",
    "recovery", "repay", "repayment", "repayments", "repaymt", "repmt", "rpmt", "servicing",
)  # fmt: skip
_PAID_OUT: Final = (
    "adv", "advance", "advanced", "availment", "credit", "credited", "disb", "disbursal", "disburse", "disbursed",
    "disbursement", "disbursements", "draw", "drawdown", "drawn", "drawn down", "funded", "funds", "grant", "granted",
    "issued", "paid out", "payout", "proceed", "proceeds", "release", "released", "sanction",
)  # fmt: skip
_BORROWED: Final = (
    "流动资金贷款", "流动资金借款", "经营性贷款", "个人经营性贷款", "个人贷款", "银行贷款", "短期贷款", "短期借款",
    "长期贷款", "长期借款", "项目贷款", "农户贷款", "小额贷款", "信用贷款", "信用借款", "委托贷款",
)  # fmt: skip
REPAY: Final = (
    "loan pay", "emi", "emi debit", "loan interest", "interest on loan", "loan int", "int coll", "loan settlement",
    "pay loan", "repay loan", "repayment of loan", "repayment loan", "repayment", "mtg payment", "mtg pmt", "mtge",
    "hire purchase", "hp agreement", "hp instalment", "credit card payment", "credit card bill", "credit card autopay",
    "card payment thank you", "auto finance", "auto pymt", "auto loan", "car loan", "van loan", "car finance",
    "van finance", "vehicle finance", "asset finance", "equipment finance", "vehicle instalment", "home loan",
    "term loan", "business loan", "student loan", "bounce back loan", "bbls", "cbils", "amortization", "amortisation",
    "principal and interest", "p&i", "finance agreement", "lease finance", "overdraft repayment", "repay overdraft",
    "还贷款", "还贷", "贷款还款", "贷款归还", "归还贷款", "偿还贷款", "贷款本金", "贷款利息", "贷款本息", "贷款扣款",
    "贷款回收", "贷款收回", "收贷", "贷款扣收", "贷款结清", "结清贷款", "贷款还本", "还本付息", "还本", "付息", "本息",
    "按揭", "按揭款", "月供", "期供", "房贷", "车贷", "农贷", "惠农e贷", "网商贷", "微业贷", "微粒贷", "借呗",
    "花呗还款", "金条", "快贷", "极速贷", "循环贷", "消费贷", "联合贷", "惠民贷", "信用贷", "经营贷", "抵押贷",
    "小微贷", "云税贷", "税贷", "税易贷", "公积金贷款", "公积金贷", "本金及利息", "利息及本金", "归还本金", "归还借款",
    "偿还借款", "还借款", "借款本金", "借款本息", "借款利息", "信用卡还款", "信用卡自动还款", "还信用卡", "自动还款",
    "批量还款", "提前还款", "还款", "逾期本金", "逾期利息", "罚息", "分期还款", "分期扣款", "贷款分期", "融资租赁款",
    "融资租金", "贷款到期", "委托还款", "还息", "利息扣收", "扣收利息", "扣收本金", "ln int", "bridging loan",
    "equipment loan", "loan payback", "loan repaid", "loan capital repaid", "line of credit paydown", "paydown",
    "working capital repayment", "working capital loan", "settlement of loan", "settlement of bridging loan",
    "loan kist", "kist", "credit card payoff", "收回贷款", "扣息", "提前归还", "部分提前归还", "贷款部分提前归还",
    "代还车贷", "白条还款", "分期乐", "融资租赁租金", "偿还借款本金", "贷款利息支出", "小额贷款本金收回",
    "归还借款本金", "归还个人借款", "credit card pmt", "credit card pymt", "credit crd", "credit crd autopay",
    "credit card dd", "cc payment", "card autopay", "vehicle fin", "fin svcs", "statement balance", "m shwari loan",
    "m shwari loan repayment", "tl interest", "interest debit overdue tl", "overdue tl", "loan inst recovery",
    "emi recovery", "loan a c transfer", "transfer to loan", "偿还个人借款", "偿还个人借款本金", "信贷还款",
    "小额信贷还款", "流贷", "结息扣款", "贷款结息", "代偿贷款", "按揭还款", "draw repay", "commercial ln",
    "lender collection", "loan installments", "loan instalments", "emi payment", "emi collection", "emi nach",
    "nach emi", "ach emi", "ecs emi", "finance instalment", "finance installment", "facility repayment",
    "repayment of facility", "repayment facility", "principal repayment", "principal payment", "mca remittance",
    "mca repayment", "mca payment", "merchant cash advance repayment", "cash advance repayment", "advance repayment",
    "cc bill payment", "cc bill pmt", "cc bill", "creditcard payment", "demand loan repayment",
    "loan repayment from salary", "salary loan", "salary loan amortization", "stock loan repayment", "归还流贷",
    "流贷本金", "贷款到期收回", "贷款复利", "还个人借款", "公积金贷款月供", "收息", "车辆按揭", "循环贷归还",
    "偿还股东借款", "归还股东借款", "赎当", "赎当利息", "融资款", "白条", "京东白条", "invoice finance repayment",
    "本金归还", "本息归还", "贷款本金归还", "贷款本息归还", "归还创业贷款", "归还抵押贷款", "归还担保贷款",
    "归还质押贷款", "归还拆借款", "小额贷款收回", "农户贷款收回", "农户小额贷款收回", "担保贷款收回", "收购贷款收回",
    "loan kisht", "repaying loan", "bbl", "repayments", "prin liquidation", "principal liquidation", "prin and int",
    "principal and int", "principal pymt", "principal pmt", "capital and interest", "debt service", "mca debit",
    "mca daily", "gloan payment", "to loan a c", "to loan ac", "to loan acct", "to loan account", "to credit line",
    "to line of credit", "pawning redemption", "part prepayment", "part redemption", "kista", "kisti", "批量扣贷",
    "融资租赁", "设备融资租赁租金", "直租", "直租租金", "回租租金", "归还过桥资金", "归还转贷资金", "借款还款",
    "借款归还",
    *(f"{loan} {how}" for loan in (*_LOANS, *LOANS_FOR) for how in _PAID_BACK),
    *(f"{how}{loan}" for how in ("归还", "偿还", "结清", "还") for loan in _BORROWED),
)  # fmt: skip

ADVANCE: Final = (
    "disbursement loan", "drawdown", "draw down", "credit facility draw", "credit facility drawdown",
    "credit facility drawing", "facility drawdown", "facility draw", "facility advance", "facility utilisation",
    "facility utilization", "revolver draw", "rcf drawdown", "rcf draw", "cash credit drawal", "limit drawal",
    "cc drawal", "overdraft drawdown", "term loan proceeds", "tranche release", "loan tranche",
    "micro loan disbursement", "asset finance payout", "equipment finance payout", "vehicle finance payout",
    "finance payout", "loan funding", "loan amount", "loan amt", "loan cr", "new loan", "eidl", "loan ac", "loan a c",
    "cash advance", "merchant cash advance", "business loan", "term loan", "bounce back loan", "qwikloan",
    "overdraft advance", "loan booking", "loan approved", "advance loan", "home loan", "loan disb cr", "disbursal",
    "贷款发放", "发放贷款", "放款", "贷款放款", "贷款支用", "支用", "提款", "贷款提款", "贷款入账", "贷款转存",
    "贷款资金", "借款发放", "借款放款", "借款入账", "票据贴现", "汇票贴现", "贴现", "网商贷", "微业贷", "微粒贷",
    "借呗", "金条", "快贷", "极速贷", "循环贷", "消费贷", "联合贷", "惠民贷", "信用贷", "经营贷", "抵押贷", "小微贷",
    "云税贷", "税贷", "税易贷", "惠农e贷", "房贷", "车贷", "农贷", "受托支付", "贷款到账", "个人经营性贷款",
    "流动资金贷款", "经营性贷款", "信用借款", "bridging loan", "equipment finance drawdown", "working capital loan",
    "invoice finance advance", "proceeds of loan", "loan received", "loan request", "loan deposit",
    "hp agreement advance", "贷款本金入账", "借款到账", "小额农户信用贷款", "农户小额贷款", "农户贷款", "小额贷款发放",
    "m shwari loan", "m shwari loan disburse", "disb ln", "mudra loan", "kcc disbursement", "equipment finance advance",
    "asset finance advance", "finance drawdown", "借据发放", "联保贷款", "保理融资款", "放心借放款",
    "working capital finance", "invoice discounting advance", "overdraft fuliza", "od fuliza",
    "advance against invoices", "advance on invoices", "invoice finance prepayment", "utilisation request",
    "utilization request", "kcc drawal", "承兑汇票贴现", "银行承兑汇票贴现", "票据贴现款", "overdraft of credit party",
    "business cash advance", "working capital advance", "gloan proceeds", "from credit line", "from line of credit",
    "pawning advance", "kcc withdrawal", "放贷", "贷发放", "用信", "售后回租", "售后回租款", "回租款", "回租融资款",
    "设备回租融资款",
    *(f"{loan} {how}" for loan in (*_LOANS, *LOANS_FOR) for how in _PAID_OUT),
)  # fmt: skip
