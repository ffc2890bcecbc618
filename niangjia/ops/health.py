"""What `niangjia check` looks at, one finding each."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import psycopg

from config import environment
from config.environment import ConfigurationError, State
from niangjia.ops import house, postgres, roles
from niangjia.ops.kinds import OpsError
from niangjia.ops.sealed import used_keys


@dataclass(frozen=True, slots=True)
class Result:
    subject: str
    passed: bool
    finding: str


def examine() -> Iterator[Result]:
    """Look at keys, server, roles, tables, sealed values and settings, in this order; stops where the next needs it."""
    for subject, look in (("密钥", _keys), ("数据库服务器", _server), ("数据库角色", _roles), ("数据库结构", _tables)):
        result = _look(subject, look)
        yield result
        if not result.passed:
            return
    yield _look("加密内容", _sealed)
    yield _look("系统设置", _settings)


def _look(subject: str, look: Callable[[], str]) -> Result:
    try:
        return Result(subject, passed=True, finding=look())
    except (ConfigurationError, OpsError) as error:
        return Result(subject, passed=False, finding=str(error))
    except psycopg.OperationalError as error:
        finding = f"连不上（{str(error).strip()}）。请检查数据库服务器和 DATABASE_URL。"
        return Result(subject, passed=False, finding=finding)


def _keys() -> str:
    state = State.from_environment()
    keys = environment.keys(state)
    source = "环境变量" if environment.read_text("NIANGJIA_KEYS") else str(state.keys_file)
    return f"{source}，现用 {keys['sealing']['active']} 号，共 {len(keys['sealing']['keys'])} 把"


def _server() -> str:
    place = postgres.ensure_server()
    with roles.administrator(place) as connection:
        version = connection.info.server_version
    kind = "随包安装" if place.embedded else "外部"
    return f"{kind}，PostgreSQL {version // 10000}.{version % 10000}，{place.host}:{place.port}"


def _roles() -> str:
    with roles.administrator(postgres.ensure_server()) as connection:
        faults = roles.faults(connection)
    if faults:
        raise OpsError(" ".join(faults))
    return "齐全，应用登录角色没有越权属性"


def _tables() -> str:
    house.migrated()
    return "与本版本一致"


def _sealed() -> str:
    keys = environment.keys()
    place = postgres.ensure_server()
    with psycopg.connect(place.conninfo(user="niangjia_owner", password=keys["database"]["owner"])) as connection:
        used = used_keys(connection, State.from_environment().uploads)
    missing = sorted(used - {int(number) for number in keys["sealing"]["keys"]})
    if missing:
        raise OpsError(f"有用 {missing} 号密钥加密的内容，而密钥文件里没有。请补回密钥。")
    older = sorted(used - {keys["sealing"]["active"]})
    return "都用现用密钥" if not older else f"还有用旧密钥 {older} 的内容，可执行 niangjia rotate-keys"


def _settings() -> str:
    from django.core.management import call_command
    from django.core.management.base import SystemCheckError

    said = io.StringIO()
    try:
        call_command("check", databases=["owner"], stdout=said, stderr=said)
    except SystemCheckError as error:
        raise OpsError(str(error)) from None
    return "没有问题"
