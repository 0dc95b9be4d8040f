"""Claims about the processor: which of its instructions turn oneDNN on, and that the unreadable are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from command_running import Lab, command_runner  # noqa: F401 - pytest finds fixtures by name

from lab.engines import processor
from lab.store import open_store

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


def test_the_kind_of_processor_is_read_off_what_a_run_says_of_its_machine(tmp_path: Path) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    for flags, trait in (("avx512_vnni", "oneDNN"), ("avx2", "")):
        cpuinfo.write_text(f"flags : {flags}\n", encoding="utf-8")
        processor.neural_instructions.cache_clear()

        assert processor.trait_of(f"Linux x86_64, {processor.described(cpuinfo)}, lab 0.1.0") == trait


def test_a_store_is_read_as_the_machine_that_filled_it_saw_it(lab: Lab, tmp_path: Path) -> None:
    prints = []
    for host in ("Linux x86_64, oneDNN on by default (amx_tile)", "Linux x86_64, oneDNN off by default"):
        out = tmp_path / str(len(prints))
        with open_store(out, writing=True) as store:
            store.begin_run("local", host, "probe", "")
        said = lab("cells", "--json", "--cells", "tf2.4", "--engine", "local", "--out", out)
        prints.append(json.loads(said.stdout)["fingerprint"])

    assert prints[0] != prints[1]


def test_a_machine_that_does_not_tell_its_instructions_has_none(tmp_path: Path) -> None:
    assert processor.neural_instructions(tmp_path / "absent") == ()
