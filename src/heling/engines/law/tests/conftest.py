"""A packs folder of its own for every test that breaks something."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pytest

from heling.engines.law.library import default_root
from heling.engines.law.ruleset import RuleSet, build, load_city

LAW = """# 试验条例

（试验市人民代表大会通过）

#### 第一章 总则

###### 第一条

为了试验，制定本条例。

本条例所称试验对象，是指六十周岁以上的人。

###### 第二条

应当提供下列服务：

（一）重度的每月不少于四十五小时；

（二）中度的每月不少于三十小时。

前款规定与补贴不重复。
"""

HEAD = """pack: 999900/trial
kind: ordinance
city: {{code: "999900", name: 试验市}}
law: {{title: 试验条例, text: trial.txt, sha256: {sha}}}
in_force: {{from: 2020-01-01}}
"""

FACTS = """facts:
  出生日期: {type: date, change: age, ask: 生日？}
  低保: {type: bool, ask: 低保？}
  独居: {type: bool, ask: 独居？}
  等级: {type: enum, levels: [轻, 中, 重], ordered: true, change: assessment, ask: 等级？}
  类别: {type: enum, levels: [甲, 乙], ask: 类别？}
  补贴: {type: integer, unit: 分/月, max: 1000000, ask: 补贴？}
  户数: {type: integer, unit: 户, min: 1, max: 9, ask: 户数？}
  户籍地: {type: city, change: move, ask: 户籍？}
  居住地: {type: city, change: move, ask: 住哪？}
constants:
  老年: {cite: 1/2, quote: 六十周岁以上, unit: 周岁, versions: [{from: 2020-01-01, value: 60}]}
  重时: {cite: 2/1/1, unit: 小时/月, floor: true, versions: [{from: 2020-01-01, value: 45}]}
  中时: {cite: 2/1/2, unit: 小时/月, versions: [{from: 2020-01-01, value: 30}]}
  价格: {cite: 2, unit: 分/小时, open: {filled_by: 市政府}}
  另定: {cite: 2, type: bool, open: {filled_by: 市政府}}
  每户: {cite: 2, unit: 小时·人/户, versions: [{from: 2020-01-01, value: 2}]}
"""


def indent(text: str, by: int = 2) -> str:
    return "".join(" " * by + line for line in text.splitlines(keepends=True))


class Lab:
    """Writes packs into a folder and builds them. ``body`` follows the standard head and facts."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "texts").mkdir(parents=True)
        (root / "999900").mkdir()
        self.law(LAW)

    def law(self, text: str) -> None:
        raw = text.encode()
        (self.root / "texts" / "trial.txt").write_bytes(raw)
        self.sha = hashlib.sha256(LAW.encode()).hexdigest()

    def write(self, body: str = "", *, facts: str = FACTS, head: str = HEAD) -> Path:
        path = self.root / "999900" / "trial.yaml"
        path.write_text(head.format(sha=self.sha) + facts + body, encoding="utf-8")
        return path

    def build(self, body: str = "", *, facts: str = FACTS, head: str = HEAD) -> RuleSet:
        self.write(body, facts=facts, head=head)
        return build(("999900/trial",), "999900", self.root)

    def grant(self, when: str, rest: str = "") -> RuleSet:
        """A rule set with one grant called 服务."""
        return self.build(
            f"grants:\n  服务: {{cite: 2/1, duty: 应当, benefit: 服务, when: '{when}'{rest}}}\n"
        )


@pytest.fixture
def lab(tmp_path: Path) -> Lab:
    return Lab(tmp_path / "packs")


@pytest.fixture(scope="session")
def make_lab(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Lab]:
    """For property tests, which need many labs in one test."""
    return lambda: Lab(tmp_path_factory.mktemp("lab") / "packs")


@pytest.fixture(scope="session")
def ningbo() -> RuleSet:
    return load_city("330200")


@pytest.fixture(scope="session")
def nanning() -> RuleSet:
    return load_city("450100")


@pytest.fixture(scope="session")
def packs_root() -> Path:
    return default_root()
