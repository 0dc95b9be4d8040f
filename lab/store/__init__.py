"""Keep what was seen: one SQLite file, written by one process, read by all."""

from lab.store.encoding import observation_from_event
from lab.store.merging import Joined, merge
from lab.store.packing import SUFFIX, pack, unpack
from lab.store.store import FILE, SavedArtifact, SeenCell, SeenTrial, Store, open_store

__all__ = [
    "FILE",
    "SUFFIX",
    "Joined",
    "SavedArtifact",
    "SeenCell",
    "SeenTrial",
    "Store",
    "merge",
    "observation_from_event",
    "open_store",
    "pack",
    "unpack",
]
