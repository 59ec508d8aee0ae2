"""The model card of a learned table: what it is for, what it was learned from, how well it did, until when. Pure."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final

from lending.credit.features import ALL_FEATURES, FEATURES
from lending.credit.learning.figures import Interval
from lending.credit.learning.rows import LabeledRow
from lending.credit.learning.validation import Measured, Validation
from portal.core.dates import add_months

BOOK: Final = "book"
_OF_THE_REQUEST: Final = {feature.code for feature in ALL_FEATURES} - {feature.code for feature in FEATURES}
MONTHS_UNTIL_LOOKED_AT: Final = 12

_TEXTS: Final = {
    "purpose_en": (
        "Scoring applications of micro and small enterprises for a loan. The policy decides, and people where it is"
        " unclear."
    ),
    "purpose_zh_hans": "为小微企业的贷款申请评分；由政策决定，不明确的由人工决定。",
    "exclusions_en": (
        "Enterprises without an outcome, and loans that are too young to have one. Declined cases: nothing is inferred"
        " for them."
    ),
    "exclusions_zh_hans": "没有结果的企业、发放不久尚无结果的贷款；被拒绝的申请：不作推断。",
    "limits_en": (
        "Figures are of enterprises that the fit had not seen, of this source alone; the intervals tell how little few"
        " bad cases say. {request_en} Who is unlike the source should be referred."
    ),
    "limits_zh_hans": (
        "各项指标来自拟合时未见过的企业，且仅限本数据来源；坏样本少时，区间说明结论有多不确定。"
        "{request_zh_hans}与来源不同的企业应转人工。"
    ),
    "owner_en": "Risk management",
    "owner_zh_hans": "风险管理部门",
}
_READS_THE_REQUEST: Final = {
    "request_en": "It reads what is asked for, so a score belongs to an amount and a term.",
    "request_zh_hans": "评分考虑所申请的金额和期限，因此每个分数只对应一个金额和期限。",
}
_READS_NO_REQUEST: Final = {
    "request_en": "It knows nothing of the amount and the term.",
    "request_zh_hans": "评分不考虑金额和期限。",
}
_OF_THE_BOOK: Final = {
    "data_en": "The bank's own loans: the figures as stored with each decision. {rows} loans, {bad} of them bad.",
    "data_zh_hans": "本行贷款：每项决定所存的指标。共 {rows} 笔，其中 {bad} 笔不良。",
    "target_en": "An installment 90 days past due, or more, within twelve months of the payout.",
    "target_zh_hans": "放款后十二个月内，有一期逾期达到九十天。",
}
_OF_A_STUDY: Final = {
    "data_en": "The study {name}, brought in by the portal's own import. {rows} enterprises, {bad} of them bad.",
    "data_zh_hans": "研究数据 {name}：由本系统的导入功能读入。共 {rows} 家企业，其中 {bad} 家不良。",
    "target_en": "The outcome as the source states it.",
    "target_zh_hans": "数据来源所给的结果。",
}


def model_card(
    found: Validation, rows: Sequence[LabeledRow], table: Mapping[str, Any], *, dataset: str, on: date
) -> dict[str, Any]:
    """Write the card as `lending.credit.model_card` reads it.

    :param on: the day of learning; a year later someone should look again.
    """
    told = _OF_THE_BOOK if dataset == BOOK else _OF_A_STUDY
    days = sorted(row.as_of for row in rows if row.as_of)
    read = {each["feature"] for each in table["characteristics"]}
    request = _READS_NO_REQUEST if read.isdisjoint(_OF_THE_REQUEST) else _READS_THE_REQUEST
    figures = {"name": dataset, "rows": found.rows, "bad": found.bad}
    return {
        **{name: text.format(**figures, **request) for name, text in (_TEXTS | told).items()},
        "period": {"first": days[0].isoformat(), "last": days[-1].isoformat()} if days else {},
        "expires_on": add_months(on, MONTHS_UNTIL_LOOKED_AT).isoformat(),
        "figures": [_whole(found, found.card), *_segments(found)],
    }


def _whole(found: Validation, measured: Measured) -> Mapping[str, Any]:
    return {
        "rows": found.rows,
        "bad": found.bad,
        **{name: _plain(getattr(measured, name)) for name in ("auc", "gini", "ks", "brier")},
    }


def _segments(found: Validation) -> list[Mapping[str, Any]]:
    return [
        {"kind": line.name, "value": line.value, "rows": line.count, "bad": line.bad}
        | ({"auc": _plain(line.auc), "gini": _gini(line.auc)} if line.auc else {})
        for line in found.segments
    ]


def _plain(interval: Interval) -> list[float]:
    return [round(each, 3) for each in (interval.value, interval.low, interval.high)]


def _gini(auc: Interval) -> list[float]:
    return [round(2 * each - 1, 3) for each in (auc.value, auc.low, auc.high)]
