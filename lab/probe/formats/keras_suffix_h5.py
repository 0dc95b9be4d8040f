"""The trap: HDF5 under a ``.keras`` suffix, which is what TensorFlow before 2.13 writes when asked for one."""

from probe.formats.keras import FILE, PLAIN, save

__all__ = ["FILE", "PLAIN", "save"]
