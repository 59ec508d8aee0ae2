"""Who the seeded bank is: branches, staff, a product that waits, and forty enterprises with their owners. Data only."""

from decimal import Decimal
from typing import Any, Final, NamedTuple


class BranchRow(NamedTuple):
    """A branch."""

    code: str
    name_en: str
    name_zh_hans: str
    address_en: str = ""
    address_zh_hans: str = ""
    phone: str = ""
    is_head_office: bool = False
    hours_en: str = "Monday to Friday 9:00 to 17:00, Saturday 9:00 to 12:00"
    hours_zh_hans: str = "周一至周五 9:00–17:00，周六 9:00–12:00"


BRANCHES: Final = [
    BranchRow("HO", "Head office", "总行", "1 People's Square, County Town", "县城人民广场1号", is_head_office=True),
    BranchRow("001", "River Town branch", "河镇支行", "18 Quay Street, River Town", "河镇码头街18号", "0572 555 0101"),
    BranchRow(
        "002", "Orchard Hill branch", "果岭支行", "3 Hill Road, Orchard Hill", "果岭乡山前路3号", "0572 555 0102"
    ),
    BranchRow(
        "003", "Old Bridge branch", "老桥支行", "27 Bridge Street, Old Bridge", "老桥镇桥头街27号", "0572 555 0103"
    ),
]


class StaffRow(NamedTuple):
    """A member of staff; the mail address is the sign-in."""

    name: str
    email: str
    posts: tuple[tuple[str, str], ...]
    approval_limit: str = "0"


STAFF: Final = [
    StaffRow("Sun Olga 孙悦", "officer@bank.example", (("001", "officer"),)),
    StaffRow("Zhou Kai 周凯", "officer2@bank.example", (("002", "officer"),)),
    StaffRow("Qian Lu 钱露", "officer3@bank.example", (("003", "officer"),)),
    StaffRow("Xu Una 徐娜", "underwriter@bank.example", (("HO", "underwriter"),)),
    StaffRow("Gao Peng 高鹏", "approver@bank.example", (("HO", "approver"),), "500000"),
    StaffRow("Ma Lin 马琳", "approver2@bank.example", (("001", "approver"),), "100000"),
    StaffRow("Hua Qing 华清", "operations@bank.example", (("HO", "operations"),)),
    StaffRow("He Ping 何平", "operations2@bank.example", (("HO", "operations"),)),
    StaffRow("Tan Rui 谭睿", "risk@bank.example", (("HO", "risk_analyst"),)),
    StaffRow("Fu Ed 傅明", "editor@bank.example", (("HO", "course_editor"),)),
    StaffRow("Deng Ai 邓爱", "auditor@bank.example", (("HO", "auditor"),)),
    StaffRow("Luo Min 罗敏", "admin@bank.example", (("HO", "administrator"),)),
]

ACCOUNT_TERMS: Final = {
    "name_en": "Business account",
    "name_zh_hans": "对公活期账户",
    "interest_tiers": [["0", "0.0005"], ["50000", "0.0015"], ["200000", "0.0025"]],
    "day_count": "act_360",
    "monthly_fee_amount": Decimal(5),
    "fee_free_from_amount": Decimal(1000),
    "overdraft_limit_amount": Decimal(50000),
    "overdraft_annual_rate": Decimal("0.0680"),
}
# What growers grow, by trade, and by a word in the name where it says more.
CROPS: Final = {"tea": "tea", "orchard": "apple", "vegetables": "greenhouse"}
NAMED_CROPS: Final = {"橘": "citrus", "桃": "peach"}
# Loans that fall due after the harvest of a crop; other growers repay at the end.
SEASONAL_LOANS: Final = {"tea": "spring", "apple": "autumn", "citrus": "autumn"}

MARKET_LOAN: Final[dict[str, Any]] = {  # waits for the second pair of eyes; the others come with the portal
    "code": "market",
    "name_en": "Market stall loan",
    "name_zh_hans": "集市小贷",
    "summary_en": "For stalls that earn every day. A small installment each week, in whole tens of yuan.",
    "summary_zh_hans": "面向天天有收入的摊位，每周小额还款，还款额为整十元。",
    "min_amount": Decimal(1000),
    "max_amount": Decimal(20000),
    "min_term_months": 3,
    "max_term_months": 12,
    "min_annual_rate": Decimal("0.068"),
    "max_annual_rate": Decimal("0.148"),
    "interest_method": "equal_installments",
    "frequency": "week",
    "installment_multiple": Decimal(10),
    "documents": ["premises"],
}

