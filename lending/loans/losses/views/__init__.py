"""Pages of what the bank does with loans that go bad."""
