"""The kernel every department stands on: money, dates, interest, audit, jobs, files, notices.

Imports nothing of ours.
"""
