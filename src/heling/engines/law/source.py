"""Reading a pack's YAML without losing where each word stands.

``yaml.compose`` keeps line numbers that ``yaml.load`` throws away. A :class:`Cursor` walks the
composed nodes, answers in plain Python values and reports what it did not expect to
:class:`~heling.engines.law.trouble.Findings` instead of raising, so that one reading finds all.
Scalars are read as text first: ``22/1`` and ``2018-10-01`` mean what they look like, and YAML's
own guesses (``no`` as false, ``012`` as ten) never happen.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import yaml

from heling.engines.law.trouble import Findings, Spot

MAX_BYTES = 1_000_000
"""Packs are written by people; ten thousand lines is beyond any ordinance."""

_BASE = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_BASE):  # type: ignore[misc,valid-type]
    """Guesses no types: scalars are text, and guessing takes half of the time of reading."""

    def resolve(self, kind: type[yaml.Node], value: object, implicit: object) -> str:
        del value, implicit
        return _TAGS[kind]


_TAGS = {
    yaml.ScalarNode: "tag:yaml.org,2002:str",
    yaml.SequenceNode: "tag:yaml.org,2002:seq",
    yaml.MappingNode: "tag:yaml.org,2002:map",
}


class Cursor:
    """One YAML node with its place. Readers return None after reporting a wrong shape."""

    __slots__ = ("_findings", "_node", "spot")

    def __init__(self, node: yaml.Node, spot: Spot, findings: Findings) -> None:
        self._node = node
        self._findings = findings
        self.spot = Spot(spot.file, node.start_mark.line + 1, spot.word, spot.article)

    def complain(self, message: str, *, word: str = "", article: str = "") -> None:
        self._findings.add(self.spot.on(word, article), message)

    def named(self, word: str) -> Cursor:
        """The same node, whose findings will name ``word``."""
        return Cursor(self._node, self.spot.on(word), self._findings)

    @property
    def is_map(self) -> bool:
        return isinstance(self._node, yaml.MappingNode)

    @property
    def is_text(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode)

    def entries(self) -> dict[str, Cursor]:
        """A mapping's entries in order; duplicate keys are findings."""
        if not isinstance(self._node, yaml.MappingNode):
            self.complain("这里应当是“名称: 内容”的列表")
            return {}
        found: dict[str, Cursor] = {}
        for key_node, value_node in self._node.value:
            key = str(getattr(key_node, "value", ""))
            if not isinstance(key_node, yaml.ScalarNode):
                self.complain("名称应当是一个词")
            elif key in found:
                Cursor(key_node, self.spot, self._findings).complain(f"“{key}”写了两次，请删去一个")
            else:
                found[key] = Cursor(value_node, self.spot, self._findings)
        return found

    def words(self) -> Iterator[tuple[str, Cursor]]:
        """Entries whose key is a word being declared: findings below name it."""
        for key, value in self.entries().items():
            yield key, value.named(key)

    def fields(self, required: str, optional: str = "") -> dict[str, Cursor]:
        """Entries, checked against the names that may stand here (space separated)."""
        found = self.entries()
        allowed = [*required.split(), *optional.split()]
        for key, value in found.items():
            if key not in allowed:
                value.complain(f"不认识的栏目“{key}”，这里可以写：{'、'.join(allowed)}")
        for key in required.split():
            if key not in found and self.is_map:
                self.complain(f"缺少“{key}”")
        return found

    def items(self) -> list[Cursor]:
        if not isinstance(self._node, yaml.SequenceNode):
            self.complain("这里应当是一个列表（方括号或短横线）")
            return []
        return [Cursor(n, self.spot, self._findings) for n in self._node.value]

    def text(self) -> str:
        if not isinstance(self._node, yaml.ScalarNode):
            self.complain("这里应当是一段文字")
            return ""
        return str(self._node.value).strip()

    def texts(self) -> tuple[str, ...]:
        return tuple(item.text() for item in self.items())

    def integer(self) -> int:
        text = self.text()
        if not re.fullmatch(r"[+-]?\d{1,15}", text):
            self.complain(f"“{text}”不是整数（不用小数；金额以分计）")
            return 0
        return int(text)

    def truth(self) -> bool:
        text = self.text()
        if text not in ("true", "false"):
            self.complain(f"“{text}”应为 true 或 false")
        return text == "true"

    def day(self) -> date | None:
        text = self.text()
        try:
            if re.fullmatch(r"\d{4}-\d\d-\d\d", text):
                return date.fromisoformat(text)
        except ValueError:
            pass
        self.complain(f"“{text}”不是日期，请写成 2018-10-01 的样子")
        return None

    def value(self) -> object:
        """Plain data (for facts in tests): true/false, null, integer, text, maps and lists."""
        if isinstance(self._node, yaml.MappingNode):
            return {key: value.value() for key, value in self.entries().items()}
        if isinstance(self._node, yaml.SequenceNode):
            return [item.value() for item in self.items()]
        text, quoted = self.text(), getattr(self._node, "style", None) in ("'", '"')
        if quoted:
            return text
        if re.fullmatch(r"[+-]?\d{1,15}", text):
            return int(text)
        return {"true": True, "false": False, "null": None}.get(text, text)


def read_yaml(raw: bytes, file: str, findings: Findings) -> Cursor | None:
    """Compose one YAML document. Returns None after reporting text that is not YAML."""
    start = Spot(file, 1)
    if len(raw) > MAX_BYTES:
        raw = _shortened(raw)
    if len(raw) > MAX_BYTES:
        findings.add(start, f"文件有 {len(raw):,} 字节，超过 {MAX_BYTES:,} 字节的上限")
        return None
    try:
        if _has_alias(raw):
            findings.add(start, "规则包里不用 YAML 的锚点和引用（& 和 *），请写全")
            return None
        node = yaml.compose(raw.decode("utf-8"), Loader=_Loader)
    except UnicodeDecodeError:
        findings.add(start, "文件不是 UTF-8 编码，请另存为 UTF-8")
        return None
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        findings.add(Spot(file, line), "不是合法的 YAML，请检查缩进、冒号和括号")
        return None
    if node is None:
        findings.add(start, "文件是空的")
        return None
    return Cursor(node, start, findings)


_RUN = re.compile(r"([^\n:{}\[\]'\"#&]{3000})[^\n:{}\[\]'\"#&]{20000,}")


def _shortened(raw: bytes) -> bytes:
    """Without the greater part of endless scalars. What is left of them is still too long for an
    expression or a text, and is refused as such where it stands: with its line, word and article."""
    return _RUN.sub(r"\1", raw.decode("utf-8", "replace")).encode()


def _has_alias(raw: bytes) -> bool:
    if b"&" not in raw:  # an alias without an anchor does not compose
        return False
    events = yaml.parse(raw.decode("utf-8"), Loader=_Loader)
    return any(isinstance(event, yaml.AliasEvent) for event in events)
