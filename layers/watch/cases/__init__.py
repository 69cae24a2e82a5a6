"""Cases: what needs somebody, what was done about it, by whom, until when."""
