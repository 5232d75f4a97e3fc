"""The claim of a property, from YAML: one form, with the terms that this form needs."""

from __future__ import annotations

from heling.engines.law import shapes
from heling.engines.law.model import Claim, Direction, Form
from heling.engines.law.source import Cursor

_NOTHING = Claim(Form.ALWAYS, {})


def read_claim(cursor: Cursor | None, article: str) -> Claim:
    """Exactly one form. What is wrong is reported, and a claim without terms returned."""
    if cursor is None:
        return _NOTHING
    entries = cursor.fields("", " ".join(Form))
    found = [(Form(name), value) for name, value in entries.items() if name in tuple(Form)]
    if len(found) != 1:
        if len(found) == len(entries):
            cursor.complain("claim 里要写一种主张，而且只写一种", article=article)
        return _NOTHING
    form, value = found[0]
    if form in shapes.CLAIM_MAP:
        return Claim(form, _parts(form, value, article))
    if form in shapes.CLAIM_LIST and not (form in shapes.CLAIM_WORD and value.is_text):
        return Claim(form, {"each": _several(value, article)})
    return Claim(form, {shapes.CLAIM_WORD[form]: (value.text(),)})


def _several(cursor: Cursor, article: str) -> tuple[str, ...]:
    words = cursor.texts()
    if len(words) < 2 or len(set(words)) < len(words):
        cursor.complain("至少要写两项，而且不能重复", article=article)
    return words


def _parts(form: Form, cursor: Cursor, article: str) -> dict[str, tuple[str, ...]]:
    fields = cursor.fields(*shapes.CLAIM_MAP[form].names)
    terms = {
        name: value.texts() if name == "values" else (value.text(),)
        for name, value in fields.items()
    }
    if form is Form.AMOUNT_WITHIN and not terms.keys() & {"at_least", "at_most"}:
        cursor.complain("要写 at_least 或 at_most", article=article)
    if form is Form.MONOTONE and not set(terms.get("direction", ())) <= set(Direction):
        cursor.complain(f"direction 可以写：{'、'.join(Direction)}", article=article)
    return terms
