"""Sources, their deliveries, what was refused, and whether they still beat."""
