"""Figures that are delivered as such: one number per subject and period, with the paper it stands in."""
