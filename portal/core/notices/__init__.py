"""Messages to an address in a language; who that is, is decided above."""
