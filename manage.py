#!/usr/bin/env python
"""Runs Django's commands."""

import os
import sys

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")
    # Matrices of learning are small: threads of a linear algebra library would spend their time on waiting for each
    # other. It reads this when it is loaded, and where it is installed, reading spreadsheets loads it.
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)
