"""Which classes and elements the portal's pages use, read from templates and from crispy layouts in Python."""

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

UNKNOWN: Final = "\0"  # stands where a template or an f-string puts something in

TAG: Final = re.compile(r"{%\s*(\w+)(.*?)%}", re.DOTALL)
OUTPUT: Final = re.compile(r"{{.*?}}", re.DOTALL)
COMMENT: Final = re.compile(r"{#.*?#}|{%\s*comment\b.*?endcomment\s*%}|<!--.*?-->", re.DOTALL)
QUOTED: Final = re.compile(r"\"([^\"]*)\"|'([^']*)'")
CLASS_ATTRIBUTE: Final = re.compile(r"\bclass=(?:\"([^\"]*)\"|'([^']*)')", re.DOTALL)
ELEMENT: Final = re.compile(r"<([a-z][a-z0-9]*)\b")
# Tags whose quoted strings may end up in a class attribute.
PASSING_TAGS: Final = frozenset(
    {"include", "with", "cycle", "firstof", "crispy_field", "if", "elif", "post_button", "table"}
)


@dataclass
class Usage:
    """What the pages may wear. A prefix stands for a class that is assembled, such as ``status-`` plus a tone."""

    classes: set[str] = field(default_factory=set)
    prefixes: set[str] = field(default_factory=set)
    elements: set[str] = field(default_factory=set)

    def wears(self, name: str) -> bool:
        """Tell whether a class may occur on a page."""
        return name in self.classes or name.startswith(tuple(self.prefixes))

    def add_words(self, text: str) -> None:
        """Take a class attribute's words: whole ones as classes, those with an unknown end as prefixes."""
        for word in text.split():
            head, *rest = word.split(UNKNOWN)
            if rest and head.endswith("-"):
                self.prefixes.add(head)
            elif head:
                self.classes.add(head)
            self.classes.update(part for part in rest if part)

    def add_template(self, source: str) -> None:
        """Take what a template wears, the strings in its tags included."""
        source = COMMENT.sub("", source)
        for tag, arguments in TAG.findall(source):
            if tag in PASSING_TAGS:
                self.add_strings(arguments)
        markup = OUTPUT.sub(_with_strings, TAG.sub(UNKNOWN, source))
        self.add_markup(markup)

    def add_markup(self, markup: str) -> None:
        """Take the classes and elements of a piece of HTML."""
        for double, single in CLASS_ATTRIBUTE.findall(markup):
            self.add_words(double or single)
        self.elements.update(ELEMENT.findall(markup))

    def add_strings(self, text: str) -> None:
        """Take every quoted string as if it were a class attribute."""
        for double, single in QUOTED.findall(text):
            self.add_words((double or single).replace(",", " "))

    def add_python(self, source: str) -> None:
        """Take what crispy layouts, widgets and pieces of HTML in a Python file wear."""
        tree = ast.parse(source)
        for value in _class_values(tree):
            for text in _texts(value):
                self.add_words(text)
        for text in _texts(tree):
            if "class=" in text:
                self.add_markup(text)


def _with_strings(output: re.Match[str]) -> str:
    """Keep the words a filter may choose from, as in ``yesno:"active,"``, beside the unknown."""
    words = " ".join((double or single).replace(",", " ") for double, single in QUOTED.findall(output.group()))
    return f"{UNKNOWN} {words} " if words else UNKNOWN


def _class_values(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.walk(tree):
        if isinstance(node, ast.keyword) and node.arg and node.arg.endswith(("_class", "_classes")):
            yield node.value
        elif isinstance(node, ast.Dict):
            yield from (value for key, value in zip(node.keys, node.values, strict=True) if _is_class(key))
        elif isinstance(node, ast.Assign) and any(_names_a_class(target) for target in node.targets):
            yield node.value


def _is_class(key: ast.AST | None) -> bool:
    return isinstance(key, ast.Constant) and key.value == "class"


def _names_a_class(target: ast.AST) -> bool:
    name = target.attr if isinstance(target, ast.Attribute) else getattr(target, "id", "")
    return name.endswith(("_class", "_classes"))


def _texts(tree: ast.AST) -> Iterable[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield node.value
        elif isinstance(node, ast.JoinedStr):
            yield "".join(
                part.value if isinstance(part, ast.Constant) and isinstance(part.value, str) else UNKNOWN
                for part in node.values
            )
