import json
import os
from pathlib import Path

import psycopg
import pytest
from typer import rich_utils
from typer.main import get_command

from config import environment
from config.environment import Server
from niangjia.ops import cli
from niangjia.ops.kinds import Exit
from niangjia.voting import recount
from tests.ops.command import Outcome, niangjia


def every_command() -> list[tuple[str, object]]:
    """Each verb with the object that describes it, groups opened."""
    found: list[tuple[str, object]] = []

    def walk(name: str, command: object) -> None:
        found.append((name, command))
        for verb, inner in getattr(command, "commands", {}).items():
            walk(f"{name} {verb}", inner)

    walk("niangjia", get_command(cli.app))
    return found


COMMANDS = dict(every_command())


@pytest.mark.parametrize("name", COMMANDS)
def test_every_verb_and_each_of_its_options_has_help_in_chinese(name: str) -> None:
    command = COMMANDS[name]
    texts = [command.help, *(parameter.help for parameter in command.params)]  # type: ignore[attr-defined]
    assert [text for text in texts if not text or not any("一" <= sign <= "鿿" for sign in text)] == []


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (["backup"], "缺少“文件”。执行 niangjia backup --help 查看用法。"),
        (["serve", "--nope"], "没有选项“--nope”。执行 niangjia serve --help 查看用法。"),
        (["import-divisions", "x.csv", "--since", "never"], "日期“never”不对，应写成 2026-01-31 这样。"),
        (["anchor", "verify", "/nowhere/export"], "找不到文件 /nowhere/export。请检查路径。"),
    ],
)
def test_wrong_usage_is_told_in_chinese_with_exit_code_2(
    capsys: pytest.CaptureFixture[str], arguments: list[str], text: str
) -> None:
    assert (cli.run(arguments), capsys.readouterr().err) == (Exit.BAD_INPUT, text + "\n")


