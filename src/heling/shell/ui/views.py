"""The component page. It shows made-up values only and asks the database nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from heling.shell.ui.forms import Living, Sample

WHY: dict[str, Any] = {
    "truth": True,
    "text": "可以享受：每月 45 小时居家养老服务",
    "citation": "本市条例 第二十二条第一款",
    "children": [
        {
            "truth": True,
            "text": "本市户籍",
            "note": "来源：公安户籍核对，2026-03-01",
            "children": [],
        },
        {
            "truth": True,
            "text": "以下情形有一项符合",
            "children": [
                {
                    "truth": False,
                    "text": "最低生活保障家庭",
                    "citation": "第（一）项",
                    "children": [],
                },
                {
                    "truth": True,
                    "text": "失能，且年满八十周岁",
                    "citation": "第（二）项",
                    "children": [],
                },
                {
                    "truth": None,
                    "text": "重度残疾",
                    "citation": "第（三）项",
                    "note": "缺少残疾证信息，请补充后重新判断",
                    "children": [],
                },
            ],
        },
    ],
}

ROWS = [
    ("韦秀英", "女", 84, "新竹街道 · 建政社区", "重度失能", "bad", 300_00),
    ("黄德福", "男", 79, "中山街道 · 长岗社区", "轻度失能", "warn", 150_00),
    ("梁玉兰", "女", 91, "津头街道 · 仙葫社区", "能力完好", "good", None),
]


@dataclass(frozen=True)
class SampleRun:
    """Looks like a jobs.Run to the progress bar."""

    pk: int = 1
    title: str = "导入老年人名册"
    get_state_display: str = "进行中"
    percent: int = 62
    done: int = 62_000
    total: int = 100_000
    message: str = ""
    over: bool = True


def _context() -> dict[str, Any]:
    return {
        "form": Sample({"name": "韦秀英", "number": "1234", "living": "alone"}),
        "fresh": Sample(),
        "why": WHY,
        "rows": ROWS,
        "run": SampleRun(),
        "moment": datetime(2026, 10, 12, 1, 5, tzinfo=UTC),
    }


def components(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/components.html", _context())


def family(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/family.html", _context())


def question(request: HttpRequest) -> HttpResponse:
    return render(
        request, "ui/question.html", {"form": (form := Living()), "field": form["living"]}
    )


def portal(request: HttpRequest) -> HttpResponse:
    return render(request, "ui/portal.html", _context())
