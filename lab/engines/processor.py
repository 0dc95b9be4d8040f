"""Say what of this processor decides how TensorFlow computes.

From 2.9 on TensorFlow computes with oneDNN where the processor has instructions for neural networks, and with its own
kernels elsewhere: other roundings, layouts that only one of them computes, checks that only one of them makes.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from packaging.version import Version

from lab.words import Cell

CPUINFO = Path("/proc/cpuinfo")

# Source: IsMKLEnabled in https://github.com/tensorflow/tensorflow/blob/v2.15.0/tensorflow/core/util/util.cc
NEURAL = frozenset({"avx512_vnni", "avx512_bf16", "avx_vnni", "amx_tile", "amx_int8", "amx_bf16"})
ON, OFF = "oneDNN", ""
# From this release on the processor decides; the variable overrules it, either way.
FIRST = Version("2.9")
VARIABLE = "TF_ENABLE_ONEDNN_OPTS"
# Whether TensorFlow is to compute with oneDNN, in the words of the command line; AUTO is as this processor does.
AUTO = "auto"
ASKED = {"on": ON, "off": OFF}
_IN_WORDS = {ON: "oneDNN on", OFF: "oneDNN off"}


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
    """The trait of the processor that a run says it computed as on."""
    return ON if _IN_WORDS[ON] in host else OFF


def settings(cell: Cell, wanted: str | None, own: str) -> tuple[tuple[str, str], ...]:
    """The variables that make a cell compute as on a processor with the trait ``wanted``; none where this one has it.

    Releases before 2.9 do not ask the processor, so there is nothing to overrule.
    """
    if wanted is None or wanted == own or Version(cell.tensorflow) < FIRST:
        return ()
    return ((VARIABLE, "1" if wanted == ON else "0"),)


def described(wanted: str | None = None, cpuinfo: Path = CPUINFO) -> str:
    """How TensorFlow computes in a run, for its provenance: as this processor decides, or as was asked."""
    found = neural_instructions(cpuinfo)
    own = trait(cpuinfo)
    if wanted is not None and wanted != own:
        return f"{_IN_WORDS[wanted]} as asked (off by default here)" if own == OFF else f"{_IN_WORDS[wanted]} as asked"
    return f"{_IN_WORDS[own]} by default" + (f" ({', '.join(found)})" if found else "")
