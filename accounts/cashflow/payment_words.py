"""The signs in payments' texts, in English and Chinese; tables. ``categories.py`` says what they amount to."""

from typing import Final

from accounts.cashflow.loan_words import ADVANCE, LOANS_FOR, REPAY
from accounts.cashflow.party_words import NAMES
from accounts.cashflow.quiet_words import QUIET
from accounts.cashflow.saving_words import KEPT, OWN, SAVED
from accounts.cashflow.wage_words import NOT_WAGE, PAID, PAID_ONE, PAY_BACK, WAGE, WAGES

TEXTS: Final[dict[str, tuple[str, ...]]] = {
    # What is bought and sold, papers of trade, and services that are called after wages, taxes and loans.
    "trade": (
        "invoice", "invoices", "inv", "order", "orders", "po", "goods", "purchase", "purchases", "sale", "sales",
        "stock", "supplies", "supplier", "suppliers", "material", "materials", "wholesale", "bill", "catering",
        "delivery", "freight", "clearing agent", "software", "subscription", "licence", "license",
        "module", "plan", "app", "book", "books", "printing", "prints", "printed", "stationery", "slip", "slips",
        "payslip", "payslips", "envelopes", "workshop", "seminar", "conference", "survey", "guide", "magazine",
        "training", "course", "academy", "advice", "adviser", "advisor", "advisors", "advisory", "consultancy",
        "consulting", "consultation", "accountancy", "accounting", "bookkeeping", "filing", "preparation", "prep",
        "return preparation", "tax return", "vat return", "gst return", "lawyer", "legal", "solicitor", "solicitors",
        "conveyancing", "broker", "brokerage", "agency", "bureau", "service", "services", "maintenance", "repair",
        "repairs", "parts", "equipment", "hire", "tool hire", "incl", "inc vat", "inc tax", "inc sales tax",
        "incl vat", "plus vat", "ex vat", "less tax", "tax free", "duty free", "tax point", "tax code", "turbotax",
        "taxact", "quickbooks", "xero", "sage", "pastel", "promo", "flyers", "advert", "advertising", "marketing",
        "hampers", "canteen", "lunch", "dinner", "uniform", "uniforms", "workwear", "tools", "machine", "furniture",
        "electricity", "prepaid electricity", "energy", "gas", "water", "broadband", "airtime", "phone", "fuel",
        "diesel", "petrol", "fertilizer", "fertiliser", "seed", "seeds", "feed", "bags", "cartons", "crates", "boxes",
        "kg", "tonnes", "packaging", "expenses", "mileage", "taxi", "store", "records", "music", "membership",
        "licensing", "tickets", "trophy", "savings plan", "savings stamps", "loaner", "loan officer", "loan hire",
        "on loan", "wage slip", "salary survey", "salary sacrifice", "rechnung", "quote", "deposit for order",
        "balance due", "contract", "shipment", "consignment", "statement copy", "confirmation statement", "valuation",
        "appraisal", "newsletter", "webinar", "audit", "tv licence", "cover", "bag", "cake", "flowers", "table",
        "room", "event", "party", "wedding", "rice", "flour", "maize", "tea", "coffee", "milk", "eggs", "bread",
        "meat", "vegetables", "veg", "beans", "sugar", "timber", "cement", "bricks", "payment received", "customer",
        "customers", "paid in full", "booking", "pos purchase", "proforma", "job", "works", "货款", "贷款机", "采购",
        "进货", "购货", "订单", "订货", "订金", "定金", "预付款", "预收款", "尾款", "余款", "材料款", "材料费", "原料",
        "原材料", "货物", "商品", "销售", "回款", "营业款", "购茶", "茶叶款", "茶款", "茶青款", "酒水", "餐费", "饭费",
        "餐费款", "软件", "系统", "打印", "印刷", "印制", "定制", "含税", "价税", "完税价", "免税", "税票", "发票",
        "开票", "开专票", "税控", "金税盘", "税盘", "代理记账", "代账", "记账费", "培训", "课程", "讲座", "广告",
        "宣传", "传单", "进口", "自取", "展厅", "电费", "水费", "水电费", "燃气费", "天然气", "取暖费", "暖气费",
        "物业费", "运费", "快递费", "快递", "物流", "配送", "邮费", "宽带费", "宽带", "话费", "电话费", "通讯费",
        "油费", "加油", "过路费", "停车费", "维修费", "维修", "维保", "装修", "设备款", "设备", "种子", "饲料", "化肥",
        "农药", "苗款", "鱼苗", "种苗", "农资", "税务代理", "财税", "报税", "代申报", "申报", "咨询", "顾问", "评估",
        "公证", "律师费", "律师", "审计", "验资", "代办", "中介", "食堂", "门口", "工程款", "工程", "会务", "会议",
        "礼盒", "福利采购", "团购", "购物", "购买", "网购", "体检", "工作服", "制服", "聚餐", "差旅费", "差旅", "报销",
        "住宿费", "机票", "保洁", "租车", "服务费", "技术服务", "检测费", "检测", "认证费", "会员", "会费", "结算款",
        "承兑", "工资条", "工资卡套", "工资袋", "工资软件", "代发货", "一件代发", "代发物", "代发传单", "代发红包",
        "代发快递", "奖金杯", "奖金牌", "奖金证", "奖金池", "奖杯", "奖品", "佣金", "渠道", "税点", "税鉴", "税务师",
        "税务咨询", "手机", "电脑", "家具", "桌椅", "门面", "玻璃", "加工费", "包装", "纸箱", "布料", "面料", "钢材",
        "水泥", "砂石", "木材", "大米", "面粉", "蔬菜", "猪肉", "牛肉", "鸡蛋", "水果", "肉款", "菜款", "米款", "鱼款",
        "猪款", "粮款", "果款", "工本", "资料", "教材", "吊牌", "招牌", "展位", "购房", "购车", "订购", "买", "卖",
        "赎", "赞助", "押运", "装卸", "搬运费", "施工", "设计费", "制作费", "服务", "receipt", "sold", "crop",
        "winery", "samples", "equipment invoice", "capital equipment", "代缴服务", "groceries", "hosting", "ads",
        "electrical work", "toner", "paper", "token", "meter", "recharge", "prepaid", "postpaid", "sim",
        "top up airtime", "premium feed", "pest control", "signage", "liability", "public liability", "mending",
        "visit", "fruit", "苹果", "推广费", "保养费", "消毒", "安装", "花卉", "收购款", "收购", "vendor",
        "vendor pymt", "vendor pmt", "vendor eft", "laundry", "firewood", "produce", "logs", "cheese", "chicken",
        "fish", "goats", "cattle", "tomato", "tomatoes", "facture", "factura", "auction", "lot", "roofing", "mowing",
        "grooming", "meals", "租机", "台班", "分包", "代工", "药材", "豆腐", "蔬菜配送", "补课", "房费", "课时费",
        "托运", "席面", "特产", "gift baskets", "gift boxes", "gift hampers", "cash & carry", "cash and carry",
        "accounts payable", "creditor payment", "supplier remittance", "办公用品", "办公耗材",
    ),
    # A purchase by card or at a till, in the bank's own words.
    "bought": (
        "card payment to", "card purchase", "checkcard", "check card", "pos purchase", "pos debit", "pos",
        "contactless", "debit card purchase", "visa purchase", "card transaction", "visa debit", "商户消费",
        "网上消费", "pos消费", "刷卡消费", "银联消费", "消费", "eftpos", "deb", "visa", "retail purchase",
        "purchase authorized on",
    ),
    "fee": (
        "service fee", "service charge", "service charges", "maintenance fee", "maintenance charge", "maintenance chg",
        "account fee", "account maintenance", "bank charges", "transfer fee", "transaction fee", "card fee",
        "sms charges", "sms alert", "ledger fee", "monthly fee", "服务费", "账户服务费", "短信服务费", "账户管理费",
        "网银服务费", "转账手续费", "fee", "fees", "charge", "charges", "chrgs", "chrg", "chg", "chgs", "amc",
        "commission", "penalty", "levy on transfer", "entgelt", "手续费", "工本费", "年费", "管理费", "短信费",
        "中介费", "评估费", "登记费", "担保费", "违约金", "滞纳金", "维护费", "回单费", "询证函费", "顾问费", "公证费",
        "会务费", "开户费", "汇款费", "承诺费", "函证费", "年检费", "账户维护", "扣费", "收费", "罚息费",
        *(f"{tax} on {what}" for tax in ("vat", "gst", "tax") for what in (
            "bank charges", "card", "charge", "charges", "chg", "chgs", "chrg", "commission", "cot", "fee", "fees",
            "neft", "nip", "sms", "transfer", "transfers",
        )),
        "提醒费", "通知费", "payment charge", "pay bill charge", "paybill charge", "stamp duty levy", "sms charge",
        "对账单打印费", "打印费", "u盾", "card machine rental", "terminal rental", "machine rental", "pos手续费",
        "pos费", "pos机服务费", "pos机费", "pos机手续费", "pos机年费",
        "stamp duty electronic transfer levy", "electronic transfer levy", "transfer levy",
    ),
    "insured": (
        "insurance", "insurances", "premium", "premiums", "protection", "cover policy", "policy", "assurance",
        "ins premium", "保险费", "保险", "保费", "意外险", "责任险", "交强险", "车险", "寿险", "财产险", "雇主险",
        "农业险", "团险", "险", "安心保", "suraksha",
    ),
    # Money that comes back, or that was undone.
    "back": (
        "refund", "refunds", "refunded", "returned", "reversal", "reversed", "reverse", "chargeback", "repaid",
        "reimbursement", "reimbursed", "reimburse", "reimb", "cashback", "cash back", "rebate", "loan back",
        "paid back", "money back", "back to you", "pay back", "paying back", "payback", "unpaid", "rejected",
        "recalled", "bounced", "credit note", "overpaid", "overpayment", "returning", "owed", "iou", "rtn", "退款",
        "退货款", "退货", "退回", "退还", "退多付", "退多", "退费", "退汇", "退票", "退税", "退保", "退", "返还",
        "归还", "还钱", "还我", "还你", "冲正", "冲账", "冲销", "撤销", "抹账", "收回", "多收", "重复付款", "返现",
        "返利", "代偿", "未成功", "户名不符", "代付失败", "交易失败", "扣款失败", "return of funds", "returned funds",
        "return", "returns", "返款", "refnd", "rfnd", "refd", "deposit back", "rev neft", "reversal of", "failed",
        "误转", "退余款", "退余", "返还款", "解冻", "recall", "rfd", "sending back", "wrong account", "repaying",
        "转错", "多转", "退差价", "退补",
    ),
    # Money that is given or compensates: neither earned nor lent.
    "given": (
        "grant", "grants", "subsidy", "subsidies", "compensation", "claim", "claims", "payout claim", "prize",
        "winnings", "lottery", "scholarship", "bursary", "stipend", "benefit", "relief fund", "disaster relief",
        "stimulus", "crowdfunding", "inheritance", "child benefit", "universal credit", "pm kisan", "dbt", "furlough",
        "jrs", "补贴", "补助", "奖励", "奖补", "贴息", "扶持", "救助", "低保", "抚恤", "拆迁", "征地", "赔付", "理赔",
        "赔款", "赔偿", "保险金", "中奖", "奖学金", "助学金", "养老金", "退休金", "直补", "专项资金", "项目资金",
        "惠农补", "返乡", "创业扶持", "分红款", "政府补贴", "政府补助", "财政补贴", "财政补助", "财政奖补",
        "award payment", "grant award", "settlement of claim", "crop insurance payout", "insurance payout",
        "claim payout", "insurance settlement", "分红款项", "补偿", "青苗补偿", "扶持资金", "困难补助", "incentive",
        "wage subsidy", "seed grant", "payment scheme", "loss compensation",
    ),
    # Money that only lay with somebody.
    "held": (
        "deposit refund", "deposit return", "security deposit", "tender deposit", "bond return", "bid bond", "escrow",
        "rent deposit", "tenancy deposit", "caution money", "earnest money", "押金", "保证金", "质保金", "履约",
        "投标", "风险金", "诚意金",
    ),
    # Between people and owners: gifts, lending, pooling, stakes.
    "private": (
        "gift", "birthday", "mum", "mom", "dad", "son", "daughter", "brother", "sister", "cousin", "uncle", "aunt",
        "wife", "husband", "family", "friend", "pocket money", "wedding gift", "lend", "lent", "loan to", "lending to",
        "personal loan to", "staff loan", "employee loan", "investment", "shares", "share capital", "equity", "stake",
        "thanks for lending", "chama", "merry go round", "susu", "esusu", "stokvel", "upkeep", "school fees", "红包",
        "礼金", "份子钱", "压岁钱", "生活费", "零花钱", "孝敬", "彩礼", "借给", "借出", "出借", "员工借款", "垫付",
        "代垫", "父", "母亲", "妈", "爸", "儿子", "女儿", "子女", "弟", "哥", "姐", "妹", "表弟", "亲戚", "朋友",
        "家用", "生日", "结婚", "投资款", "投资", "入股", "股本", "股金", "出资", "代转", "暂借", "备用金",
        "capital injection", "owner contribution", "借款周转给", "share subscription", "shares subscription",
        "paying you back", "pay you back", "settlement of dispute", "dispute", "donation", "donated", "charity",
        "giving", "church", "tithe", "offering", "zakat", "fine", "fines", "pcn", "penalty charge notice", "注资",
        "分摊", "捐款", "捐赠", "罚款", "罚金", "党费", "慈善", "capital introduced", "introduced", "investor",
        "safe note", "happy xmas", "happy christmas", "happy birthday", "love", "nan", "grandma", "angel",
        "crowdfunder", "crowdfunding", "court judgment", "judgment", "universal credit", "补偿金", "增资", "增资款",
        "集资", "集资款", "凑份子", "份子", "代收款", "合伙", "兑奖", "随礼", "压岁", "养老院", "捐助", "罚没",
        "罚没款", "违章", "诉讼费", "股东分红", "dividend to", "dividend", "soft loan", "loan given", "borrowed by",
        "split the", "split the bill", "support scheme", "borrowed your", "众筹", "aa", "借你", "借我", "卖房款",
        "卖房", "过户", "生日快乐", "节日快乐", "新年快乐", "给孩子", "家里汇", "合作款", "资助", "split bill",
    ),
    # Weak: a word that is also found in names and in trade.
    "tax": (
        "tax", "taxes", "vat", "gst", "hst", "nic", "payg", "ppt", "cpf", "duty", "customs", "excise", "pension", "税",
        "税款", "税费", "税金", "vat return", "tax return", "gst return", "levy", "permit tax",
    ),
    "taxes": (
        "usataxpymt", "tax payment", "tax pymt", "tax pmt", "taxpayment", "paye", "paye nic", "national insurance",
        "futa", "suta", "prsi", "income tax", "corporation tax", "corp tax", "corporate tax", "payroll tax",
        "payroll taxes", "sales tax payment", "sales tax pmt", "sales tax", "fed tax", "federal tax", "state tax",
        "property tax", "road tax", "vehicle tax", "advance tax", "estimated tax", "est tax", "self assessment",
        "self assess", "withholding tax", "turnover tax", "sha contribution", "pension contrib", "epf",
        "esi contribution", "provident fund", "superannuation", "social insurance", "social security",
        "business rates", "council rates", "nndr", "council tax", "stamp duty", "tds", "lohnsteuer", "umsatzsteuer",
        "ustva", "sozialversicherung", "source ded", "source deductions", "emp 201", "vat 201", "vat 3", "vat 100",
        "vat payment", "vat qtr", "gst payment", "gst pmt", "gst challan", "tax challan", "challan", "bas payment",
        "payg withholding", "payg instalment", "excise duty", "customs duty", "import vat", "vat on import",
        "import duty", "provisional tax", "quarterly tax", "cit payment", "增值税", "企业所得税", "个人所得税",
        "所得税", "个税", "印花税", "城建税", "城市维护建设税", "附加税", "教育费附加", "房产税", "土地使用税",
        "车船税", "契税", "购置税", "消费税", "关税", "资源税", "环保税", "经营所得", "税款缴纳", "缴税", "扣税",
        "交税", "纳税", "电子缴税", "实时缴税", "实时扣税", "税费缴纳", "批量扣税", "完税", "预缴税款", "代扣税",
        "社保", "社保费", "养老保险", "医疗保险", "医保", "居民医保", "医保缴费", "工伤保险", "失业保险", "生育保险",
        "公积金", "住房公积金", "公积金汇缴", "残疾人就业保障金", "残保金", "工会经费", "社会保险费",
        "城乡居民养老保险", "城乡居民医保", "灵活就业", "水利基金", "文化事业建设费", "车辆购置税", "itr",
        "gst treasurer", "land use charge", "rates and taxes", "rates & taxes", "rental income tax", "business tax",
        "tax on interest", "interest tax", "tax deposit", "preliminary tax", "prel tax", "source tax",
        "sales and use tax", "use tax", "adv tax", "house tax", "license tax", "licence tax", "taxpay", "cpin",
        "五险一金", "五险", "失业险", "工伤险", "生育险", "cess", "gct", "commercial rates", "employer health tax",
        "eht", "gusto tax",
        "耕地占用税", "定额税", "地税", "国税", "国税扣缴", "地税扣款", "税局扣款", "社保扣费", "社保缴费",
        "社保费扣款", "滞纳金税款", "税款滞纳金", "水利建设基金", "利息税", "unemployment insurance tax",
        "wht", "prn", "beitrag", "affordable housing levy", "housing levy", "professional tax",
        "corporation tax payment", "ct payment", "zus", "iva", "tva", "gst payment cpin", "profession tax",
        "vat remittance", "paye remittance", "pension remittance", "pension contribution", "pension contributions",
        "gst hst", "state unemployment tax", "sui", "新农合", "新农合缴费", "税银联网", "缴款书", "ndr", "b&o tax",
        "rates instalment", "rates instalments", "business rates instalment", "business rates instalments",
        "council tax instalment", "tax instalment", "tax installment", "student loan deduction",
        "student loan deductions",
        "city tax", "mpf contribution", "payroll deductions", "super contributions", "pencom remittance", "sales tx",
        "socso", "核定税款", "环境保护税", "工会筹备金", "银税互联", "财税库银",
        "横向联网", "财税库银横向联网", "残疾人保障金",
        "汇算清缴补税", "汇算清缴税款",
    ),
    "tax_back": (
        "tax refund", "tax ref", "vat repayment", "vat refund", "gst refund", "hst refund", "refund bas", "bas refund",
        "tax rebate", "itr refund", "ct refund", "paye refund", "refund vat", "refund tax", "refund gst",
        "tax repayment", "退税", "社保退费", "退社保", "个税退", "税款退还", "退还税款", "稳岗返还", "稳岗补贴",
        "个税手续费返还", "三代手续费", "个税手续费", "留抵", "退库",
    ),
    "not_tax": (
        "club", "cafe", "sports", "school", "hotel", "shopper", "fine", "fines", "ticket", "罚没", "罚款", "诉讼费",
        "出让金", "非税", "公积金贷", "公积金贷款", "税贷", "税易贷", "云税贷", "银税", "税银", "学校", "大厦", "超市",
        "饭店", "酒店", "工会", "协会", "association", "staff", "welfare", "pcn", "罚金", "党费",
    ),
    # Weak.
    "loan": (
        "loan", "loans", "mortgage", "mtg", "financing", "darlehen", "tilgung", "running finance",
        "loan to", "hp", "贷款", "借款", "贷", "融资", "授信", "directors loan", "director loan",
        "director s loan", "dla", "loan to business",
        "贴息贷款", "担保贷款", "创业贷款", "创业担保贷款", "抵押贷款", "质押贷款", "收购贷款", "农机贷款", "助业贷款",
        "种植贷款", "养殖贷款", "订单贷", "pos贷", "pos贷款", "出借", "e融", "mkopo",
        *(f"税{what}贷" for what in "e乐信微快速金银"),
        *LOANS_FOR,
    ),
    # A part of something: of a loan where it goes to a bank.
    "part": ("installment", "instalment", "instalments", "installments", "instal", "inst", "ln", "repay"),
    "repay": REPAY,
    "advance": ADVANCE,
    "borrowed": (
        "借款", "借入", "借入款", "借来", "loan from", "borrowed from",
    ),
    "not_loan": (
        "loan star", "loans and", "loans dept", "loan dept", "loan on", "pawn", "mortgage st", "lone", "loan shark",
        "saving", "savings", "贷款卡", "贷款证", "贷款证明", "登记", "担保", "工会", "协会", "行政部", "受托支付退回",
        "借条", "欠条", "借阅", "借书", "贷记", "贷方",
    ),
    # Weak.
    "wage": WAGE,
    "paid": PAID,
    "paid_one": PAID_ONE,
    "wages": WAGES,
    "pay_back": PAY_BACK,
    "not_wage": NOT_WAGE,
    # The bank's own words for money that moves between accounts of its holder.
    "own": OWN,
    # Weak.
    "saved": SAVED,
    "not_own": (
        "client", "client account", "签收", "给本人", "本人签收", "本人领取", "本人自取", "食堂", "顾问", "讲座",
        "课程", "customers own", "cafe", "shop", "joint", "红包", "offering", "stamp", "jar", "penalty", "club",
    ),
    "interest": (
        "interest", "int pd", "sb int", "credit interest", "interest paid", "gross interest", "interest earned",
        "int cr", "结息", "利息", "存款利息", "活期结息", "利息收入", "分红", "股金分红", "zinsen", "季度结息", "收益",
        "收益发放", "余额宝收益", "零钱通收益", "int paid", "interest credit", "协定存款利息",
        *(f"{kept}{how}" for kept in (*KEPT, "定期存款") for how in ("利息", "付息", "结息", "收益")),
    ),
    "rent": (
        "rent", "rental", "lease", "landlord", "shop rent", "office rent", "stall rent", "房租", "租金", "租赁费",
        "租房", "铺租", "摊位费", "承包费", "流转费", "场地费", "店租", "门面租金", "土地流转", "租赁", "厂租",
        "miete",
    ),
    "not_rent": (
        "car rental", "rent a", "leasehold", "rental car", "hire", "租车", "car rent", "equipment rental",
        "rental of equipment", "汽车租赁", "车辆租赁", "设备租赁", "机械租赁", "card machine rental",
    ),
    "cash_in": (
        "cash deposit", "cash in", "cash dep", "cash paid in", "deposit of funds at agent", "cash", "cash lodgement",
        "cdm", "night safe", "现金存入", "现存", "存现", "现金存款", "无卡存款", "atm存款", "自助存款", "crs存款",
        "柜台存现", "现金缴存", "续存", "存款机", "agent deposit", "by cash",
    ),
    "cash_out": (
        "cash withdrawal", "cash out", "cash wdl", "cash wd", "withdrawal at agent", "agent withdrawal", "atw", "atm",
        "atm withdrawal", "cash", "cash cheque", "cash chq", "chq self", "cheque self", "self cheque", "现金支取",
        "取现", "取款", "现支", "提现", "现金支票", "柜台取现", "atm取款", "备用金", "提备用金", "卡取",
        "cash machine", "customer withdrawal", "customer withdrawal at agent", "agent till", "self chq",
        "cash withdrawal for wages", "提现备发工资", "提现发工资用",
    ),
    # Cash at an agent of a wallet, who is mostly a shop.
    "agent_in": (
        "agent deposit", "deposit of funds at agent", "cash deposit at agent",
    ),
    "agent_out": (
        "agent withdrawal", "withdrawal at agent", "customer withdrawal at agent", "cash withdrawal at agent",
    ),
    "authority": NAMES["authority"],
    "acquirer": NAMES["acquirer"],
    "repaid": (
        "loan repayment", "loan repay", "repayment of loan", "repay loan", "loan repaid", "归还借款", "偿还借款",
        "还借款", "偿还借款本金", "归还借款本金", "归还个人借款", "偿还个人借款", "偿还个人借款本金", "还个人借款",
        "偿还股东借款", "归还股东借款", "还民间借款", "借款还款", "借款归还",
    ),
    # What costs: a fee or a purchase, whatever else it is called after.
    "cost": (
        "费", "费用",
    ),
    # Lenders by name.
    "lender": NAMES["lender"],
    "settled": (
        "settlement", "settlements", "payout", "payouts", "dep", "结算", "打款", "提现",
    ),
    "billed": (
        "paybill", "bill payment", "bill payments", "bill pymt", "bill pmt", "bills payment", "merchant payment",
        "pay merchant", "buy goods", "till payment", "bill payment to", "ecom", "bpay",
    ),
    # Goods by number, and prices: they tell a customer's money, not what it is for.
    "priced": (
        "doz", "dozen", "tray", "trays", "pcs", "pax", "litres", "lbs", "ton", "pair", "x2", "lesson", "lessons",
        "tuition", "tab", "fare", "price", "斤", "公斤", "吨", "箱", "袋", "瓶", "条鱼", "只鸡", "头牛", "头猪", "费",
        "钱", "账款", "结账", "清账", "赊账", "欠款结清", "结欠款", "货",
    ),
    # Open what for: between firms, for whom it is kept, whether the holder teaches or learns.
    "open": (
        "往来款", "往来", "拆借", "intercompany", "暂收款", "暂收", "学费",
    ),
    "quiet": QUIET,
}  # fmt: skip
