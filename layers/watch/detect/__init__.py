"""Detectors: fixes in, events out. Pure; thresholds come in from the law of the day or from settings with a source.

Every detector is a function `detect_…(fixes, …, carry)` that gives `Found(events, carry)`. The carry is all that it
remembers: a history cut into batches, each handed on with the carry of the one before, finds what the whole finds at
once. `stream.advance` adds what a live watch needs: late fixes correct what was told, and the clock finds who is still
silent.
"""
