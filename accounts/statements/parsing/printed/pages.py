"""The pages of a PDF as lines of words and drawn rules, by ``pdfplumber``; what no eye would read is left out."""

import io
import logging
import re
import unicodedata
from bisect import bisect
from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any, Final, NamedTuple

import pdfplumber
from pdfminer.pdfdocument import PDFPasswordIncorrect
from pdfplumber.utils.exceptions import PdfminerException

from accounts.statements.parsing.refusals import StatementRefused, refused

logging.getLogger("pdfminer").setLevel(logging.CRITICAL + 1)  # it would log what stands in a customer's file

MOST_PAGES: Final = 150  # some 40 s at worst
MOST_CHARACTERS: Final = 20_000  # on a page
MOST_RULES: Final = 20_000
_DASHES: Final = str.maketrans("\u00ad\u2010\u2011\u2212", "----")
_UNREAD: Final = re.compile(r"\(cid:\d+\)")
_SAME_LINE: Final = 0.25  # all in sizes of the letters: how far apart two baselines may be
_WORD_GAP: Final = 0.15
_CHINESE_GAP: Final = 0.3
_TWICE: Final = 0.15
_SAME_PLACE: Final = 0.55  # Chinese marks reach half over their neighbors
_NO_GAP: Final = 0.08
_STAMP: Final = 1.8  # how much larger than the others letters of stamps and watermarks are
_AS_ONE: Final = 2.0  # points within which two rules are one


class Word(NamedTuple):
    """Letters without a gap; ``y`` is their baseline, from the top of the page, in points."""

    text: str
    left: float
    right: float
    y: float
    size: float


def joined(words: Sequence[Word]) -> str:
    """Write words as a text; beside Chinese letters a narrow gap is none."""
    text = ""
    before: Word | None = None
    for word in words:
        is_close = before is None or (
            max(before.text[-1], word.text[0]) > "\u2e7f" and word.left - before.right < _CHINESE_GAP * word.size
        )
        text += word.text if is_close else f" {word.text}"
        before = word
    return text


class Line(NamedTuple):
    """The words on one baseline, from left to right."""

    y: float
    words: list[Word]

    @property
    def size(self) -> float:
        """The size of its largest letters."""
        return max(word.size for word in self.words)


class Rule(NamedTuple):
    """A drawn line: where it is, and from where to where it goes."""

    at: float
    start: float
    end: float


class Page(NamedTuple):
    """What stands on one page, counted from one."""

    number: int
    lines: list[Line]
    across: list[Rule]
    down: list[Rule]


class _Letter(NamedTuple):
    text: str
    left: float
    right: float
    y: float
    size: float


def read(content: bytes) -> list[Page]:
    """Read the pages.

    :raises StatementRefused: ``statement_locked``, ``pdf_broken``, ``pdf_too_long``, ``statement_picture`` where there
        is no text, ``statement_pdf`` where letters have no meaning or stand upon each other.
    """
    try:
        with pdfplumber.open(io.BytesIO(content), unicode_norm=None) as pdf:
            if len(pdf.pages) > MOST_PAGES:
                raise refused("pdf_too_long", found=len(pdf.pages), most=MOST_PAGES)
            pages = [_page(number, each) for number, each in enumerate(pdf.pages, start=1)]
    except (StatementRefused, MemoryError):
        raise
    except Exception as why:  # noqa: BLE001 - the library trips over damage in more ways than it names
        cause = why.args[0] if isinstance(why, PdfminerException) and why.args else why
        raise refused("statement_locked" if isinstance(cause, PDFPasswordIncorrect) else "pdf_broken") from None
    if not any(page.lines for page in pages):
        raise refused("statement_picture")
    return pages


def _page(number: int, page: Any) -> Page:
    if len(page.chars) > MOST_CHARACTERS or len(page.edges) > MOST_RULES:
        raise refused("statement_too_heavy")
    letters = _without_stamps([letter for each in page.chars if (letter := _letter(each, page)) is not None])
    rules = [(each["orientation"], each) for each in page.edges]
    across = [Rule(each["top"], each["x0"], each["x1"]) for way, each in rules if way == "h"]
    down = [Rule(each["x0"], each["top"], each["bottom"]) for way, each in rules if way == "v"]
    found = Page(number, [], _whole(across), _whole(down))
    lines = [Line(y, list(_words(line, found.down, number))) for y, line in _on_lines(letters)]
    page.close()
    return found._replace(lines=[line for line in lines if line.words])


