"""Say what of this processor decides how TensorFlow computes.

From 2.9 on TensorFlow computes with oneDNN where the processor has instructions for neural networks, and with its own
kernels elsewhere: other roundings, layouts that only one of them computes, checks that only one of them makes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

CPUINFO = Path("/proc/cpuinfo")

# Source: IsMKLEnabled in https://github.com/tensorflow/tensorflow/blob/v2.15.0/tensorflow/core/util/util.cc
NEURAL = frozenset({"avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"})
ON, OFF = "oneDNN", ""
ON_IN_WORDS = "oneDNN on by default"


@cache
def neural_instructions(cpuinfo: Path = CPUINFO) -> tuple[str, ...]:
    """The instructions of this processor that turn oneDNN on, sorted; none where that cannot be read."""
    try:
        text = cpuinfo.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ()
    flags = next((line.partition(":")[2].split() for line in text.splitlines() if line.startswith("flags")), [])
    return tuple(sorted(NEURAL & set(flags)))


def trait(cpuinfo: Path = CPUINFO) -> str:
    """What goes into a fingerprint: ``oneDNN`` where TensorFlow turns it on by itself, else nothing."""
    return ON if neural_instructions(cpuinfo) else OFF


def trait_of(host: str) -> str:
    """The trait of the machine that a run says it was on."""
    return ON if ON_IN_WORDS in host else OFF


def described(cpuinfo: Path = CPUINFO) -> str:
    """The same in words, for the provenance of a run."""
    found = neural_instructions(cpuinfo)
    return f"{ON_IN_WORDS} ({', '.join(found)})" if found else "oneDNN off by default"
