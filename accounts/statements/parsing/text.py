"""From bytes to text: UTF-8 with or without its mark, UTF-16 with its mark, GB 18030, Western European."""

from itertools import islice
from typing import Final

from accounts.statements.parsing.refusals import refused

_ENOUGH: Final = 20_000  # characters that tell whether a file is Chinese


def decoded(content: bytes) -> str:
    """Decode a text file with line ends as ``\\n``.

    Old Western files decode as GB 18030 too, into rare characters; so Chinese is believed only where nearly all of it
    belongs to the everyday set GB 2312.

    :raises StatementRefused: ``statement_nul_bytes`` with its line.
    """
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = content.decode("utf-16", errors="replace")
    else:
        text = _narrow(content)
    if (place := text.find("\0")) >= 0:
        raise refused("statement_nul_bytes", line=text.count("\n", 0, place) + 1)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _narrow(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        chinese = content.decode("gb18030")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")
    foreign = list(islice((each for each in chinese if ord(each) > 127), _ENOUGH))
    everyday = sum(1 for each in foreign if _is_everyday(each))
    if everyday >= 0.9 * len(foreign):
        return chinese
    return content.decode("cp1252", errors="replace")


def _is_everyday(character: str) -> bool:
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True
