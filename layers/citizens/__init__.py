"""Citizens' reports (phản ánh, kiến nghị): taken in, led through their states, answered by a clock of working days."""
