"""An export is a whole folder or nothing, and says in one sentence why not."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from heling.kernel.errors import BadInput
from heling.shell.cli import main
from heling.shell.cli.exporting import write_folder

ARGS = ["law", "export", "--format", "openfisca", "--city", "330200"]


def test_a_new_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "宁波"
    assert main([*ARGS, str(target)]) == 0
    assert (target / "parameters" / "cn_elder" / "老年年龄.yaml").is_file()
    assert (target / "tests" / "p330200_home_care_2018.yaml").is_file()
    assert "个文件" in capsys.readouterr().out
    assert os.listdir(tmp_path) == ["宁波"]


def test_an_empty_folder_is_filled_and_a_full_one_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*ARGS, str(tmp_path)]) == 0
    assert main([*ARGS, str(tmp_path)]) == 2
    assert "已经有内容" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["没有/这里", "文件/里面"])
def test_a_folder_that_cannot_be(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "文件").write_text("不是文件夹", encoding="utf-8")
    assert main([*ARGS, str(tmp_path / name)]) == 2
    assert "上级文件夹" in capsys.readouterr().err


def test_a_file_is_not_overwritten(tmp_path: Path) -> None:
    target = tmp_path / "文件"
    target.write_text("别动我", encoding="utf-8")
    with pytest.raises(BadInput, match="已经有内容"):
        write_folder({"a": "b"}, target)
    assert target.read_text(encoding="utf-8") == "别动我"


def test_no_permission_or_no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(self: Path, *args: object, **kwargs: object) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(BadInput, match="不能写入"):
        write_folder({"a/b": "c"}, tmp_path / "新")
    assert os.listdir(tmp_path) == []


def test_sql_for_both_engines(capsys: pytest.CaptureFixture[str]) -> None:
    sql = ["law", "sql", "--city", "330200", "--on", "2026-11-01"]
    assert main([*sql, "--engine", "spark", "--totals"]) == 0
    spark = capsys.readouterr().out
    assert "XXHASH64" in spark
    assert "GROUP BY `county`" in spark
    assert main([*sql, "--engine", "postgres", "--table", "人"]) == 0
    assert 'FROM "人"' in capsys.readouterr().out
    assert main([*sql, "--engine", "postgres", "--totals"]) == 2
