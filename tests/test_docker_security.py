"""Claims about hostile artifacts: what they try in a container fails, and what they tried is the trial's evidence."""

from __future__ import annotations

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from conftest import Prober, Seen, a_job

from lab.engines.docker.engine import PROCESS, DockerEngine
from lab.engines.docker.images import Images
from lab.engines.protocol import BuiltCell
from lab.words import Outcome, Role

pytestmark = [pytest.mark.docker, pytest.mark.slow]

CELL = "tf2.4"
LIMITS = {"trial_timeout_s": 30.0, "trial_cpu_s": 10.0}

# A Lambda layer keeps its function as bytecode; whoever loads the file and calls the layer runs it. It behaves while
# it is saved, so that there is an artifact.
LAMBDA = '''
"""A user's model with a Lambda that attacks who loads it."""

def attack(x):
    import ctypes, glob, json, os, socket, sys, time
    if not os.path.lexists("artifact"):
        return x
    {deed}

def build(tf):
    features = tf.keras.Input(shape=(4,), name="features")
    return tf.keras.Model(features, tf.keras.layers.Lambda(attack)(features))

def sample(rng):
    return [rng.rand(8, 4).astype("float32")], []
'''

TRY_EVERYTHING = """
    tried = {{}}
    def attempt(name, deed):
        try:
            got = deed()
            tried[name] = "done: " + repr(got)[:200]
        except BaseException as error:
            tried[name] = type(error).__name__ + ": " + str(error)
    def connect(host):
        socket.create_connection((host, {port}), timeout=3).close()
    def write(path):
        open(path, "w").write("hacked")
    def must(result):
        if result != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
    libc = ctypes.CDLL(None, use_errno=True)
    attempt("loopback", lambda: connect("127.0.0.1"))
    attempt("bridge", lambda: connect("172.17.0.1"))
    attempt("docker socket", lambda: socket.socket(socket.AF_UNIX).connect("/var/run/docker.sock"))
    attempt("read the host", lambda: open({secret!r}).read())
    attempt("read another artifact", lambda: open("/lab/artifacts/artifact-0/golden/calls.json").read())
    places = "/ /etc/ /opt/cell/ /lab/code/ /lab/artifacts/ /dev/ /dev/shm/ /tmp/ artifact/"
    for place in places.split():
        attempt("write " + place, lambda: write(place + "hacked"))
    attempt("write the request", lambda: write("/lab/request.json"))
    attempt("become root", lambda: os.setuid(0))
    attempt("mount", lambda: must(libc.mount(b"none", b"/scratch", b"tmpfs", 0, None)))
    attempt("a namespace of its own", lambda: must(libc.unshare(0x10000000)))
    attempt("memory of the parent", lambda: open("/proc/1/mem", "rb"))
    attempt("answers of the parent", lambda: os.listdir("/proc/1/fd"))
    attempt("trace the parent", lambda: must(-(libc.ptrace(16, 1, None, None) != 0)))
    status = dict(line.split(":", 1) for line in open("/proc/self/status"))
    facts = {{
        "artifacts": sorted(os.listdir("/lab/artifacts")),
        "interfaces": sorted(line.split(":")[0].strip() for line in open("/proc/net/dev") if ":" in line),
        "capabilities": sorted({{status[name].strip() for name in status if name.startswith("Cap")}}),
        "no new privileges": status["NoNewPrivs"].strip(),
        "user": os.getuid(),
        "descriptors": len(os.listdir("/proc/self/fd")),
    }}
    raise RuntimeError("TRIED " + json.dumps([tried, facts]))
"""

FORK_UNTIL_REFUSED = """
    forked = 0
    try:
        while True:
            if os.fork() == 0:
                time.sleep(600)
            forked += 1
    except OSError as error:
        raise RuntimeError("refused after %d: %s" % (forked, error))
"""
FORK_BOMB = """
    while True:
        try:
            os.fork()
        except OSError:
            pass
"""
STAY = """
    if os.fork() == 0:
        os.setsid()
        time.sleep(600)
    return x
"""
FILL_SCRATCH = """
    with open("/scratch/filled", "wb") as stream:
        while True:
            stream.write(b"x" * (1 << 24))
"""
HOARD = "hoard = [b'x' * (1 << 28) for _ in range(64)]"
CRASH = "ctypes.string_at(0)"

