"""The planner's forms. The levers of a city become the fields of one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms
from django.forms.boundfield import BoundField

from heling.contexts.reforms.domain.levers import Condition, Lever, Levers, tidy
from heling.contexts.reforms.domain.months import MOST_MONTHS
from heling.contexts.reforms.domain.writing import LONGEST, Moves
from heling.engines.law.model import OPEN_LIMIT

_TRUTHS = [("", "不改"), ("1", "是"), ("0", "否")]


class Settings(forms.Form):
    """Name, months and assumptions of a plan."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="名称", max_length=60, error_messages={"required": "请写推演的名称"}
    )
    month = forms.CharField(
        label="起始月份",
        max_length=20,
        help_text="写成 2026-11 的样子；改动的数从这个月一日起算",
        error_messages={"required": "请写起始月份"},
    )
    months = forms.IntegerField(
        label="月数",
        help_text=f"1 到 {MOST_MONTHS}",
        error_messages={"required": "请写看几个月", "invalid": "请填整数"},
    )
    certain = forms.BooleanField(
        label="没有认定记录的按没有计（推演的假定）",
        help_text="不选时，没有认定的人列为“待查明”，不计入费用",
        required=False,
    )
    measures = forms.BooleanField(
        label="法规留待规定的数，先用假定的实施办法补齐（待核实）",
        help_text="现行和各方案都按同一假定计算；本市没有假定办法时没有作用",
        required=False,
    )
    shared = forms.BooleanField(label="与本市同事共享（同事可以看，也可以改）", required=False)


@dataclass(frozen=True, slots=True)
class Control:
    """A lever or a condition with its field, for the template."""

    about: Lever | Condition
    field: BoundField
    moved: bool


class Moving(forms.Form):
    """Everything that may be moved. What equals the law of today is no change."""

    seen = forms.IntegerField(widget=forms.HiddenInput, required=False)
    title = forms.CharField(
        label="方案名称", max_length=40, error_messages={"required": "请写方案名称"}
    )
    reason = forms.CharField(label="为什么", max_length=200, required=False)

    def __init__(self, *args: Any, levers: Levers, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._numbers = {f"n-{lever.word}": lever for lever in levers.numbers}
        self._texts = {f"{c.field}-{c.word}": c for c in levers.conditions}
        for name, lever in self._numbers.items():
            self.fields[name] = _number(lever)
        for name, condition in self._texts.items():
            self.fields[name] = _text(condition)

    @staticmethod
    def initial_of(levers: Levers, moves: Moves) -> dict[str, Any]:
        """What the fields show: what was moved, and today's law everywhere else."""
        shown: dict[str, Any] = {}
        for lever in levers.numbers:
            value = moves.numbers.get(lever.word, lever.today)
            if value is not None:
                shown[f"n-{lever.word}"] = value if lever.truth else lever.shown(value)
        for c in levers.conditions:
            shown[f"{c.field}-{c.word}"] = moves.texts.get((c.word, c.field), c.today)
        return shown

    def moves(self) -> Moves:
        """What differs from today. Call after :meth:`is_valid`."""
        numbers: dict[str, int] = {}
        truths: dict[str, bool] = {}
        for name, lever in self._numbers.items():
            value = self.cleaned_data.get(name)
            if lever.truth:
                if value and int(value) != lever.today:
                    truths[lever.word] = value == "1"
            elif value is not None and lever.counted(value) != lever.today:
                numbers[lever.word] = lever.counted(value)
        texts = {
            (c.word, c.field): said
            for name, c in self._texts.items()
            if (said := tidy(self.cleaned_data.get(name) or "")) and said != c.today
        }
        return Moves(numbers=numbers, truths=truths, texts=texts)

    def anchor(self, word: str) -> str:
        """The id of the first field about a word; empty when none is."""
        named = [(name, c.word) for name, c in self._texts.items()]
        named += [(name, lever.word) for name, lever in self._numbers.items()]
        return next((str(self[name].auto_id) for name, about in named if about == word), "")

    @property
    def groups(self) -> Iterator[tuple[str, list[Control], list[Control]]]:
        """(law, its numbers, its conditions), in the order of the packs."""
        laws = [lever.law for lever in self._numbers.values()]
        laws += [c.law for c in self._texts.values()]
        for law in dict.fromkeys(laws):
            yield law, self._controls(self._numbers, law), self._controls(self._texts, law)

    def _controls(self, named: dict[str, Any], law: str) -> list[Control]:
        return [
            Control(about, self[name], self._moved(name, about))
            for name, about in named.items()
            if about.law == law
        ]

    def _moved(self, name: str, about: Lever | Condition) -> bool:
        shown = str(self[name].value() if self[name].value() is not None else "").strip()
        if isinstance(about, Condition):
            return bool(shown) and tidy(shown) != about.today
        if about.today is None or about.truth:
            return bool(shown) and shown != str(about.today)
        return shown not in ("", str(about.shown(about.today)))


def _number(lever: Lever) -> forms.Field:
    if lever.truth:
        return forms.ChoiceField(label=lever.word, choices=_TRUTHS, required=False)
    slider = {
        "data-slider": "1",
        "data-low": str(lever.low),
        "data-high": str(lever.high),
        "data-step": str(lever.step),
        "inputmode": "decimal" if lever.money else "numeric",
        "autocomplete": "off",
    }
    return forms.DecimalField(
        label=lever.word,
        required=False,
        min_value=Decimal(0),
        max_value=Decimal(OPEN_LIMIT) / (100 if lever.money else 1),
        decimal_places=2 if lever.money else 0,
        max_digits=9,
        widget=forms.TextInput(attrs=slider),
        error_messages={
            "invalid": f"“{lever.word}”请填数字",
            "min_value": f"“{lever.word}”不能是负数",
            "max_value": f"“{lever.word}”不能超过 %(limit_value)s",
            "max_decimal_places": f"“{lever.word}”最多 %(max)s 位小数",
            "max_digits": f"“{lever.word}”位数太多",
            "max_whole_digits": f"“{lever.word}”位数太多",
        },
    )


def _text(condition: Condition) -> forms.Field:
    return forms.CharField(
        label=f"{condition.word}：{condition.label}",
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "spellcheck": "false", "class": "h-code"}),
        error_messages={
            "max_length": f"“{condition.word}”的表达式有 %(show_value)s 个字符，"
            "超过 %(limit_value)s 的上限，请拆成几个词"
        },
    )
