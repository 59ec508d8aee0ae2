"""A credit register at the edge: answers at once, slowly, or not at all, as a test wants."""

import time
from decimal import Decimal
from typing import Any

from lending.credit.register import Told
from lending.credit.tests.builders import AS_OF


class FakeRegister:
    """What it does next is set on the class; each asking makes an object of its own."""

    name = "test"
    overdue = Decimal(0)
    failing = False
    waiting = 0.0
    asked = 0

    @classmethod
    def reset(cls) -> None:
        """Answer at once that nothing is overdue."""
        cls.overdue, cls.failing, cls.waiting, cls.asked = Decimal(0), False, 0.0, 0

    def ask(self, **_asked: Any) -> Told | None:
        """Answer."""
        type(self).asked += 1
        time.sleep(self.waiting)
        if self.failing:
            raise OSError
        return Told(as_of=AS_OF, lender_count=2, overdue_amount=self.overdue)