# The operations of a SavedModel read and write files, without any Python.
WRITES = '''
"""A user's module whose graph writes a file."""

def build(tf):
    class Module(tf.Module):
        @tf.function(input_signature=[tf.TensorSpec((None, 4), tf.float32, name="x")])
        def score(self, x):
            there = tf.size(tf.io.matching_files("/lab/artifacts/*")) > 0
            def write():
                with tf.control_dependencies([tf.io.write_file({path!r}, "hacked")]):
                    return tf.identity(x)
            return {{"score": tf.cond(there, write, lambda: tf.identity(x))}}
    return Module()

def signatures(module):
    return {{"score": module.score}}

def sample(rng):
    return [rng.rand(4, 4).astype("float32")], []
'''


@dataclass(frozen=True, kw_only=True)
class Attacked:
    """What came of hostile artifacts that were loaded between innocent ones."""

    seen: Seen
    port: int

    def tried(self) -> tuple[Mapping[str, str], Mapping[str, Any]]:
        message = self.message("everything")
        tried, facts = json.loads(message[message.index("TRIED ") + len("TRIED ") :])
        return tried, facts

    def message(self, job: str) -> str:
        raised = self.seen.answers()[job, "plain"].exception
        assert raised is not None
        return raised.message

    def outcome(self, job: str) -> Outcome:
        return self.seen.load(job).outcome


@pytest.fixture(scope="module")
def listener() -> Iterator[int]:
    """Somebody on this host who would answer, on whatever address a container tries."""
    with socket.create_server(("0.0.0.0", 0)) as server:  # noqa: S104
        yield int(server.getsockname()[1])


@pytest.fixture(scope="module")
def attacked(
    docker_cell: Callable[[str], BuiltCell],
    docker_probe: Prober,
    listener: int,
    tmp_path_factory: pytest.TempPathFactory,
) -> Attacked:
    folder = tmp_path_factory.mktemp("hostile")
    secret = folder / "secret"
    secret.write_text("secret")
    deeds = {
        "everything": TRY_EVERYTHING.format(port=listener, secret=str(secret)),
        "forks": FORK_UNTIL_REFUSED,
        "bomb": FORK_BOMB,
        "stays": STAY,
        "fills": FILL_SCRATCH,
        "crashes": CRASH,
    }
    planted = {f"zoo/h_{name}.py": LAMBDA.format(deed=deed) for name, deed in deeds.items()}
    innocent = [
        a_job(f"innocent-{n}", "dense-uncompiled", form, folder / f"i{n}") for n, form in enumerate(("h5", "json"))
    ]
    hostile = [a_job(name, f"h-{name}", "h5", folder / name) for name in deeds]
    built = docker_cell(CELL)
    saves = docker_probe(built, Role.SAVE, innocent + hostile, planted=planted)
    assert [key for key, seen in saves.answers().items() if seen.exception or seen.probe_error] == []
    jobs = [{**job, "strategies": ["plain"]} for job in (innocent[0], *hostile, innocent[1])]
    return Attacked(seen=docker_probe(built, Role.LOAD, jobs, planted=planted, **LIMITS), port=listener)


def test_what_an_artifact_tries_is_refused(attacked: Attacked) -> None:
    tried, _ = attacked.tried()

    assert {name: told for name, told in tried.items() if told.startswith("done")} == {}
    assert len(tried) > 15


@pytest.mark.parametrize(
    ("attempt", "refusal"),
    [
        ("loopback", "Connection refused"),
        ("bridge", "Network is unreachable"),
        ("read the host", "No such file"),
        ("read another artifact", "No such file"),
        ("write /", "Read-only file system"),
        ("write /opt/cell/", "Read-only file system"),
        ("write /lab/artifacts/", "Read-only file system"),
        ("write artifact/", "Read-only file system"),
        ("write the request", "Read-only file system"),
        ("become root", "not permitted"),
        ("mount", "not permitted"),
        ("a namespace of its own", "not permitted"),
        ("memory of the parent", "Permission denied"),
        ("answers of the parent", "Permission denied"),
    ],
)
def test_it_is_refused_for_the_right_reason(attacked: Attacked, attempt: str, refusal: str) -> None:
    assert refusal in attacked.tried()[0][attempt]


