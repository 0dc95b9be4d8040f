"""Claims about the probe's own code under every interpreter of a cell, without TensorFlow or NumPy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import cannot_run

from lab.engines import processes
from lab.engines.interpreters import find_python
from lab.engines.processes import Completed
from lab.engines.uv import Uv
from lab.errors import CellFault
from lab.running.workplace import PROBE

PYTHONS = ("3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13")

COMPILE = """
import os, py_compile, sys
source, target = sys.argv[1:]
for base, _, names in os.walk(source):
    for name in names:
        if name.endswith(".py"):
            py_compile.compile(os.path.join(base, name), cfile=os.path.join(target, "one.pyc"), doraise=True)
"""
IMPORT = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in ("answers", "containers", "evidence", "facts", "lifeline", "requests", "ways"):
    importlib.import_module("probe." + name)
"""
READ_REQUEST = """
import sys
sys.path.insert(0, sys.argv[1])
from probe.requests import read_request
request = read_request(sys.argv[2])
print(request.role, request.limits.batch, request.jobs[0].strategies)
"""
DESCRIBE = """
import json, sys
sys.path.insert(0, sys.argv[1])
from probe.evidence import describe
try:
    try:
        {}["key"]
    except KeyError as error:
        raise ValueError("no such layer") from error
except ValueError as error:
    print(json.dumps(describe(error)))
"""
# The parent is kept from the processor just when it has seen nothing yet; meanwhile the child answers and ends.
LOOK_AWAY = """
import os, select, sys, time
sys.path.insert(0, sys.argv[1])
from probe.child import Child
from probe.requests import read_request
reading, writing = os.pipe()
os.dup2(reading, 0)  # a standard input that stays open: the host is there
wait_for = select.select
def look_away(*given):
    seen = wait_for(*given)
    if not seen[0]:
        time.sleep(0.5)
    return seen
select.select = look_away
def work(send):
    time.sleep(0.15)
    send({"answer": 1})
print(Child(read_request(sys.argv[2]), 0, work, private=os.dup(0)).receive())
"""
REQUEST = {
    "protocol": 1,
    "role": "load",
    "cell": "tf2.4",
    "results": "results.jsonl",
    "scratch": "scratch",
    "seed": 7,
    "tolerance": {"atol": 1e-5, "rtol": 1e-4},
    "depth": "train",
    "arrival_s": 0.0,
    "ask": False,
    "last_after_timeout": [],
    "limits": {"timeout_s": 60.0, "cpu_s": 12.0, "memory_bytes": 1 << 30, "batch": 24},
    "jobs": [{"id": "1", "model": "lstm", "format": "h5", "directory": "artifact", "strategies": ["plain"]}],
}

Run = Callable[..., Completed]


@pytest.fixture(scope="module", params=PYTHONS)
def python(request: pytest.FixtureRequest, uv: Uv) -> Run:
    """Run a snippet under one Python, every warning an error; nothing is installed for it."""
    try:
        interpreter = find_python(request.param, uv, install=False)
    except CellFault as fault:
        cannot_run(str(fault))

    def run(code: str, *arguments: Path) -> Completed:
        command = [str(interpreter), "-I", "-B", "-W", "error", "-c", code, *map(str, arguments)]
        return processes.run(command, timeout_s=60.0)

    return run


def test_the_probe_compiles_without_a_warning(python: Run, tmp_path: Path) -> None:
    completed = python(COMPILE, PROBE, tmp_path)

    assert completed.ok, completed.explain()


def test_what_reads_and_reports_imports_with_the_standard_library_alone(python: Run) -> None:
    completed = python(IMPORT, PROBE.parent)

    assert completed.ok, completed.explain()


def test_a_request_is_read(python: Run, tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps(REQUEST), encoding="utf-8")

    assert python(READ_REQUEST, PROBE.parent, request).output == "load 24 ['plain']\n"


def test_a_request_of_another_protocol_is_refused(python: Run, tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps({**REQUEST, "protocol": 2}), encoding="utf-8")

    assert "BadRequest: protocol 2 asked for, 1 spoken" in python(READ_REQUEST, PROBE.parent, request).log


def test_an_exception_is_described_with_its_cause(python: Run) -> None:
    described = json.loads(python(DESCRIBE, PROBE.parent).output)

    assert (described["type"], described["message"]) == ("ValueError", "no such layer")
    assert described["chain"] == [{"type": "KeyError", "message": "'key'"}]


def test_a_child_that_answers_and_ends_while_the_parent_looks_away_is_still_heard(python: Run, tmp_path: Path) -> None:
    request = tmp_path / "request.json"
    request.write_text(json.dumps({**REQUEST, "scratch": str(tmp_path)}), encoding="utf-8")

    assert python(LOOK_AWAY, PROBE.parent, request).output == "{'answer': 1}\n"
