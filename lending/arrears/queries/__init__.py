"""Questions about what is late: whom to remind, and the desk of those who call."""

from lending.arrears.queries.desk import ORDERS, contacts_of, due_steps, late_loans, rows_of
from lending.arrears.queries.reminding import late_to_remind, short_to_remind, soon_to_remind
from lending.loans.losses.queries import readable
