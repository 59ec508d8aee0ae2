"""What happens to crop calendars and plantings."""

from accounts.harvest.operations.editions import (
    approve_edition,
    discard_edition,
    install_shipped,
    propose_edition,
    withdraw_edition,
)
from accounts.harvest.operations.plantings import confirm_planting, tell_planting, withdraw_planting
