"""Invoices as they are handed out: XML of the tax office, UBL, CII, OFD, PDF, and a ZIP of many. Pure."""
