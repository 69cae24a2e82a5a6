"""What the centre's wall has been told to show."""
