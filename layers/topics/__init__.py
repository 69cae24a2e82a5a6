"""What is talked about online: counts of topics by day, never who said what."""
