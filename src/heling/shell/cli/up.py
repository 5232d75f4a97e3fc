"""``heling up``: a living demonstration city in one command; Ctrl-C stops what it started."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from argparse import Namespace

from heling.shell.cli.environment import setup_django
from heling.shell.cli.hosting import archive_packs, start_database, update_schema

WORKERS = "heling.shell.wsgi:application"


def run(args: Namespace) -> int:
    """Start database, migrations, seed, web server and worker; wait; stop all of them."""
    from heling.shell import configuration

    config = configuration.read()
    config.var.mkdir(parents=True, exist_ok=True)
    started_database = start_database(config)
    children: list[subprocess.Popen[bytes]] = []
    try:
        update_schema(config.var)
        _city(args.elders)
        port = _free_port(args.port)
        children = [_serve(port), _worker()]
        _wait_until_served(port, children)
        _announce(port)
        return _wait(children)
    except KeyboardInterrupt:
        return 0
    finally:
        _stop(children)
        if started_database:
            config.server.stop()
        print("已停止。数据保存在", config.var)


def _city(elders: int) -> None:
    setup_django()
    archive_packs()
    from django.utils import timezone

    from heling.shell.city import ensure_demonstration_city

    ensure_demonstration_city(elders=elders, today=timezone.localdate(), say=print)


def _serve(port: int) -> subprocess.Popen[bytes]:
    command = [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--host", "127.0.0.1"),
        *("--port", str(port), "--workers", "1", "--blocking-threads", "4"),
        *("--log-level", "warning", "--no-ws", WORKERS),
    ]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603


def _worker() -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "heling", "worker"]
    return subprocess.Popen(command, start_new_session=True)  # noqa: S603


def _free_port(wanted: int) -> int:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", wanted))
        except OSError:
            raise SystemExit(
                f"端口 {wanted} 已被占用。请先停止占用它的程序，或用 heling up --port 换一个端口。"
            ) from None
    return wanted


def _wait_until_served(port: int, children: list[subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if any(child.poll() is not None for child in children):
            raise SystemExit("有一个进程没有启动成功，原因见上面的输出。")
        try:
            with socket.create_connection(("127.0.0.1", port), timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise SystemExit("一分钟内没有启动成功，请把上面的输出发给管理员。")


def _announce(port: int) -> None:
    from heling.contexts.identity.demo import demo_table

    base = f"http://127.0.0.1:{port}"
    lines = [
        "",
        "鹤龄已启动（演示数据，人物均为虚构）",
        f"  公众门户    {base}/",
        f"  工作台      {base}/console/",
        f"  长辈版      {base}/family/",
        f"  演示账号和当前的一次性验证码    {base}/demo/",
        "",
        *(f"  {a.username:<16}{a.password}   {a.role}  {a.place}  {a.name}" for a in demo_table()),
        "",
        "按 Ctrl-C 停止。",
    ]
    print("\n".join(lines), flush=True)


def _wait(children: list[subprocess.Popen[bytes]]) -> int:
    signal.signal(signal.SIGTERM, lambda *_: (_ for _ in ()).throw(KeyboardInterrupt()))
    while True:
        for child in children:
            if child.poll() is not None:
                print("有一个进程意外退出，正在全部停止。", file=sys.stderr)
                return 1
        time.sleep(0.5)


def _stop(children: list[subprocess.Popen[bytes]]) -> None:
    """Ask each child's whole group to stop; insist after ten seconds."""
    for sign, patience in ((signal.SIGTERM, 10.0), (signal.SIGKILL, 5.0)):
        alive = [c for c in children if c.poll() is None]
        for child in alive:
            os.killpg(child.pid, sign)
        deadline = time.monotonic() + patience
        while any(c.poll() is None for c in alive) and time.monotonic() < deadline:
            time.sleep(0.05)
