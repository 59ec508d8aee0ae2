"""When two names may be of the same bearer. Pure, and documented in docs/decisions/due-diligence.md.

A name is written in comparable forms. Latin letters: without accents, case, signs and words such as "Ltd", the words
in the order of the alphabet. Chinese characters: without spaces, signs and words such as "有限公司"; where they may be
a person's (two to four characters), also in pinyin, family name and given name, for lists that are written in Latin
letters. Two forms of one script are alike

- in Latin letters from `LATIN_ALIKE` on, of `rapidfuzz.fuzz.ratio`: one wrong letter in about eight;
- in Chinese characters when they are the same, or, from four characters on, from `HAN_ALIKE` on: one wrong character
  in five. Two or three characters say too little for less than all of them.

Where both years of birth are known and lie more than a year apart, the bearers differ, whatever their names.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Levenshtein

LATIN_ALIKE: Final = 88
HAN_ALIKE: Final = 80
FUZZY_FROM: Final = 4  # characters of Chinese
YEARS_APART: Final = 1
_HAN: Final = re.compile(r"[\u3400-\u9fff]")
_LATIN_FORM_WORDS: Final = frozenset(
    ("co", "company", "corp", "corporation", "gmbh", "inc", "limited", "llc", "ltd", "plc", "the")
)
_HAN_FORM_WORDS: Final = re.compile(r"(股份有限公司|有限责任公司|有限公司|集团|公司)$")
_SHORTEST: Final = 3  # letters: less than that is nobody's name
_LARGEST_SYLLABLE: Final = 6  # zhuang, chuang, shuang
_TWO_CHARACTER_FAMILIES: Final = frozenset(
    "欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 司徒 令狐 宇文 长孙 夏侯 端木 独孤 南宫 百里".split()  # noqa: SIM905 - reads better
)


def forms(name: str) -> list[str]:
    """Write a name in every form by which it is compared."""
    plain = unicodedata.normalize("NFKC", name).casefold().strip()
    if _HAN.search(plain):
        return list(dict.fromkeys(_han_forms(plain)))
    return list(dict.fromkeys(_latin_forms(plain)))


def is_han(form: str) -> bool:
    """Tell whether a form is written in Chinese characters."""
    return bool(_HAN.search(form))


def _han_forms(plain: str) -> Iterator[str]:
    core = re.sub(r"\W|_", "", plain)
    core = _HAN_FORM_WORDS.sub("", core) or core
    yield core
    if 2 <= len(core) <= 4 and all(_HAN.match(each) for each in core):
        yield _in_pinyin(core)


def _in_pinyin(core: str) -> str:
    from pypinyin import lazy_pinyin

    family = 2 if len(core) > 2 and core[:2] in _TWO_CHARACTER_FAMILIES else 1
    syllables = [each.replace("ü", "u").replace("v", "u") for each in lazy_pinyin(core)]
    return " ".join(sorted(["".join(syllables[:family]), "".join(syllables[family:])]))


def _latin_forms(plain: str) -> Iterator[str]:
    bare = "".join(each for each in unicodedata.normalize("NFKD", plain) if not unicodedata.combining(each))
    words = [word for word in re.split(r"[\W_]+", bare) if word and word not in _LATIN_FORM_WORDS]
    if len("".join(words)) < _SHORTEST:
        return
    yield " ".join(sorted(words))
    if len(words) == 3 and max(map(len, words)) <= _LARGEST_SYLLABLE:
        yield " ".join(sorted([words[0], words[1] + words[2]]))  # "Li Xiao-ming" is also written "Li Xiaoming"
        yield " ".join(sorted([words[0] + words[1], words[2]]))  # and "Xiao-ming Li"


@dataclass(frozen=True, slots=True)
class Bearer:
    """Somebody on a list."""

    key: int
    forms: list[str]
    birth_year: int | None


@dataclass
class Register:
    """All bearers of the lists, laid out for comparison."""

    birth_years: dict[int, int | None] = field(default_factory=dict)
    latin: list[str] = field(default_factory=list)
    latin_keys: list[int] = field(default_factory=list)
    han: dict[str, set[int]] = field(default_factory=dict)
    long_han: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, bearers: Iterable[Bearer]) -> "Register":
        """Lay bearers out."""
        made = cls()
        for bearer in bearers:
            made.birth_years[bearer.key] = bearer.birth_year
            for form in bearer.forms:
                made._add(form, bearer.key)
        made.long_han = [form for form in made.han if len(form) >= FUZZY_FROM]
        return made

    def _add(self, form: str, key: int) -> None:
        if is_han(form):
            self.han.setdefault(form, set()).add(key)
        else:
            self.latin.append(form)
            self.latin_keys.append(key)

    def alike(self, name: str, birth_year: int | None) -> dict[int, int]:
        """Find whoever may bear this name: how alike, up to 100, by key."""
        found: dict[int, int] = {}
        for form in forms(name):
            for key, score in self._alike_form(form):
                if score > found.get(key, 0) and not _years_differ(birth_year, self.birth_years[key]):
                    found[key] = score
        return found

    def _alike_form(self, form: str) -> Iterator[tuple[int, int]]:
        if not is_han(form):
            hits = process.extract(form, self.latin, scorer=fuzz.ratio, score_cutoff=LATIN_ALIKE, limit=None)
            yield from ((self.latin_keys[place], int(score)) for _form, score, place in hits)
            return
        yield from ((key, 100) for key in self.han.get(form, ()))
        if len(form) >= FUZZY_FROM:
            near = process.extract(
                form,
                self.long_han,
                scorer=Levenshtein.normalized_similarity,
                score_cutoff=HAN_ALIKE / 100,
                limit=None,
            )
            yield from ((key, int(score * 100)) for other, score, _place in near for key in self.han[other])


def _years_differ(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and abs(one - other) > YEARS_APART
