"""How the bank judges: features, industry standards, scorecards, policy, reasons."""