def test_a_misspelt_variable_stops_every_verb(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NIANGJIA_HOEM", "/x")
    code, said = cli.run(["stop"]), capsys.readouterr().err.partition("。")[0]
    assert (code, said) == (Exit.BAD_INPUT, "不认识环境变量 NIANGJIA_HOEM")


def test_help_of_the_library_is_translated_where_it_can_be() -> None:
    assert (rich_utils.OPTIONS_PANEL_TITLE, rich_utils.COMMANDS_PANEL_TITLE) == ("选项", "命令")


def test_a_server_that_is_not_there_is_exit_code_3(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://admin:x@127.0.0.1:1/niangjia")
    outcome = niangjia("migrate")
    assert (outcome.code, outcome.err.partition("：")[0]) == (Exit.NO_DATABASE, "连不上数据库")


def test_keys_that_others_can_read_stop_the_start_with_exit_code_2(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANGJIA_KEYS")
    environment.write_private(home / "keys.json", json.dumps(environment.new_keys()))
    (home / "keys.json").chmod(0o644)
    assert niangjia("migrate") == Outcome(
        Exit.BAD_INPUT,
        "",
        f"{home}/keys.json 的权限是 0644，本机其他用户可以读到密钥。请执行：chmod 600 {home}/keys.json\n",
    )


def test_the_first_start_needs_nothing_but_the_command(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NIANGJIA_KEYS")
    try:
        migrated, check = niangjia("migrate"), niangjia("check")
    finally:
        stopped = niangjia("stop")
    assert (migrated.code, check.code, stopped.out) == (Exit.OK, Exit.OK, "PostgreSQL 已停止。\n")
    assert [line[:3] for line in check.out.splitlines()] == ["通过 "] * 6


def test_serving_old_tables_is_refused_with_the_command_that_helps(installation: Server) -> None:
    password = environment.keys()["database"]["owner"]
    with psycopg.connect(installation.conninfo(user="niangjia_owner", password=password)) as connection:
        connection.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    outcome = niangjia("worker")
    assert (outcome.code, outcome.err) == (
        Exit.FAILED,
        "数据库还有 1 项结构更新没有执行（如 sessions.0001_initial）。请先执行：niangjia migrate\n",
    )


def test_a_backup_is_made_and_restored_from_the_command_line(installation: Server, home: Path, tmp_path: Path) -> None:
    file = str(tmp_path / "b.tar")
    outcomes = [niangjia("backup", file), niangjia("restore", file), niangjia("restore", file, "--force")]
    assert [outcome.code for outcome in outcomes] == [Exit.OK, Exit.BAD_INPUT, Exit.OK]
    assert f"请把 {home / 'keys.json'} 另存到别处" in outcomes[0].out.replace("\n", "")


DIVISIONS = """\
county_code,county_name,town_code,town_name,town_type,mca_town_code_2025,village_code,village_name,village_short,village_kind
500102,涪陵区,500102006,敦仁街道,subdistrict,500102001,500102006001,大东门社区居民委员会,大东门社区,residents_committee
500102,涪陵区,500102006,敦仁街道,subdistrict,500102001,500102006003,黔靖街社区居民委员会,黔靖街社区,residents_committee
"""


def test_divisions_are_imported_and_the_trail_of_it_verifies_offline(
    installation: Server, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "d.csv").write_text(DIVISIONS)
    taken = niangjia("import-divisions", str(tmp_path / "d.csv"), "--federations")
    assert (taken.code, taken.out) == (Exit.OK, "涪陵区：新增 4 个，更正 0 个，新建妇联组织 4 个\n")

    export = tmp_path / "trail.jsonl"
    assert [niangjia("anchor", "make").code, niangjia("anchor", "export", str(export)).code] == [Exit.OK, Exit.OK]
    (anchor,) = (home / "anchors").iterdir()
    assert cli.run(["anchor", "verify", str(export), str(anchor)]) == Exit.OK
    assert capsys.readouterr().out == "2 条留痕首尾相接，与 1 个锚点一致。\n"

    lines = export.read_text().splitlines(keepends=True)
    export.write_text("".join(lines[:-1]))
    assert cli.run(["anchor", "verify", str(export), str(anchor)]) == Exit.FAILED


def test_management_commands_that_need_no_server_start_none(home: Path) -> None:
    outcome = niangjia("manage", "check")
    assert (outcome.code, os.listdir(home)) == (Exit.OK, [])


PLAN = """涪陵区妇联2026年工作计划
一、做好两癌救助
（一）救助患病妇女不少于30人。
"""


def test_a_plan_is_read_without_any_database(home: Path, tmp_path: Path) -> None:
    (tmp_path / "plan.txt").write_text(PLAN)
    outcome = niangjia("read-plan", str(tmp_path / "plan.txt"), "--json")
    plan = json.loads(outcome.out)
    assert (outcome.code, os.listdir(home)) == (Exit.OK, [])
    assert [(target["value"], target["unit"], target["qualifier"]) for target in plan["targets"]] == [
        (30, "人", "不少于")
    ]
    assert {"cleaned", "artefacts_removed", "items", "suggestions", "masked", "unplaced"} - set(plan) == set()


def test_a_plan_that_is_no_document_says_what_helps(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "plan.png").write_bytes(b"\x89PNG\r\n")
    assert cli.run(["read-plan", str(tmp_path / "plan.png")]) == Exit.BAD_INPUT
    assert capsys.readouterr().err == (
        "文件“plan.png”是图片，没有可读的文字。请先做文字识别（OCR），或把文字粘贴进来\n"
    )


def test_a_ballot_file_is_counted_again_and_an_altered_one_refused(tmp_path: Path) -> None:
    head = {
        "poll": 1,
        "title": "投票",
        "min": 1,
        "max": 1,
        "choices": {"1": "甲院"},
        "void": [],
        "marks": {},
        "ballots": 2,
    }
    data = b"".join(recount.write(head, ["1,", "1,"]))
    (tmp_path / "ballots.csv").write_bytes(data)
    (tmp_path / "altered.csv").write_bytes(data.replace(b"1,\n", b"", 1))
    value = recount.count_bytes(data).link
    good = niangjia("recount", str(tmp_path / "ballots.csv"), "--head", value)
    assert (good.code, "1\t甲院\t2\t2" in good.out) == (0, True)
    assert niangjia("recount", str(tmp_path / "ballots.csv"), "--head", "0" * 64).code == Exit.FAILED
    bad = niangjia("recount", str(tmp_path / "altered.csv"))
    assert (bad.code, bad.out) == (Exit.FAILED, "第1行至第3行被改动过，校验值不符。\n")
    assert niangjia("recount", str(tmp_path / "none.csv")).code == Exit.BAD_INPUT
