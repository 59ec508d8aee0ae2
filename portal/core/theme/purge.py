"""Keeps of a stylesheet what pages use. Pure: text in, text out."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import tinycss2

from portal.core.theme.usage import Usage

DARK: Final = "[data-bs-theme=dark]"
LIGHT: Final = "[data-bs-theme=light]"
DARK_MEDIA: Final = "@media (prefers-color-scheme:dark)"
NEGATED: Final = re.compile(r":not\([^()]*(?:\([^()]*\)[^()]*)*\)")
PSEUDO: Final = re.compile(r"::?[a-z-]+(\([^()]*\))?")
ATTRIBUTE: Final = re.compile(r"\[[^\]]*\]")
CLASS: Final = re.compile(r"\.((?:[\w-]|\\.)+)")
ELEMENT: Final = re.compile(r"(?<![\w#.-])[a-z][a-z0-9]*")
PROPERTY_USE: Final = re.compile(r"var\(\s*(--[\w-]+)")
# What Bootstrap's scripts put on a page; we run none of them.
SCRIPTED: Final = ("data-bs-", "data-popper", "popper")


@dataclass(frozen=True)
class Rule:
    """A rule kept: selectors and declarations, and the at-rules around it, outermost first."""

    around: tuple[str, ...]
    selectors: tuple[str, ...]
    declarations: tuple[tuple[str, str], ...]


def purged(stylesheet: str, usage: Usage, *, override: str = "") -> str:
    """Give the stylesheet without what no page wears, with dark rules turned into a media query, ``override`` after it.

    The override is kept whole: it is written for these pages. Custom properties that nothing reads any more go too.
    """
    kept = list(_rules(stylesheet, usage)) + list(_rules(override, None))
    return "".join(_text(rule) for rule in _without_unread(kept))


def _rules(stylesheet: str, usage: Usage | None) -> Iterable[Rule]:
    nodes = tinycss2.parse_stylesheet(stylesheet, skip_comments=True, skip_whitespace=True)
    return _walk(nodes, usage, ())


def _walk(nodes: Iterable[Any], usage: Usage | None, around: tuple[str, ...]) -> Iterable[Rule]:
    for node in nodes:
        if node.type == "qualified-rule":
            yield from _kept(node, usage, around)
        elif node.type == "at-rule" and node.at_keyword in {"media", "supports", "container"}:
            inner = tinycss2.parse_rule_list(node.content, skip_comments=True, skip_whitespace=True)
            query = f"@{node.at_keyword} {_squeezed(tinycss2.serialize(node.prelude))}"
            yield from _walk(inner, usage, (*around, query))
        elif node.type == "at-rule" and node.at_keyword == "page":
            yield Rule(around, ("@page",), _declarations(node.content))


def _kept(node: Any, usage: Usage | None, around: tuple[str, ...]) -> Iterable[Rule]:
    selectors = [_squeezed(part) for part in _parts(tinycss2.serialize(node.prelude))]
    declarations = _declarations(node.content)
    dark = [selector for selector in selectors if DARK in selector]
    light = [_themeless(selector, LIGHT) for selector in selectors if selector not in dark]
    for names, media in ((light, around), ([_themeless(one, DARK) for one in dark], (*around, DARK_MEDIA))):
        chosen = tuple(dict.fromkeys(name for name in names if usage is None or _is_used(name, usage)))
        if chosen and declarations:
            yield Rule(media, chosen, declarations)


def _parts(prelude: str) -> list[str]:
    """Split a selector list at its outer commas."""
    parts, depth, start = [], 0, 0
    for index, letter in enumerate(prelude):
        depth += (letter in "([") - (letter in ")]")
        if letter == "," and not depth:
            parts.append(prelude[start:index])
            start = index + 1
    return [*parts, prelude[start:]]


def _themeless(selector: str, theme: str) -> str:
    return selector.replace(theme, "").strip() or ":root"


def _is_used(selector: str, usage: Usage) -> bool:
    bare = NEGATED.sub("", selector)
    if any(word in bare for word in SCRIPTED):
        return False
    bare = PSEUDO.sub("", ATTRIBUTE.sub("", bare))
    classes = CLASS.findall(bare)
    elements = ELEMENT.findall(CLASS.sub("", bare))
    return all(usage.wears(name) for name in classes) and all(name in usage.elements for name in elements)


def _declarations(content: list[Any]) -> tuple[tuple[str, str], ...]:
    found = tinycss2.parse_declaration_list(content, skip_comments=True, skip_whitespace=True)
    return tuple(
        (one.name, _squeezed(tinycss2.serialize(one.value)) + ("!important" if one.important else ""))
        for one in found
        if one.type == "declaration"
    )


def _without_unread(rules: list[Rule]) -> list[Rule]:
    """Drop custom properties that no declaration reads, until none is left to drop."""
    while True:
        read = {name for rule in rules for _, value in rule.declarations for name in PROPERTY_USE.findall(value)}
        slimmer = [
            Rule(rule.around, rule.selectors, kept)
            for rule in rules
            if (kept := tuple(one for one in rule.declarations if not one[0].startswith("--") or one[0] in read))
        ]
        if slimmer == rules:
            return rules
        rules = slimmer


def _text(rule: Rule) -> str:
    body = ";".join(f"{name}:{value}" for name, value in rule.declarations)
    text = f"{','.join(rule.selectors)}{{{body}}}"
    for query in reversed(rule.around):
        text = f"{query}{{{text}}}"
    return text + "\n"


def _squeezed(text: str) -> str:
    """Leave out whitespace that means nothing."""
    text = re.sub(r"/\*.*?\*/", "", text, flags=re.DOTALL)
    text = re.sub(r"\s+", " ", text).strip()
    return text if '"' in text else re.sub(r"\s*,\s*", ",", text)