CHALLENGER: Final[dict[str, Any]] = {  # three trees: who runs dry, whose income jumps, who lives of one customer
    "form": 1,
    "code": "challenger",
    "version": 1,
    "name_en": "Challenger of the demo",
    "name_zh_hans": "演示用挑战者模型",
    "features": ["buffer_days", "inflow_volatility", "largest_customer_share"],
    "share": 1,
    "trees": [
        {"of": 0, "at": 12, "low": 0.9, "high": -0.4, "missing": "low"},
        {"of": 1, "at": 0.5, "low": -0.3, "high": 0.6, "missing": "high"},
        {"of": 2, "at": 0.6, "low": -0.2, "high": 0.5, "missing": "high"},
    ],
    "line": [-2.6, 1],
}


class Trade(NamedTuple):
    """How a trade's money moves: yearly revenue, customers and suppliers, seasons (twelve weights), margin."""

    industry: str
    ticket: tuple[int, int]
    sales_a_week: float
    margin: float
    seasons: tuple[float, ...]
    customers: tuple[str, ...]
    suppliers: tuple[str, ...]
    wages: int


FLAT: Final = (1.0,) * 12
FESTIVE: Final = (1.5, 1.2, 0.8, 0.9, 1.0, 1.0, 1.0, 1.0, 1.1, 1.2, 1.0, 1.2)
AUTUMN: Final = (0.4, 0.3, 0.4, 0.5, 0.6, 0.7, 0.9, 1.4, 2.2, 2.2, 1.4, 0.9)
SPRING: Final = (0.5, 0.6, 1.8, 2.4, 1.9, 1.0, 0.7, 0.6, 0.7, 0.7, 0.6, 0.5)
SUMMER: Final = (0.7, 0.7, 0.8, 1.0, 1.4, 1.6, 1.7, 1.6, 1.0, 0.8, 0.6, 0.7)

TRADES: Final = {
    "grocery": Trade("4711", (300, 2600), 7, 0.24, FESTIVE, ("微信支付商户结算", "支付宝商户结算", "村小学食堂", "河镇敬老院"), ("江南批发市场", "中粮配送", "金龙鱼粮油"), 3200),
    "noodles": Trade("5610", (260, 1500), 9, 0.36, FLAT, ("微信支付商户结算", "支付宝商户结算", "美团外卖结算"), ("鑫源面粉", "农贸市场李记", "天然气公司"), 3000),
    "tea": Trade("0127", (2500, 21000), 1.6, 0.45, SPRING, ("江南茶行", "云上茗茶电商", "老李茶庄", "县供销社"), ("绿丰农资", "采茶工劳务"), 0),
    "orchard": Trade("0124", (3000, 26000), 1.4, 0.42, AUTUMN, ("百果园采购", "县水果批发部", "社区团购平台", "果汁厂"), ("丰收化肥", "包装箱厂", "冷库租赁"), 0),
    "pigs": Trade("0145", (6000, 30000), 1.1, 0.2, FESTIVE, ("双汇收购站", "镇屠宰场", "王屠户"), ("正大饲料", "兽药站", "仔猪场"), 0),
    "vegetables": Trade("0113", (600, 4800), 5, 0.34, SUMMER, ("蔬菜批发市场", "社区团购平台", "第一中学食堂"), ("种子公司", "丰收化肥", "大棚薄膜厂"), 2600),
    "tailor": Trade("1410", (900, 9000), 3.2, 0.38, FESTIVE, ("百货商店", "校服采购办", "淘宝店结算", "制衣厂订单"), ("布料市场", "纽扣辅料行"), 3600),
    "repair": Trade("4520", (260, 3200), 5.5, 0.4, FLAT, ("微信支付商户结算", "村委会", "货运站", "农机合作社"), ("汽配城", "机油经销"), 3800),
    "hardware": Trade("4752", (280, 5200), 5, 0.28, SUMMER, ("微信支付商户结算", "装修队老陈", "村委会", "建筑公司"), ("五金批发城", "水泥厂", "涂料厂"), 3300),
    "fish": Trade("0322", (4000, 24000), 1.3, 0.3, AUTUMN, ("水产批发市场", "海鲜酒楼", "镇农贸市场"), ("鱼饲料厂", "鱼苗场", "供电所"), 0),
    "transport": Trade("4923", (900, 7800), 4, 0.27, FLAT, ("县物流园", "建材公司", "水果批发部", "顺达货运平台"), ("中石化加油卡", "轮胎店", "高速ETC"), 5200),
    "homestay": Trade("5510", (320, 2600), 5, 0.46, SUMMER, ("携程结算", "美团民宿结算", "微信支付商户结算"), ("洗涤公司", "农贸市场李记", "供电所"), 2800),
    "bakery": Trade("1071", (300, 2200), 7, 0.35, FESTIVE, ("微信支付商户结算", "饿了么结算", "幼儿园"), ("鑫源面粉", "奶油经销", "鸡蛋合作社"), 3100),
}  # fmt: skip


