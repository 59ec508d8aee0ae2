"""Amounts of yuan in the capital figures of Chinese papers, in which nobody can add a stroke or a zero; pure.

As the rules for payments and settlement ask (支付结算办法, appendix 1): zeros within are told once, and what has no fen
ends in 整.
"""

from decimal import Decimal
from typing import Final

from portal.core.money import minor_units

_FIGURES: Final = "零壹贰叁肆伍陆柒捌玖"
_PLACES: Final = ("", "拾", "佰", "仟")
_GROUPS: Final = ("", "万", "亿", "万", "亿亿")


def capitals(amount: Decimal) -> str:
    """Write an amount of yuan, whichever way it goes: 1680.32 as 人民币壹仟陆佰捌拾元叁角贰分.

    :raises ValueError: when it has a part smaller than a fen.
    """
    yuan, rest = divmod(minor_units(abs(amount)), 100)
    told = f"{_whole(yuan)}元" if yuan or not rest else ""
    return f"人民币{told}{_part(*divmod(rest, 10), follows=bool(told))}"


def _whole(number: int) -> str:
    told, place = "", len(str(number)) - 1
    for index, figure in enumerate(map(int, str(number))):
        at = place - index
        group = number // 10 ** (at - at % 4) % 10_000
        if figure:
            skipped = told and str(number)[index - 1] == "0"
            told += f"{'零' if skipped else ''}{_FIGURES[figure]}{_PLACES[at % 4]}"
        is_shared = at == 8 and number % 10**16 >= 10**12  # 壹万亿: one 亿 for both groups
        if at % 4 == 0 and (group or is_shared):
            told += _GROUPS[at // 4]
    return told or "零"


def _part(jiao: int, fen: int, *, follows: bool) -> str:
    if not jiao and not fen:
        return "整"
    first = f"{_FIGURES[jiao]}角" if jiao else "零" * follows
    return first + (f"{_FIGURES[fen]}分" if fen else "整")
