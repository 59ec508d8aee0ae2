"""What others offer in the seeded county: programs that are listed, one that waits, an introduction on its way."""

from decimal import Decimal
from typing import Any, Final

from accounts.identity import consents
from accounts.identity.models import Enterprise
from lending.funding import operations as funding
from lending.funding import sharing
from lending.funding.sharing import Item
from portal.seed.cast import OFFICERS
from portal.seed.story import Story

LASTS_DAYS: Final = {"start-up-grant": 120, "subsidy": 200}  # from the story's end
PROGRAMS: Final[tuple[dict[str, Any], ...]] = (
    {
        "code": "guarantee",
        "kind": "guarantee",
        "name_en": "County guarantee for small loans",
        "name_zh_hans": "县域小额贷款担保",
        "summary_en": "A public fund stands in for up to 80% of a loan at any bank, where collateral is missing.",
        "summary_zh_hans": "缺少抵押物时，由政府性担保基金为任一银行的贷款提供最高80%的担保。",
        "run_by_en": "Public guarantee fund of the county",
        "run_by_zh_hans": "县政府性融资担保基金",
        "phone": "0572 555 0201",
        "min_amount": Decimal(10000),
        "max_amount": Decimal(500000),
        "cost_en": "A guarantee fee of 0.8% of the loan a year. The interest of the loan comes on top.",
        "cost_zh_hans": "担保费为贷款金额的每年0.8%，贷款利息另计。",
        "papers_en": "License, identity card, bank statements of twelve months",
        "papers_zh_hans": "营业执照、身份证、近十二个月银行流水",
        "sizes": ["micro", "small"],
        "min_age_months": 12,
        "commission_amount": Decimal(100),
    },
    {
        "code": "subsidy",
        "kind": "interest_subsidy",
        "name_en": "Interest subsidy for village trade and crafts",
        "name_zh_hans": "乡村商贸手工业贷款贴息",
        "summary_en": "Pays back half of the interest of a first loan, for workshops and shops in villages.",
        "summary_zh_hans": "为村里的作坊和商店首笔贷款补贴一半利息。",
        "run_by_en": "Rural development office of the county",
        "run_by_zh_hans": "县乡村振兴部门",
        "phone": "0572 555 0202",
        "min_amount": Decimal(3000),
        "max_amount": Decimal(100000),
        "cost_en": "Nothing. You pay the interest first and get half of it back each half-year.",
        "cost_zh_hans": "不收费。先付利息，每半年返还一半。",
        "papers_en": "License, loan contract, receipts of the interest paid",
        "papers_zh_hans": "营业执照、借款合同、付息凭证",
        "industries": ["10", "14", "45", "47"],
        "setting": "village",
    },
    {
        "code": "start-up-grant",
        "kind": "grant",
        "name_en": "Start-up grant for returning villagers",
        "name_zh_hans": "返乡创业补助",
        "summary_en": "Money that is not paid back, for enterprises in their first three years.",
        "summary_zh_hans": "面向成立三年内企业的创业补助，无需偿还。",
        "run_by_en": "Employment office of the county",
        "run_by_zh_hans": "县就业服务部门",
        "phone": "0572 555 0203",
        "min_amount": Decimal(5000),
        "max_amount": Decimal(30000),
        "cost_en": "Nothing. Whoever closes within a year pays it back.",
        "cost_zh_hans": "不收费。一年内停业须退回。",
        "papers_en": "License, proof of residence, a plan of two pages",
        "papers_zh_hans": "营业执照、户籍证明、两页创业计划",
        "sizes": ["micro"],
        "max_age_months": 36,
        "purposes": ["equipment", "premises", "stock"],
    },
    {
        "code": "leasing",
        "kind": "leasing",
        "name_en": "Leasing of machines and vehicles",
        "name_zh_hans": "机器车辆融资租赁",
        "summary_en": "The machine is yours after the last installment; it secures itself.",
        "summary_zh_hans": "付清最后一期租金后设备归您，设备本身就是担保。",
        "run_by_en": "A leasing company of the region",
        "run_by_zh_hans": "区域融资租赁公司",
        "phone": "0572 555 0204",
        "min_amount": Decimal(20000),
        "max_amount": Decimal(800000),
        "cost_en": "About 7% to 9% a year, a fifth of the price first, 1% for the contract.",
        "cost_zh_hans": "年化约7%至9%，首付两成，合同手续费1%。",
        "papers_en": "License, offer of the seller, bank statements of six months",
        "papers_zh_hans": "营业执照、卖方报价单、近六个月银行流水",
        "min_age_months": 24,
        "purposes": ["equipment"],
        "commission_rate": Decimal("0.01"),
    },
    {
        "code": "harvest-cover",
        "kind": "insurance",
        "name_en": "Season credit backed by crop insurance",
        "name_zh_hans": "农业保险增信贷款",
        "summary_en": "An insured harvest secures credit for seeds and feed, repaid after the harvest.",
        "summary_zh_hans": "以投保的收成作保，为种子和农资提供资金，收获后偿还。",
        "run_by_en": "Farm supply cooperative of the county",
        "run_by_zh_hans": "县农资供销合作社",
        "phone": "0572 555 0205",
        "min_amount": Decimal(5000),
        "max_amount": Decimal(80000),
        "cost_en": "5.5% a year and the insurance premium, of which public funds pay most.",
        "cost_zh_hans": "年利率5.5%，另付保费，大部分保费由财政补贴。",
        "papers_en": "Household certificate or license, contract of the land, insurance policy",
        "papers_zh_hans": "农户证明或营业执照、土地承包合同、保险单",
        "industries": ["A"],
        "is_grower": True,
        "purposes": ["season"],
    },
)
WAITING: Final[dict[str, Any]] = {  # for the second pair of eyes
    "code": "invoices",
    "kind": "invoice_finance",
    "name_en": "Money on invoices to public buyers",
    "name_zh_hans": "政府采购应收账款融资",
    "summary_en": "Pays 80% of an invoice to a school or an office at once, the rest when the buyer pays.",
    "summary_zh_hans": "凭对学校、机关的应收账款先得八成货款，买方付款后结清余款。",
    "run_by_en": "A factoring company of the province",
    "run_by_zh_hans": "省内商业保理公司",
    "phone": "0572 555 0206",
    "min_amount": Decimal(10000),
    "max_amount": Decimal(300000),
    "cost_en": "0.7% of the invoice a month",
    "cost_zh_hans": "每月收取发票金额的0.7%",
    "papers_en": "License, contract and invoice, the buyer's confirmation",
    "papers_zh_hans": "营业执照、合同与发票、买方确认书",
    "commission_rate": Decimal("0.005"),
}
INTRODUCED: Final = ("惠农农机修配店", "guarantee", Decimal(40000), "equipment")  # after the bank declined


