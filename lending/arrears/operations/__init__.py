"""What is done about installments that are, or will be, late: remind owners, record what staff heard of them."""

from lending.arrears.operations.contacts import ContactRefused, Said, record
from lending.arrears.operations.reminding import remind_late, remind_short
