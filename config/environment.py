"""What the surroundings say: environment variables, the state folder, the keys and where the database is.

Nothing here imports Django, so settings, the launcher and the command line may all ask it.
Every problem is a `ConfigurationError` whose text is Chinese and names the variable or file and the remedy.
"""

from __future__ import annotations

import base64
import binascii
import json
import os
import secrets
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, Literal, TypedDict, cast

from psycopg import ProgrammingError
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from niangjia.core.sealing import fresh_keys

CHECKOUT: Final = Path(__file__).resolve().parent.parent

VARIABLES: Final[Mapping[str, str]] = {
    "DATABASE_URL": "外部 PostgreSQL 的管理员地址；不填则使用随包安装的 PostgreSQL",
    "NIANGJIA_HOME": "状态目录（密钥、数据库、上传文件）；默认是安装目录下的 var",
    "NIANGJIA_KEYS": "密钥（JSON）；不填则读状态目录里的 keys.json",
    "NIANGJIA_HOSTS": "允许访问的主机名，用逗号隔开；默认只有本机",
    "NIANGJIA_ORIGINS": "反向代理后的站点地址（https://…），用逗号隔开",
    "NIANGJIA_DEMO": "是否演示环境：1 是，0 否",
    "NIANGJIA_DEBUG": "是否显示调试页：1 是，0 否",
    "NIANGJIA_SMS_SENDER": "短信验证码通道（niangjia/channels/adapters 下的目录名）；默认演示环境用 demo，其他用 refusing",
    "NIANGJIA_HTTPS": "是否只经 https 访问：1 是，0 否",
    "NIANGJIA_POSTGRES_USER": "以 root 启动时用来运行 PostgreSQL 的系统用户",
}

LoginRole = Literal["owner", "app", "public"]
LOGIN_ROLES: Final[Mapping[LoginRole, str]] = {
    "owner": "niangjia_owner",
    "app": "niangjia_app",
    "public": "niangjia_public",
}
DEFAULT_DATABASE: Final = "niangjia"
_MAINTENANCE_DATABASES: Final = frozenset({"postgres", "template0", "template1"})
_KEY_BYTES: Final = 32


class ConfigurationError(Exception):
    """The surroundings do not allow a start; the text is for the operator."""


# --- variables ---------------------------------------------------------------------------------------------------


def refuse_unknown_variables(environ: Mapping[str, str] = os.environ) -> None:
    """Raise ConfigurationError when a NIANGJIA_ variable is misspelt: a typo must not silently mean the default."""
    for name in sorted(environ):
        if name.startswith("NIANGJIA_") and name not in VARIABLES:
            known = "、".join(sorted(VARIABLES))
            raise ConfigurationError(f"不认识环境变量 {name}。可用的有：{known}。请改正名称或删去它。")


def read_text(name: str, default: str = "") -> str:
    """The variable without surrounding blanks, or the default when it is absent or blank."""
    if name not in VARIABLES:
        raise KeyError(name)
    return os.environ.get(name, "").strip() or default


def read_flag(name: str, *, default: bool) -> bool:
    """1 or 0; anything else raises ConfigurationError."""
    text = read_text(name, "1" if default else "0")
    if text not in {"0", "1"}:
        raise ConfigurationError(f"环境变量 {name} 只能是 1（是）或 0（否），现在是“{text}”。")
    return text == "1"


def read_words(name: str, default: tuple[str, ...] = ()) -> tuple[str, ...]:
    """A comma separated list without blanks, or the default when the variable is absent or blank."""
    words = tuple(word for part in read_text(name).split(",") if (word := part.strip()))
    return words or default


# --- the state folder --------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class ClusterRecord:
    """The embedded PostgreSQL of a state folder, as its launcher left it."""

    data: str
    port: int
    password: str


