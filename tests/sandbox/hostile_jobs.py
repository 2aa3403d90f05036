"""What programs that escaped the reward language would do. Runs in sandboxed workers only.

Each action is a function of the payload and the channel; `ACT` looks it up by name, so that one
entry serves all tests.
"""

import contextlib
import ctypes
import fcntl
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

LAST_POINT = {"kind": "point", "env_steps": 128}


def spin(payload: dict[str, Any], channel: Any) -> None:
    while True:
        if payload.get("talk"):
            channel.send(LAST_POINT)
            time.sleep(0.05)


def sleep(payload: dict[str, Any], channel: Any) -> None:
    time.sleep(payload.get("s", 60.0))


def grow_heap(payload: dict[str, Any], channel: Any) -> None:
    hoard = []
    while True:
        hoard.append(np.ones(1 << 22))


def grow_shared_map(payload: dict[str, Any], channel: Any) -> None:
    # Shared maps count as no data: only the watch on resident memory sees them.
    import mmap

    area = mmap.mmap(-1, 1 << 30)
    for start in range(0, 1 << 30, 1 << 24):
        area[start : start + (1 << 24)] = b"x" * (1 << 24)
        time.sleep(0.01)
    time.sleep(60.0)


def abort(payload: dict[str, Any], channel: Any) -> None:
    os.abort()


def segfault(payload: dict[str, Any], channel: Any) -> None:
    ctypes.string_at(8)


def leave(payload: dict[str, Any], channel: Any) -> None:
    os._exit(payload["status"])


def print_much(payload: dict[str, Any], channel: Any) -> None:
    while True:
        sys.stdout.write("x" * 1000)


def send_much(payload: dict[str, Any], channel: Any) -> None:
    while True:
        channel.send({"text": "x" * 1000})


def send_large_arrays(payload: dict[str, Any], channel: Any) -> None:
    while True:
        channel.send_arrays({"a": np.zeros(1 << 17)})


def write_large_file(payload: dict[str, Any], channel: Any) -> None:
    with Path("large").open("wb") as stream:
        while True:
            stream.write(b"x" * (1 << 20))


def fill_folder(payload: dict[str, Any], channel: Any) -> None:
    for i in range(64):
        with Path(f"part{i}").open("wb") as stream:
            stream.write(b"x" * (1 << 20))
            if payload.get("delete"):
                Path(f"part{i}").unlink()
                contents = os.dup(stream.fileno())
                os.set_inheritable(contents, False)
    time.sleep(60.0)


def make_many_files(payload: dict[str, Any], channel: Any) -> None:
    for i in range(2000):
        Path(f"f{i}").touch()
    time.sleep(60.0)


def hide_folder(payload: dict[str, Any], channel: Any) -> None:
    Path("hidden").mkdir(0o300)
    Path("hidden", "inside").mkdir(0o300)
    time.sleep(payload["s"])


def fork_bomb(payload: dict[str, Any], channel: Any) -> None:
    """Fork until refused, by libc or by the number of the call; send how far it came."""
    libc = ctypes.CDLL(None, use_errno=True)

    def fork_by_number() -> int:
        result = int(libc.syscall(payload["number"]))
        if result < 0:
            raise OSError(ctypes.get_errno(), "refused")
        return result

    fork = {"fork": os.fork, "raw": fork_by_number}[payload["how"]]
    for n in range(50):
        try:
            if fork() == 0:
                time.sleep(60.0)
                os._exit(0)
        except OSError as error:
            channel.send({"came": f"{n} then {error.errno}"})
            return


def try_each(payload: dict[str, Any], channel: Any) -> None:
    """Send what came of every attempt on the list."""
    secret, parent = payload.get("file", ""), os.getppid()
    attempts: dict[str, Callable[[], Any]] = {
        "execute": lambda: os.execv(sys.executable, [sys.executable, "-c", "pass"]),
        "subprocess": lambda: subprocess.run([sys.executable, "-c", "pass"], check=True),
        "spawn": lambda: os.posix_spawn(sys.executable, ["python", "-c", "pass"], {}),
        "read": lambda: Path(secret).read_text(),
        "write": lambda: Path(secret).write_text("changed"),
        "append": lambda: os.open(secret, os.O_WRONLY | os.O_APPEND),
        "truncate": lambda: os.truncate(secret, 0),
        "truncate on read": lambda: os.open(secret, os.O_RDONLY | os.O_TRUNC),
        "remove": lambda: Path(secret).unlink(),
        "rename": lambda: Path(secret).rename(secret + ".moved"),
        "pull in": lambda: Path(secret).rename("mine"),
        "hard link": lambda: os.link(secret, "mine"),
        "chmod": lambda: Path(secret).chmod(0o777),
        "chmod on read": lambda: os.fchmod(os.open("own", os.O_RDONLY | os.O_CREAT), 0o777),
        "chown": lambda: os.chown(secret, os.getuid(), os.getgid()),
        "touch": lambda: os.utime(secret),
        "xattr": lambda: os.setxattr(secret, "user.x", b"1"),
        "folder": lambda: Path(secret + ".d").mkdir(),
        "symlink": lambda: Path("link").symlink_to(secret),
        "pipe": lambda: os.mkfifo("pipe"),
        "connect": lambda: socket.create_connection(("127.0.0.1", 9), timeout=1),
        "look up": lambda: (
            socket.getaddrinfo("localhost", 9, type=socket.SOCK_STREAM) and socket.socket()
        ),
        "parent's memory": lambda: os.open(f"/proc/{parent}/mem", os.O_RDONLY),
        "own memory": lambda: os.open("/proc/self/mem", os.O_RDONLY),
        "own map": lambda: Path("/proc/self/maps").read_text(),
        "outlive the parent": lambda: _prctl(1, 0),
        "signal by file": lambda: fcntl.fcntl(0, fcntl.F_SETOWN, parent),
        "own limits": lambda: _raise_every_limit(),
        "nice of the parent": lambda: os.setpriority(os.PRIO_PROCESS, parent, 5),
        "cores of the parent": lambda: os.sched_setaffinity(parent, {0}),
        "kill group 1": lambda: os.killpg(1, 0),
        "anonymous file": lambda: os.memfd_create("x"),
    }
    came = {}
    for name in payload["names"]:
        try:
            attempts[name]()
            came[name] = "allowed"
        except OSError as error:
            came[name] = type(error).__name__
        except ValueError:
            came[name] = "ValueError"
    channel.send(came)


