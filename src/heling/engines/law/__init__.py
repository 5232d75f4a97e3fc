"""规则引擎: the law as rules that explain themselves.

    >>> rules = load_city("330200")
    >>> answer = rules.determine({"户籍地": "330200", "低保": True}, date(2026, 11, 1))

One source (YAML packs in the law's own words, cited and pinned to the stored text) is folded into
every use: one person with reasons, a whole population as columns, what would change a result,
what the years will bring. The pages under ``docs/law/`` describe the language and the facts.
"""

from heling.engines.law.columns import STATUS_CODES, FactColumn, GrantColumn
from heling.engines.law.determination import (
    ConflictResult,
    Determination,
    Effect,
    GrantResult,
    Reason,
    Status,
    Verdict,
)
from heling.engines.law.normbook import NormBook, load_norms
from heling.engines.law.norms import Examination, NormResult, Standing
from heling.engines.law.plain import elder_sentence, explain_plain, official_text, result_sentence
from heling.engines.law.receipt import ENGINE, Receipt
from heling.engines.law.ruleset import RuleSet, load_city
from heling.engines.law.text import Address, Article, Citation, LawText, parse_law
from heling.engines.law.trouble import PackError

__all__ = [
    "ENGINE",
    "STATUS_CODES",
    "Address",
    "Article",
    "Citation",
    "ConflictResult",
    "Determination",
    "Effect",
    "Examination",
    "FactColumn",
    "GrantColumn",
    "GrantResult",
    "LawText",
    "NormBook",
    "NormResult",
    "PackError",
    "Reason",
    "Receipt",
    "RuleSet",
    "Standing",
    "Status",
    "Verdict",
    "elder_sentence",
    "explain_plain",
    "load_city",
    "load_norms",
    "official_text",
    "parse_law",
    "result_sentence",
]