def test_an_artifact_sees_itself_and_no_other(attacked: Attacked) -> None:
    assert attacked.tried()[1]["artifacts"] == ["artifact-1"]


def test_an_artifact_has_no_network_but_its_own_loopback(attacked: Attacked) -> None:
    assert attacked.tried()[1]["interfaces"] == ["lo"]


def test_an_artifact_has_no_capability_and_can_gain_none(attacked: Attacked) -> None:
    facts = attacked.tried()[1]

    assert (facts["capabilities"], facts["no new privileges"]) == (["0" * 16], "1")
    assert facts["user"] != 0


def test_what_an_artifact_tried_is_the_evidence_of_its_trial(attacked: Attacked) -> None:
    assert attacked.outcome("everything") is Outcome.LOAD_ERROR


def test_forks_end_at_the_limit_of_processes(attacked: Attacked) -> None:
    message = attacked.message("forks")

    assert "Resource temporarily unavailable" in message
    assert 0 < int(message.split("refused after ")[1].split(":")[0]) < 512


def test_a_fork_bomb_ends_at_its_time_limit(attacked: Attacked) -> None:
    assert attacked.outcome("bomb") is Outcome.TIMEOUT


def test_scratch_has_an_end(attacked: Attacked) -> None:
    assert attacked.outcome("fills") in (Outcome.INFRA_ERROR, Outcome.TIMEOUT)


def test_a_crash_is_a_crash(attacked: Attacked) -> None:
    assert attacked.outcome("crashes") is Outcome.CRASH


def test_innocent_artifacts_before_and_after_them_pass(attacked: Attacked) -> None:
    assert [attacked.outcome(f"innocent-{n}") for n in (0, 1)] == [Outcome.PASS, Outcome.PASS]


def test_nothing_outlives_its_trial(attacked: Attacked, docker_engine: DockerEngine) -> None:
    assert attacked.outcome("stays") is Outcome.PASS
    assert docker_engine.daemon.client.containers.list(all=True, filters={"label": PROCESS}) == []


@pytest.mark.parametrize("path", ["/hacked", "/lab/artifacts/hacked", "/lab/code/hacked"])
def test_the_operations_of_a_saved_model_write_nowhere(
    docker_cell: Callable[[str], BuiltCell], docker_probe: Prober, tmp_path: Path, path: str
) -> None:
    planted = {"zoo/h_writes.py": WRITES.format(path=path)}
    job = a_job("1", "h-writes", "savedmodel", tmp_path / "artifact")
    built = docker_cell(CELL)
    docker_probe(built, Role.SAVE, [job], planted=planted)

    seen = docker_probe(built, Role.LOAD, [{**job, "strategies": ["plain"]}], planted=planted)

    assert seen.load("1").outcome is Outcome.LOAD_ERROR
    assert "Read-only file system" in seen.load("1").reason


def test_the_kernels_out_of_memory_kill_is_no_crash(
    docker_cell: Callable[[str], BuiltCell],
    docker_engine: DockerEngine,
    docker_probe: Prober,
    tmp_path: Path,
) -> None:
    """The limit of the container is reached before the probe's own, which is wide open."""
    built = docker_cell(CELL)
    planted = {"zoo/h_hoards.py": LAMBDA.format(deed=HOARD)}
    job = a_job("1", "h-hoards", "h5", tmp_path / "artifact")
    docker_probe(built, Role.SAVE, [job], planted=planted)
    tight = DockerEngine(
        docker_engine.daemon, Images(docker_engine.daemon.client, "", ""), build_timeout_s=60.0, memory_mib=256
    )
    prober = Prober(engine=tight, matrix=docker_probe.matrix, new_folder=docker_probe.new_folder)

    seen = prober(built, Role.LOAD, [{**job, "strategies": ["plain"]}], planted=planted, memory_mib=1 << 20)

    assert seen.load("1").outcome is Outcome.INFRA_ERROR
    assert "memory limit" in seen.load("1").reason
