"""How the map and what is known is seen on paper: PDF with our own fonts, without a network."""
