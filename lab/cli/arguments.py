"""The options that commands share, and the selection that they ask for."""

from __future__ import annotations

import argparse
from pathlib import Path

from lab.cli.context import DEFAULT_OUT, ROOT, Wanted
from lab.engines import processor
from lab.sharding import Shard


def common_options() -> argparse.ArgumentParser:
    """The options that choose what a command is about; every command takes the same ones."""
    common = argparse.ArgumentParser(add_help=False)
    group = common.add_argument_group("selection")
    group.add_argument("--cells", metavar="GLOBS", help="cells, e.g. 'tf2.4 tf2.1*' (default: all)")
    group.add_argument("--models", metavar="GLOBS", help="reference models, e.g. 'dense-* lstm'")
    group.add_argument("--formats", metavar="GLOBS", help="formats, e.g. 'h5 keras'")
    group.add_argument("--select", metavar="NAME", help="a selection of matrix.toml, e.g. quick")
    group.add_argument("--matrix", type=Path, default=ROOT / "matrix.toml", metavar="FILE", help="default: matrix.toml")
    group.add_argument("--out", type=Path, default=DEFAULT_OUT, metavar="DIR", help="store, artifacts, logs and page")
    group.add_argument("--engine", choices=("auto", "local", "docker"), default="auto", help="what runs the cells")
    group.add_argument(
        "--onednn",
        choices=(processor.AUTO, *processor.ASKED),
        default=processor.AUTO,
        help="compute as on a processor that turns oneDNN on, or as on one that does not (default: as this one does)",
    )
    group.add_argument("--jobs", type=positive, default=0, metavar="N", help="cells at once (default: one a core)")
    return common


def add_shard(parser: argparse.ArgumentParser) -> None:
    """Add ``--shard``."""
    parser.add_argument(
        "--shard",
        type=shard,
        metavar="K/N",
        help="only the K-th of N parts: some of the consumers, each with all of its producers",
    )


def wanted(arguments: argparse.Namespace) -> Wanted:
    """The selection that the arguments ask for."""
    return Wanted(
        matrix=arguments.matrix.resolve(),
        out=arguments.out.resolve(),
        cells=arguments.cells,
        models=arguments.models,
        formats=arguments.formats,
        selection=arguments.select,
        engine=arguments.engine,
        onednn=arguments.onednn,
        jobs=arguments.jobs,
        keep_images=getattr(arguments, "keep_images", 0),
        shard=getattr(arguments, "shard", None),
    )


def shard(text: str) -> Shard:
    """A part of a run, for argparse: ``2/5``."""
    number, _, count = text.partition("/")
    if not (number.isdecimal() and count.isdecimal() and 1 <= int(number) <= int(count)):
        message = f"'{text}' is not a part like 2/5"
        raise argparse.ArgumentTypeError(message)
    return Shard(number=int(number), count=int(count))


def positive(text: str) -> int:
    """A count, for argparse."""
    value = int(text)
    if value < 1:
        message = "must be 1 or more"
        raise argparse.ArgumentTypeError(message)
    return value
