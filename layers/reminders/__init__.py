"""Reminders: who was told, for which delivery, when, by which way, and when the figures came."""
