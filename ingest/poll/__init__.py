"""Feeds we ask: addresses of other systems, asked at their pace, whose answers go onto the bus as they are."""
