"""Answers in, result out, as JSON-ready dictionaries: the core of ``heling assess score``.

The published shapes are docs/schemas/assessment-answers.schema.json and
docs/schemas/assessment-result.schema.json; a test holds both to this module.
"""

from __future__ import annotations

from typing import Any

from heling.contexts.assessment.domain.answers import Adjustments
from heling.contexts.assessment.domain.scale import Level
from heling.contexts.assessment.domain.scoring import AppliedRule, ScaleResult, score
from heling.contexts.assessment.domain.store import load_scale
from heling.kernel.errors import BadInput, Problem

_TOP = {"scale", "answers", "adjustments"}
_FACTS = {"coma", "diagnoses", "risk_events"}


def score_json(scale_id: str, payload: object) -> dict[str, Any]:
    """Grade ``{"answers": {code: score}, "adjustments": {…}}``. Raises BadInput in Chinese."""
    scale = load_scale(scale_id)
    body = _object(payload, "答卷")
    problems = _unknown(body, _TOP, "答卷")
    if body.get("scale", scale_id) != scale_id:
        problems.append(
            Problem("scale", f"答卷写的是“{body['scale']}”，与所用量表 {scale_id} 不符")
        )
    if "answers" not in body:
        problems.append(Problem("answers", "缺少各项作答，请写成 {编号: 分值}"))
    if problems:
        raise BadInput(*problems)
    answers = _object(body["answers"], "answers")
    return result_json(score(scale, answers, adjustments=_adjustments(body.get("adjustments"))))


def _object(value: object, where: str) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise BadInput.single(where, "应是一个 JSON 对象 { … }")
    return value


def _unknown(body: dict[str, Any], known: set[str], where: str) -> list[Problem]:
    return [
        Problem(f"{where} {key}", f"不认识，可写：{'、'.join(sorted(known))}")
        for key in body
        if key not in known
    ]


def _adjustments(raw: object) -> Adjustments:
    """Null and absent both mean *not stated*."""
    if raw is None:
        return Adjustments()
    facts = _object(raw, "adjustments")
    problems = _unknown(facts, _FACTS, "adjustments")
    coma, diagnoses, events = (facts.get(key) for key in ("coma", "diagnoses", "risk_events"))
    if coma is not None and not isinstance(coma, bool):
        problems.append(Problem("adjustments coma", "应是 true 或 false"))
    if diagnoses is not None and not (
        isinstance(diagnoses, list) and all(isinstance(code, str) for code in diagnoses)
    ):
        problems.append(Problem("adjustments diagnoses", '应是编号的列表，如 ["F00-F03"]'))
    if events is not None and not isinstance(events, dict):
        problems.append(Problem("adjustments risk_events", '应是 {事件: 次数}，如 {"fall": 1}'))
    if problems:
        raise BadInput(*problems)
    return Adjustments(
        coma=coma,
        diagnoses=None if diagnoses is None else frozenset(diagnoses),
        risk_events=events,
    )


def result_json(result: ScaleResult) -> dict[str, Any]:
    """The result as plain JSON values, in a stable order of keys."""
    return {
        "scale": {
            "id": result.scale_id,
            "version": result.scale_version,
            "title": result.scale_title,
            "sha256": result.scale_sha256,
        },
        "items": [
            {"code": i.code, "name": i.name, "score": i.score, "option": i.option, "text": i.text}
            for i in result.items
        ],
        "groups": [
            {
                "code": g.code,
                "name": g.name,
                "score": g.score,
                "max": g.max,
                "grade": g.grade,
                "grade_name": g.grade_name,
            }
            for g in result.groups
        ],
        "total": result.total,
        "preliminary": _level(result.preliminary),
        "adjustments": [_applied(rule) for rule in result.adjustments],
        "final": _level(result.final),
        "choices": list(result.choices),
        "unverified": list(result.unverified),
        "not_stated": list(result.not_stated),
    }


def _level(level: Level) -> dict[str, Any]:
    return {"number": level.number, "name": level.name, "disability": level.disability}


def _applied(rule: AppliedRule) -> dict[str, Any]:
    return {
        "rule": rule.code,
        "text": rule.text,
        "reason": rule.reason,
        "before": rule.before.number,
        "after": rule.after.number,
    }
