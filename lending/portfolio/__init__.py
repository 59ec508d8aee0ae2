"""The book seen whole: what is at risk, how judging does, and that every decision can be reached again."""