def tell_of_funding(story: Story) -> None:
    """Bring the programs out, and let an enterprise that the bank declined be introduced to one of them."""
    story.say("programs of others")
    admin, analyst = story.staff["admin"].reference, story.staff["risk"].reference
    begin = story.noon(story.days_ago(90))
    listed = {}
    for row in PROGRAMS:
        lasts = LASTS_DAYS.get(row["code"])
        apply_by = story.days_ago(-lasts) if lasts else None
        program = funding.propose(**row, apply_by=apply_by, by=admin, at=begin)
        funding.approve(program, published_from=begin.date(), by=analyst, at=begin)
        listed[program.code] = program
    funding.propose(**WAITING, by=analyst, at=story.noon(story.days_ago(1)))
    name, code, amount, purpose = INTRODUCED
    enterprise = Enterprise.objects.filter(legal_name=name).select_related("industry", "branch").first()
    if enterprise is None:
        return
    owner, items = enterprise.memberships.get(role="owner").user, frozenset({Item.CASH_FLOW})
    introduction = funding.ask(
        enterprise,
        listed[code],
        amount=amount,
        purpose=purpose,
        items=items,
        wording_version=consents.CURRENT_VERSION,
        seen=sharing.seen_of(listed[code].reference, enterprise, owner, items=items),
        key="seed",
        by=owner,
        at=story.noon(story.days_ago(2)),
    )
    officer = story.staff[OFFICERS[enterprise.branch.code]]
    funding.pass_on(introduction, by=officer, at=story.noon(story.days_ago(1)))
