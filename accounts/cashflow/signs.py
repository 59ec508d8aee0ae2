"""Reading a text for signs: known words, the longest first, none read twice. Pure."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

MOST_KEPT: Final = 20_000
MOST_BEFORE: Final = 6
_HEADS: Final = frozenset({("贷",), ("工", "资"), ("工", "钱")})
_TOKENS: Final = re.compile(r"[a-zà-ÿ]+|[0-9]+|[^\W\d_]|&")
_NOT_WORDS: Final = re.compile(r"[^\w&]+|_+")
_NUMBERED: Final = re.compile(r"\b([a-z]{1,3})-(?=\d)")  # fc-7728 is one code
_STANDS_FOR: Final = ((" standing order", " standingorder"), (" debit order", " debitorder"), (" pay bill", " paybill"))


@dataclass(frozen=True, slots=True)
class Reading:
    """The signs in a text, and the words of which nothing is known; figures and codes are none."""

    signs: frozenset[str]
    strange: tuple[str, ...]


def flat(text: str) -> str:
    """Bring a text to the form in which words are looked for: half width, lower case, punctuation as single spaces."""
    told = unicodedata.normalize("NFKC", text).casefold()
    told = " " + _NOT_WORDS.sub(" ", _NUMBERED.sub(r"\1", told))
    if told == " 贷":  # money in, in a bank's books
        return "贷方"
    if " order" in told or " pay bill" in told:  # neither orders anything
        for written, meant in _STANDS_FOR:
            told = told.replace(written, meant)
    return told.strip()


class Lexicon:
    """Words by how they begin. English ones stand between others than letters, Chinese ones anywhere."""

    def __init__(self, signs: Mapping[str, tuple[str, ...]]) -> None:
        meant: dict[tuple[str, ...], set[str]] = {}
        for sign, words in signs.items():
            for word in words:
                meant.setdefault(tuple(_TOKENS.findall(word)), set()).add(sign)
        self._read: dict[str, Reading] = {}
        self._words: dict[str, list[tuple[int, tuple[str, ...], frozenset[str]]]] = {}
        for tokens in sorted(meant, key=len, reverse=True):
            self._words.setdefault(tokens[0], []).append((len(tokens), tokens, frozenset(meant[tokens])))

    def read(self, text: str) -> Reading:
        """Find the signs in a text that was made ``flat``; most texts come again and again."""
        if text not in self._read:
            if len(self._read) >= MOST_KEPT:
                self._read.clear()
            self._read[text] = self._found(text)
        return self._read[text]

    def _found(self, text: str) -> Reading:
        tokens = _TOKENS.findall(text)
        signs: set[str] = set()
        strange: list[str] = []
        at, end = 0, len(tokens)
        while at < end:
            token = tokens[at]
            for length, word, meant in self._words.get(token, ()):
                if length == 1 or tuple(tokens[at : at + length]) == word:
                    signs |= meant
                    if word in _HEADS:
                        _forget_what(strange, tokens[:at], text, head="".join(word))
                    at += length
                    break
            else:
                at += 1
                if not token.isdigit() and not _is_code(token, text):
                    strange.append(token)
        return Reading(frozenset(signs), tuple(strange))


def _forget_what(strange: list[str], before: list[str], text: str, *, head: str) -> None:
    """Take what stands right before a loan for its brand, and before wages for whose they are: 富农贷, 采梨工工资."""
    for character in reversed(before[-MOST_BEFORE:]):
        head = character + head
        if (character.isascii() and character != "e") or head not in text:
            return
        if strange and strange[-1] == character:
            strange.pop()


def _is_code(token: str, text: str) -> bool:
    """Tell letters that are joined to figures, or that are only one, from words."""
    if not token.isascii():
        return False
    return len(token) == 1 or re.search(rf"\d{token}|{token}\d", text) is not None