def _letter(char: Any, page: Any) -> _Letter | None:
    """Take a letter that stands upright on the page; turned ones are watermarks, and stamps."""
    a, b, _c, d, _e, f = char["matrix"]
    if abs(b) > 0.01 * abs(a) or a <= 0 or d <= 0:
        return None
    text = unicodedata.normalize("NFKC", char["text"]).translate(_DASHES)
    if _UNREAD.search(text):
        raise refused("statement_pdf")
    if not text.isprintable():
        text = "".join(each for each in text if each.isprintable())  # joiners and the like, which nobody sees
    y = char["bottom"] + char["y0"] - f
    left, top, right, bottom = page.bbox
    if not (left <= char["x0"] <= right and top <= y <= bottom):
        return None
    return _Letter(text, char["x0"], char["x1"], y, char["size"])


def _without_stamps(letters: list[_Letter]) -> list[_Letter]:
    """Leave out what is in letters far larger than most of the page: stamps, watermarks and its title."""
    sizes = sorted(letter.size for letter in letters if letter.text.strip())
    if not sizes:
        return []
    usual = sizes[len(sizes) // 2]
    return [letter for letter in letters if letter.size <= _STAMP * usual]


def _on_lines(letters: list[_Letter]) -> Iterator[tuple[float, list[_Letter]]]:
    """Gather what stands on one baseline, or too near it to be told apart."""
    line: list[_Letter] = []
    for letter in sorted(letters, key=lambda each: each.y):
        if line and letter.y - line[-1].y > _SAME_LINE * min(letter.size, line[-1].size):
            yield line[0].y, line
            line = []
        line.append(letter)
    if line:
        yield line[0].y, line


def _words(line: list[_Letter], rules: Sequence[Rule], page: int) -> Iterator[Word]:
    word: list[_Letter] = []
    for letter in _once(line, page):
        if word and (not letter.text.strip() or _are_apart(word[-1], letter, rules, page)):
            yield _word(word)
            word = []
        if letter.text.strip():
            word.append(letter)
    if word:
        yield _word(word)


def _once(line: list[_Letter], page: int) -> Iterator[_Letter]:
    """Take each letter once: bold ones may be drawn twice. Other letters upon each other are refused."""
    before: _Letter | None = None
    for letter in sorted(line, key=lambda each: each.left):
        if before and letter.text == before.text and letter.left - before.left < _TWICE * letter.size:
            continue
        is_over = before and before.right - letter.left > _SAME_PLACE * letter.size
        if before and is_over and before.text.strip() and letter.text.strip():
            raise refused("pdf_words_overlap", page=page, value=before.text + letter.text)
        yield letter
        before = letter


def _are_apart(one: _Letter, other: _Letter, rules: Sequence[Rule], page: int) -> bool:
    gap = (other.left - one.right) / other.size
    if gap > _WORD_GAP:
        return True
    middle, next_middle = (one.left + one.right) / 2, (other.left + other.right) / 2
    start = bisect(rules, middle, key=lambda rule: rule.at)
    for rule in rules[start:]:
        if rule.at >= next_middle:
            break
        if rule.start < one.y - one.size / 3 < rule.end:
            if gap < _NO_GAP:
                raise refused("pdf_words_overlap", page=page, value=one.text + other.text)
            return True
    return False


def _word(letters: list[_Letter]) -> Word:
    text = "".join(letter.text for letter in letters)
    return Word(text, letters[0].left, letters[-1].right, letters[0].y, max(each.size for each in letters))


def _whole(rules: list[Rule]) -> list[Rule]:
    """Put together what is drawn piece by piece: the sides of cells, and lines that are narrow boxes."""
    found: list[Rule] = []
    for _at, pieces in _near(sorted(rules)):
        pieces.sort(key=lambda each: each.start)
        one = pieces[0]
        for piece in pieces[1:]:
            if piece.start - one.end > _AS_ONE:
                found.append(one)
                one = piece
            else:
                one = one._replace(end=max(one.end, piece.end))
        found.append(one)
    return sorted(rule for rule in found if rule.end - rule.start > 2 * _AS_ONE)


def _near(rules: list[Rule]) -> Iterator[tuple[float, list[Rule]]]:
    """Group rules that are one: each within a hair of the one before."""
    starts = [0, *(index for index, (one, other) in enumerate(pairwise(rules), start=1) if other.at - one.at > _AS_ONE)]
    for _key, numbered in groupby(enumerate(rules), key=lambda each: bisect(starts, each[0])):
        group = [rule for _index, rule in numbered]
        yield group[0].at, [rule._replace(at=group[0].at) for rule in group]
