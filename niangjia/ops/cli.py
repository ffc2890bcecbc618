"""The command line `niangjia`: each verb says what it does; what it does is elsewhere."""

from __future__ import annotations

import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table
from typer import rich_utils
from typer.core import TyperCommand, TyperGroup
from typer.exceptions import TyperException

from config import environment
from config.environment import ConfigurationError, State
from niangjia.ops import house, postgres
from niangjia.ops.kinds import Exit, OpsError

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
        table = Table("职务", "姓名", "登录名", "口令", title="演示账号（人物均为虚构）")
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


@verb("read-plan", help="读一份工作计划，列出条目和指标。\n\n可读 .txt、.docx 和文字版 .pdf。不需要数据库。")
def read_plan(
    file: Annotated[Path, typer.Argument(help="计划文件", metavar="文件")],
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    from niangjia.ops import reading

    reading.read_plan(file, out, as_json=as_json)


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
