"""Small counts of people: kept from readers, with whatever else would give them away."""
