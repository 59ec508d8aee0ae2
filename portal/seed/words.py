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
