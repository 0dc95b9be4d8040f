"""Declare: read, check, select from and edit ``matrix.toml``; imports nothing but the words and the errors."""

from lab.declare.editing import add_cell
from lab.declare.pairing import MAIN_GROUP, Rules, is_pair, pairs, rescues
from lab.declare.reading import read_matrix
from lab.declare.selecting import Selection, select

__all__ = [
    "MAIN_GROUP",
    "Rules",
    "Selection",
    "add_cell",
    "is_pair",
    "pairs",
    "read_matrix",
    "rescues",
    "select",
]
