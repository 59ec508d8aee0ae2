"""What the bank does with loans that go bad: risk class, allowance, write-off."""
