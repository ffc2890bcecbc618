import json
from pathlib import Path

import pytest

from config import environment
from config.environment import ClusterRecord, ConfigurationError, Server, State


@pytest.fixture
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> State:
    """A fresh state folder, and none of the variables that point elsewhere."""
    monkeypatch.delenv("NIANGJIA_KEYS", raising=False)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("NIANGJIA_HOME", str(tmp_path / "var"))
    return State.from_environment()


def mode_of(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_keys_are_made_once_and_only_their_owner_can_read_them(state: State) -> None:
    first = environment.keys(state)
    assert (environment.keys(state), mode_of(state.keys_file)) == (first, 0o600)


def secrets_of(keys: environment.Keys) -> set[str]:
    return {keys["secret_key"], keys["blind"], *keys["sealing"]["keys"].values(), *keys["database"].values()}


def test_two_installations_share_no_secret() -> None:
    one, other = secrets_of(environment.new_keys()), secrets_of(environment.new_keys())
    assert (len(one), one & other) == (6, set())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644, 0o660])
def test_keys_others_can_read_are_refused_with_the_command_that_helps(state: State, mode: int) -> None:
    environment.keys(state)
    state.keys_file.chmod(mode)
    with pytest.raises(ConfigurationError) as refusal:
        environment.keys(state)
    assert str(refusal.value) == (
        f"{state.keys_file} 的权限是 {mode:04o}，本机其他用户可以读到密钥。请执行：chmod 600 {state.keys_file}"
    )


def test_lost_keys_are_not_replaced_while_a_database_needs_them(state: State) -> None:
    state.record_cluster(ClusterRecord("/data", 5432, "secret"))
    with pytest.raises(ConfigurationError, match="找不到密钥文件"):
        environment.keys(state)
    assert not state.keys_file.exists()


def test_keys_of_the_environment_win_and_leave_no_file(state: State, monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = environment.new_keys()
    monkeypatch.setenv("NIANGJIA_KEYS", json.dumps(wanted))
    assert (environment.keys(state), state.keys_file.exists()) == (wanted, False)


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        (("secret_key",), "short", "secret_key"),
        (("sealing", "active"), 2, "sealing.active"),
        (("sealing", "active"), "1", "sealing.active"),
        (("sealing", "keys", "1"), "bm90IDMyIGJ5dGVz", "sealing.keys.1"),
        (("sealing", "keys", "256"), "", "sealing.keys.256"),
        (("sealing", "keys"), [], "sealing"),
        (("blind",), "!", "blind"),
        (("database", "app"), "", "database.app"),
        (("database",), {"owner": "x" * 20}, "database"),
    ],
)
def test_a_broken_key_document_names_the_field_and_not_the_value(
    path: tuple[str, ...], value: object, field: str
) -> None:
    document: dict[str, object] = json.loads(json.dumps(environment.new_keys()))
    place: dict[str, object] = document
    for name in path[:-1]:
        place = place[name]  # type: ignore[assignment]
    place[path[-1]] = value
    with pytest.raises(ConfigurationError) as refusal:
        environment.parse_keys(json.dumps(document), source="钥")
    assert str(refusal.value).startswith(f"钥 中的“{field}”不对：")


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"secret_key": 1}'])
def test_what_is_no_key_document_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match="请从备份恢复密钥"):
        environment.parse_keys(text, source="钥")


def test_a_private_file_that_exists_is_kept_when_it_may_not_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "file"
    environment.write_private(path, "first", replace=False)
    with pytest.raises(FileExistsError):
        environment.write_private(path, "second", replace=False)
    environment.write_private(path, "third")
    assert (path.read_text(), [entry.name for entry in tmp_path.iterdir()]) == ("third", ["file"])


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgresql://admin:p%40ss@db.example:5433/women?sslmode=require",
            Server("db.example", 5433, "admin", "p@ss", "women", {"sslmode": "require"}, embedded=False),
        ),
        ("postgres://admin@/", Server("127.0.0.1", 5432, "admin", "", "niangjia", {}, embedded=False)),
        ("postgres://admin@h/postgres", Server("h", 5432, "admin", "", "niangjia", {}, embedded=False)),
        ("postgres://admin@/x?host=/run/pg", Server("/run/pg", 5432, "admin", "", "x", {}, embedded=False)),
    ],
)
def test_a_database_url_is_read(url: str, expected: Server) -> None:
    assert environment.parse_url(url) == expected


@pytest.mark.parametrize(
    "url", ["mysql://a@h/d", "postgresql://", "postgres://h/d", "postgres://a@h:port/d", "postgres://a@h/d?nope=1"]
)
def test_a_database_url_that_is_none_is_refused_without_repeating_it(url: str) -> None:
    with pytest.raises(ConfigurationError) as refusal:
        environment.parse_url(url)
    assert str(refusal.value).startswith("环境变量 DATABASE_URL 应写成 postgresql://管理员:口令@主机:端口/数据库")


def test_without_any_server_the_database_is_where_nobody_listens(state: State) -> None:
    entry = environment.database("app", state)
    assert (entry["HOST"], entry["PORT"], entry["USER"]) == ("127.0.0.1", "1", "niangjia_app")


def test_the_recorded_cluster_is_used_with_the_login_of_the_role(state: State) -> None:
    keys = environment.keys(state)
    state.record_cluster(ClusterRecord("/data", 5499, "secret"))
    entry = environment.database("public", state)
    assert (entry["PORT"], entry["USER"], entry["PASSWORD"], entry["NAME"]) == (
        "5499",
        "niangjia_public",
        keys["database"]["public"],
        "niangjia",
    )


def test_a_misspelt_variable_is_refused() -> None:
    environment.refuse_unknown_variables({"PATH": "/bin", "NIANGJIA_HOME": "/x"})
    with pytest.raises(ConfigurationError, match="不认识环境变量 NIANGJIA_HOM。"):
        environment.refuse_unknown_variables({"NIANGJIA_HOM": "/x"})


@pytest.mark.parametrize(("text", "value"), [("1", True), ("0", False), (" ", True), ("", True)])
def test_a_flag_is_one_or_zero_and_blank_is_the_default(
    monkeypatch: pytest.MonkeyPatch, text: str, value: bool
) -> None:
    monkeypatch.setenv("NIANGJIA_DEBUG", text)
    assert environment.read_flag("NIANGJIA_DEBUG", default=True) is value


def test_any_other_flag_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANGJIA_DEBUG", "true")
    with pytest.raises(ConfigurationError, match="NIANGJIA_DEBUG 只能是 1（是）或 0（否），现在是“true”"):
        environment.read_flag("NIANGJIA_DEBUG", default=False)


def test_a_list_is_read_without_blanks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NIANGJIA_HOSTS", " a.example, ,b.example ")
    assert environment.read_words("NIANGJIA_HOSTS", ("x",)) == ("a.example", "b.example")


def test_a_folder_that_cannot_be_made_names_the_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="请用 NIANGJIA_HOME 指定一个可写的目录"):
        State(tmp_path / "file" / "var").make()
