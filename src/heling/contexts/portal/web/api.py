"""The law as an interface for programs: no account, no personal data kept, bounded by rate.

Facts come in, answers go out, nothing is stored or logged but the rate of an address. The schema
is ``/api/openapi.json``; the page about it is ``docs/api.md``.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe
from ninja import Field, NinjaAPI, Query, Schema
from ninja.errors import HttpError, Throttled, ValidationError
from ninja.throttling import AnonRateThrottle

from heling.contexts.portal.lawdata import articles_json, norms_json, parameters_json
from heling.contexts.portal.queries import both, city_of
from heling.engines.law import NormBook, RuleSet
from heling.engines.law.model import Pack
from heling.kernel.errors import BadInput, HelingError, NotFound

MOST_PEOPLE = 100
RATE = "300/min"
RATE_LIMIT = AnonRateThrottle(RATE)

City = Annotated[str, Field(pattern=r"^[1-9][0-9]{5}$", description="六位城市代码")]
Day = Annotated[date, Field(ge=date(1990, 1, 1), le=date(2100, 12, 31), description="判定日")]
Facts = dict[str, Any]

api = NinjaAPI(
    title="鹤龄 Heling 法规接口",
    version="1",
    description="按法规条文计算居家养老待遇，逐条说明理由。不要求也不保存任何个人身份信息。",
    docs_url=None,
    openapi_url=None,  # served below: ninja's own view needs a namespace of its own
    throttle=[RATE_LIMIT],
)


class Question(Schema):
    """事实的写法见 docs/law/facts.md；没有写的事实按不知道处理。"""

    city: City
    on: Day
    facts: Facts


class Questions(Schema):
    city: City
    on: Day
    people: list[Facts] = Field(min_length=1, max_length=MOST_PEOPLE)


class Examined(Question):
    entity: str = Field(
        description="compound、facility、institution、volunteer、authority、offence"
    )


class Problem(Schema):
    error: str
    hint: str = ""


class Grant(Schema):
    id: str
    status: str
    amount: int | None
    unit: str
    floor: bool
    effect: str
    cite: str
    missing: list[str]


class Calculated(Schema):
    city: str
    on: date
    people: list[list[Grant]]


WRONG = {400: Problem, 404: Problem, 422: Problem, 429: Problem}


@api.post(
    "law/calculate",
    response={200: Calculated, **WRONG},
    tags=["law"],
    url_name="portal_api_calculate",
)
def calculate(request: HttpRequest, asked: Questions) -> Any:
    """一到一百个人各应享受什么：状态、数额、条文，没有理由。"""
    rules, _ = both(asked.city, on=asked.on)
    people = [rules.determine(facts, asked.on, outlook=False).grants for facts in asked.people]
    return {
        "city": asked.city,
        "on": asked.on,
        "people": [
            [
                {
                    "id": g.id,
                    "status": g.status.value,
                    "amount": g.amount,
                    "unit": g.unit,
                    "floor": g.floor,
                    "effect": g.effect.value,
                    "cite": g.cite.label,
                    "missing": list(g.missing),
                }
                for g in grants
            ]
            for grants in people
        ],
    }


@api.post(
    "law/trace", response={200: dict[str, Any], **WRONG}, tags=["law"], url_name="portal_api_trace"
)
def trace(request: HttpRequest, asked: Question) -> Any:
    """一个人的完整判定：理由、缺什么、什么会改变结果、今后几年、凭据（law-determination.schema.json）。"""
    rules, _ = both(asked.city, on=asked.on)
    return rules.determine(asked.facts, asked.on).to_json()


@api.post(
    "law/examine",
    response={200: dict[str, Any], **WRONG},
    tags=["law"],
    url_name="portal_api_examine",
)
def examine(request: HttpRequest, asked: Examined) -> Any:
    """对一个小区、设施、机构等的规定（law-examination.schema.json）。"""
    _, book = both(asked.city, on=asked.on)
    return book.examine(asked.entity, asked.facts, asked.on).to_json()


@api.get(
    "law/parameters",
    response={200: dict[str, Any], **WRONG},
    tags=["law"],
    url_name="portal_api_parameters",
)
def parameters(request: HttpRequest, city: Annotated[City, Query()]) -> Any:
    """规则里的每一个数：条文、单位、各版本的起止日期；尚待规定的写明由谁规定。"""
    packs = _packs(*both(city, on=timezone.localdate()))
    return {"city": city, "parameters": parameters_json(packs)}


@api.get(
    "law/articles",
    response={200: dict[str, Any], **WRONG},
    tags=["law"],
    url_name="portal_api_articles",
)
def articles(request: HttpRequest, city: Annotated[City, Query()]) -> Any:
    """法规逐条逐款逐项的原文，以及引用它的规则。"""
    rules, norms = both(city, on=timezone.localdate())
    packs = _packs(rules, norms)
    return {
        "city": city,
        "laws": [articles_json(law, packs) for law in city_of(rules, norms).laws],
        "norms": norms_json(norms),
    }


@require_safe
def schema(request: HttpRequest) -> JsonResponse:
    """The interface in OpenAPI's words, made from the types above."""
    return JsonResponse(api.get_openapi_schema(path_prefix="/api/"))


def _packs(rules: RuleSet, norms: NormBook) -> tuple[Pack, ...]:
    return tuple({p.id: p for p in (*rules.packs, *norms.packs)}.values())


@api.exception_handler(HelingError)
def refused(request: HttpRequest, error: HelingError) -> HttpResponse:
    """Our own refusals as one sentence. Nothing is undone: all that was written is the rate."""
    status = 404 if isinstance(error, NotFound) else 422
    return api.create_response(request, _said(error), status=status)


@api.exception_handler(Throttled)
def too_often(request: HttpRequest, error: Throttled) -> HttpResponse:
    said = {"error": "查询太频繁。", "hint": f"每分钟最多 {RATE.split('/')[0]} 次，请稍后再试。"}
    response = api.create_response(request, said, status=429)
    if error.wait is not None:
        response["Retry-After"] = str(int(error.wait) + 1)
    return response


@api.exception_handler(HttpError)
def unreadable(request: HttpRequest, error: HttpError) -> HttpResponse:
    said = {"error": "请求读不出来。", "hint": "请发送 UTF-8 的 JSON，格式见 /api/openapi.json。"}
    return api.create_response(request, said, status=error.status_code)


@api.exception_handler(ValidationError)
def misshapen(request: HttpRequest, error: ValidationError) -> HttpResponse:
    first = error.errors[0]
    where = ".".join(str(p) for p in first.get("loc", ()) if p not in {"body", "query", "asked"})
    said = {
        "error": f"{where or '请求'}：格式不对（{first.get('msg', '')}）",
        "hint": "格式见 /api/openapi.json。",
    }
    return api.create_response(request, said, status=422)


def _said(error: HelingError) -> dict[str, str]:
    if isinstance(error, BadInput):
        return {"error": "；".join(map(str, error.problems)), "hint": error.hint}
    return {"error": error.message, "hint": error.hint}
