"""Words of wages; tables."""

from typing import Final

# Weak; of many, who are never a product, and of one.
PAID: Final = ("salaries", "wages")
PAID_ONE: Final = ("salary", "mshahara")
# Weak.
WAGE: Final = (
    *PAID, *PAID_ONE, "wage", "payroll", "bonus", "overtime", "gehalt", "lohn", "pay run", "sweldo",
    "stipends", "labour", "labor", "casuals", "工资", "薪", "薪资", "薪金", "薪酬", "薪水", "奖金", "津贴",
    "员工资", "劳务费", "人工费", "工钱", "提成", "绩效", "加班费", "劳务", "慰问金", "报酬", "gaji", "salaris", "sala",
)  # fmt: skip

WAGES: Final = (
    "net pay", "net wages", "salary payment", "salary pymt", "salary pmt", "salaries payment", "staff salaries",
    "staff salary", "staff wages", "staff pay", "staff payroll", "employee pay", "employee salary", "employees salary",
    "employee wages", "employee payroll", "payroll run", "payroll payment", "payroll batch", "payroll dd",
    "direct dep payroll", "direct deposit payroll", "payroll direct deposit", "bulk salary", "bulk salaries",
    "salary batch", "salary upload", "bulk wages", "salary disbursement", "monthly salary", "monthly salaries",
    "weekly wages", "weekly payroll", "wages week", "wages wk", "casual wages", "casuals wages", "sick pay",
    "overtime pay", "holiday pay", "severance pay", "final pay", "maternity pay", "staff bonus", "bonus to staff",
    "bonus staff", "year end bonus", "xmas bonus", "christmas bonus", "13th month pay", "13 th month pay",
    "salary to staff", "salary advance", "sal adv", "wage advance", "wages advance", "advance salary", "salary arrears",
    "wage arrears", "labour wages", "labour payment", "workers wages", "worker wages", "代发工资", "工资代发", "代发薪",
    "代发奖金", "代发劳务", "批量代发", "其他代发", "代发业务", "发工资", "发薪", "工资发放", "薪资发放", "薪酬发放",
    "月工资", "周工资", "年终奖", "年终奖金", "双薪", "底薪", "绩效奖", "绩效工资", "绩效奖金", "员工工资", "工人工资",
    "职工工资", "临时工工资", "预支工资", "预付工资", "支付工资", "付工资", "结工资", "离职补偿", "工资性支出",
    "员工薪资", "高温补贴", "员工奖金", "员工慰问金", "慰问金员工", "福利费员工", "农民工工资", "工资款",
    "企业代发工资", "月薪", "加班工资", "补发工资", "计件工资", "岗位津贴", "保洁工资", "店员工资", "加班补贴",
    "driver wage", "cleaner wages", "sal payment", "sal trf", "sal transfer", "sal cr", "sal pmt", "wages for",
    "salary for", "wages paid", "wages payment", "wage payment", "payroll s quickbooks", "xero pay run", "gusto net",
    "des net", "des payroll", "离职工资", "sal jan", "sal feb", "sal mar", "sal apr", "sal may", "sal jun", "sal jul",
    "sal aug", "sal sep", "sal sept", "sal oct", "sal nov", "sal dec", "sal pymt", "高温费", "全勤奖", "过节费",
    "夜班补贴", "经济补偿", "辞退补偿", "辞退补偿金", "工资尾款", "工资结清", "工资结算", "民工工资", "服务员工资",
    "装卸工工资", "计件工钱", "押金工资", "redundancy pay", "redundancy payment", "notice pay", "薪酬代发", "薪资代发",
    "代发薪酬", "代发薪资", "采摘工工资", "采茶工工资", "普工工资", "小工工资", "小工工钱",
)  # fmt: skip

PAY_BACK: Final = (
    "salary returned", "salaries returned", "wages returned", "salary return", "wage returned", "salary reversal",
    "salary overpayment", "returned salary", "returned wages", "代发失败", "代发退回", "工资退回", "工资退汇",
    "工资代发失败", "退回工资", "工资退", "代发工资退回",
)  # fmt: skip

NOT_WAGE: Final = (
    "cafe", "club", "hotel", "card", "attachment of earnings", "earnings order", "salary account", "salary loan",
    "salary finance", "wage day", "cash cheque", "cash chq", "cash wdl", "chq self", "cheque self", "savings", "loan",
    "bond", "工资卡", "工资户", "薪金宝", "薪金贷", "工资贷", "提现", "取现", "现金支票", "保证金", "代发费", "保险",
    "评奖", "员工资料", "员工资格", "员工资质", "调查报告", "薪资调查", "薪酬调查", "工资调查", "薪酬报告", "薪资报告",
)  # fmt: skip
