"""The desk's shifts (ca trực): who sits there, what they wrote down, and how one hands over to the next."""
