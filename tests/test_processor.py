"""Claims about the processor: which of its instructions turn oneDNN on, and that the unreadable are none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lab.engines import processor

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("flags", "trait", "words"),
    [
        ("fpu sse2 avx2 avx512f", "", "oneDNN off by default"),
        ("fpu avx512f avx512_vnni", "oneDNN", "oneDNN on by default (avx512_vnni)"),
        ("amx_tile avx_vnni fpu", "oneDNN", "oneDNN on by default (amx_tile, avx_vnni)"),
    ],
)
def test_instructions_for_neural_networks_turn_onednn_on(tmp_path: Path, flags: str, trait: str, words: str) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"processor\t: 0\nflags\t\t: {flags}\nbugs\t\t: none\n\nprocessor\t: 1\n", encoding="utf-8")

    assert processor.trait(cpuinfo) == trait
    assert processor.described(cpuinfo) == words


def test_a_machine_that_does_not_tell_its_instructions_has_none(tmp_path: Path) -> None:
    assert processor.neural_instructions(tmp_path / "absent") == ()
