"""The Dockerfile of a cell: rendered from the template, the same text on every host."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from lab.words import Cell

TEMPLATES = Path(__file__).parents[3] / "images"
TEMPLATE = "cell.Dockerfile.j2"
ENVIRONMENT = "/opt/cell"
CUDA_LIBRARIES = "/opt/cuda-libraries"
USER = "65532:65532"  # nobody in particular; a container runs as its caller, or as this one where that is root


def base_image(cell: Cell) -> str:
    """The official name of the image that a cell is built upon."""
    return cell.base_image or f"python:{cell.python}-slim-bookworm"


def dockerfile(cell: Cell) -> str:
    """The Dockerfile of a cell."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        undefined=StrictUndefined,
        trim_blocks=True,
        autoescape=False,  # noqa: S701 - a Dockerfile, not a page; what goes in is checked by the matrix
    )
    return environment.get_template(TEMPLATE).render(
        base=base_image(cell),
        cuda_image=cell.cuda_image,
        cuda_libraries=CUDA_LIBRARIES,
        python=cell.python,
        environment=ENVIRONMENT,
        user=USER,
    )


def mirrored(image: str, registry: str) -> str:
    """The name of an image at a mirror; as it is where there is none.

    Official images (python) are below ``library`` at Docker Hub and its mirrors, others (nvidia/cuda) beside it: so a
    registry that ends in ``library`` is that of the official ones.
    """
    place = registry.rstrip("/")
    if "/" in image:
        place = place.removesuffix("/library")
    return f"{place}/{image}" if place else image
