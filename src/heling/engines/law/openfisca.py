"""Parameters and tests of a city in OpenFisca's file formats, as texts by path.

OpenFisca is neither imported nor needed; ``benchmarks/law/openfisca_export.py`` reads the result with
the real one. What OpenFisca has no word for stands in ``metadata``: that a number is a floor, that it
is 待核实, that a term is open (it then has no value at all, and never 0).
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import yaml

from heling.engines.law.model import Case, Constant, Pack
from heling.engines.law.normbook import NormBook
from heling.engines.law.overlays import raised_constant
from heling.engines.law.receipt import ENGINE
from heling.engines.law.ruleset import RuleSet
from heling.engines.law.units import Kind

Data = dict[str, Any]


def export(rules: RuleSet, books: tuple[NormBook, ...] = ()) -> dict[str, str]:
    """Path → YAML. ``parameters/<pack>/<word>.yaml``, ``tests/<pack>.yaml``, and an ``index.yaml``
    for every folder of parameters. Packs of norms are exported with the books they stand in."""
    files = {"parameters/index.yaml": _text(_about_city(rules))}
    for pack, constants in _packs(rules, books):
        folder = slug(pack.id)
        if constants:
            files[f"parameters/{folder}/index.yaml"] = _text(_about_pack(pack))
        for constant in constants:
            files[f"parameters/{folder}/{constant.word}.yaml"] = _text(parameter(constant, pack))
        if cases := [test(case) for case in pack.cases]:
            files[f"tests/{folder}.yaml"] = _text(cases)
    return files


def slug(name: str) -> str:
    """A pack's id as OpenFisca could name a node: letters, digits and _, no digit first."""
    plain = re.sub(r"\W", "_", name)
    return f"p{plain}" if plain[0].isdigit() else plain


def _packs(rules: RuleSet, books: tuple[NormBook, ...]) -> Iterator[tuple[Pack, list[Constant]]]:
    """Every pack once, with its constants as they are after measures have filled them."""
    seen: set[str] = set()
    for packs, constants in (
        (rules.packs, rules.assembly.constants),
        *((book.packs, constants_of(book)) for book in books),
    ):
        for pack in packs:
            if pack.id not in seen:
                seen.add(pack.id)
                yield pack, [constants.get(c.word, c) for c in pack.constants] + _raised(pack)


def _raised(pack: Pack) -> list[Constant]:
    """What a district gives above its city's lower limits, under the words that it raises."""
    if pack.district is None:
        return []
    own = ((r.target, raised_constant(r, pack.district)) for r in pack.raises)
    return [dataclasses.replace(constant, word=word) for word, constant in own]


def constants_of(book: NormBook) -> dict[str, Constant]:
    """The constants that norms are built on, as measures have filled them."""
    payloads = (node.payload for node in book.graph.nodes)
    return {p.word: p for p in payloads if isinstance(p, Constant)}


def _about_city(rules: RuleSet) -> Data:
    stamps = [{"pack": s.id, "sha256": s.sha256} for s in rules.stamps]
    return {
        "description": rules.city_name,
        "metadata": {"city": rules.city, "engine": ENGINE, "packs": stamps},
    }


def _about_pack(pack: Pack) -> Data:
    about: Data = {"pack": pack.id, "sha256": pack.sha256, "in_force": str(pack.period.start)}
    if pack.period.end is not None:
        about["in_force_to"] = str(pack.period.end)
    if pack.district is not None:
        about["district"] = {"code": pack.district.code, "name": pack.district.name}
    if pack.text is not None:
        about["text_sha256"] = pack.text.sha256
    if pack.period_status:
        about |= {"status": pack.period_status, "source": pack.period_source}
    return {"description": f"《{pack.title}》", "metadata": about}


def parameter(constant: Constant, pack: Pack) -> Data:
    """One parameter. A value ends with ``null`` where nothing follows it."""
    reference = {"title": constant.cite.label}
    if constant.cite.quote:
        reference["quote"] = constant.cite.quote
    about: Data = {"reference": [reference], "pack": pack.id}
    if constant.type.kind is Kind.NUMBER:
        about["unit"] = str(constant.type.unit) or "1"
    if constant.floor:
        about["floor"] = True
    for name in ("status", "source", "note"):
        if value := getattr(constant, name):
            about[name] = value
    if constant.filled_by:
        about["filled_by"] = constant.filled_by
        about["open"] = not constant.versions
        if not constant.versions:
            about["note"] = "尚待实施办法：现在没有数值，也不是 0"
    return {"description": constant.word, "metadata": about, "values": _values(constant, pack)}


def _values(constant: Constant, pack: Pack) -> Data:
    """An open term is ``null`` from the first day on: OpenFisca wants at least one day, and null is
    its word for a value that is not there."""
    if not constant.versions:
        return {str(pack.period.start): {"value": None}}
    found: Data = {}
    truth = constant.type.kind is Kind.BOOL
    for version in constant.versions:
        value = bool(version.value) if truth else version.value
        found[str(version.period.start)] = {"value": value}
    for version in constant.versions:
        end = version.period.end
        if end is not None:
            found.setdefault(str(end + timedelta(days=1)), {"value": None})
    return dict(sorted(found.items()))


def test(case: Case) -> Data:
    """One test. A fact outside its time is left out, as an unknown one is. What is expected of a
    grant or a norm becomes one variable a part: ``<词>__status``, ``<词>__amount``, …"""
    wanted: Data = {}
    for word, value in case.expect.items():
        if isinstance(value, Mapping):
            wanted |= {f"{word}__{part}": each for part, each in value.items()}
        elif isinstance(value, str):
            wanted[f"{word}__status"] = value
        else:
            wanted[word] = value
    given = {
        word: value for word, raw in case.facts.items() if (value := _holds(raw, case)) is not None
    }
    return {
        "name": case.name,
        "keywords": [case.of.value],
        "period": f"{case.on:%Y-%m-%d}",
        "input": given,
        "output": wanted,
    }


def _holds(raw: object, case: Case) -> object:
    """A fact's value on the day of the test, or None."""
    if not isinstance(raw, Mapping):
        return raw
    day = f"{case.on:%Y-%m-%d}"
    if str(raw.get("自") or day) > day or str(raw.get("至") or day) < day:
        return None
    value: object = raw.get("值")
    return value


def _text(data: object) -> str:
    text: str = yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=100)
    return text
