"""Statements as PDF, made up after the layouts of banks and wallets; each says what is in it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Final

from accounts.statements.parsing.documents.tests import samples


@dataclass(frozen=True)
class Paper:
    """A statement to be printed: what stands above and below its table, its columns and how it is drawn.

    ``columns`` are a name, a width and where its cells stand; a cell may have several lines.
    """

    columns: Sequence[tuple[str, str, str]]
    rows: Sequence[Sequence[str]]
    above: str = ""
    below: str = ""
    foot: str = ""
    stroke: str = "none"
    inset: str = "(x: 3pt, y: 3pt)"
    mark: str = ""
    size: str = "8pt"
    height: str = "297mm"
    repeat: str = "true"
    level: str = "horizon"
    heading: str = ""
    more: str = ""
    fill: str = "none"
    merged: Sequence[str] = field(default_factory=tuple)

    def but(self, **changes: object) -> "Paper":
        """Change it in some way."""
        return replace(self, **changes)  # type: ignore[arg-type]


_printed: Final = cache(samples.printed)


def written(text: str) -> str:
    """Write a text so that it is printed as it is; long numbers may be broken anywhere."""
    text = re.sub(r"[\w*]{10,}|-{10,}", lambda found: "\u200b".join(found[0]), text)
    return "".join(f"\\{each}" if each in "#*_$@<>`~=[]/-+\\" and each != "\n" else each for each in text).replace(
        "\n", " \\\n"
    )


def pdf(paper: Paper) -> bytes:
    """Print a statement."""
    widths = ", ".join(width for _name, width, _align in paper.columns)
    aligns = ", ".join(f"{align} + {paper.level}" for _name, _width, align in paper.columns)
    heading = paper.heading or ", ".join(f"[{written(name)}]" for name, _width, _align in paper.columns)
    cells = "\n".join(", ".join(f"[{written(cell)}]" for cell in row) + "," for row in paper.rows)
    merged = "\n".join(f"table.cell(colspan: {len(paper.columns)})[{written(text)}]," for text in paper.merged)
    mark = f"place(center + horizon, {paper.mark})" if paper.mark else "none"
    source = f"""
#set page(width: 297mm, height: {paper.height}, margin: 15mm, foreground: {mark}, footer: context [{paper.foot}])
#set text(font: "Noto Sans CJK SC", size: {paper.size}, lang: "zh")
#set par(leading: 0.5em)
{paper.above}

