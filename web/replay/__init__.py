"""The fleet of hours past, played again."""
