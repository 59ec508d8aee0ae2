"""From a question to a repaid loan."""
