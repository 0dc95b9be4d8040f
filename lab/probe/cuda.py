"""Facts about CUDA: which libraries load and which versions they are, and whether the operations run on a GPU.

Nothing here needs a GPU or a driver; where there is one, more can be told. Every library is asked through ctypes,
in the process that has imported TensorFlow.
"""

from __future__ import annotations

import ctypes
import glob
import io
import os
import re
from typing import Any, Dict, List, Optional, Tuple

from probe import elf

DRIVER = "libcuda.so.1"
INSUFFICIENT_DRIVER = 35
MAJOR, MINOR = 75, 76  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR and _MINOR
NAME_BYTES = 256
CUDNN_9 = 90000  # from here on a version has one more digit

# TensorFlow opens these by name when it sees a GPU; the suffix goes with CUDA's version. Not curand: no release names
# it on its run path, and it is opened only by those who ask for it.
LIBRARIES = {
    "10.0": dict.fromkeys(("cublas", "cufft", "cusolver", "cusparse"), "10.0"),
    "10.1": dict.fromkeys(("cublas", "cufft", "cusolver", "cusparse"), "10"),
    "11.0": {"cublas": "11", "cublasLt": "11", "cufft": "10", "cusolver": "10", "cusparse": "11"},
    "11": {"cublas": "11", "cublasLt": "11", "cufft": "10", "cusolver": "11", "cusparse": "11"},
    "12": {"cublas": "12", "cublasLt": "12", "cufft": "11", "cusolver": "11", "cusparse": "12"},
}  # type: Dict[str, Dict[str, str]]


def gather(tensorflow: Any, build: Dict[str, Any]) -> Dict[str, Any]:
    """What this cell has of CUDA; empty where TensorFlow was built without it and no library is there."""
    built = _built_against(tensorflow, build)
    if built is None:
        return {}
    wheels = _wheels_that_tensorflow_searches(tensorflow)
    sonames = _sonames(built["cuda"], built["cudnn"])
    loaded = {name: _load(sonames[name], wheels) for name in sorted(sonames)}
    _ask_versions(loaded)
    device, why_not = _device()
    return {
        "built": built,
        "searches_wheels": bool(wheels),
        "libraries": {name: {key: found[key] for key in found if key != "handle"} for name, found in loaded.items()},
        "driver": device,
        "no_driver": why_not,
        "computed_on": _where_operations_run(tensorflow),
    }


def _built_against(tensorflow: Any, build: Dict[str, Any]) -> Optional[Dict[str, str]]:
    """The versions of CUDA and cuDNN that TensorFlow was built with; None where it was built without."""
    cuda, cudnn = build.get("cuda_version"), build.get("cudnn_version")
    if cuda is None:  # 2.0 to 2.2 have it elsewhere, or nowhere
        try:
            from tensorflow.python.platform import build_info  # noqa: PLC0415
        except ImportError:
            return None
        cuda = getattr(build_info, "cuda_version_number", None)
        cudnn = getattr(build_info, "cudnn_version_number", None)
    if not tensorflow.test.is_built_with_cuda():
        return None
    return {"cuda": str(cuda or "unknown"), "cudnn": str(cudnn or "unknown")}


def _sonames(cuda: str, cudnn: str) -> Dict[str, str]:
    """The names by which TensorFlow opens the libraries, from the versions that it was built against."""
    family = next((LIBRARIES[key] for key in (cuda, cuda.split(".", maxsplit=1)[0]) if key in LIBRARIES), {})
    names = {name: "lib{}.so.{}".format(name, suffix) for name, suffix in family.items()}
    if family:
        runtime = (
            cuda
            if cuda.startswith("10")
            else {"11": "11.0"}.get(cuda.split(".", maxsplit=1)[0], cuda.split(".", maxsplit=1)[0])
        )
        names["cudart"] = "libcudart.so.{}".format(runtime)
    if cudnn != "unknown":
        names["cudnn"] = "libcudnn.so.{}".format(cudnn.split(".", maxsplit=1)[0])
    return names


def _wheels_that_tensorflow_searches(tensorflow: Any) -> List[str]:
    """Folders of CUDA wheels on the run path of the library that opens CUDA; none before TensorFlow looked there."""
    home = os.path.dirname(tensorflow.__file__)
    found = glob.glob(os.path.join(home, "libtensorflow_framework.so*"))
    if not found:
        return []
    named = [path.replace("$ORIGIN", home) for path in elf.run_path(found[0])]
    return [os.path.normpath(path) for path in named if "nvidia" in path]


def _load(soname: str, wheels: List[str]) -> Dict[str, Any]:
    """Open a library as the loader finds it, else where TensorFlow itself would look."""
    tried = [("loader", soname)] + [("wheel", os.path.join(folder, soname)) for folder in wheels]
    error = ""
    for found_by, name in tried:
        if found_by == "wheel" and not os.path.exists(name):
            continue
        try:
            handle = ctypes.CDLL(name)
        except OSError as failure:
            error = error or str(failure)
            continue
        return {"soname": soname, "found_by": found_by, "file": _file_of(soname), "handle": handle, "version": None}
    return {"soname": soname, "found_by": None, "error": error, "version": None}


