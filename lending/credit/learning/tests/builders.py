"""Labeled rows for tests: enterprises whose figures tell how their loans ended, more or less."""

import random

from lending.credit.learning.rows import LabeledRow


def make_rows(number: int = 200, *, seed: int = 1) -> list[LabeledRow]:
    """Make enterprises of which a third defaults, mostly those with thin reserves and swinging earnings."""
    dice = random.Random(seed)
    rows = []
    for case in range(number):
        is_bad = case % 3 == 0
        features = {
            "buffer_days": round(dice.gauss(8 if is_bad else 25, 8)),
            "inflow_volatility": round(abs(dice.gauss(0.8 if is_bad else 0.4, 0.2)), 3),
            "average_receipt": round(dice.uniform(10, 900), 2),
            "evidence_days": dice.choice((364, 300)),
            "tax_months": None if dice.random() < 0.3 else dice.randint(0, 12),
        }
        rows.append(LabeledRow(f"case {case}", features, is_bad, segments={"setting": ("town", "village")[case % 2]}))
    return rows
