"""The Docker engine: an image a cell, a locked-down container a unit of work."""