class EnterpriseRow(NamedTuple):
    """An enterprise, its owner, and how well it does: strong, fair, weak, young (few months of evidence)."""

    legal_name: str
    owner: str
    trade: str
    branch: str
    setting: str
    employees: int
    scale: float
    health: str
    story: str


ENTERPRISES: Final = [
    EnterpriseRow("河镇惠民便利店", "王芳", "grocery", "001", "village", 4, 1.2, "strong", "repaying"),
    EnterpriseRow("青山茶业家庭农场", "李茶生", "tea", "002", "village", 6, 1.3, "strong", "repaying"),
    EnterpriseRow("老桥牛肉面馆", "赵大勇", "noodles", "003", "town", 5, 1.1, "strong", "repaying"),
    EnterpriseRow("果岭红苹果种植户", "陈果香", "orchard", "002", "village", 5, 1.2, "strong", "repaying"),
    EnterpriseRow("兴旺生猪养殖场", "刘兴旺", "pigs", "002", "village", 4, 1.4, "fair", "repaying"),
    EnterpriseRow("绿源大棚蔬菜合作社", "孙绿源", "vegetables", "001", "village", 12, 1.5, "strong", "repaying"),
    EnterpriseRow("巧手裁缝铺", "周巧云", "tailor", "003", "town", 6, 0.9, "fair", "repaying"),
    EnterpriseRow("顺达汽车修理部", "吴顺达", "repair", "001", "town", 7, 1.3, "strong", "repaid"),
    EnterpriseRow("宏发五金建材店", "郑宏发", "hardware", "003", "town", 5, 1.3, "strong", "repaying"),
    EnterpriseRow("碧水鱼塘养殖户", "冯碧水", "fish", "001", "village", 3, 1.1, "fair", "repaying"),
    EnterpriseRow("平安货运车队", "陈平安", "transport", "003", "town", 8, 1.2, "strong", "late"),
    EnterpriseRow("云上人家民宿", "杨云", "homestay", "002", "village", 5, 1.1, "strong", "rescheduled"),
    EnterpriseRow("麦香烘焙坊", "黄麦香", "bakery", "003", "town", 6, 1.2, "strong", "repaid"),
    EnterpriseRow("家家乐超市", "何家乐", "grocery", "003", "town", 9, 1.8, "strong", "offered"),
    EnterpriseRow("山村小卖部", "吕春花", "grocery", "002", "village", 2, 0.6, "young", "referred"),
    EnterpriseRow("福满园餐馆", "施福满", "noodles", "001", "town", 8, 1.4, "strong", "revoked"),
    EnterpriseRow("明前茶叶经营部", "张明前", "tea", "002", "town", 4, 1.0, "young", "referred"),
    EnterpriseRow("金果橘园", "孔金果", "orchard", "003", "village", 4, 0.9, "young", "recommended"),
    EnterpriseRow("惠农农机修配店", "曹惠农", "repair", "001", "village", 3, 0.8, "weak", "declined"),
    EnterpriseRow("四季青菜园", "严四季", "vegetables", "001", "village", 5, 1.0, "strong", "draft"),
    EnterpriseRow("时尚服装加工厂", "华时尚", "tailor", "003", "town", 18, 2.2, "young", "on_hold"),
    EnterpriseRow("老金摩托修理铺", "金石", "repair", "002", "village", 2, 0.5, "weak", "declined"),
    EnterpriseRow("利民农资五金", "魏利民", "hardware", "002", "village", 3, 0.9, "young", "doubted"),
    EnterpriseRow("东湖水产", "陶东湖", "fish", "001", "village", 5, 1.3, "strong", "proposed"),
    EnterpriseRow("快捷农产品运输", "姜快", "transport", "001", "town", 4, 0.9, "fair", "withdrawn"),
    EnterpriseRow("竹林小院民宿", "戚竹", "homestay", "001", "village", 3, 0.7, "young", "cleared"),
    EnterpriseRow("甜心蛋糕店", "谢甜", "bakery", "001", "town", 4, 0.8, "weak", "declined"),
    EnterpriseRow("好邻居便民超市", "邹好", "grocery", "001", "town", 6, 1.3, "strong", "repaying"),
    EnterpriseRow("川味小面", "喻川", "noodles", "003", "town", 4, 0.9, "weak", "declined"),
    EnterpriseRow("云雾高山茶园", "柏云", "tea", "002", "village", 7, 1.5, "strong", "repaying"),
    EnterpriseRow("水蜜桃采摘园", "水莲", "orchard", "001", "village", 4, 1.0, "strong", "expired"),
    EnterpriseRow("黑土地生态养殖", "窦土", "pigs", "003", "village", 6, 1.2, "fair", "repaying"),
    EnterpriseRow("阳光蔬菜基地", "章阳光", "vegetables", "003", "village", 9, 1.4, "strong", "repaying"),
    EnterpriseRow("锦绣布艺工作室", "云锦", "tailor", "001", "village", 3, 0.6, "young", "draft"),
    EnterpriseRow("路路通轮胎店", "苏路", "repair", "003", "town", 5, 1.1, "strong", "lost"),
    EnterpriseRow("万家灯饰五金", "潘万", "hardware", "001", "town", 4, 1.0, "fair", "registered"),
    EnterpriseRow("清溪冷水鱼", "葛清溪", "fish", "002", "village", 3, 0.9, "fair", "registered"),
    EnterpriseRow("飞驰搬运服务", "奚飞", "transport", "001", "town", 3, 0.7, "weak", "declined"),
    EnterpriseRow("古镇客栈", "范古", "homestay", "003", "town", 6, 1.3, "strong", "repaying"),
    EnterpriseRow("香酥饼屋", "彭香", "bakery", "002", "village", 3, 0.7, "fair", "registered"),
]

# What sets some apart when it comes to knowing who they are.
UNCHECKED: Final = frozenset({"四季青菜园", "利民农资五金", "万家灯饰五金", "清溪冷水鱼"})
WITH_PAPERS: Final = frozenset({"山村小卖部", "四季青菜园"})  # who brought a photo of the license before anyone came
EXPIRED: Final = frozenset({"明前茶叶经营部"})  # the owner's identity card, the day before the application
UNRULED: Final = frozenset({"山村小卖部"})  # whose owner's name is like one on a list
TOLD_TWICE: Final = frozenset({"利民农资五金", "竹林小院民宿", "万家灯饰五金"})  # by two statements that differ
SISTERS: Final = {"福满园餐馆": "老桥牛肉面馆"}  # both belong to one family
OFFICERS: Final = {"001": "officer", "002": "officer2", "003": "officer3"}


class PlannedRow(NamedTuple):
    """Something an owner knows will come or go, so many days from the story's end."""

    text: str
    way: str
    amount: int
    days: int
    repeats: str = "once"


PLANNED: Final = [
    PlannedRow("新冰柜", "out", 2800, 24),
    PlannedRow("学校订货款", "in", 5200, 38),
    PlannedRow("仓库租金", "out", 600, 12, "monthly"),
]
