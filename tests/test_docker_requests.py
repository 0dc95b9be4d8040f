"""Claims about what the daemon is asked for: recipes, containers, GPUs, deliveries. No daemon is needed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from threading import Event
from typing import Any

import docker
import pytest
from docker.errors import APIError
from docker.types import DeviceRequest

from lab.engines.docker.daemon import Daemon, explained, gpu_devices, gpu_request
from lab.engines.docker.deliveries import Inbox, Outbox
from lab.engines.docker.engine import this_process
from lab.engines.docker.images import Images, Watch, follow, host_settings, stage_images
from lab.engines.docker.recipe import dockerfile, mirrored
from lab.engines.docker.sandbox import Sandbox, Shared, container
from lab.engines.docker.shelf import Shelf
from lab.engines.environment import variables, wheel_libraries
from lab.engines.protocol import BuiltCell
from lab.errors import CellFault
from lab.words import Cell

CELL = Cell(
    id="tf2.4", tensorflow="2.4.4", python="3.8", as_of=date(2021, 11, 15), package="tensorflow-cpu", group="main"
)
GPU_CELL = replace(
    CELL,
    id="tf2.4-cu11.0-cudnn8.0",
    cuda="11.0",
    cudnn="8.0",
    cuda_image="nvidia/cuda:11.0.3-cudnn8-runtime-ubuntu20.04",
)
WHEELS_CELL = replace(CELL, id="tf2.12-cu11.8-cudnn8.6", cuda="11.8", cudnn="8.6", wheels_on_path=True)
LOCK = "nvidia-cudnn-cu11==8.6.0.163 \\\n    --hash=sha256:aa\nnvidia-cuda-runtime-cu11==11.8.89 \\\nnumpy==1.23.5 \\\n"
REFUSED = 'could not select device driver "nvidia" with capabilities: [[gpu]]'
BUILDER_SAYS = """\
Step 1/9 : ARG BASE=python:3.8-slim-bookworm
Step 2/9 : FROM ${BASE} AS builder
 ---> aaaaaaaaaaaa
Step 3/9 : RUN python -m venv /opt/cell
 ---> Running in cccccccccccc
Removing intermediate container cccccccccccc
 ---> bbbbbbbbbbbb
Step 4/9 : FROM ${BASE}
 ---> aaaaaaaaaaaa
Step 5/9 : COPY --from=builder /opt/cell /opt/cell
 ---> dddddddddddd
