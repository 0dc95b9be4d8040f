"""Facts about the cell: versions of what is installed, what TensorFlow was built with, what devices it sees."""

from __future__ import annotations

import importlib
import os
import platform
import sys
from typing import Any, Dict, List, Optional

from probe import cuda


def import_tensorflow() -> Any:
    """Import TensorFlow and touch the Keras behind it, without creating an eager context."""
    import tensorflow as tf  # noqa: PLC0415 - the import is the experiment

    tf.keras.layers.Dense  # noqa: B018 - Keras loads lazily; load it before the fork
    return tf


def without_tensorflow() -> Dict[str, Any]:
    """What can be said when TensorFlow does not import."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "packages": installed_packages(),
    }


def gather(tensorflow: Any) -> Dict[str, Any]:
    """Everything about this cell that an observation rests on; lists devices, so run it in a child."""
    build = _build(tensorflow)
    return dict(
        without_tensorflow(),
        tensorflow=tensorflow.__version__,
        keras=_keras_version(tensorflow),
        build=build,
        cuda=cuda.gather(tensorflow, build),
        devices=[device.name for device in tensorflow.config.list_physical_devices()]
        if hasattr(tensorflow.config, "list_physical_devices")
        else [device.name for device in tensorflow.config.experimental.list_physical_devices()],
    )


def installed_packages() -> Dict[str, str]:
    """Name and version of every distribution, read off the ``.dist-info`` folders."""
    found = {}
    for directory in _site_packages():
        for entry in os.listdir(directory):
            if entry.endswith(".dist-info"):
                name, _, version = entry[: -len(".dist-info")].rpartition("-")
                found[name.lower().replace("_", "-")] = version
    return dict(sorted(found.items()))


def _site_packages() -> List[str]:
    return [path for path in sys.path if path.endswith("-packages") and os.path.isdir(path)]


def _keras_version(tensorflow: Any) -> Optional[str]:
    version = getattr(tensorflow.keras, "__version__", None)
    if version is None:
        try:
            version = importlib.import_module("keras").__version__
        except (ImportError, AttributeError):
            return None
    return str(version)


def _build(tensorflow: Any) -> Dict[str, Any]:
    """``tf.sysconfig.get_build_info()``, from 2.3 on."""
    ask = getattr(tensorflow.sysconfig, "get_build_info", None)
    if ask is None:
        return {}
    return {str(key): str(value) for key, value in dict(ask()).items()}
