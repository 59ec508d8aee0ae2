"""Loading the industry classification."""

import csv
from pathlib import Path
from typing import Final

from django.db import transaction

from accounts.identity.models import Industry

FILE: Final = Path(__file__).parent.parent / "industries.csv"


@transaction.atomic(durable=True)
def load_industries() -> int:
    """Load the classification from its file, or bring what is loaded up to date; tell how many nodes it has."""
    with FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    sections: dict[str, str] = {}
    industries = []
    for row in rows:  # parents stand above their children
        code, parent = row["code"], row["parent"] or None
        sections[code] = sections[parent] if parent else code
        names = {name: row[name] for name in ("name_en", "name_zh_hans", "keywords")}
        industries.append(Industry(code=code, parent_id=parent, section=sections[code], **names))
    Industry.objects.bulk_create(
        industries,
        update_conflicts=True,
        unique_fields=["code"],
        update_fields=["parent", "section", "name_en", "name_zh_hans", "keywords"],
    )
    return len(industries)
