"""What happens to programs of others and to introductions."""

from lending.funding.operations.editions import approve, discard, end, propose
from lending.funding.operations.introductions import (
    IntroductionRefused,
    ask,
    conclude,
    hand_out,
    lapse,
    pass_on,
    withdraw,
)
