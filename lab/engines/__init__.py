"""Run cells: the only part of the lab that starts processes or talks to Docker."""
