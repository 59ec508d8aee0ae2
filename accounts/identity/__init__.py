"""People, enterprises, branches, roles, consents and clearances; and what the bank checked about them."""
