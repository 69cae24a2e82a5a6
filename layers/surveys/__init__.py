"""What agencies are asked about their systems and indicators, what they answered, and the gap that is left."""
