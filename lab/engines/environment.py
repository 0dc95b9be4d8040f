"""What a probe finds in its environment: the variables it starts with, and where its CUDA libraries are."""

from __future__ import annotations

import os
import re

from lab.engines.protocol import BuiltCell
from lab.words import Cell

# nvidia-cuda-runtime-cu11==11.8.89 puts its libraries into nvidia/cuda_runtime/lib.
_CUDA_WHEEL = re.compile(r"^nvidia-([a-z0-9-]+?)-cu\d+==", re.MULTILINE)


def variables(built: BuiltCell, home: str, code: str) -> dict[str, str]:
    """A clean environment: nothing of the caller's Python, Keras or TensorFlow settings gets in.

    Programs of the cell come first, as where somebody activated it: TensorFlow 2.0 to 2.2 start one to convert to
    TFLite. A cell without CUDA never sees a GPU.
    """
    cell = built.cell
    return {
        "PATH": os.pathsep.join((str(built.environment / "bin"), os.defpath)),
        "HOME": home,
        "TMPDIR": home,
        "LANG": "C.UTF-8",
        "PYTHONPATH": code,
        "PYTHONNOUSERSITE": "1",
        "PYTHONHASHSEED": "0",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        **({} if cell.cuda else {"CUDA_VISIBLE_DEVICES": "-1"}),
        **({"LD_LIBRARY_PATH": ":".join(built.libraries)} if built.libraries else {}),
        **dict(built.settings),
        **dict(cell.env),
    }


def wheel_libraries(cell: Cell, lock_text: str, environment: str) -> tuple[str, ...]:
    """Where the CUDA wheels of a lock have their libraries; none unless the cell wants them on the loader's path."""
    if not cell.wheels_on_path:
        return ()
    names = sorted({name.replace("-", "_") for name in _CUDA_WHEEL.findall(lock_text)})
    return tuple(f"{environment}/lib/python{cell.python}/site-packages/nvidia/{name}/lib" for name in names)