@dataclass(frozen=True)
class State:
    """The folder that holds all that is not in the repository."""

    home: Path

    @classmethod
    def from_environment(cls) -> State:
        return cls(Path(read_text("NIANGJIA_HOME", str(CHECKOUT / "var"))).expanduser().absolute())

    @property
    def keys_file(self) -> Path:
        return self.home / "keys.json"

    @property
    def cluster_file(self) -> Path:
        return self.home / "postgres.json"

    @property
    def uploads(self) -> Path:
        return self.home / "uploads"

    def make(self) -> None:
        """Create the folder. Others may pass through it (the database user does) but not list it."""
        try:
            self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        except OSError as error:
            raise ConfigurationError(
                f"无法建立状态目录 {self.home}（{error.strerror}）。请用 NIANGJIA_HOME 指定一个可写的目录。"
            ) from None

    def cluster(self) -> ClusterRecord | None:
        """The embedded cluster that was set up for this folder, running or not."""
        if not self.cluster_file.exists():
            return None
        text = _read_private(self.cluster_file)
        try:
            return ClusterRecord(**json.loads(text))
        except (ValueError, TypeError):
            raise ConfigurationError(f"{self.cluster_file} 已损坏。请从备份恢复该文件。") from None

    def record_cluster(self, record: ClusterRecord) -> None:
        self.make()
        write_private(self.cluster_file, json.dumps(asdict(record), indent=2))


def write_private(path: Path, text: str, *, replace: bool = True) -> None:
    """Write a file only its owner can read (0600), in one step.

    With replace=False an existing file stays and FileExistsError is raised, also when two processes race.
    """
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        if replace:
            os.replace(name, path)
        else:
            os.link(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


def _read_private(path: Path) -> str:
    try:
        mode = path.stat().st_mode & 0o777
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"无法读取 {path}（{error}）。请用建立它的系统用户运行。") from None
    if mode & 0o077:
        raise ConfigurationError(f"{path} 的权限是 {mode:04o}，本机其他用户可以读到密钥。请执行：chmod 600 {path}")
    return text


# --- keys --------------------------------------------------------------------------------------------------------


class SealingKeys(TypedDict):
    active: int
    keys: dict[str, str]


class Keys(TypedDict):
    """secret_key signs sessions; sealing encrypts fields; blind indexes them; database holds login passwords."""

    secret_key: str
    sealing: SealingKeys
    blind: str
    database: dict[LoginRole, str]


def new_keys() -> Keys:
    return cast(
        Keys,
        {
            "secret_key": secrets.token_urlsafe(50),
            **fresh_keys(),
            "database": {role: secrets.token_urlsafe(24) for role in LOGIN_ROLES},
        },
    )


def keys(state: State | None = None) -> Keys:
    """The keys from NIANGJIA_KEYS, else from the state folder, where they are made at the first start.

    A folder that already holds a database but no keys is refused: new keys could not open what the old ones sealed.
    """
    from_environment = read_text("NIANGJIA_KEYS")
    if from_environment:
        return parse_keys(from_environment, source="环境变量 NIANGJIA_KEYS")
    state = state or State.from_environment()
    path = state.keys_file
    if not path.exists():
        if state.cluster_file.exists():
            raise ConfigurationError(
                f"找不到密钥文件 {path}，而数据库已经存在；换新密钥会使已加密的数据无法打开。"
                f"请放回原来的 keys.json；若数据可以不要，请删除整个 {state.home}。"
            )
        state.make()
        try:
            write_private(path, json.dumps(new_keys(), indent=2), replace=False)
        except FileExistsError:
            pass  # another process was first: its keys count
        except OSError as error:
            raise ConfigurationError(
                f"无法写入 {path}（{error.strerror}）。请用 NIANGJIA_HOME 指定一个可写的目录。"
            ) from None
    return parse_keys(_read_private(path), source=str(path))


