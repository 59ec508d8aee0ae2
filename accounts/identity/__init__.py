"""People, enterprises, branches, roles, consents and clearances."""
