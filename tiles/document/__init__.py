"""A map of one unit as one HTML file that needs no server: made with folium from the same Layer.style as the map."""
