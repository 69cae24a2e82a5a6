"""Figures that the house counts out of its own books: what is counted, whose it is, and the records behind a number."""
