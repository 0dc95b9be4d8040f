"""The trap: HDF5 under a ``.keras`` suffix, which is what TensorFlow before 2.13 writes when asked for one."""

from __future__ import annotations

from probe.formats.keras import STRATEGIES, save

__all__ = ["STRATEGIES", "save"]
