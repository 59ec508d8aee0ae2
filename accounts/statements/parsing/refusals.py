"""Why a statement is refused: one sentence for each code, saying what is wrong and where."""

from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.statements.parsing.questions import Question
from portal.core.refusals import Refusal, register

SENTENCES: Final[dict[str, str | Promise]] = {
    "statement_empty": _("The file is empty. Download the statement again and choose that file."),
    "statement_too_large": _("The file is too large. Choose a shorter period; a file may have up to 10 MB."),
    "statement_too_long": _("The file has more than %(most)s lines. Choose a shorter period."),
    "statement_too_heavy": _(
        "Reading the file took too long or needed too much memory. Choose a shorter period, or export it as CSV."
    ),
    "statement_too_many": _("The file holds more than %(most)s bank accounts. Export yours alone."),
    "statement_wrong_type": _(
        "This is not a statement file we can read. Choose the PDF or Excel from your bank's app or website, or the "
        "bill of WeChat Pay or Alipay as it was mailed to you. CSV, camt.053, MT940 and OFX can be read, too."
    ),
    "statement_spreadsheet": _(
        "This spreadsheet is protected by a password, or of a kind that we cannot read. "
        "Open it, save it as Excel (XLSX) without a password, and choose that file."
    ),
    "statement_pdf": _(
        "This is a PDF, from which payments cannot be read for certain. Get the same statement as Excel (XLSX) or "
        "CSV: in your bank’s online banking on a computer, or in its app, open Transactions, choose the period, then "
        "Export or Download, and there Excel or CSV instead of PDF. Alipay: Bills, “…”, Issue transaction statement, "
        "For personal reconciliation. WeChat Pay: Services, Wallet, Bills, Common questions, Download bill, For "
        "personal reconciliation. Where a bank offers PDF only, its counter gives CSV, camt.053, MT940 or OFX."
    ),
    "statement_zip": _("This is a ZIP archive within another one. Unpack it, and choose the files in it."),
    "statement_locked": _("The file is protected by a password."),
    "password_wrong": _("This password does not open the file. Copy it from the message once more."),
    "lock_unknown": _(
        "The file is damaged, or locked in a way that we cannot open. Download it again, or save a copy without a "
        "password, and choose that file."
    ),
    "pdf_too_long": _("The PDF has %(found)s pages; up to %(most)s can be read. Choose a shorter period."),
    "pdf_pages_missing": _(
        "The PDF says that it has %(stated)s pages, but holds %(found)s. Download the whole statement again."
    ),
    "pdf_words_overlap": _(
        "On page %(page)s words stand upon each other or across a line of the table, near “%(value)s”, so nothing was "
        "taken. Get the same statement as Excel (XLSX) or CSV."
    ),
    "pdf_columns_unclear": _(
        "In this PDF it is not certain what belongs to “%(first)s” and what to “%(second)s”, so nothing was taken. Get "
        "the same statement as Excel (XLSX) or CSV."
    ),
    "pdf_rows_unclear": _(
        "On page %(page)s it is not certain which lines belong together, near “%(value)s”, so nothing was taken. Get "
        "the same statement as Excel (XLSX) or CSV."
    ),
    "pdf_line_unclear": _(
        "On page %(page)s it is not certain what “%(value)s” is, so nothing was taken. Get the same statement as Excel "
        "(XLSX) or CSV."
    ),
    "pdf_row_incomplete": _(
        "Page %(page)s, line %(line)s of the table has no date or no amount, so nothing was taken. Download the PDF "
        "again, or get the same statement as Excel (XLSX) or CSV."
    ),
    "pdf_row_refused": _("Page %(page)s of the PDF: %(reason)s"),
    "pdf_tables_several": _(
        "The PDF holds tables with different columns (page %(page)s). Get the same statement as Excel (XLSX) or CSV."
    ),
    "pdf_several": _(
        "The PDF holds statements of “%(first)s” and of “%(second)s”. Download each as a file of its own."
    ),
    "pdf_balance_breaks": _(
        "Page %(page)s, line %(line)s of the table: the lines lead to a balance of %(expected)s, but the PDF says "
        "%(found)s. A PDF is taken only where every balance follows. Download it again, or get the same statement as "
        "Excel (XLSX) or CSV."
    ),
    "pdf_sums_differ": _(
        "The PDF states a total of %(stated)s, but its lines make %(found)s. Download it again, or get the same "
        "statement as Excel (XLSX) or CSV."
    ),
    "statement_picture": _(
        "This is a picture, from which payments cannot be read for certain. Export the statement as PDF, Excel "
        "(XLSX) or CSV from your bank’s app or online banking, and choose that file."
    ),
    "list_wrong_type": _(
        "This is not a table: perhaps a PDF, a picture or an archive. Export the list as Excel (XLSX) or CSV, and "
        "choose that file."
    ),
    "statement_ofd": _(
        "This is an OFD file. An invoice belongs on the page Cash flow, under Invoices; a statement is needed as Excel "
        "(XLSX) or CSV, which your bank’s online banking exports."
    ),
    "statement_is_invoices": _("These are invoices. Bring them on the page Cash flow, under Invoices."),
    "invoices_are_statement": _("This is a bank statement. Bring it on the page Cash flow, under Bank statements."),
    "workbook_sheets_several": _(
        "The sheets “%(first)s” and “%(second)s” both list payments. Save each as a file of its own, and choose them "
        "one by one."
    ),
    "wallet_orders": _(
        "This file lists orders, not what the account received and paid. In the merchant platform download the bill of "
        "funds (资金账单) as CSV, and choose that file."
    ),
    "workbook_broken": _("The spreadsheet is damaged. Open it, save it again as Excel (XLSX), and choose that file."),
    "workbook_too_large": _(
        "The spreadsheet holds too much. Keep the sheet with the statement alone, or save it as CSV."
    ),
    "workbook_formula_empty": _(
        "Cell %(cell)s holds a formula without a result. Open the spreadsheet, save it, and choose it again."
    ),
    "statement_nul_bytes": _("Line %(line)s holds characters that no statement has; the file may be damaged."),
    "statement_truncated": _("The file ends too early, near line %(line)s. Download the statement again."),
    "statement_currencies_mixed": _("The file speaks of more than one currency without saying which line has which."),
    "xml_broken": _("The XML is broken at line %(line)s. Download the file again."),
    "xml_forbidden": _("The XML holds declarations that no such file needs, so it was not opened."),
    "xml_wrong_message": _("This is a %(found)s file. A statement is a camt.053 file."),
    "camt_version": _("This %(message)s file has version %(version)s. Versions 2 to 13 can be read."),
    "camt_no_statement": _("The file names no statement. Ask your bank for the statement itself, camt.053."),
    "camt_element_missing": _("Statement %(statement)s, entry %(entry)s: %(element)s is missing."),
    "camt_element_wrong": _("Statement %(statement)s, entry %(entry)s: %(element)s cannot be “%(value)s”."),
    "mt940_no_statement": _("The file holds no complete MT940 statement: the lines :20:, :60: and :62: are needed."),
    "mt942_interim": _(
        "This is an MT942 interim report, whose payments may still change. Ask your bank for the MT940 statement."
    ),
    "mt940_line_wrong": _("Line %(line)s cannot be read: “%(value)s”."),
    "ofx_no_statement": _("The OFX file holds no bank statement."),
    "ofx_card": _("This is the bill of a credit card. Choose the statement of the bank account from which it is paid."),
    "ofx_field_missing": _("Line %(line)s: the payment has no %(field)s."),
    "amount_wrong": _("Line %(line)s: “%(value)s” is not an amount."),
    "amount_other_currency": _(
        "Line %(line)s: “%(value)s” is not in %(currency)s. Add a column “Currency” that names what the amounts are in."
    ),
    "amount_missing": _("Line %(line)s has no amount."),
    "amount_twice": _("Line %(line)s has money in and money out at once."),
    "amounts_ambiguous": _(
        "Line %(line)s: “%(value)s” could be thousands or decimals. Export the file with two decimals, like 1234.50."
    ),
    "amounts_mixed": _("Line %(line)s: “%(value)s” writes decimals in another way than the lines above."),
    "date_wrong": _("Line %(line)s: “%(value)s” is not a date in the calendar."),
    "date_missing": _("Line %(line)s has no date."),
    "dates_ambiguous": _(
        "Line %(line)s: “%(value)s” could be day and month or month and day. Export dates as year-month-day."
    ),
    "direction_wrong": _("Line %(line)s: “%(value)s” does not say whether money came in or went out."),
    "currency_wrong": _("Line %(line)s: “%(value)s” is not a currency."),
    "table_no_header": _("No row names the columns. Date and amount are needed, or date, money in and money out."),
    "ledger_no_header": _(
        "No row names the columns. Invoice number and date are needed, and the total, or net amount and tax."
    ),
    "batch_no_header": _("No row names the columns. The payee's name, the account number and the amount are needed."),
    "table_column_twice": _("Two columns, “%(first)s” and “%(second)s”, tell the same thing. Remove one."),
    "table_too_wide": _("Line %(line)s has %(found)s columns; a statement has up to %(most)s."),
    "table_cell_too_long": _("Line %(line)s holds a text of more than %(most)s characters."),
    "table_row_short": _("Line %(line)s has fewer cells than the header. The file may be damaged."),
    "table_sum_unclear": _(
        "Line %(line)s begins with “%(value)s” but has a date and an amount, so it may be a sum or a payment. Get the "
        "same file in another format."
    ),
    "table_broken": _("Line %(line)s cannot be read as a table."),
    "table_no_rows": _("The file names its columns but holds no line."),
    "invoice_does_not_add_up": _("Line %(line)s: net and tax make %(expected)s, but the total is %(found)s."),
    "invoice_number_missing": _("Line %(line)s has no invoice number."),
    "invoice_wrong_type": _(
        "This is no invoice and no list of invoices that we can read. Download your invoices from the tax office’s "
        "portal as XML, OFD or PDF, one by one or many as ZIP, or export a list as Excel (XLSX) or CSV. UBL and CII "
        "(Peppol, Factur-X) can be read, too."
    ),
    "invoice_wrong_xml": _(
        "This is a %(found)s file. An invoice as XML is one of the tax office, UBL 2.1 or CII (Peppol, Factur-X)."
    ),
    "invoice_element_missing": _("The invoice does not say %(element)s."),
    "invoice_element_wrong": _("The invoice’s %(element)s cannot be “%(value)s”."),
    "invoice_total_wrong": _(
        "Invoice %(number)s: net and tax make %(expected)s, but the total is %(found)s. Download it again."
    ),
    "invoice_words_differ": _(
        "Invoice %(number)s: the total is %(figures)s in figures, but “%(words)s” in words. Download it again, as XML."
    ),
    "ofd_no_data": _(
        "The OFD file shows an invoice but does not carry its data. Download the same invoice as XML from the tax "
        "office’s portal."
    ),
    "pdf_locked": _("The PDF is protected by a password. Save a copy without one."),
    "pdf_broken": _("The PDF is damaged. Download it again."),
    "pdf_no_invoice": _(
        "From this PDF no invoice can be read for certain: it is a picture, or not the tax office’s form. Download the "
        "same invoice as XML or OFD from the tax office’s portal, or ask the seller for it."
    ),
    "pdf_otherwise": _(
        "The PDF shows “%(shown)s”, but states “%(stated)s” as its %(element)s. Download the same invoice as XML."
    ),
    "zip_too_large": _("The ZIP holds too much: up to %(most)s files and 64 MB. Bring it in several parts."),
    "zip_too_many": _("The ZIP holds more than %(most)s invoices. Bring it in several parts."),
    "zip_too_many_files": _("The ZIP holds more than %(most)s files. Choose those with statements."),
    "zip_locked": _("The ZIP is protected by a password. Unpack it, and pack the invoices again without one."),
    "zip_broken": _(
        "The ZIP is damaged, or packed in a way that we do not read. Download it again, or unpack it and choose the "
        "files."
    ),
    "zip_empty": _("The ZIP holds no file."),
    "zip_holds_zip": _("This is an archive or a spreadsheet within the ZIP. Bring it by itself."),
    "zip_file_refused": _("Nothing of the ZIP was taken, because one file in it cannot be read. %(name)s: %(reason)s"),
    "zip_files_contradict": _(
        "%(first)s and %(second)s are both invoice %(number)s, but tell different amounts. Download it again."
    ),
    "invoice_validity_wrong": _("Line %(line)s: “%(value)s” does not say whether the invoice is valid."),
}
register(SENTENCES)


class StatementRefused(Refusal):
    """The file is not kept as evidence; ``code`` says why, ``params`` where.

    With a ``question`` it is not refused for good: the answer lets it be read.
    """

    code = "statement_wrong_type"
    field = "file"

    def __init__(self, code: str | None = None, *, question: Question | None = None, **params: Any) -> None:
        super().__init__(code, **params)
        self.question = question

    def __reduce__(self) -> tuple[Any, ...]:
        """Let a refusal cross from the process that reads files."""
        return _made_again, (self.code, self.params, self.question)


def _made_again(code: str, params: dict[str, Any], question: Question | None) -> StatementRefused:
    return StatementRefused(code, question=question, **params)


def refused(code: str, *, question: Question | None = None, **params: str | int) -> StatementRefused:
    """Make the refusal to raise; long values are cut so that the sentence stays one."""
    assert code in SENTENCES, code
    return StatementRefused(code, question=question, **{name: _cut(value) for name, value in params.items()})


def _cut(value: str | int) -> str | int:
    if isinstance(value, int):
        return value
    shown = "".join(each if each.isprintable() else " " for each in value[:41]).strip()
    return shown if len(value) <= 40 else shown[:40] + "…"