Successfully built dddddddddddd
"""


def daemon(**info: Any) -> Daemon:
    return Daemon(client=docker.DockerClient(base_url="unix:///nowhere", version="1.41"), info=info)


def built(cell: Cell, libraries: tuple[str, ...] = ()) -> BuiltCell:
    environment = Path("/opt/cell")
    python = str(environment / "bin" / "python")
    return BuiltCell(
        cell=cell,
        fingerprint="f",
        environment=environment,
        python=python,
        reused=True,
        seconds=0.0,
        libraries=libraries,
    )


def sandbox(gpu: DeviceRequest | None = None, shared: Sequence[Shared] = ()) -> tuple[dict[str, Any], dict[str, Any]]:
    return container(
        Sandbox(
            image="sha256:1",
            command=("python", "-m", "probe", "/lab/request.json"),
            variables={"HOME": "/scratch"},
            user="65532:65532",
            shared=tuple(shared),
            labels={"run": "1"},
            memory_mib=4096,
            gpu=gpu,
        )
    )


# --- the recipe ---


def test_a_cpu_cell_is_built_on_the_official_python() -> None:
    assert "ARG BASE=python:3.8-slim-bookworm\n" in dockerfile(CELL)


def test_the_lock_is_installed_without_a_resolver_and_with_hashes() -> None:
    text = dockerfile(CELL)

    assert "--no-deps --require-hashes --requirement /build/lock.txt" in text


def test_only_the_environment_reaches_the_last_stage() -> None:
    last = dockerfile(CELL).split("FROM ${BASE}\n")[-1]

    assert last.split("\n")[0] == "COPY --from=builder /opt/cell /opt/cell"
    assert "ARG" not in last
    assert "RUN" not in last


def test_the_last_stage_is_an_ordinary_user() -> None:
    assert dockerfile(CELL).rstrip().endswith('USER 65532:65532\nENTRYPOINT []\nCMD ["/opt/cell/bin/python"]')


def test_a_gpu_cell_copies_the_libraries_of_its_cuda_image() -> None:
    text = dockerfile(GPU_CELL)

    assert "ARG CUDA_IMAGE=nvidia/cuda:11.0.3-cudnn8-runtime-ubuntu20.04\n" in text
    assert "COPY --from=cuda /opt/cuda-libraries /opt/cuda-libraries\n" in text


def test_a_cell_may_name_its_base() -> None:
    assert "ARG BASE=example/python:3.8\n" in dockerfile(replace(CELL, base_image="example/python:3.8"))


@pytest.mark.parametrize(
    ("registry", "image", "name"),
    [
        ("", "python:3.8", "python:3.8"),
        ("mirror.example/library", "python:3.8", "mirror.example/library/python:3.8"),
        ("mirror.example/library/", "python:3.8", "mirror.example/library/python:3.8"),
        ("mirror.example/library", "nvidia/cuda:11.0.3", "mirror.example/nvidia/cuda:11.0.3"),
        ("mirror.example/hub", "nvidia/cuda:11.0.3", "mirror.example/hub/nvidia/cuda:11.0.3"),
    ],
    ids=["no mirror", "mirror", "with a slash", "not an official image", "a mirror without library"],
)
def test_a_mirror_stands_before_the_official_name(registry: str, image: str, name: str) -> None:
    assert mirrored(image, registry) == name


def test_index_settings_and_proxies_of_the_host_become_build_arguments() -> None:
    found = host_settings(
        {
            "UV_DEFAULT_INDEX": "https://index.example/simple",
            "PIP_TRUSTED_HOST": "index.example",
            "HTTPS_PROXY": "http://proxy.example:3128",
            "HOME": "/home/me",
        }
    )

    assert found == {
        "PIP_INDEX_URL": "https://index.example/simple",
        "PIP_TRUSTED_HOST": "index.example",
        "HTTPS_PROXY": "http://proxy.example:3128",
    }


def test_the_image_of_the_builder_stage_is_told_from_the_others() -> None:
    assert stage_images(BUILDER_SAYS.splitlines()) == ("bbbbbbbbbbbb",)


# --- containers ---


def test_a_container_has_no_network_no_privileges_and_a_root_that_cannot_be_written() -> None:
    settings, host = sandbox()

    assert settings["user"] == "65532:65532"
    assert {name: host[name] for name in ("network_mode", "read_only", "cap_drop", "security_opt", "ipc_mode")} == {
        "network_mode": "none",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges"],
        "ipc_mode": "none",
    }


def test_a_container_is_bounded_in_memory_processors_and_processes() -> None:
    _, host = sandbox()

    assert host["mem_limit"] == host["memswap_limit"] == (4096 + 1536) * 1024**2
    assert (host["nano_cpus"], host["pids_limit"]) == (2 * 10**9, 512)
    assert host["tmpfs"] == {"/scratch": "rw,noexec,nosuid,nodev,mode=1777,size=2048m"}


def test_what_is_shared_is_read_only_unless_it_says_otherwise(tmp_path: Path) -> None:
    _, host = sandbox(
        shared=[
            Shared(source=tmp_path / "in", target="/lab/artifacts"),
            Shared(source=tmp_path / "out", target="/lab/saved", writable=True),
        ]
    )

    assert [(mount["Target"], mount["ReadOnly"]) for mount in host["mounts"]] == [
        ("/lab/artifacts", True),
        ("/lab/saved", False),
    ]


def test_a_cpu_cell_asks_for_no_device_and_sees_none() -> None:
    assert sandbox()[1]["device_requests"] is None
    assert variables(built(CELL), "/scratch", "/lab/code")["CUDA_VISIBLE_DEVICES"] == "-1"


# --- GPUs ---


def test_a_gpu_job_asks_nvidias_runtime_for_one_device() -> None:
    asked = gpu_request(daemon(Runtimes={"runc": {}, "nvidia": {}}), "0")

    assert sandbox(asked)[1]["device_requests"] == [
        {"Driver": "nvidia", "Count": 0, "DeviceIDs": ["0"], "Capabilities": [["gpu"]], "Options": {}}
    ]


def test_where_only_cdi_is_set_up_the_device_is_named_by_it(tmp_path: Path) -> None:
    (tmp_path / "nvidia.yaml").touch()

    asked = gpu_request(daemon(Runtimes={"runc": {}}, CDISpecDirs=[str(tmp_path)]), "1")

    assert dict(asked) == {
        "Driver": "cdi",
        "Count": 0,
        "DeviceIDs": ["nvidia.com/gpu=1"],
        "Capabilities": [],
        "Options": {},
    }


def test_the_devices_of_the_host_are_those_with_a_number(tmp_path: Path) -> None:
    for name in ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm"):
        (tmp_path / name).touch()

    assert gpu_devices(tmp_path) == ("0", "1")


def test_a_daemon_without_nvidias_runtime_gives_a_reason_that_can_be_read() -> None:
    with pytest.raises(CellFault) as raised, explained("cannot run a container of tf2.4"):
        raise APIError("500 Server Error", explanation=REFUSED)

    assert str(raised.value) == f"cannot run a container of tf2.4: {REFUSED}"


def test_cuda_wheels_come_onto_the_loaders_path_where_the_cell_says_so() -> None:
    assert wheel_libraries(WHEELS_CELL, LOCK, "/opt/cell") == (
        "/opt/cell/lib/python3.8/site-packages/nvidia/cuda_runtime/lib",
        "/opt/cell/lib/python3.8/site-packages/nvidia/cudnn/lib",
    )
    assert wheel_libraries(CELL, LOCK, "/opt/cell") == ()


def test_programs_of_the_cell_are_found_before_those_of_the_machine() -> None:
    assert variables(built(CELL), "/scratch", "/lab/code")["PATH"].split(os.pathsep)[0] == "/opt/cell/bin"


def test_a_gpu_cell_sees_its_device_and_its_libraries() -> None:
    given = variables(built(WHEELS_CELL, libraries=("/a", "/b")), "/scratch", "/lab/code")

    assert given["LD_LIBRARY_PATH"] == "/a:/b"
    assert "CUDA_VISIBLE_DEVICES" not in given


# --- who a container runs as ---


def test_a_container_never_runs_as_root_of_the_host(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 0)

    assert daemon().user("65532:65532") == "65532:65532"


def test_a_container_runs_as_its_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "getuid", lambda: 1000)
    monkeypatch.setattr(os, "getgid", lambda: 100)

    assert daemon().user("65532:65532") == "1000:100"


def test_at_a_rootless_daemon_root_is_the_caller() -> None:
    assert daemon(SecurityOptions=["name=rootless"]).user("65532:65532") == "0:0"


def test_a_process_has_a_name_that_no_later_one_has() -> None:
    assert this_process() == this_process()
    assert f":{os.getpid()}:" in this_process()


# --- deliveries ---


def artifact(directory: Path, name: str) -> Path:
    path = directory / name / "model"
    path.mkdir(parents=True)
    (path / "model.h5").write_text(name)
    path.chmod(0o700)
    return path.parent


def test_the_inbox_holds_one_artifact_at_a_time(tmp_path: Path) -> None:
    inbox = Inbox(tmp_path / "in")

    inbox.deliver("1", artifact(tmp_path, "first"))
    inbox.deliver("2", artifact(tmp_path, "second"))

    assert [path.name for path in (tmp_path / "in").iterdir()] == ["2"]


def test_what_is_delivered_can_be_read_by_everybody(tmp_path: Path) -> None:
    Inbox(tmp_path / "in").deliver("1", artifact(tmp_path, "first"))

    modes = {path.stat().st_mode & 0o005 for path in (tmp_path / "in").rglob("*")}
    assert modes == {0o005, 0o004}


def test_the_inbox_leaves_the_artifact_as_it_is(tmp_path: Path) -> None:
    kept = artifact(tmp_path, "first")
    inbox = Inbox(tmp_path / "in")
    inbox.deliver("1", kept)

    inbox.clear()

    assert (kept / "model" / "model.h5").read_text() == "first"


def test_what_was_saved_moves_to_its_place_as_the_callers(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "out", f"{os.getuid()}:{os.getgid()}")
    artifact(tmp_path / "out", "1")

    assert outbox.take("1", tmp_path / "kept") is None
    assert (tmp_path / "kept" / "model" / "model.h5").stat().st_uid == os.getuid()


def test_a_link_that_a_container_left_is_not_taken(tmp_path: Path) -> None:
    outbox = Outbox(tmp_path / "out", f"{os.getuid()}:{os.getgid()}")
    (artifact(tmp_path / "out", "1") / "model" / "link").symlink_to("/etc/passwd")

    assert outbox.take("1", tmp_path / "kept") == "the container saved something that is no plain file: model/link"
    assert not (tmp_path / "kept").exists()


# --- how many images may be there ---


class Removed(Images):
    """Images that only notes what it should remove."""

    def __init__(self) -> None:
        self.removed: list[str] = []

    def remove(self, image_id: str) -> None:
        self.removed.append(image_id)


@pytest.mark.parametrize(("keep", "removed"), [(0, []), (3, ["image a"]), (2, ["image a", "image b"])])
def test_the_image_that_waits_longest_makes_room(keep: int, removed: list[str]) -> None:
    images = Removed()
    shelf = Shelf(images, keep)

    for name in "abc":
        shelf.take(name)
        shelf.put_back(name, f"image {name}")
    shelf.take("d")

    assert images.removed == removed


def test_an_image_in_use_is_never_removed() -> None:
    images = Removed()
    shelf = Shelf(images, 1)

    shelf.take("a")
    shelf.take("b")

    assert images.removed == []


# --- builds ---


def test_a_build_that_says_nothing_ends_when_it_is_interrupted(tmp_path: Path) -> None:
    stop, silence = Event(), Event()

    def stream() -> Iterator[dict[str, Any]]:
        yield {"stream": "Step 1/2 : FROM scratch\n"}
        stop.set()
        silence.wait()

    watch = Watch(log=tmp_path / "log", timeout_s=600.0, stop=stop)
    try:
        with pytest.raises(CellFault, match=r"tf2\.4 cannot be built: interrupted"):
            follow(stream(), CELL, watch)
    finally:
        silence.set()

    assert "FROM scratch" in (tmp_path / "log").read_text()


def test_a_build_that_takes_too_long_says_which_limit_it_met(tmp_path: Path) -> None:
    silence = Event()

    def stream() -> Iterator[dict[str, Any]]:
        silence.wait()
        yield {}

    try:
        with pytest.raises(CellFault, match="build_timeout_s"):
            follow(stream(), CELL, Watch(log=tmp_path / "log", timeout_s=0.0, stop=Event()))
    finally:
        silence.set()


def test_what_breaks_while_listening_is_raised_where_the_build_is_followed(tmp_path: Path) -> None:
    def stream() -> Iterator[dict[str, Any]]:
        yield {"stream": "Step 1/2 : FROM scratch\n"}
        raise ConnectionError("the daemon is gone")

    with pytest.raises(ConnectionError, match="the daemon is gone"):
        follow(stream(), CELL, Watch(log=tmp_path / "log", timeout_s=60.0, stop=Event()))
