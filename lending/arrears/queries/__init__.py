"""Questions about what is late: whom to remind, and the desk of those who call."""

from lending.arrears.queries.desk import contacts_of, due_steps, late_loans, readable, told
from lending.arrears.queries.reminding import late_to_remind, short_to_remind

__all__ = ["contacts_of", "due_steps", "late_loans", "late_to_remind", "readable", "short_to_remind", "told"]
