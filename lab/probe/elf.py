"""Read the run path of a shared library (64-bit little-endian ELF): where its loader looks beside the usual places."""

from __future__ import annotations

import io
import struct
from typing import BinaryIO, Dict, List, Tuple

HEADER = struct.Struct("<16sHHIQQQIHHHHHH")
SECTION = struct.Struct("<IIQQQQIIQQ")
ENTRY = struct.Struct("<qQ")
DYNAMIC = 6  # SHT_DYNAMIC
RUN_PATHS = (29, 15)  # DT_RUNPATH, and DT_RPATH where there is none


def run_path(library: str) -> List[str]:
    """The folders as they are written, ``$ORIGIN`` and all; empty where there are none, or it is no ELF file."""
    with io.open(library, "rb") as stream:
        header = stream.read(HEADER.size)
        if len(header) < HEADER.size or not header.startswith(b"\x7fELF\x02\x01"):
            return []
        fields = HEADER.unpack(header)
        sections = _sections(stream, offset=fields[6], count=fields[12])
        for kind, offset, size, link in sections:
            if kind == DYNAMIC:
                tags = _tags(stream, offset, size)
                names = sections[link]
                for tag in RUN_PATHS:
                    if tag in tags:
                        return _text(stream, names[1] + tags[tag]).split(":")
    return []


def _sections(stream: BinaryIO, offset: int, count: int) -> List[Tuple[int, int, int, int]]:
    """Type, file offset, size and link of every section."""
    stream.seek(offset)
    rows = [SECTION.unpack(stream.read(SECTION.size)) for _ in range(count)]
    return [(row[1], row[4], row[5], row[6]) for row in rows]


def _tags(stream: BinaryIO, offset: int, size: int) -> Dict[int, int]:
    stream.seek(offset)
    content = stream.read(size)
    return dict(ENTRY.iter_unpack(content[: len(content) // ENTRY.size * ENTRY.size]))


def _text(stream: BinaryIO, offset: int) -> str:
    stream.seek(offset)
    return stream.read(1 << 16).split(b"\0")[0].decode("utf-8", "replace")
