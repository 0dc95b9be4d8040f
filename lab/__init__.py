"""A version-matrix compatibility lab for TensorFlow: save everywhere, load everywhere, explain, and show."""

__version__ = "0.1.0"
