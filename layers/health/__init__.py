"""What must always hold of the map and its machinery, and the alarms that tell when it does not."""
