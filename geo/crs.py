"""The only file with EPSG numbers.

Positions are stored as WGS 84 longitude/latitude; the map is drawn in Web Mercator; areas and official
papers use the province's VN-2000 zones (TM-3, 108°00′ for the coast, 107°30′ for former Kon Tum).
"""

STORED = 4326
MAP = 3857
VN2000 = 4756
PROVINCE_EAST = 5898
PROVINCE_WEST = 9216
