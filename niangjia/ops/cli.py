"""The command line `niangjia`: each verb says what it does; what it does is elsewhere."""

from __future__ import annotations

import datetime as dt
import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.box import SIMPLE
from rich.console import Console
from rich.table import Column, Table
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from config import environment
from config.environment import ConfigurationError, State
from niangjia.ops import house, postgres
from niangjia.ops.kinds import BadInputError, Exit, OpsError

rich_utils.ARGUMENTS_PANEL_TITLE = "参数"
rich_utils.OPTIONS_PANEL_TITLE = "选项"
rich_utils.COMMANDS_PANEL_TITLE = "命令"
rich_utils.DEFAULT_STRING = "[默认：{}]"
rich_utils.REQUIRED_LONG_STRING = "[必填]"


class _Group(TyperGroup):
    """Help in Chinese, where the library leaves room for it."""

    def get_help_option(self, ctx: Any) -> Any:
        return _in_chinese(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage:", "用法：", 1)


class _Verb(TyperCommand):
    def get_help_option(self, ctx: Any) -> Any:
        return _in_chinese(super().get_help_option(ctx))

    def get_usage(self, ctx: Any) -> str:
        return super().get_usage(ctx).replace("Usage:", "用法：", 1)


def _in_chinese(option: Any) -> Any:
    if option is not None:
        option.help = "显示本说明"
    return option


app = typer.Typer(
    name="niangjia",
    cls=_Group,
    help="娘家：区县妇联工作平台。退出码：0 成功，1 检查不通过，2 用法、文件或设置有误，3 连不上数据库。",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
verb = partial(app.command, cls=_Verb)
_anchors = typer.Typer(cls=_Group, no_args_is_help=True)
app.add_typer(_anchors, name="anchor", help="留痕的锚点：生成、导出、离线核验。")
anchor = partial(_anchors.command, cls=_Verb)
out = Console(soft_wrap=True, highlight=False)
err = Console(soft_wrap=True, highlight=False, stderr=True)

Host = Annotated[str, typer.Option("--host", help="监听的地址；经反向代理对外时保持默认", metavar="地址")]
Port = Annotated[int, typer.Option("--port", help="监听的端口", metavar="端口", min=1, max=65535)]
NoWorker = Annotated[bool, typer.Option("--no-worker", help="不同时启动后台任务（另用 niangjia worker 启动时）")]


@verb(help="启动网站和后台任务。\n\n数据库结构须是最新的（niangjia migrate）。按 Ctrl-C 停止。")
def serve(host: Host = "127.0.0.1", port: Port = 8000, no_worker: NoWorker = False) -> None:
    from niangjia.ops import serving

    state = State.from_environment()
    serving.refuse_taken_port(host, port)
    with postgres.running(state):
        house.migrated()
        house.collect_static(state)
        serving.serve(host, port, worker=not no_worker, log_requests=True, report=err.print)


@verb(help="建立演示数据并启动网站。\n\n人物均为虚构；再次执行会保留已有数据。")
def demo(
    host: Host = "127.0.0.1",
    port: Port = 8000,
    no_serve: Annotated[bool, typer.Option("--no-serve", help="只建立数据，不启动网站")] = False,
) -> None:
    from niangjia.ops import demonstration, serving

    if not no_serve:
        serving.refuse_taken_port(host, port)
    state = State.from_environment()
    os.environ["NIANGJIA_DEMO"] = "1"
    with postgres.running(state, stop_after=not no_serve):
        with house.progress() as display:
            accounts = demonstration.prepare(state, display)
        house.collect_static(state)
        table = Table(
            Column("职务", overflow="fold"),
            Column("姓名", overflow="fold"),
            Column("登录名", no_wrap=True),
            Column("口令", no_wrap=True),
            title="演示账号（人物均为虚构）",
            box=SIMPLE,
        )
        for account in accounts:
            table.add_row(account.post, account.name, account.sign_in, account.secret)
        out.print(table)
        if not no_serve:
            out.print(f"打开 http://{host}:{port}/ 。按 Ctrl-C 停止，数据保留在 {state.home}。")
            serving.serve(host, port, worker=True, log_requests=False, report=err.print)


@verb(help="只运行后台任务。\n\n导入、导出、短信、到期提醒等都由它执行。按 Ctrl-C 停止。")
def worker(
    concurrency: Annotated[
        int, typer.Option("--concurrency", help="同时执行几项任务", metavar="数", min=1, max=32)
    ] = 2,
) -> None:
    from niangjia.ops import serving

    house.migrated()
    serving.run_worker(concurrency)


@verb(help="把数据库更新到本版本。\n\n缺少的角色和数据库会先建立，最后做系统检查。重复执行没有影响。")
def migrate() -> None:
    with house.progress() as display:
        done = house.migrate(display)
    out.print(f"数据库已是最新结构（本次执行 {done} 项更新），系统检查通过。")


@verb(help="停止随包安装的 PostgreSQL。\n\n外部数据库服务器不受影响。")
def stop() -> None:
    stopped = postgres.stop(State.from_environment())
    out.print("PostgreSQL 已停止。" if stopped else "PostgreSQL 没有在运行。")


@verb(help="把数据库和上传文件备份到一个文件。\n\n密钥不在其中：请另行妥善保存 keys.json。")
def backup(file: Annotated[Path, typer.Argument(help="要写入的备份文件，不能已存在", metavar="文件")]) -> None:
    from niangjia.ops import backup as backups

    house.migrated()
    with house.progress() as display:
        manifest = backups.back_up(file, display)
    out.print(f"已备份到 {file}（数据库和 {len(manifest.files) - 1} 个上传文件）。")
    keys_file = State.from_environment().keys_file
    out.print(
        f"备份里没有密钥。没有密钥，加密的内容无法恢复：请把 {keys_file} 另存到别处。备份含个人信息，请按涉密介质保管。"
    )


@verb(help="从备份文件恢复。\n\n先核对文件是否完整、密钥是否齐全，再动数据；数据库不空时须加 --force。")
def restore(
    file: Annotated[Path, typer.Argument(help="niangjia backup 生成的备份文件", metavar="文件")],
    force: Annotated[bool, typer.Option("--force", help="丢弃现有的数据库和上传文件")] = False,
) -> None:
    from niangjia.ops import backup as backups

    with house.progress() as display:
        manifest = backups.restore(file, display, force=force)
    out.print(f"已恢复 {manifest.made_at} 的备份（数据库和 {len(manifest.files) - 1} 个上传文件）。")
    out.print("如果程序比备份新，请执行：niangjia migrate")


@verb("rotate-keys", help="换用新的加密密钥。\n\n已加密的内容全部用新密钥重新加密。须先停止服务。")
def rotate_keys() -> None:
    from niangjia.ops import sealed

    place = house.migrated()
    with house.progress() as display:
        number, done = sealed.rotate(place, display)
    out.print(f"现在使用 {number} 号密钥，重新加密了 {done} 项内容。请把新的密钥文件另存一份；旧备份仍需要旧密钥。")


@verb(
    "import-divisions",
    help="导入区划表。\n\n读 UTF-8 的 .csv 或 .csv.gz，每行一个村（社区）。已有的更正名称，重复执行没有影响。",
)
def import_divisions(
    file: Annotated[Path, typer.Argument(help="区划表", metavar="文件")],
    since: Annotated[str, typer.Option("--since", help="从哪天起有效", metavar="年-月-日")] = "2000-01-01",
    federations: Annotated[bool, typer.Option("--federations", help="同时为每一级建立妇联组织")] = False,
) -> None:
    day = _day(since)
    house.migrated()
    from niangjia.ops import imports

    with house.progress() as display:
        taken = imports.take_divisions(file, since=day, federations=federations, display=display)
    for one in taken:
        out.print(f"{one.district}：新增 {one.added} 个，更正 {one.changed} 个，新建妇联组织 {one.founded} 个")


@verb(
    "import-roster",
    help="导入妇联组织名册。\n\n读网页上可下载的 .xlsx 格式，逐行回复结果；有错的行不影响其他行，有错时退出码为 1。",
)
def import_roster(
    file: Annotated[Path, typer.Argument(help="名册", metavar="文件")],
    username: Annotated[str, typer.Option("--as", help="以谁的职务导入；不填则由系统导入全区", metavar="登录名")] = "",
    answers: Annotated[
        Path | None, typer.Option("--answers", help="逐行回复写到哪里；默认在名册旁边", metavar="文件")
    ] = None,
) -> None:
    house.migrated()
    from django.conf import settings

    from niangjia.access import queries as access
    from niangjia.ops import imports

    by = imports.officer(username) if username else access.house(settings.NIANGJIA_DISTRICT)
    answers = answers or file.with_name(f"{file.stem}-回复.xlsx")
    with house.progress() as display:
        taken = imports.take_roster(file, answers, by=by, display=display)
    out.print("，".join(f"{outcome} {count} 行" for outcome, count in taken.counts.items()))
    for line in (*taken.notices, *taken.refusals):
        out.print(line, markup=False)
    out.print(f"逐行回复见 {answers}", markup=False)
    if taken.refusals:
        raise typer.Exit(Exit.FAILED)


@verb("import-plan", help="导入工作计划，成为草稿。\n\n可读 .txt、.docx 和文字版 .pdf。请在网页上核对后发布。")
def import_plan(
    file: Annotated[Path, typer.Argument(help="计划文件", metavar="文件")],
    username: Annotated[str, typer.Option("--as", help="以谁的职务导入", metavar="登录名")],
    year: Annotated[int | None, typer.Option("--year", help="年度；文中没有写明时必填", metavar="年")] = None,
    title: Annotated[str, typer.Option("--title", help="名称；默认取文中的标题", metavar="名称")] = "",
) -> None:
    house.migrated()
    from niangjia.ops import imports

    with house.progress() as display:
        version = imports.take_plan(file, by=imports.officer(username), year=year, title=title, display=display)
    out.print(f"已导入“{version.plan.title}”第 {version.number} 版草稿。请登录网页，在“计划”中核对后发布。")


@verb("open-admin", help="建立第一个系统管理员账号。\n\n之后的账号由管理员在网页上开通。临时口令只显示一次。")
def open_admin(
    username: Annotated[str, typer.Argument(help="登录名", metavar="登录名")],
    name: Annotated[str, typer.Argument(help="姓名", metavar="姓名")],
    until: Annotated[str, typer.Option("--until", help="职务到哪天为止", metavar="年-月-日")],
) -> None:
    day = _day(until)
    house.migrated()
    from django.conf import settings

    from niangjia.ops import imports

    password = imports.open_administrator(username=username, name=name, district=settings.NIANGJIA_DISTRICT, until=day)
    out.print(f"{name}的登录名是 {username}，临时口令 {password}，首次登录须更换。", markup=False)


@anchor("make", help="把留痕各链的末端写成锚点文件。\n\n请把文件另存到别处，如交审计或打印；同一天再做会替换。")
def anchor_make(
    folder: Annotated[Path | None, typer.Option("--folder", help="放在哪个目录", metavar="目录")] = None,
) -> None:
    house.migrated()
    from niangjia.trail import actions as trail

    out.print(f"已写入锚点 {trail.make_anchor(folder or State.from_environment().home / 'anchors')}")


@anchor("export", help="把留痕全部导出到一个文件，供离线核验。")
def anchor_export(file: Annotated[Path, typer.Argument(help="要写入的文件，不能已存在", metavar="文件")]) -> None:
    if file.exists():
        raise BadInputError(f"{file} 已经存在。请换一个文件名，或先移走它。")
    house.migrated()
    from niangjia.trail import actions as trail

    file.touch(mode=0o600)
    out.print(f"已导出 {trail.write_export(file)} 条留痕到 {file}")


@anchor("verify", help="离线核验导出的留痕。\n\n不需要数据库。找出被改动、删除、调换或添加的记录；有问题时退出码为 1。")
def anchor_verify(
    export: Annotated[Path, typer.Argument(help="niangjia anchor export 生成的文件", metavar="导出文件")],
    anchors: Annotated[list[Path] | None, typer.Argument(help="另行保存的锚点文件", metavar="锚点文件")] = None,
) -> None:
    from niangjia.trail import archive

    for path in (export, *(anchors or [])):
        if not path.is_file():
            raise BadInputError(f"找不到文件 {path}。请检查路径。")
    try:
        entries, problems = archive.verify(export, anchors or [])
    except (archive.TrailFileError, UnicodeDecodeError) as error:
        raise BadInputError(str(error)) from None
    for problem in problems:
        out.print(f"{problem.stream} 第 {problem.seq} 条：{problem.text}", markup=False)
    if problems:
        raise typer.Exit(Exit.FAILED)
    out.print(f"{entries} 条留痕首尾相接，与 {len(anchors or [])} 个锚点一致。")


@verb("read-plan", help="读一份工作计划，列出条目和指标。\n\n可读 .txt、.docx 和文字版 .pdf。不需要数据库。")
def read_plan(
    file: Annotated[Path, typer.Argument(help="计划文件", metavar="文件")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    from niangjia.ops import reading

    plan = reading.load(file)
    if as_json:
        typer.echo(reading.as_json(plan))
    else:
        reading.show(plan, out)


@verb(help="重新计算公布的选票文件。\n\n不需要数据库。逐段核对校验值，有改动时退出码为 1。")
def recount(
    file: Annotated[Path, typer.Argument(help="投票结果页面上下载的选票文件", metavar="文件")],
    head: Annotated[str, typer.Option("--head", help="结果页面上公布的校验值", metavar="校验值")] = "",
) -> None:
    from niangjia.voting import recount as counting

    if not file.is_file():
        raise BadInputError(f"找不到文件 {file}。请检查路径。")
    try:
        result = counting.count(file)
    except counting.BrokenFile as error:
        out.print(str(error), markup=False)
        raise typer.Exit(Exit.FAILED) from None
    for line in counting.show(result):
        typer.echo(line)
    if head and head.lower() != result.link:
        out.print("校验值与公布的不一致：这不是公布的那份文件。")
        raise typer.Exit(Exit.FAILED)


@verb(help="逐项检查本安装是否正常。\n\n看密钥、数据库、角色、结构、加密内容和系统设置；有一项不通过则退出码为 1。")
def check() -> None:
    from niangjia.ops import health

    results = list(health.examine())
    for result in results:
        out.print(f"{'通过  ' if result.passed else '不通过'}  {result.subject}：{result.finding}", markup=False)
    if not all(result.passed for result in results):
        raise typer.Exit(Exit.FAILED)


@verb(
    hidden=True,
    help="执行 Django 的管理命令。",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def manage(context: typer.Context) -> None:
    from django.core.management import execute_from_command_line

    arguments = list(context.args)
    command = arguments[0] if arguments else "help"
    if command not in {"check", "collectstatic", "help", "makemigrations", "makemessages"}:
        postgres.ensure_server()
    if command in {"migrate", "showmigrations", "sqlmigrate", "dbshell", "inspectdb"} and "--database" not in arguments:
        arguments.append("--database=owner")
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    execute_from_command_line(["niangjia manage", *arguments])


def main() -> None:
    """Run a verb and leave with its exit code; problems are told in Chinese, without a stack trace."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: list[str]) -> int:
    """Run a verb and return its exit code."""
    try:
        environment.refuse_unknown_variables()
        return int(app(arguments, prog_name="niangjia", standalone_mode=False) or 0)
    except TyperException as error:
        tell(explain(error))
        return Exit.BAD_INPUT
    except typer.Abort:
        tell("已中断。")
        return 130
    except ConfigurationError as error:
        tell(str(error))
        return Exit.BAD_INPUT
    except OpsError as error:
        tell(str(error))
        return error.exit_code
    except psycopg.OperationalError as error:
        return tell_unreachable(error)
    except Exception as error:
        if isinstance(error.__cause__, psycopg.OperationalError):  # Django's wrapping of the same
            return tell_unreachable(error.__cause__)
        raise


def _day(text: str) -> dt.date:
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise BadInputError(f"日期“{text}”不对，应写成 2026-01-31 这样。") from None


def explain(error: TyperException) -> str:
    """A usage error of the library in Chinese."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "niangjia"
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint().strip("'") if parameter is not None else ""
    match type(error).__name__:
        case "NoArgsIsHelpError":
            return error.message
        case "MissingParameter":
            what = f"缺少“{name}”"
        case "NoSuchOption":
            what = f"没有选项“{getattr(error, 'option_name', '')}”"
        case "BadParameter":
            what = f"“{name}”的值不对（{error.message}）"
        case _:
            what = f"用法不对（{error.format_message()}）"
    return f"{what}。执行 {path} --help 查看用法。"


def tell(text: str) -> None:
    err.print(text, markup=False)


def tell_unreachable(error: Exception) -> int:
    tell(
        "连不上数据库：" + str(error).strip() + "\n请检查 DATABASE_URL 和数据库服务器；"
        "使用随包安装的 PostgreSQL 时请执行 niangjia check。"
    )
    return Exit.NO_DATABASE


if __name__ == "__main__":
    main()
