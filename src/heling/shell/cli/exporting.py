"""``heling law export``: rules in another system's files, a whole folder or nothing."""

from __future__ import annotations

import shutil
import tempfile
from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path

from heling.kernel.errors import BadInput


def run(args: Namespace) -> int:
    """Export a city. 2 when the folder cannot be written."""
    from heling.engines.law.service import export_openfisca

    files = export_openfisca(args.city, measures=args.measures)
    write_folder(files, Path(args.folder))
    print(f"已写入 {args.folder}：{len(files)} 个文件")
    return 0


def write_folder(files: Mapping[str, str], target: Path) -> None:
    """Write all files into a new folder, which appears at once with everything in it.

    Raises BadInput for a folder that holds something, and where the system refuses.
    """
    where = str(target)
    try:
        if target.exists() and (not target.is_dir() or any(target.iterdir())):
            raise BadInput.single(where, "已经有内容，请写一个新的或空的文件夹")
        if not target.parent.is_dir():
            raise BadInput.single(where, f"上级文件夹 {target.parent} 不存在，请先建立")
        scratch = Path(tempfile.mkdtemp(prefix=f".{target.name}-", dir=target.parent))
    except OSError as error:
        raise BadInput.single(where, f"不能写入（{error.strerror}），请检查权限和磁盘") from None
    try:
        for name, text in files.items():
            path = scratch / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        scratch.chmod(0o755)
        scratch.replace(target)
    except OSError as error:
        raise BadInput.single(where, f"不能写入（{error.strerror}），请检查权限和磁盘") from None
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
