"""Runs the web server and the worker side by side until told to stop, then stops all that was started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import FrameType
from typing import Final

from niangjia.ops.kinds import BadInputError, OpsError

WEB_WORKERS: Final = 2
THREADS: Final = 4
GRACE_SECONDS: Final = 30
_LONGEST_PAUSE: Final = 30.0
_STOP_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


def web_command(host: str, port: int, *, log_requests: bool) -> list[str]:
    """Gunicorn with threads. Its request log has no query strings: people search by name and number."""
    command = [sys.executable, "-m", "gunicorn", "config.wsgi", "--worker-class", "gthread"]
    command += ["--workers", str(WEB_WORKERS), "--threads", str(THREADS), "--bind", f"{host}:{port}"]
    command += ["--timeout", "60", "--graceful-timeout", str(GRACE_SECONDS), "--keep-alive", "5"]
    command += ["--max-requests", "5000", "--max-requests-jitter", "500", "--no-control-socket"]
    command += ["--log-level", "info" if log_requests else "warning"]
    if log_requests:
        command += ["--access-logfile", "-", "--access-logformat", '%(t)s "%(m)s %(U)s" %(s)s %(B)s %(M)sms']
    if os.path.isdir("/dev/shm"):  # noqa: S108 - heartbeats must not wait for a disk
        command += ["--worker-tmp-dir", "/dev/shm"]  # noqa: S108
    return command


def worker_command() -> list[str]:
    return [sys.executable, "-m", "niangjia.ops.cli", "worker"]


def serve(host: str, port: int, *, worker: bool, log_requests: bool, report: Callable[[str], None]) -> None:
    """Serve until a signal asks to stop. Raises OpsError when the web server ends by itself."""
    children = [Child("网站", web_command(host, port, log_requests=log_requests), restart=False)]
    if worker:
        children.append(Child("后台任务", worker_command(), restart=True))
    Supervisor(children, report).run()


def refuse_taken_port(host: str, port: int) -> None:
    """Raise BadInputError when somebody already listens there."""
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise BadInputError(f"无法在 {host}:{port} 上服务（{error.strerror}）。请用 --port 换一个端口。") from None


@dataclass
class Child:
    """A process that is kept running; one that may end ends everything."""

    name: str
    command: list[str]
    restart: bool
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.0
    not_before: float = 0.0

    def start(self) -> None:
        # A group of its own: Ctrl-C in the terminal reaches us alone, and we pass it on once.
        self.process = subprocess.Popen(self.command, process_group=0)  # noqa: S603 - our own programs
        self.started = time.monotonic()

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def stop(self, deadline: float) -> None:
        """Wait for the end until the deadline (monotonic seconds), then enforce it."""
        if self.process is None:
            return
        try:
            self.process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()


@dataclass
class Supervisor:
    """Starts the children, restarts those that may be, and stops all on SIGINT, SIGTERM or SIGHUP."""

    children: list[Child]
    report: Callable[[str], None]
    _stopping: bool = field(default=False, init=False)

    def run(self) -> None:
        """Return after a stop was asked for. Raises OpsError when a child that must not end did."""
        before = {number: signal.signal(number, self._ask_to_stop) for number in _STOP_SIGNALS}
        try:
            for child in self.children:
                child.start()
            while not self._stopping:
                for child in self.children:
                    self._look_after(child)
                time.sleep(0.2)
        finally:
            self._stop_all()
            for number, handler in before.items():
                signal.signal(number, handler)

    def _ask_to_stop(self, number: int, frame: FrameType | None) -> None:
        self._stopping = True

    def _look_after(self, child: Child) -> None:
        if child.running() or time.monotonic() < child.not_before or child.process is None:
            return
        if not child.restart:
            raise OpsError(f"{child.name}意外结束（退出码 {child.process.returncode}）。请查看上面的输出。")
        if child.not_before <= child.started:
            lived = time.monotonic() - child.started
            child.pause = 1.0 if lived > _LONGEST_PAUSE else min(max(1.0, child.pause * 2), _LONGEST_PAUSE)
            child.not_before = time.monotonic() + child.pause
            self.report(f"{child.name}结束（退出码 {child.process.returncode}），{child.pause:.0f} 秒后重新启动")
            return
        child.start()

    def _stop_all(self) -> None:
        running = [child for child in self.children if child.running()]
        for child in running:
            assert child.process is not None
            child.process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS + 5
        for child in running:
            child.stop(deadline)


def run_worker(concurrency: int) -> None:
    """Take jobs from the database until SIGINT or SIGTERM; jobs under way are finished first."""
    import asyncio

    from procrastinate.contrib.django import app
    from procrastinate.contrib.django.django_connector import DjangoConnector

    connector = app.connector
    assert isinstance(connector, DjangoConnector)
    with app.replace_connector(connector.get_worker_connector()) as worker_app:

        async def work() -> None:
            async with worker_app.open_async():
                await worker_app.run_worker_async(
                    name="niangjia", concurrency=concurrency, shutdown_graceful_timeout=GRACE_SECONDS
                )

        asyncio.run(work())