#table(columns: ({widths},), align: ({aligns},), stroke: {paper.stroke}, inset: {paper.inset}, fill: {paper.fill},
  table.header(repeat: {paper.repeat}, {heading}),
{cells}
{merged})
{paper.below}
{paper.more}
"""
    return _printed(source)


COUNTED: Final = "第 #counter(page).display() 页  共 #counter(page).final().first() 页"
CMB: Final = Paper(
    columns=[
        ("记账日期\nDate", "60pt", "center"),
        ("货币\nCurrency", "50pt", "center"),
        ("交易金额\nTransaction Amount", "100pt", "right"),
        ("联机余额\nBalance", "90pt", "right"),
        ("交易摘要\nTransaction Type", "100pt", "left"),
        ("对手信息\nCounter Party", "120pt", "left"),
    ],
    rows=[
        ["2026-01-05", "CNY", "1,200.00", "2,200.00", "快捷支付", "李四"],
        ["2026-01-06", "CNY", "-200.50", "1,999.50", "银联快捷支付", "杭州河镇绿色食品贸易有限责任公司第一分公司"],
        ["2026-01-07", "CNY", "30.00", "2,029.50", "汇入汇款", "王五"],
        ["2026-01-08", "CNY", "-1,000.00", "1,029.50", "转账汇款", "青山茶叶种植专业合作社有限责任公司联合社"],
    ],
    above=(
        "#align(center, text(12pt)[招商银行交易流水])\n\n"
        "户名：青山茶庄 #h(3em) 账号：6222021234567890\n\n申请时间：2026-02-01 10:11:12"
    ),
    foot="#align(center)[#counter(page).display()/#counter(page).final().first()]",
)
BOC: Final = Paper(
    columns=[
        ("记账日期", "52pt", "center"),
        ("记账时间", "44pt", "center"),
        ("币别", "36pt", "center"),
        ("金额", "60pt", "right"),
        ("余额", "60pt", "right"),
        ("交易名称", "60pt", "center"),
        ("渠道", "44pt", "center"),
        ("网点名称", "60pt", "center"),
        ("附言", "70pt", "center"),
        ("对方账户名", "70pt", "center"),
        ("对方卡号/账号", "70pt", "center"),
        ("对方开户行", "70pt", "center"),
    ],
    rows=[
        ["2026-03-09", "10:19:28", "人民币", "-11.00", "4,853.00", "网上快捷支付", "银企对接", "-------------------",
         "财付通-扫二维码付款", "财付通-扫二维码付款", "Z2004944000010N", "-------------------"],
        ["2026-03-08", "09:00:01", "人民币", "3,000.00", "4,864.00", "跨行转账", "手机银行", "-------------------",
         "货款", "青山茶叶种植专业合作社", "6222021234567890123", "中国农业银行股份有限公司河镇支行"],
        ["2026-03-08", "08:59:59", "人民币", "-136.00", "1,864.00", "电费", "银企对接", "河镇支行",
         "-------------------", "国网浙江省电力有限公司", "33050161000000000001", "-------------------"],
    ],
    above=(
        "#align(center)[中国银行交易流水明细清单]\n\n交易区间：2026-03-01至2026-03-31 #h(2em) "
        "客户姓名：赵六 \\ 借记卡号：6217850012345678 #h(2em) 账号：450000000001"
    ),
    stroke="0.5pt",
    foot=COUNTED,
    mark="rotate(-35deg, text(40pt, fill: luma(220))[中国银行 中国银行])",
)  # fmt: skip
ICBC: Final = Paper(
    columns=[
        ("交易日期", "58pt", "center"), ("账号", "60pt", "center"), ("储种", "30pt", "center"),
        ("币种", "40pt", "center"), ("摘要", "50pt", "center"), ("地区", "40pt", "center"),
        ("收入/支出金额", "70pt", "right"), ("余额", "70pt", "right"), ("对方户名", "80pt", "center"),
        ("对方账号", "80pt", "center"), ("渠道", "50pt", "center"),
    ],
    rows=[
        ["2026-01-05\n09:12:44", "1202020109900\n000001", "活期", "人民币", "消费", "1202", "-88.00", "1,912.00",
         "河镇饭店", "6222****0001", "快捷支付"],
        ["2026-01-06\n10:00:00", "1202020109900\n000001", "活期", "人民币", "汇款", "1202", "+1,000.00", "2,912.00",
         "杭州绿茶商店有限责任公司", "33050161000000000001", "网上银行"],
        ["2026-01-06\n10:00:05", "1202020109900\n000001", "活期", "人民币", "消费", "1202", "-12.00", "2,900.00",
         "李四", "", "快捷支付"],
    ],
    above=(
        "#align(center)[中国工商银行借记账户历史明细（电子版）]\n\n卡号 6222021234567890 #h(2em) "
        "户名：张三 #h(2em) 起止日期：2026-01-01 — 2026-01-31"
    ),
    stroke="0.4pt + luma(120)",
    foot=COUNTED,
)  # fmt: skip
CCB: Final = Paper(
    columns=[
        ("序号", "40pt", "center"), ("摘要", "80pt", "left"), ("币别", "60pt", "left"), ("钞汇", "50pt", "left"),
        ("交易日期", "60pt", "left"), ("交易金额", "80pt", "right"), ("账户余额", "80pt", "right"),
        ("交易地点/附言", "130pt", "left"), ("对方账号与户名", "150pt", "left"),
    ],
    rows=[
        ["1", "消费", "人民币元", "钞",
         "20260105", "-45.50", "954.50", "支付宝-河镇饭店有限公司外卖订单付款一笔", "2088/河镇饭店"],
        ["2", "电子汇入", "人民币元", "钞",
         "20260106", "1,000.00", "1,954.50", "货款", "33050161000000000001/杭州绿茶商店"],
        ["3", "消费", "人民币元", "钞", "20260108", "-54.50", "1,900.00", "", "李四"],
    ],
    above=(
        "#align(center)[中国建设银行个人活期账户全部交易明细]\n\n"
        "卡号/账号：6217001234567890 #h(2em) 客户名称：赵六 #h(2em) 币别：人民币元"
    ),
    below="生成时间：2026年02月01日 10:11:12",
    stroke="(x, y) => (bottom: 0.5pt)",
)  # fmt: skip
ABC: Final = Paper(
    columns=[
        ("交易日期", "60pt", "left"), ("交易时间", "50pt", "left"), ("交易摘要", "60pt", "left"),
        ("交易金额", "70pt", "right"), ("本次余额", "80pt", "right"), ("对手信息", "120pt", "left"),
        ("日志号", "70pt", "left"), ("交易渠道", "60pt", "left"), ("交易附言", "120pt", "left"),
    ],
    rows=[
        ["20260108", "101502", "转支", "-300.00",
         "1,700.00", "李四6228480000000000001", "238100001", "掌上银行", "房租"],
        ["20260107", "090000", "代付", "+900.00",
         "2,000.00", "青山茶叶种植专业合作社有限责任公司", "238100002", "超级网银", "一月茶叶款 第3批"],
        ["20260106", "235959", "消费", "-100.00",
         "1,100.00", "财付通", "238100003", "电子商务", "扫二维码付款 河镇饭店有限公司早餐"],
        ["20260106", "080000", "转存", "+1,200.00", "1,200.00", "王五", "238100004", "掌上银行", ""],
    ],
    above=(
        "#align(center)[中国农业银行账户活期交易明细清单]\n\n户名：青山茶庄 #h(2em) "
        "账户：6228481234567890 #h(2em) 币种：人民币 \\ 起止日期：20260101-20260131 #h(2em) "
        "电子流水号：26020112345"
    ),
    foot=COUNTED,
    mark="rotate(30deg, text(30pt, fill: luma(230))[ABC])",
)  # fmt: skip
RURAL: Final = Paper(
    columns=[
        ("交易日期", "70pt", "center"), ("摘要", "70pt", "center"), ("借方发生额", "90pt", "right"),
        ("贷方发生额", "90pt", "right"), ("余额", "90pt", "right"), ("对方户名", "110pt", "left"),
        ("对方账号", "110pt", "left"),
    ],
    rows=[
        ["2026-01-05", "货款", "", "3,000.00", "13,000.00", "李四", "6222021111111111"],
        ["2026-01-06", "电费", "450.50", "", "12,549.50", "国网浙江省电力有限公司河镇供电所", "33050161000000000001"],
        ["2026-01-09", "取现", "2,000.00", "", "10,549.50", "", ""],
        ["2026-01-12", "货款", "", "800.00", "11,349.50", "王五", ""],
        ["合计", "", "2,450.50", "3,800.00", "", "", ""],
    ],
    above=(
        "#align(center)[河镇农村商业银行账户交易明细]\n\n户名：青山茶庄 #h(2em) "
        "账号：201000000000001 \\ 期初余额：10,000.00 #h(2em) 期末余额：11,349.50"
    ),
    stroke="0.5pt",
    below="借方合计：2,450.50 #h(2em) 贷方合计：3,800.00 #h(2em) 共4笔",
)  # fmt: skip
WECHAT: Final = Paper(
    columns=[
        ("交易单号", "90pt", "center"), ("交易时间", "60pt", "center"), ("交易类型", "60pt", "center"),
        ("收/支/其他", "60pt", "center"), ("交易方式", "60pt", "center"), ("金额(元)", "60pt", "right"),
        ("交易对方", "90pt", "center"), ("商户单号", "110pt", "center"),
    ],
    rows=[
        ["4200001234202601051234567890", "2026-01-05 10:11:12", "二维码收款", "收入", "零钱", "88.00", "李四", "/"],
        ["4200001234202601061234567891", "2026-01-06 11:11:12", "商户消费", "支出", "零钱通", "12.50",
         "河镇饭店有限责任公司", "10000400012026010612345678901234"],
        ["4200001234202601071234567892", "2026-01-07 12:11:12", "零钱提现", "其他",
         "农业银行(0001)", "50.00", "农业银行", "/"],
    ],
    above=(
        "#align(center)[微信支付交易明细证明] \n\n兹证明：张三（居民身份证：330102199001011234），"
        "在其微信号：green-tea-1 中的交易明细信息如下：\n\n"
        "交易明细对应时间段 2026-01-01 00:00:00 至 2026-01-31 23:59:59"
    ),
    below="说明：1. 本明细仅供个人对账使用。",
    stroke="0.5pt",
)  # fmt: skip
ALIPAY: Final = Paper(
    columns=[
        ("收/支", "50pt", "center"), ("交易对方", "90pt", "center"), ("商品说明", "110pt", "center"),
        ("收/付款方式", "80pt", "center"), ("金额", "60pt", "center"), ("交易订单号", "100pt", "center"),
        ("商家订单号", "100pt", "center"), ("交易时间", "60pt", "center"),
    ],
    rows=[
        ["收入", "李四", "收钱码收款", "余额", "100.00", "2026010522001112345678901234", "", "2026-01-05 10:11:12"],
        ["支出", "河镇饭店", "午餐", "农业银行(0001)",
         "25.00", "2026010622001112345678901235", "T200P123", "2026-01-06 12:00:00"],
        ["不计收支", "张三", "余额宝-转入", "余额",
         "75.00", "2026010722001112345678901236", "", "2026-01-07 08:00:00"],
    ],
    above=(
        "#align(center)[支付宝交易流水证明]\n\n编号：20260201000001\n\n"
        "兹证明：张三（证件号码：330102199001011234）在支付宝账号 zhang\\@example.com 中明细信息如下：\n\n"
        "币种：人民币/单位：元"
    ),
    stroke="0.5pt",
    foot="#counter(page).display() / #counter(page).final().first()",
)  # fmt: skip
WESTERN: Final = Paper(
    columns=[
        ("Date", "80pt", "left"), ("Description", "240pt", "left"), ("Paid out", "80pt", "right"),
        ("Paid in", "80pt", "right"), ("Balance", "80pt", "right"),
    ],
    rows=[
        ["", "Balance brought forward", "", "", "500.00"],
        ["05 Jan 2026", "CARD PAYMENT RIVER TEA\nREF 12 345", "45.10", "", "454.90"],
        ["06 Jan 2026", "FASTER PAYMENT LI MING", "", "1,200.00", "1,654.90"],
        ["09 Jan 2026", "DIRECT DEBIT POWER LTD\nMANDATE 0099\nTHANK YOU", "154.90", "", "1,500.00"],
        ["", "Balance carried forward", "", "", "1,500.00"],
    ],
    above=(
        "Your statement #h(4em) Account name: RAVI STORES \\ Sort code 20-00-00 #h(2em) "
        "Account number: 12345678 \\ Opening balance 500.00"
    ),
    below="Totals paid out 200.00 paid in 1,200.00\n\nInterest rates may change. Ask in your branch.",
    foot="Page #counter(page).display() of #counter(page).final().first()",
    level="top",
    inset="(x: 4pt, y: 5pt)",
)  # fmt: skip
ZEBRA: Final = CMB.but(fill="(x, y) => if calc.odd(y) { luma(235) } else { white }", above="卡号：6214831234567890")
SUMMED: Final = Paper(
    columns=[
        ("交易时间", "120pt", "left"), ("交易类型", "80pt", "left"), ("收/支", "50pt", "left"),
        ("金额(元)", "70pt", "right"), ("交易对方", "150pt", "left"), ("交易单号", "160pt", "left"),
    ],
    rows=[
        ["2026-01-05 10:11:12", "二维码收款", "收入", "88.00", "李四", "4200001234202601051234567890"],
        ["2026-01-06 11:11:12", "商户消费", "支出", "12.50", "河镇饭店", "4200001234202601061234567891"],
        ["2026-01-08 09:00:00", "二维码收款", "收入", "7.25", "王五", "4200001234202601081234567892"],
    ],
    above="钱包交易明细\n\n共3笔 #h(2em) 收入：2笔 95.25元，总支出：1笔 12.50元",
)  # fmt: skip
GERMAN: Final = Paper(
    columns=[
        ("Buchungstag", "70pt", "left"), ("Valuta", "70pt", "left"), ("Verwendungszweck", "250pt", "left"),
        ("Betrag (EUR)", "90pt", "right"), ("Saldo", "90pt", "right"),
    ],
    rows=[
        ["15.01.2026", "15.01.2026", "Rechnung 4711 Li Ming", "1.200,00", "2.200,00"],
        ["16.01.2026", "16.01.2026", "Miete Januar", "-700,00", "1.500,00"],
        ["17.01.2026", "17.01.2026", "Strom Abschlag 01/26 Vertrag 99", "-150,50", "1.349,50"],
    ],
    above="Kontoauszug #h(3em) Kontonummer: DE89370400440532013000 #h(3em) Kontoinhaber: Teeladen Gruen",
    stroke="(x, y) => if y == 0 { (bottom: 1pt) }",
)  # fmt: skip


def long(paper: Paper, count: int) -> Paper:
    """Repeat the rows of a statement without a foot; balances roll on."""
    names = [name.partition("\n")[0] for name, _width, _align in paper.columns]
    balance_at = next((n for n, name in enumerate(names) if name in {"联机余额", "余额", "本次余额", "Balance"}), None)
    amounts_at = [n for n, name in enumerate(names) if name in {"交易金额", "金额", "Paid in", "Paid out"}]
    rows, balance = [], Decimal(1000)
    for number in range(count):
        row = list(paper.rows[number % len(paper.rows)])
        if balance_at is not None:
            for at in amounts_at:
                figure = Decimal((row[at] or "0").replace(",", ""))
                balance += -figure if names[at] == "Paid out" else figure
            row[balance_at] = f"{balance:,.2f}"
        rows.append(row)
    return paper.but(rows=rows)
