"""How the bank learns from outcomes: labeled evidence becomes a table of points that a person reads and two approve.

Training needs `requirements-learn.txt`; judging does not: what is learned is a table and is scored by plain Python.
"""
