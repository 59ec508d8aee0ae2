"""Revolving credit lines: judged once, drawn and repaid at any time; a draw is a loan like any other."""
