"""Parse the command, call one function, turn our errors into exit code 2 and a sentence."""

from __future__ import annotations

import argparse
import json
import os
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

from heling.kernel.errors import HelingError
from heling.shell.cli.environment import setup_environment

SCHEMA_COMMANDS = {"migrate", "createcachetable", "lintmigrations", "sqlmigrate", "pgtrigger"}
Runner = Callable[[argparse.Namespace], int | None]


def main(argv: Sequence[str] | None = None) -> int:
    """Entry point. 0: done; 1: ran, and found something wrong; 2: the input was wrong."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if arguments[:1] == ["manage"]:
        return manage(arguments[1:])
    args = _parser().parse_args(arguments)
    try:
        return _runner(args.run)(args) or 0
    except BrokenPipeError:  # `heling … | head`: whoever reads has read enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except HelingError as error:
        print(json.dumps({"error": error.message, "hint": error.hint}, ensure_ascii=False))
        print(f"heling: {error}", file=sys.stderr)
        return 2


def manage(arguments: Sequence[str]) -> int:
    """Django's own commands; those that change the schema connect as the owner role."""
    if arguments and arguments[0] in SCHEMA_COMMANDS:
        os.environ["HELING_DB_ROLE"] = "owner"
    setup_environment()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["heling manage", *arguments])
    return 0


def _runner(dotted: str) -> Runner:
    """Commands are named, not imported: ``heling assess score`` starts without Django."""
    module, name = dotted.split(":")
    runner: Runner = getattr(import_module(f"heling.shell.cli.{module}"), name)
    return runner


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="heling", description="鹤龄：居家社区养老服务平台")
    commands = parser.add_subparsers(required=True, metavar="命令")

    up = _command(commands, "up", "up:run", "启动演示城市")
    up.add_argument("--port", type=int, default=8000)
    up.add_argument("--elders", type=int, default=5000, help="首次启动时生成的老年人数")

    seed = _command(commands, "seed", "data:seed", "生成演示人口（全部标明演示数据）")
    seed.add_argument("--elders", type=int, help="登记多少人")
    seed.add_argument("--roster", metavar="FILE", help="不登记，写成花名册（.xlsx 或 .csv）")
    seed.add_argument("--rows", type=int, default=200, help="花名册的行数")
    seed.add_argument("--dirty", action="store_true", help="花名册里带各种错误，用来练习导入")
    seed.add_argument("--division", action="append", help="区划代码，可重复；默认有规则包的各市")
    seed.add_argument("--seed", type=int, default=1)

    city = _command(commands, "city", "data:city", "在当前数据库里建立演示城市")
    city.add_argument("--elders", type=int, default=5000, help="生成的老年人数")

    _command(commands, "worker", "data:worker", "执行后台任务和事件投递")
    database = _command(commands, "database", "data:database", "启动或停止内置数据库")
    database.add_argument("action", choices=["start", "stop"])

    audit = _command(commands, "audit", "data:audit", "重算全部决定并核对收据和日志")
    audit.add_argument("--city", help="六位城市代码；默认全部")

    registry = commands.add_parser("registry", help="老年人信息").add_subparsers(required=True)
    load = _command(registry, "import", "rosters:import_roster", "导入花名册")
    load.add_argument("file")
    load.add_argument("--dry-run", action="store_true", help="只检查，不写入")
    load.add_argument("--account", required=True, help="以哪个账号的权限导入（用户名）")

    assess = commands.add_parser("assess", help="能力评估").add_subparsers(required=True)
    score = _command(assess, "score", "rules:score", "按量表计分")
    score.add_argument("--scale", required=True)
    score.add_argument("file", help="ANSWERS.json，或 - 表示标准输入")

    law = commands.add_parser("law", help="法规引擎").add_subparsers(required=True)
    determine = _command(law, "determine", "rules:determine", "一个人依法享有什么、为什么")
    determine.add_argument("--city", required=True, help="六位城市代码")
    determine.add_argument("--on", required=True, help="日期 YYYY-MM-DD")
    determine.add_argument("file", help="FACTS.json，或 - 表示标准输入")
    examine = _command(
        law, "examine", "rules:examine", "对小区、设施、机构、部门、违法行为有什么规定"
    )
    examine.add_argument("--city", required=True, help="六位城市代码")
    examine.add_argument(
        "--entity",
        required=True,
        help="compound、facility、institution、volunteer、authority 或 offence",
    )
    examine.add_argument("--on", required=True, help="日期 YYYY-MM-DD")
    examine.add_argument(
        "--measures", action="store_true", help="用（假定的）实施办法填上留待规定的数"
    )
    examine.add_argument("file", help="FACTS.json，或 - 表示标准输入")
    check = _command(law, "check", "rules:check", "检查规则包")
    check.add_argument("packs", nargs="+")
    check.add_argument("--prove", action="store_true", help="还要证明各条性质")
    prove = _command(law, "prove", "rules:prove", "证明规则包的性质，或举出反例")
    prove.add_argument("packs", nargs="*", help="规则包或文件夹；默认全部")
    prove.add_argument("--json", action="store_true", help="输出 JSON")
    prove.add_argument("--seconds", type=int, default=10, help="每一问的时限（秒）")

    sql = _command(law, "sql", "rules:sql", "把规则写成一条 SELECT，在数据库或集群里重算")
    sql.add_argument("--engine", choices=["postgres", "spark"], required=True)
    sql.add_argument("--city", required=True, help="六位城市代码")
    sql.add_argument("--on", required=True, help="日期 YYYY-MM-DD")
    sql.add_argument("--table", default="facts", help="事实表，每个事实一列，NULL 是不知道")
    sql.add_argument("--key", default="key", help="每行的编号（整数列）")
    sql.add_argument("--county", default="county", help="区县（整数列，只用于 spark）")
    sql.add_argument(
        "--totals", action="store_true", help="每个区县一行：人数、合计、校验和（spark）"
    )
    sql.add_argument("--measures", action="store_true", help="用（假定的）实施办法填上留待规定的数")

    export = _command(law, "export", "exporting:run", "把数和测试写成别的系统的文件")
    export.add_argument("--format", choices=["openfisca"], required=True)
    export.add_argument("--city", required=True, help="六位城市代码")
    export.add_argument(
        "--measures", action="store_true", help="用（假定的）实施办法填上留待规定的数"
    )
    export.add_argument("folder", metavar="DIR", help="新的或空的文件夹")

    reform = _command(commands, "reform", "reforming:run", "改革方案要花多少钱、影响谁")
    reform.add_argument("files", nargs="+", help="REFORM.yaml，至多四个；- 表示标准输入")
    reform.add_argument("--month", required=True, help="第一个月 YYYY-MM")
    reform.add_argument("--months", type=int, default=1, help="几个月")
    reform.add_argument(
        "--measures", action="store_true", help="用（假定的）实施办法填上留待规定的数"
    )
    reform.add_argument("--population", metavar="FILE", help="人口文件 .npz")
    reform.add_argument("--elders", type=int, help="生成这么多不存在的老年人")
    reform.add_argument("--seed", type=int, default=1)
    reform.add_argument("--save", metavar="FILE", help="把生成的人口写成 .npz，下次用 --population")
    parser.add_argument_group("manage", "heling manage … 运行 Django 自带命令")
    return parser


def _command(
    parent: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: str,
    text: str,
) -> argparse.ArgumentParser:
    command = parent.add_parser(name, help=text, description=text)
    command.set_defaults(run=run)
    return command
