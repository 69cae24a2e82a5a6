"""How the map is seen: vector tiles, style, legend; all from one `Layer.style`."""
