"""Proofs about the shell: engines, demo and checks."""
