"""Storms: forecasts, who is in them, where to go, whom to call, and the totals that are reported."""
