"""The believable bank of the demo: its people and trades, told through the same operations that the pages use."""
