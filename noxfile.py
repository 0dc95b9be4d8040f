"""The door to the lab: list what can be done, install what it needs, hand over to ``python -m lab``.

Nothing is decided here. Each session installs the lab into an environment of its own, once, and again only when
``pyproject.toml`` changes; so a run with nothing to do costs next to nothing.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import nox

nox.needs_version = ">=2025.5.1"
nox.options.sessions = ["matrix"]
nox.options.reuse_venv = "yes"
nox.options.default_venv_backend = "uv|virtualenv"
nox.options.error_on_external_run = True

ROOT = Path(__file__).parent
STOPPING_S = 60.0  # after Ctrl-C the lab ends its cells and closes its store; nox alone would give it 0.3 s
INTERRUPTED = 130
# Else uv leaves that to the first start, and where Python may not write it, as in many images, to every start.
COMPILED = {"UV_COMPILE_BYTECODE": "1"}
# What needs neither cells nor images runs first, the files shared among two processes.
QUICK = ("-m", "not cells and not docker", "--numprocesses=2", "--dist=loadfile")
THE_REST = ("-m", "cells or docker")


@nox.session
def matrix(session: nox.Session) -> None:
    """Save, load, judge, render: the main job.

    Builds the selected cells, saves the reference models in each, loads each in every other one and writes the grid
    to reports/out/index.html. What is known already is not run again; Ctrl-C loses nothing.

        nox -s matrix                                              everything in matrix.toml
        nox -s matrix -- --select quick                            five cells, one of each era
        nox -s matrix -- --cells 'tf2.15 tf2.16*' --formats 'h5 keras'
        nox -s matrix -- --help                                    all options
    """
    _hand_over(session, "matrix")


@nox.session(name="try")
def try_(session: nox.Session) -> None:
    """Load a model file of yours in every cell: nox -s try -- model.h5 --trust.

    Says where it loads, why not elsewhere and what makes it load.

        nox -s try -- model.h5 --trust                                local engine: what is in the file runs as you
        nox -s try -- model.keras --cells 'tf2.15 tf2.21' --engine docker
    """
    _hand_over(session, "try")


@nox.session
def lock(session: nox.Session) -> None:
    """Resolve cells as of their dates into images/locks: nox -s lock -- 'tf2.1*'.

    A cell that has a lock is resolved anew; the same date gives the same lock.

        nox -s lock                        all cells
        nox -s lock -- tf2.4 'tf2.1*'      some of them
    """
    _hand_over(session, "lock")


@nox.session
def add(session: nox.Session) -> None:
    """Add a TensorFlow release to matrix.toml and lock it: nox -s add -- 2.22.0.

    Then ``nox -s matrix`` runs the new row and the new column, and nothing else.
    """
    _hand_over(session, "add")


@nox.session
def images(session: nox.Session) -> None:
    """Build Docker images of cells, list their sizes, prune old ones: nox -s images -- 'tf2.1*'.

    nox -s images                      list the lab's images
    nox -s images -- tf2.4 'tf2.1*'    build those that are not there yet, then list
    nox -s images -- --prune           remove the lab's own images that no cell has any more
    """
    _hand_over(session, "images")


@nox.session
def report(session: nox.Session) -> None:
    """Write page and exports again from what is stored, offline: nox -s report -- --export all.

    nox -s report                                                 page, table, summary, badge, picture
    nox -s report -- --export all                                 results.csv and junit.xml as well
    nox -s report -- --baseline before.parquet --fail-on regressed
    """
    _hand_over(session, "report")


@nox.session
def bench(session: nox.Session) -> None:
    """Time the lab against loads in one process and a process per load: nox -s bench.

    nox -s bench -- page [index.html ...] times the page in Chromium instead.
    """
    if session.posargs[:1] == ["page"]:
        _install(session, ".[dev]")
        session.run("python", "tests/page_bench.py", *session.posargs[1:])
        return
    _hand_over(session, "bench")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the tests: nox -s tests -- -m 'not cells' leaves real TensorFlow out.

    Cells that the tests need are built on the way and kept.

        nox -s tests                              all, quick ones first; what cannot run is skipped, with the reason
        nox -s tests -- -m 'not cells'            without real TensorFlow: seconds
        nox -s tests -- tests/test_grid.py -k share
        LAB_REQUIRE_CELLS=1 LAB_REQUIRE_BROWSER=1 LAB_REQUIRE_DOCKER=1 nox -s tests    nothing may be skipped
    """
    _install(session, ".[dev]")
    for some in [session.posargs] if session.posargs else [QUICK, THE_REST]:
        session.run("pytest", *some, interrupt_timeout=STOPPING_S)


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, format, types and the import contract: nox -s lint."""
    _install(session, ".[dev]")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports")


def _hand_over(session: nox.Session, command: str) -> None:
    """Run ``python -m lab COMMAND`` and end as it ends: its exit code, its stdout and its stderr."""
    _install(session, ".")
    try:
        # stderr=None: nox would else send progress into stdout, where the results are.
        session.run(
            "python", "-m", "lab", command, *session.posargs, log=False, stderr=None, interrupt_timeout=STOPPING_S
        )
    except nox.command.CommandFailed as failed:
        # nox knows only 0 and 1. SystemExit is not caught by it, so the lab's own code reaches the shell.
        raise SystemExit(failed.return_code) from None
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _install(session: nox.Session, what: str) -> None:
    """Install the lab, editable, unless this environment has just this one."""
    wanted = "\n".join((str(ROOT), what, hashlib.sha256((ROOT / "pyproject.toml").read_bytes()).hexdigest()))
    stamp = Path(session.virtualenv.location, "lab-installed.txt")
    if stamp.is_file() and stamp.read_text(encoding="utf-8") == wanted:
        return
    stamp.unlink(missing_ok=True)
    session.install("--editable", what, env=COMPILED)
    stamp.write_text(wanted, encoding="utf-8")
