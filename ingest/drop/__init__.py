"""The drop folder: a share where departments lay files, taken in when they are whole, with a receipt beside them."""
