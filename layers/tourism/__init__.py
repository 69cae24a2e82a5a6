"""Holidays as dated rows, and how a day of one compares with the same day of the one before."""
