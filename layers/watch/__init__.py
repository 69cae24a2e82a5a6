"""Rules with their dates, and what they make of what was heard."""
