"""Files of facilities, boats and places: rows checked against a layer's fields, refused one by one."""
