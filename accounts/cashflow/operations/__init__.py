"""What can be done with evidence: receive, open, read, answer, correct, absorb, withdraw. Evidence is never deleted."""

from accounts.cashflow.operations.absorbing import absorb, absorb_new
from accounts.cashflow.operations.contradicting import CLEARERS, ClearingRefused, clear
from accounts.cashflow.operations.correcting import CorrectionRefused, correct, is_told_by_our_books
from accounts.cashflow.operations.invoices import (
    answer_ledger,
    read_invoices,
    read_together,
    receive_invoices,
    receive_invoices_of_each,
    withdraw_ledger,
)
from accounts.cashflow.operations.opening import PasswordRefused, bring, unfolded, unlock
from accounts.cashflow.operations.reading import answer, give_up, read
from accounts.cashflow.operations.receiving import StatementsWait, receive, receive_each
from accounts.cashflow.operations.remembering import ask_anew
from accounts.cashflow.operations.withdrawing import ChoiceRefused, choose, know_by_new_name, withdraw
from accounts.cashflow.questions import AnswerRefused
