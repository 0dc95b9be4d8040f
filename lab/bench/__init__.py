"""Time the lab against the least that its loads can cost, and against what a person would script."""
