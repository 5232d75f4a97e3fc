"""Properties of norms: proved for every compound, institution and offence, or refuted by one."""

from __future__ import annotations

import itertools
from datetime import date
from typing import TYPE_CHECKING

import pytest

from heling.engines.law import load_norms
from heling.engines.law.model import Claim, Entity, Form, NormKind, Property
from heling.engines.law.normbook import NormBook, build_norms
from heling.engines.law.norms import Standing
from heling.engines.law.proofs import Outcome, Proof, prove
from heling.engines.law.provisions import Provision
from heling.engines.law.service import prove_json
from heling.engines.law.tests.conftest import HEAD
from heling.engines.law.tests.strategies import CITIES
from heling.engines.law.tests.test_norms import FACTS, QUOTA
from heling.engines.law.trouble import PackError

if TYPE_CHECKING:
    from heling.engines.law.tests.conftest import Lab


def _claim(
    norm: Provision, form: Form, given: str = "", **terms: str | tuple[str, ...]
) -> Property:
    parts = {w.rstrip("_"): (t,) if isinstance(t, str) else t for w, t in terms.items()}
    own = norm.norm
    return Property(own.word, own.cite, Claim(form, parts), given, "", own.pack, own.spot)


@pytest.mark.parametrize("city", CITIES)
def test_every_property_of_the_norms_is_proved(city: str) -> None:
    proofs = prove(load_norms(city))
    assert len(proofs) >= 5
    assert [(p.says, p.person) for p in proofs if not p.holds] == []


@pytest.mark.parametrize("city", CITIES)
def test_they_hold_whatever_the_measures_say(city: str) -> None:
    written = [q for p in load_norms(city).packs for q in p.properties]
    assert all(p.holds for p in prove(load_norms(city, measures=True), written))


@pytest.mark.parametrize("city", CITIES)
def test_no_penalty_ends_below_its_beginning(city: str) -> None:
    book = load_norms(city)
    fines = [p for p in book.provisions if p.norm.kind is NormKind.PENALTY]
    stated = [p for p in fines if not _open(p)]
    claims = [
        _claim(p, Form.ALWAYS, is_=f"下限({p.norm.word}) <= 上限({p.norm.word})") for p in stated
    ]
    assert all(p.holds for p in prove(book, claims))


def test_there_are_penalties_to_prove_something_about() -> None:
    books = [load_norms(c) for c in CITIES]
    fines = [n for b in books for n in b.norms if n.kind is NormKind.PENALTY]
    assert len(fines) >= 6


@pytest.mark.parametrize("city", CITIES)
def test_no_two_penalties_of_one_article_meet_in_one_offence(city: str) -> None:
    book = load_norms(city)
    fines = [p for p in book.provisions if p.norm.kind is NormKind.PENALTY]
    pairs = [
        (a, b)
        for a, b in itertools.combinations(fines, 2)
        if a.norm.cite.label == b.norm.cite.label
    ]
    claims = [
        _claim(a, Form.NO_OVERLAP, each=(f"适用({a.norm.word})", f"适用({b.norm.word})"))
        for a, b in pairs
    ]
    assert all(p.holds for p in prove(book, claims))


@pytest.mark.parametrize("city", CITIES)
def test_every_stated_length_of_time_is_longer_than_nothing(city: str) -> None:
    book = load_norms(city)
    timed = [p for p in book.provisions if p.step is not None and not _open(p)]
    claims = [_claim(p, Form.ALWAYS, is_=f"期限({p.norm.word}) > 0") for p in timed]
    assert all(p.holds for p in prove(book, claims))


def _open(provision: Provision) -> bool:
    """Whether its numbers are left to somebody else."""
    numbers = (provision.lowest, provision.highest, provision.step)
    constants = [n.payload for n in numbers if n is not None]
    return any(getattr(c, "filled_by", "") for c in constants)


def _only(book: NormBook, claim: Property) -> Proof:
    (proof,) = prove(book, [claim])
    return proof


def test_what_is_false_is_refuted_by_a_compound_that_the_norms_judge_so() -> None:
    """Ningbo counts a started hundred as a hundred, Nanning does not."""
    book = load_norms("450100")
    norm = next(p for p in book.provisions if p.norm.word == "新建小区设施面积")
    proof = _only(book, _claim(norm, Form.ALWAYS, is_="要求(新建小区设施面积) >= 新建每百户面积"))
    assert proof.outcome is Outcome.REFUTED
    assert proof.person is not None
    person = proof.person
    facts = {**person.facts, "小区建设情况": "新建"}
    found = book.examine(Entity.COMPOUND, facts, person.on).norm("新建小区设施面积")
    assert found.required is not None
    assert found.required < 30


def test_more_is_not_always_enough() -> None:
    book = load_norms("450100")
    norm = next(p for p in book.provisions if p.norm.word == "新建小区设施面积")
    given = "适用(新建小区设施面积) and 养老设施面积 >= 新建单处面积"
    proof = _only(book, _claim(norm, Form.ALWAYS, given, is_="符合(新建小区设施面积)"))
    assert proof.person is not None
    answer = book.examine(Entity.COMPOUND, proof.person.facts, proof.person.on)
    assert answer.norm("新建小区设施面积").standing is Standing.BROKEN


def test_a_claim_about_nobody_is_no_proof() -> None:
    book = load_norms("330200")
    norm = next(p for p in book.provisions if p.norm.word == "擅自拆除罚款")
    both = "适用(擅自拆除罚款) and 适用(严重拆除罚款)"
    assert _only(book, _claim(norm, Form.ALWAYS, both, is_="情节严重")).outcome is Outcome.VACUOUS


def test_before_the_law_a_norm_concerns_nobody() -> None:
    book = load_norms("450100")
    found = book.examine("compound", {"小区建设情况": "新建"}, date(2025, 4, 30))
    assert found.norm("新建小区设施面积").standing is Standing.FREE


@pytest.mark.parametrize(
    ("claim", "said"),
    [
        ("{always: 要求(没有) > 0}", "“没有”没有“要求”，可以写的有：面积够"),
        ("{always: 上限(面积够) > 0}", "“面积够”没有“上限”，可以写的有：没有"),
        ("{always: 要求(面积够)}", "是非"),
        ("{no_gap: 面积够}", "不是应当给付的项目"),
        ("{always: 享受(面积够)}", "享受"),
        ("{only_residents: 户数}", "only_residents"),
    ],
)
def test_a_property_that_cannot_be_said_is_refused_with_its_place(
    lab: Lab, claim: str, said: str
) -> None:
    body = f"norms:\n{QUOTA}properties:\n  性质: {{cite: 2, claim: {claim}}}\n"
    lab.write(body, facts=FACTS, head=HEAD.replace("ordinance", "norms"))
    with pytest.raises(PackError) as caught:
        build_norms(("999900/trial",), "999900", lab.root)
    (finding,) = caught.value.findings
    assert said in finding.message
    assert finding.spot.word == "性质"
    assert finding.spot.line > 1


def test_prove_reports_norms_like_rights() -> None:
    data, words = prove_json()
    reports = {p["pack"]: p for p in data["packs"]}
    assert len(reports["330200/duties-2018"]["proofs"]) >= 12
    assert "“拆除的两档首尾相接”已证明" in words
