"""What comes with the portal: expert cards, a policy, industry standards. Pure, but for reading its own files.

A document that names another one under "like" says only where it differs: its own parts replace those of the other, its
characteristics take the place of those of the same feature, and new ones follow. What is read is always whole.
"""

import json
from pathlib import Path
from typing import Any, Final

FOLDER: Final = Path(__file__).parent


def documents(folder: str) -> list[dict[str, Any]]:
    """Read all documents of a folder, in the order of their names."""
    return [document(path) for path in sorted((FOLDER / folder).glob("*.json"))]


def document(path: Path) -> dict[str, Any]:
    """Read one document, whole."""
    own: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    other = own.pop("like", None)
    return own if other is None else _laid_over(document(path.with_name(f"{other}.json")), own)


def _laid_over(usual: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    merged = {each["feature"]: each for each in [*usual["characteristics"], *own["characteristics"]]}
    return usual | own | {"card": usual["card"] | own["card"], "characteristics": [*merged.values()]}
