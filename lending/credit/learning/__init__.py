"""How the bank learns from outcomes: labeled evidence becomes a table of points that a person reads and two approve.

Training needs `requirements-learn.txt`; judging does not: what is learned is a table and is scored by plain Python.
"""

import os

# The matrices are small: threads of a linear algebra library would spend more time on waiting for each other.
for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
