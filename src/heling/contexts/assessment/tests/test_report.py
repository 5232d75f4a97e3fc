"""The PDF: it opens, says what was found, numbers its pages, and can be checked."""

from __future__ import annotations

import re
from datetime import datetime, timezone

import pytest

from heling.contexts.assessment import actions
from heling.contexts.assessment.models import Assessment
from heling.contexts.assessment.queries.result import result
from heling.contexts.assessment.report import report_pdf
from heling.contexts.assessment.testing import COUNTY, TODAY, completed, filled, signed
from heling.contexts.identity.public import RoleKey
from heling.contexts.registry.testing import actor, elder

pytestmark = pytest.mark.usefixtures("db")
AT = datetime(2026, 11, 2, 9, 30, tzinfo=timezone.utc)  # noqa: UP017


def words(pdf: bytes) -> str:
    """The text of an uncompressed report: UTF-16 strings between brackets."""
    found = []
    for raw in re.findall(rb"\((?:[^()\\]|\\.)*\)", pdf, re.DOTALL):
        body = re.sub(
            rb"\\([0-7]{3}|.)",
            lambda m: (
                bytes([int(m[1], 8)])
                if len(m[1]) == 3
                else {b"n": b"\n", b"r": b"\r", b"t": b"\t"}.get(m[1], m[1])
            ),
            raw[1:-1],
            flags=re.DOTALL,
        )
        found.append(body.decode("utf-16-be", errors="ignore"))
    return "".join(found)


def printed(assessment: Assessment) -> bytes:
    found = result(assessment.pk, by=actor(RoleKey.COUNTY, COUNTY))
    return report_pdf(found, printed_by="测试员", at=AT, compressed=False)


def test_the_report_says_level_reasons_signatures_pages_and_fingerprint() -> None:
    assessment, team = filled(elder(name="韦秀英"), total=70, facts={"diagnoses": ["F00-F03"]})
    for note in ("早上", "晚上"):
        actions.add_risk_event(
            assessment_id=assessment.pk,
            kind="fall",
            on=TODAY,
            note=note,
            today=TODAY,
            by=team.nurse,
        )
    assessment = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    signed(assessment, team.nurse)
    done = signed(assessment, team.other)
    pdf = printed(done)
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    said = words(pdf)
    for expected in (
        "老年人能力评估报告",
        "韦秀英",
        "评估结果：2 级 能力中度受损（中度失能）",
        "等级变更 R2",
        "等级不再变化",
        "待核实",
        "李护士",
        "周评估",
        "老年人或代理人（签名）",
        "与评估人员签字时一致",
    ):
        assert expected in said.replace("\n", ""), expected
    assert done.result_sha256.encode() in pdf
    pages = re.findall(r"第 (\d+) 页，共 (\d+) 页", said)
    assert [int(n) for n, _ in pages] == list(range(1, int(pages[0][1]) + 1))


def test_the_same_result_and_moment_give_the_same_bytes() -> None:
    done = completed(elder())
    assert printed(done) == printed(done)


def test_text_from_people_cannot_break_the_report() -> None:
    assessment, team = filled(elder())
    actions.set_visit(
        assessment_id=assessment.pk, on=TODAY, place="<b>家 & </para>", today=TODAY, by=team.nurse
    )
    done = actions.submit(assessment_id=assessment.pk, today=TODAY, by=team.nurse)
    assert "<b>家 & </para>" in words(printed(done))
