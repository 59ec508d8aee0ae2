"""What the seeded bank's staff wrote down: in Chinese as they would, and in English for those who look at the demo."""

from typing import Final

VISITED: Final = (
    "已走访：账目与所见相符，两位老客户确认了订单。 Visited: the books fit; two regular customers confirmed orders."
)
VISITED_IN_VAIN: Final = "已走访：存货陈旧，主要客户已流失。 Visited: the stock is old and the main customer has left."
AGREED: Final = "同意该建议。 I agree with the recommendation."
GONE: Final = (
    "店已关，人已搬走，多次上门未遇，无可执行财产。 The shop is closed and its owner gone; visits found nothing."
)
SALES_FELL: Final = "运价下跌，收入减少，仍在营业。 Freight rates fell and so did income; the business goes on."
WALKED: Final = "已与户主实地查看：长势整齐，管护良好。 Walked the field with the owner: an even stand, well kept."
SEEN: Final = "现场查验原件，号码与登记一致。 Original seen on the spot; the number is the one that was registered."
NOT_THE_SAME: Final = (
    "身份证出生年份晚几十年，名单所列为外国官员。 Born decades later; the list names an official abroad."
)
PRICES_ASKED: Final = (
    "果岭支行询得的今春县茶叶市场收购价。 Prices paid at the tea market of the county this spring, asked by the branch."
)
SCAN_READ_WRONGLY: Final = (
    "第二份是扫描件转换，金额识别有误；已向开户行核对，以第一份为准。"
    " The second file was made from a scan that was read wrongly; the other bank confirmed the first."
)
LARGE_BUYER_LEFT: Final = (
    "大客户已终止合作，报价所依据的收入不再成立。 The largest buyer has left, on whose orders the offer rested."
)
LICENSE_ASKED: Final = (
    "营业执照经营范围正在变更，核实前先不签。 The license is being changed; nothing to be signed before it is seen."
)
ROAD_CLOSED: Final = (
    "进村公路大修，客人少了一半，业主主动来商量。"
    " The road to the village is under repair and half the guests stay away; the owner came to us first."
)
FISH_DIED: Final = (
    "高温缺氧，鱼苗损失约三成，秋季补养。 A third of the young fish died in the heat; restocked in autumn."
)
PAID_LATE: Final = "物流园结算拖延，答应先还一半。 The freight yard paid late; half of it is promised for this week."
WAITS_FOR_FREIGHT: Final = (
    "等建材公司结运费，到账即还。 Waits for the builder's freight money and pays when it is there."
)
ASKS_FOR_LESS: Final = (
    "上门走访：车辆都在跑，运费被压价，希望每月少还一些。"
    " Visited: all trucks are on the road, freight rates fell; asks for smaller installments."
)
BY_HAND: Final = "为演示手工编写，并非从数据学得。 Written by hand for the demo, learned from no data."
