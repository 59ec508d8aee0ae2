"""Tells the seeded bank's last year through the operations that the pages use, in the order in which it happened."""

from portal.seed.story.bank import Story
from portal.seed.story.borrowing import apply
from portal.seed.story.bringing import bring_in
from portal.seed.story.founding import found_the_bank
from portal.seed.story.telling import end_the_months, seal_and_check, tell, tell_of

__all__ = ["Story", "apply", "bring_in", "end_the_months", "found_the_bank", "seal_and_check", "tell", "tell_of"]
