"""Where a silent boat may be: a region that grows with time, by water, from its last fix."""
