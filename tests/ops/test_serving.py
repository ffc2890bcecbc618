import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable

import psycopg
import pytest

from config.environment import CHECKOUT, Server
from niangjia.ops.kinds import BadInputError, OpsError
from niangjia.ops.postgres import free_port, is_alive
from niangjia.ops.serving import Child, Supervisor, refuse_taken_port
from tests.ops.command import environ


def script(text: str) -> list[str]:
    return [sys.executable, "-c", text]


SLEEP = script("import time; time.sleep(60)")


def wait_until(condition: Callable[[], bool], *, seconds: float = 120) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def signal_when(condition: Callable[[], bool], number: signal.Signals) -> threading.Thread:
    """Send ourselves a signal once the condition holds."""

    def wait() -> None:
        wait_until(condition)
        os.kill(os.getpid(), number)

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_a_signal_stops_every_child(number: signal.Signals) -> None:
    children = [Child("one", SLEEP, restart=False), Child("two", SLEEP, restart=True)]
    sender = signal_when(lambda: all(child.running() for child in children), number)
    Supervisor(children, print).run()
    sender.join()
    assert [child.running() for child in children] == [False, False]


def test_a_child_that_may_end_is_started_again() -> None:
    said: list[str] = []
    child = Child("后台任务", script("raise SystemExit(7)"), restart=True)
    sender = signal_when(lambda: len(said) == 2, signal.SIGTERM)
    Supervisor([child], said.append).run()
    sender.join()
    assert said == ["后台任务结束（退出码 7），1 秒后重新启动", "后台任务结束（退出码 7），2 秒后重新启动"]


def test_a_child_that_must_not_end_ends_everything() -> None:
    other = Child("后台任务", SLEEP, restart=True)
    with pytest.raises(OpsError, match="网站意外结束（退出码 3）"):
        Supervisor([other, Child("网站", script("raise SystemExit(3)"), restart=False)], print).run()
    assert not other.running()


def test_a_child_that_will_not_stop_is_made_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("niangjia.ops.serving.GRACE_SECONDS", -4)
    ready = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print(flush=True); time.sleep(60)"
    child = Child("后台任务", script(ready), restart=True)
    sender = signal_when(lambda: child.running() and time.monotonic() - child.started > 1, signal.SIGTERM)
    Supervisor([child], print).run()
    sender.join()
    assert child.process is not None
    assert child.process.returncode == -signal.SIGKILL


def test_the_handlers_of_before_are_put_back() -> None:
    before = signal.getsignal(signal.SIGTERM)
    with pytest.raises(OpsError):
        Supervisor([Child("网站", script("pass"), restart=False)], print).run()
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_taken_port_is_refused_before_anything_starts() -> None:
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", 0))
        somebody.listen()
        port = somebody.getsockname()[1]
        with pytest.raises(BadInputError, match="请用 --port 换一个端口"):
            refuse_taken_port("127.0.0.1", port)


def children_of(pid: int) -> list[int]:
    with open(f"/proc/{pid}/task/{pid}/children") as file:
        return [int(child) for child in file.read().split()]


def answers(port: int) -> bool:
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/accounts/login/", timeout=5).close()
    except urllib.error.HTTPError as error:
        error.close()
        return True
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
    return True


def test_serve_runs_site_and_worker_and_leaves_nothing_behind(installation: Server) -> None:
    port = free_port()
    served = subprocess.Popen(
        [sys.executable, "-m", "niangjia.ops.cli", "serve", "--port", str(port)],
        cwd=CHECKOUT,
        env=environ(),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )

    def worker_listens() -> bool:
        with psycopg.connect(installation.conninfo()) as connection:
            return connection.execute("SELECT count(*) FROM procrastinate_workers").fetchone() != (0,)

    try:
        wait_until(lambda: answers(port) and worker_listens())
        family = children_of(served.pid)
        family += [grandchild for child in family for grandchild in children_of(child)]
    finally:
        served.terminate()
        code = served.wait(60)
    assert (code, len(family), [pid for pid in family if is_alive(pid)]) == (0, 4, [])
