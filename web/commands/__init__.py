"""The commands by what they are about; each is a few lines over a function of a room."""
