"""Telling others' programs what happened: signed, tried again, logged, and never to an address inside the house."""