def parse_keys(text: str, *, source: str) -> Keys:
    """Check the shape of a key document; raise ConfigurationError that names the field, never its value."""

    def refuse(field: str, remedy: str) -> ConfigurationError:
        return ConfigurationError(f"{source} 中的“{field}”不对：{remedy}。请从备份恢复密钥。")

    try:
        document = json.loads(text)
    except ValueError:
        raise ConfigurationError(f"{source} 不是有效的 JSON。请从备份恢复密钥。") from None
    fields = set(Keys.__annotations__)
    if not isinstance(document, dict) or set(document) != fields:
        raise ConfigurationError(f"{source} 必须正好有这些字段：{'、'.join(sorted(fields))}。请从备份恢复密钥。")
    if not isinstance(document["secret_key"], str) or len(document["secret_key"]) < 50:
        raise refuse("secret_key", "至少 50 个字符")
    sealing = document["sealing"]
    if not isinstance(sealing, dict) or set(sealing) != {"active", "keys"} or not isinstance(sealing["keys"], dict):
        raise refuse("sealing", "应为 {active, keys}")
    for number, key in sealing["keys"].items():
        if not number.isascii() or not number.isdigit() or not 1 <= int(number) <= 255 or not _is_key(key):
            raise refuse(f"sealing.keys.{number}", "编号为 1 到 255，值为 base64 写的 32 字节")
    if type(sealing["active"]) is not int or str(sealing["active"]) not in sealing["keys"]:
        raise refuse("sealing.active", "必须是 sealing.keys 里的一个编号")
    if not _is_key(document["blind"]):
        raise refuse("blind", "应为 base64 写的 32 字节")
    database = document["database"]
    if not isinstance(database, dict) or set(database) != set(LOGIN_ROLES):
        raise refuse("database", f"应有 {'、'.join(LOGIN_ROLES)} 三个口令")
    for role, password in database.items():
        if not isinstance(password, str) or len(password) < 16:
            raise refuse(f"database.{role}", "至少 16 个字符")
    return cast(Keys, document)


def _is_key(value: object) -> bool:
    try:
        return isinstance(value, str) and len(base64.b64decode(value, validate=True)) == _KEY_BYTES
    except binascii.Error:
        return False


# --- the database ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A PostgreSQL server with the login that may make roles and databases on it, and the name of our database."""

    host: str
    port: int
    user: str
    password: str
    name: str
    options: Mapping[str, str]
    embedded: bool

    def conninfo(self, *, dbname: str | None = None, user: str | None = None, password: str | None = None) -> str:
        """A libpq connection string: of the administrator, unless another login is named."""
        return make_conninfo(
            "",
            host=self.host,
            port=self.port,
            user=user or self.user,
            password=self.password if user is None else password,
            dbname=dbname or self.name,
            **{"connect_timeout": "10", **self.options},
        )


def server(state: State | None = None) -> Server | None:
    """The server of DATABASE_URL, else the embedded one recorded in the state folder, else None."""
    url = read_text("DATABASE_URL")
    if url:
        return parse_url(url)
    record = (state or State.from_environment()).cluster()
    if record is None:
        return None
    return Server("127.0.0.1", record.port, "postgres", record.password, DEFAULT_DATABASE, {}, embedded=True)


def parse_url(url: str) -> Server:
    """Read an administrator's URL. A maintenance database in it is only the door: ours is then called niangjia."""
    refusal = "环境变量 DATABASE_URL 应写成 postgresql://管理员:口令@主机:端口/数据库，口令里的特殊字符要用 % 编码。"
    if not url.startswith(("postgresql://", "postgres://")):
        raise ConfigurationError(refusal)
    try:
        parts = {name: str(value) for name, value in conninfo_to_dict(url).items()}
        port = int(parts.pop("port", "5432"))
    except (ProgrammingError, ValueError):
        raise ConfigurationError(refusal) from None
    name = parts.pop("dbname", "")
    user = parts.pop("user", "")
    if not user:
        raise ConfigurationError(refusal)
    return Server(
        host=parts.pop("host", "127.0.0.1"),
        port=port,
        user=user,
        password=parts.pop("password", ""),
        name=DEFAULT_DATABASE if not name or name in _MAINTENANCE_DATABASES else name,
        options=parts,
        embedded=False,
    )


def database(role: LoginRole, state: State | None = None) -> dict[str, Any]:
    """One entry of Django's DATABASES, logging in as that role.

    Where no server is known yet the entry points at a port nobody listens on, so that commands
    that need no database work and those that do are told at once.
    """
    state = state or State.from_environment()
    place = server(state)
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": place.name if place else DEFAULT_DATABASE,
        "USER": LOGIN_ROLES[role],
        "PASSWORD": keys(state)["database"][role],
        "HOST": place.host if place else "127.0.0.1",
        "PORT": str(place.port if place else 1),
        # The owner's connections are for maintenance and end with it; the others live as long as their thread.
        "CONN_MAX_AGE": 0 if role == "owner" else None,
        "CONN_HEALTH_CHECKS": role != "owner",
        "OPTIONS": {
            "application_name": LOGIN_ROLES[role],
            "connect_timeout": 10,
            **(place.options if place else {}),
        },
    }
