"""The command line `niangjia`: each verb says what it does; what it does is elsewhere."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from rich.console import Console
from rich.table import Table
from typer import rich_utils
from typer.core import TyperGroup
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

app = typer.Typer(
    name="niangjia",
    help="娘家：区县妇联工作平台。退出码：0 成功，1 检查不通过，2 用法、文件或设置有误，3 连不上数据库。",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
out = Console(soft_wrap=True, highlight=False)
err = Console(soft_wrap=True, highlight=False, stderr=True)

Host = Annotated[str, typer.Option("--host", help="监听的地址；经反向代理对外时保持默认", metavar="地址")]
Port = Annotated[int, typer.Option("--port", help="监听的端口", metavar="端口", min=1, max=65535)]
NoWorker = Annotated[bool, typer.Option("--no-worker", help="不同时启动后台任务（另用 niangjia worker 启动时）")]


@app.command(help="启动网站和后台任务，按 Ctrl-C 停止。")
def serve(host: Host = "127.0.0.1", port: Port = 8000, no_worker: NoWorker = False) -> None:
    from niangjia.ops import serving

    state = State.from_environment()
    with postgres_while_serving(state):
        house.migrated()
        house.collect_static(state)
        serving.run(host, port, worker=not no_worker, log_requests=True, report=err.print)


@app.command(help="只运行后台任务（导入、导出、短信、到期提醒等），按 Ctrl-C 停止。")
def worker(
    concurrency: Annotated[int, typer.Option("--concurrency", help="同时执行几项任务", metavar="数", min=1, max=32)] = 2,
) -> None:
    from niangjia.ops import serving

    house.migrated()
    serving.run_worker(concurrency)


@app.command(help="建立数据库角色和数据库，把结构更新到本版本，并做系统检查。重复执行没有影响。")
def migrate() -> None:
    with house.progress() as display:
        done = house.migrate(display)
    out.print(f"数据库已是最新结构（本次执行 {done} 项更新），系统检查通过。")


@app.command(help="停止随包安装的 PostgreSQL（外部数据库服务器不受影响）。")
def stop() -> None:
    stopped = postgres.stop(State.from_environment())
    out.print("PostgreSQL 已停止。" if stopped else "PostgreSQL 没有在运行。")


@app.command(help="把数据库和上传文件备份到一个 .tar 文件。密钥不在其中：请另行妥善保存 keys.json。")
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


@app.command(help="从备份文件恢复到空的数据库；先核对文件是否完整、密钥是否齐全，再动数据。")
def restore(
    file: Annotated[Path, typer.Argument(help="niangjia backup 生成的备份文件", metavar="文件")],
    force: Annotated[bool, typer.Option("--force", help="丢弃现有的数据库和上传文件")] = False,
) -> None:
    from niangjia.ops import backup as backups

    with house.progress() as display:
        manifest = backups.restore(file, display, force=force)
    out.print(f"已恢复 {manifest.made_at} 的备份（数据库和 {len(manifest.files) - 1} 个上传文件）。")
    out.print("如果程序比备份新，请执行：niangjia migrate")


@app.command("rotate-keys", help="换用新的加密密钥，并把已加密的内容全部用新密钥重新加密。须先停止服务。")
def rotate_keys() -> None:
    from niangjia.ops import sealed

    place = house.migrated()
    with house.progress() as display:
        number, done = sealed.rotate(place, display)
    out.print(f"现在使用 {number} 号密钥，重新加密了 {done} 项内容。请把新的密钥文件另存一份；旧备份仍需要旧密钥。")


@app.command(help="检查密钥、数据库、角色、结构和系统设置，逐项报告；有一项不通过则退出码为 1。")
def check() -> None:
    from niangjia.ops import health

    results = list(health.examine())
    for result in results:
        out.print(f"{'通过  ' if result.passed else '不通过'}  {result.subject}：{result.finding}", markup=False)
    if not all(result.passed for result in results):
        raise typer.Exit(Exit.FAILED)


@app.command(
    hidden=True,
    help="执行 Django 的管理命令。",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []},
)
def manage(context: typer.Context) -> None:
    from django.core.management import execute_from_command_line

    arguments = list(context.args)
    verb = arguments[0] if arguments else "help"
    if verb not in {"check", "collectstatic", "help", "makemigrations", "makemessages"}:
        postgres.ensure_server()
    if verb in {"migrate", "showmigrations", "sqlmigrate", "dbshell", "inspectdb"} and "--database" not in arguments:
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
        return int(app(arguments, standalone_mode=False) or 0)
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
