"""VMS: position reports of fishing-boat devices, as their providers deliver them."""