def _file_of(soname: str) -> str:
    """The file that is mapped for a library."""
    try:
        with io.open("/proc/self/maps", encoding="utf-8", errors="replace") as stream:
            for line in stream:
                path = line.split(None, 5)[-1].strip()
                if os.path.basename(path).startswith(soname.split(".so", maxsplit=1)[0] + ".so"):
                    return os.path.realpath(path)
    except OSError:
        pass
    return ""


def _ask_versions(loaded: Dict[str, Dict[str, Any]]) -> None:
    """CuDNN and the runtime tell their versions; for the runtime without a driver the file's name does."""
    cudnn = loaded.get("cudnn", {}).get("handle")
    if cudnn is not None:
        cudnn.cudnnGetVersion.restype = ctypes.c_size_t
        loaded["cudnn"]["version"] = _cudnn_version(int(cudnn.cudnnGetVersion()))
    runtime = loaded.get("cudart", {}).get("handle")
    if runtime is not None:
        number = ctypes.c_int()
        status = runtime.cudaRuntimeGetVersion(ctypes.byref(number))
        loaded["cudart"]["version"] = _cuda_version(number.value) if status == 0 else None
        loaded["cudart"]["status"] = "insufficient driver" if status == INSUFFICIENT_DRIVER else str(status)
    for found in loaded.values():
        path = found.get("file", "")
        if found["version"] is None and path:
            found["version"] = _version_of_wheel(path) or _version_in_name(path, found["soname"])
        if path:
            found["file"] = os.path.basename(path)


def _version_of_wheel(path: str) -> Optional[str]:
    """site-packages/nvidia/cuda_runtime/lib/… came with nvidia_cuda_runtime_cu11-11.8.89.dist-info."""
    folder, _, rest = path.rpartition(os.sep + "nvidia" + os.sep)
    name = rest.split(os.sep)[0]
    for found in glob.glob(os.path.join(folder, "nvidia_{}_cu*-*.dist-info".format(name))) if folder else []:
        return os.path.basename(found)[: -len(".dist-info")].rpartition("-")[2]
    return None


def _version_in_name(path: str, soname: str) -> Optional[str]:
    """libcudart.so.11.0.221 tells more than the name that it is opened by."""
    name = os.path.basename(path)
    found = re.search(r"\.so\.(\d+(?:\.\d+)+)$", name)
    return found.group(1) if found and name != soname else None


def _cudnn_version(number: int) -> str:
    """8600 is 8.6.0; from version 9 on 90300 is 9.3.0."""
    base = 10000 if number >= CUDNN_9 else 1000
    return "{}.{}.{}".format(number // base, number % base // 100, number % 100)


def _cuda_version(number: int) -> str:
    return "{}.{}".format(number // 1000, number % 1000 // 10)


def _device() -> Tuple[Optional[Dict[str, Any]], str]:
    """The driver and the first device, or why there is none."""
    try:
        driver = ctypes.CDLL(DRIVER)
    except OSError:
        return None, "driver not found"
    status = driver.cuInit(0)
    if status:
        return None, "the driver does not start: CUDA error {}".format(status)
    number, count, device = ctypes.c_int(), ctypes.c_int(), ctypes.c_int()
    driver.cuDriverGetVersion(ctypes.byref(number))
    driver.cuDeviceGetCount(ctypes.byref(count))
    if not count.value:
        return None, "the driver sees no device"
    driver.cuDeviceGet(ctypes.byref(device), 0)
    name = ctypes.create_string_buffer(NAME_BYTES)
    driver.cuDeviceGetName(name, NAME_BYTES, device)
    capability = []
    for attribute in (MAJOR, MINOR):
        value = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(value), attribute, device)
        capability.append(str(value.value))
    return {
        "cuda": _cuda_version(number.value),
        "version": _kernel_driver(),
        "devices": count.value,
        "device": name.value.decode("utf-8", "replace"),
        "compute_capability": ".".join(capability),
    }, ""


def _kernel_driver() -> str:
    try:
        with io.open("/proc/driver/nvidia/version", encoding="utf-8", errors="replace") as stream:
            found = re.search(r"\b(\d+\.\d+(?:\.\d+)?)\b", stream.read())
    except OSError:
        return ""
    return found.group(1) if found else ""


def _where_operations_run(tensorflow: Any) -> str:
    """The device that a small product of matrices and a convolution really ran on, or why they did not run."""
    try:
        product = tensorflow.matmul(tensorflow.ones((8, 8)), tensorflow.ones((8, 8)))
        image = tensorflow.nn.conv2d(tensorflow.ones((1, 8, 8, 1)), tensorflow.ones((3, 3, 1, 1)), 1, "SAME")
        product.numpy(), image.numpy()
    except Exception as error:  # noqa: BLE001 - whatever it says is the fact
        return "{}: {}".format(type(error).__name__, error)
    devices = sorted({tensor.device.rpartition("device:")[2] or tensor.device for tensor in (product, image)})
    return ", ".join(devices)
