"""What happens to a credit line: opened, drawn, suspended, resumed, lowered, ended."""

from lending.loans.lines.operations.draw import DrawRefused, draw, preview, send_draw_code
from lending.loans.lines.operations.end import end_over, give_back, remind
from lending.loans.lines.operations.keep import KEEPERS, LineRefused, lower, resume, suspend
from lending.loans.lines.operations.open import open_line
