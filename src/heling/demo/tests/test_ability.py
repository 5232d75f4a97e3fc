"""Answer sheets: the items of the standard, inside their ranges, repeatable."""

from dataclasses import replace

from heling.demo import ITEM_MAXIMA, Ability, ElderDraft, answers_for


def test_items_and_maxima_are_those_of_the_standard() -> None:
    assert len(ITEM_MAXIMA) == 26
    sums = {
        part: sum(top for code, top in ITEM_MAXIMA.items() if code.startswith(part))
        for part in ("B.1.", "B.2.", "B.3.", "B.4.")
    }
    assert sums == {"B.1.": 32, "B.2.": 15, "B.3.": 28, "B.4.": 15}
    assert [ITEM_MAXIMA[c] for c in ("B.2.4", "B.3.7", "B.3.8", "B.3.9", "B.4.1", "B.4.2", "B.4.4")] == [
        3, 1, 1, 2, 2, 2, 3,
    ]  # fmt: skip


def test_every_sheet_is_whole_and_in_range(elders: list[ElderDraft]) -> None:
    for elder in elders[:3000]:
        answers = answers_for(elder)
        assert list(answers) == list(ITEM_MAXIMA)
        assert all(type(a) is int and 0 <= a <= ITEM_MAXIMA[c] for c, a in answers.items())
        assert answers == answers_for(elder)


def test_nothing_lost_is_ninety_and_everything_lost_is_nothing(elders: list[ElderDraft]) -> None:
    whole = replace(elders[0], ability=Ability(1000, 1000, 1000))
    lost = replace(elders[0], ability=Ability(0, 0, 0))
    assert sum(answers_for(whole).values()) == 90
    for seed in range(200):
        assert sum(answers_for(replace(lost, answer_seed=seed)).values()) <= 3


def test_more_ability_never_scores_less(elders: list[ElderDraft]) -> None:
    totals = [
        sum(answers_for(replace(elders[0], ability=Ability(left, left, left))).values())
        for left in range(0, 1001, 50)
    ]
    assert totals == sorted(totals)


def test_what_is_lost_decides_which_items_fall(elders: list[ElderDraft]) -> None:
    answers = answers_for(replace(elders[0], ability=Ability(1000, 300, 1000)))
    assert all(answers[c] == top for c, top in ITEM_MAXIMA.items() if c.startswith("B.2."))
    assert answers["B.3.1"] < 4
    assert answers["B.3.4"] < 4
