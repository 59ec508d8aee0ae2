"""The published schedules and rates that lie beside the project, where they are present."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[4]
SHARED = Path(os.environ.get("SHARED_DIR", ROOT.parent / "shared"))


def cases(file: str, key: str, *, only: Callable[[Any], bool] = lambda _case: True) -> list[Any]:
    """Read the cases of one file, or give one that skips with the reason."""
    path = SHARED / "vectors" / file
    if not path.exists():
        reason = f"no published cases at {path}: set SHARED_DIR to the folder that holds vectors/"
        return [pytest.param(None, id="absent", marks=pytest.mark.skip(reason=reason))]
    return [pytest.param(case, id=case["id"]) for case in json.loads(path.read_text())[key] if only(case)]