def _prctl(option: int, value: int) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(option, value, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "refused")


def _raise_every_limit() -> None:
    import resource

    for which in (resource.RLIMIT_DATA, resource.RLIMIT_CPU, resource.RLIMIT_FSIZE):
        resource.setrlimit(which, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))


def use_own_folder(payload: dict[str, Any], channel: Any) -> None:
    """What honest code needs goes on working."""
    import tempfile

    with tempfile.TemporaryDirectory() as name:
        Path(name, "a").write_text("1")
        Path(name, "a").rename(Path(name, "b"))
    threads = [threading.Thread(target=time.sleep, args=(0.001,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    os.kill(os.getpid(), 0)
    with Path(os.devnull).open("w") as stream:
        stream.write("x")
    variables = {name: os.environ[name] for name in ("HOME", "TMPDIR")}
    channel.send({"cwd": str(Path.cwd()), **variables, "temp": tempfile.gettempdir()})


def search_for_secret(payload: dict[str, Any], channel: Any) -> None:
    """Look for the pool's key wherever this process can reach; send where it was found."""
    needle = payload["half"] + payload["other_half"]
    found = []
    if any(needle in value for value in os.environ.values()):
        found.append("os.environ")
    pool, template = payload["pool_pid"], os.getppid()
    for pid in ("self", pool, template, 1):
        for name in ("environ", "cmdline", "mem", "maps", "root/proc/self/environ"):
            path = Path(f"/proc/{pid}/{name}")
            with contextlib.suppress(OSError):
                if needle.encode() in path.read_bytes():
                    found.append(str(path))
    channel.send({"found": found})


def write_raw(payload: dict[str, Any], channel: Any) -> None:
    """Write bytes past the channel, as a program that has taken over the worker would."""
    data = bytes.fromhex(payload["hex"])
    channel.send(LAST_POINT)
    while data:
        data = data[os.write(channel._handle, data) :]
    if payload.get("then") == "wait":
        time.sleep(60.0)
    os._exit(0)


def claim(payload: dict[str, Any], channel: Any) -> None:
    """Report about the worker itself, then leave."""
    body = json.dumps(payload["report"]).encode()
    os.write(channel._handle, struct.pack("<cI", b"C", len(body)) + body)
    os._exit(payload.get("status", 0))


def stop_self(payload: dict[str, Any], channel: Any) -> None:
    os.kill(os.getpid(), signal.SIGSTOP)


def tell_pids(payload: dict[str, Any], channel: Any) -> None:
    channel.send({"worker": os.getpid(), "template": os.getppid()})
    time.sleep(payload.get("s", 60.0))


def tell_hash(payload: dict[str, Any], channel: Any) -> None:
    channel.send({"hash": hash("alignenv"), "threads": os.environ["OMP_NUM_THREADS"]})


class OldThread:
    """A thread that began before processes were forbidden."""

    def __init__(self) -> None:
        self._go, self._came = threading.Event(), ""
        self._thread = threading.Thread(target=self._wait_and_try)
        self._thread.start()

    def _wait_and_try(self) -> None:
        self._go.wait()
        try:
            subprocess.run([sys.executable, "-c", "pass"], check=True)
            self._came = "allowed"
        except OSError as error:
            self._came = type(error).__name__

    def try_to_start_a_process(self) -> str:
        self._go.set()
        self._thread.join()
        return self._came


class Act:
    def prepare(self, payload: dict[str, Any], arrays: dict[str, Any]) -> Any:
        if payload["action"] == "helper":
            done = subprocess.run(
                [sys.executable, "-c", "print(6 * 7)"], capture_output=True, text=True, check=True
            )
            return done.stdout.strip()
        if payload["action"] == "leave child":
            return subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"]).pid
        if payload["action"] == "abort in prepare":
            os.abort()
        if payload["action"] == "old thread":
            return OldThread()
        return None

    def run(self, context: Any, payload: dict[str, Any], channel: Any) -> None:
        if isinstance(context, OldThread):
            channel.send({"came": context.try_to_start_a_process()})
        elif context is not None:
            channel.send({"from prepare": context})
        else:
            globals()[payload["action"]](payload, channel)


ACT = Act()


def start_thread() -> None:
    """A warm-up that leaves a thread behind."""
    threading.Thread(target=time.sleep, args=(3600.0,), daemon=True).start()


class Plain:
    """Executes a program as plain Python: no reward language, the sandbox alone."""

    def prepare(self, payload: dict[str, Any], arrays: dict[str, Any]) -> None:
        return None

    def run(self, context: None, payload: dict[str, Any], channel: Any) -> None:
        scope: dict[str, Any] = {}
        exec(compile(payload["source"], "program", "exec"), scope)  # noqa: S102
        prev, state = np.zeros(24), np.ones(24)
        for _ in range(3):
            value = scope["reward"](prev, 1.0, state)
        channel.send({"value": repr(value)})


PLAIN = Plain()
