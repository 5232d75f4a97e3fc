"""From the text of an expression to checked nodes of the graph.

The grammar is a small part of Python's own, written in the law's Chinese words::

    失能等级 >= 中度 and (低保 or 低保边缘)
    七十周岁 <= 年龄 < 八十周岁
    重度时数 if 失能等级 >= 重度 else 中度时数

It is read with :mod:`ast` against an allow-list; nothing is ever evaluated as Python. Names,
literals, ``and or not``, comparisons, ``+ - *``, conditional expressions, ``in (…)``,
``min max`` and ``周岁(…)``: no loops, no attribute access, no calls of anything else. Every
expression is total, and its unit and its bounds are known before it runs.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from functools import lru_cache
from types import MappingProxyType

from heling.engines.law.graph import Graph, Node, Op
from heling.engines.law.units import AGE, BOOL, NUMBER, PLAIN, Bounds, Kind, Type

MAX_LENGTH = 2_000
MAX_DEPTH = 40
INT_LIMIT = 2**53
"""Numbers stay exact in NumPy's int64, in JSON and in a spreadsheet."""
AGE_BOUNDS = Bounds(0, 150)

_COMPARISONS: dict[type[ast.cmpop], str] = {
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
    ast.Eq: "==",
    ast.NotEq: "!=",
}
_ARITHMETIC: dict[type[ast.operator], Op] = {
    ast.Add: Op.ADD,
    ast.Sub: Op.SUBTRACT,
    ast.Mult: Op.MULTIPLY,
}
_EXTREMES = {"min": Op.MIN, "max": Op.MAX}
_ORDERING = ("<", "<=", ">", ">=")

Resolve = Callable[[str], Node | None]


class Wrong(Exception):
    """An expression that cannot be accepted, as one Chinese sentence."""


class Compiler:
    """Turns expression text into nodes. ``resolve`` gives the node of a word, or None.

    ``named`` are functions of one word, such as 享受(…) in a property: word → node, or Wrong.
    """

    def __init__(
        self,
        graph: Graph,
        resolve: Resolve,
        named: Mapping[str, Callable[[str], Node]] = MappingProxyType({}),
    ) -> None:
        self._graph = graph
        self._resolve = resolve
        self._named = named

    def compile(self, text: str) -> Node:
        """Parse, check and build. Raises Wrong."""
        return self._build(parse_expression(text))

    def condition(self, text: str) -> Node:
        """An expression that must be 是非."""
        node = self.compile(text)
        if node.type is not BOOL and node.type.kind is not Kind.BOOL:
            raise Wrong(f"条件应当是“是非”，这里算出来的是{node.type}")
        return node

    def quantity(self, text: str) -> Node:
        """An expression that must be a number."""
        node = self.compile(text)
        if node.type.kind is not Kind.NUMBER:
            raise Wrong(f"数额应当是数量，这里算出来的是{node.type}")
        return node

    def table(self, key: str, rows: dict[str, str], otherwise: str) -> Node:
        """One expression per level of an enum. Every level needs a row, or ``else`` exists."""
        subject = self._word(key)
        if subject.type.kind is not Kind.ENUM:
            raise Wrong(f"查表要用等级，“{key}”是{subject.type}")
        levels = subject.type.levels
        if strange := [r for r in rows if r not in levels]:
            raise Wrong(f"表里的“{strange[0]}”不是“{key}”的等级，可以写：{'、'.join(levels)}")
        missing = [level for level in levels if level not in rows]
        if missing and not otherwise:
            raise Wrong(f"表里缺少“{missing[0]}”这一级，请补上或写 else")
        values = [self.quantity(rows.get(level, otherwise)) for level in levels]
        return lookup(self._graph, subject, values)

    def _build(self, tree: ast.expr) -> Node:
        build = _BUILDERS.get(type(tree))
        if build is None:
            raise Wrong(
                f"不能使用{_nickname(tree)}；只可用词、数、and or not、比较、+ - * 和 if else"
            )
        return build(self, tree)

    def _word(self, word: str) -> Node:
        node = self._resolve(word)
        if node is None:
            raise Wrong(f"不认识的词“{word}”，请先在 facts、constants 或 define 里写明")
        return node

    def name(self, tree: ast.Name) -> Node:
        return self._word(tree.id)

    def literal(self, tree: ast.Constant) -> Node:
        if type(tree.value) is not int:
            raise Wrong(f"不能使用 {tree.value!r}：只可写整数，文字和小数都不行（金额以分计）")
        if tree.value > INT_LIMIT:
            raise Wrong(f"数 {tree.value} 太大")
        return self._number(tree.value)

    def _number(self, value: int, type_: Type = NUMBER) -> Node:
        return self._graph.node(Op.LITERAL, type_, value, (), Bounds(value, value))

    def junction(self, tree: ast.BoolOp) -> Node:
        op = Op.ALL if isinstance(tree.op, ast.And) else Op.ANY
        return junction(self._graph, op, [self._truth(v) for v in tree.values])

    def _truth(self, tree: ast.expr) -> Node:
        node = self._build(tree)
        if node.type.kind is not Kind.BOOL:
            raise Wrong(f"“{ast.unparse(tree)}”是{node.type}，不能当作“是非”来判断")
        return node

    def unary(self, tree: ast.UnaryOp) -> Node:
        if isinstance(tree.op, ast.Not):
            return negation(self._graph, self._truth(tree.operand))
        raise Wrong("不能使用负号；请用减法")

    def comparison(self, tree: ast.Compare) -> Node:
        sides = [tree.left, *tree.comparators]
        links = [
            self._link(left, op, right)
            for left, op, right in zip(sides, tree.ops, sides[1:], strict=False)
        ]
        return links[0] if len(links) == 1 else junction(self._graph, Op.ALL, links)

    def _link(self, left: ast.expr, op: ast.cmpop, right: ast.expr) -> Node:
        if isinstance(op, ast.In):
            if not isinstance(right, ast.Tuple | ast.List) or not right.elts:
                raise Wrong("in 的右边应当是括号里的几个值，例如 in (无, 长期不在身边)")
            each = [self._pair("==", left, e) for e in right.elts]
            return each[0] if len(each) == 1 else junction(self._graph, Op.ANY, each)
        symbol = _COMPARISONS.get(type(op))
        if symbol is None:
            raise Wrong("只可用 < <= > >= == != 和 in 来比较")
        return self._pair(symbol, left, right)

    def _pair(self, symbol: str, left: ast.expr, right: ast.expr) -> Node:
        a, b = self._operands(left, right)
        return compare(self._graph, symbol, a, b)

    def _operands(self, left: ast.expr, right: ast.expr) -> tuple[Node, Node]:
        """Both sides; a bare level name is read in the enum of the other side."""
        for this, other, swap in ((left, right, False), (right, left, True)):
            if isinstance(this, ast.Name) and self._resolve(this.id) is None:
                subject = self._build(other)
                level = self._level(this.id, subject)
                return (subject, level) if swap else (level, subject)
        return self._build(left), self._build(right)

    def _level(self, word: str, subject: Node) -> Node:
        if subject.type.kind is not Kind.ENUM:
            self._word(word)
        if word not in subject.type.levels:
            choices = "、".join(subject.type.levels)
            raise Wrong(f"不认识的词“{word}”，这里可以写的等级是：{choices}")
        return level(self._graph, subject.type, word)

    def arithmetic(self, tree: ast.BinOp) -> Node:
        op = _ARITHMETIC.get(type(tree.op))
        if op is None:
            raise Wrong("只可用 + - *；不用除法，以免出现小数（要分份时写 进一(总数, 每份)）")
        return arithmetic(self._graph, op, self._build(tree.left), self._build(tree.right))

    def conditional(self, tree: ast.IfExp) -> Node:
        return choose(
            self._graph,
            self._truth(tree.test),
            self._build(tree.body),
            self._build(tree.orelse),
        )

    def call(self, tree: ast.Call) -> Node:
        name = tree.func.id if isinstance(tree.func, ast.Name) else ""
        if tree.keywords or any(isinstance(a, ast.Starred) for a in tree.args):
            raise Wrong("函数里只可依次写值")
        if name in self._named:
            return self._of_word(name, tree.args)
        args = [self._build(a) for a in tree.args]
        if name == "周岁":
            return self._age(args)
        if name == "进一":
            return self._parts(args)
        if name not in _EXTREMES:
            raise Wrong(f"不能调用“{ast.unparse(tree.func)}”；可用的只有 {self._callable()}")
        if not args:
            raise Wrong(f"{name} 里至少要有一个值")
        return extreme(self._graph, _EXTREMES[name], args)

    def _callable(self) -> str:
        return "、".join(["min", "max", *self._named, "周岁", "进一"])

    def _of_word(self, name: str, args: list[ast.expr]) -> Node:
        if len(args) != 1 or not isinstance(args[0], ast.Name):
            raise Wrong(f"{name}(…) 里应当是一个词")
        return self._named[name](args[0].id)

    def _age(self, args: list[Node]) -> Node:
        if len(args) != 1 or args[0].type.kind is not Kind.DATE:
            raise Wrong("周岁(…) 里应当是一个日期")
        return self._graph.node(Op.AGE, AGE, None, tuple(args), AGE_BOUNDS)

    def _parts(self, args: list[Node]) -> Node:
        if len(args) != 2:
            raise Wrong("进一(总数, 每份) 里应当是两个数量")
        return divide_up(self._graph, *args)


_BUILDERS: dict[type[ast.expr], Callable[..., Node]] = {
    ast.Name: Compiler.name,
    ast.Constant: Compiler.literal,
    ast.BoolOp: Compiler.junction,
    ast.UnaryOp: Compiler.unary,
    ast.Compare: Compiler.comparison,
    ast.BinOp: Compiler.arithmetic,
    ast.IfExp: Compiler.conditional,
    ast.Call: Compiler.call,
}


@lru_cache(maxsize=4096)
def parse_expression(text: str) -> ast.expr:
    """Python's grammar, bounded in length and depth. Raises Wrong, never anything else.

    Kept, because a reform reads all but a few expressions again.
    """
    if len(text) > MAX_LENGTH:
        raise Wrong(f"表达式超过 {MAX_LENGTH:,} 个字符的上限，请拆成几个词")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise Wrong("看不懂这个表达式，请检查括号、空格和运算符（括号用半角）") from None
    if _too_deep(tree):
        raise Wrong(f"表达式套了 {MAX_DEPTH} 层以上，请拆成几个词")
    return tree


def _too_deep(tree: ast.expr) -> bool:
    stack: list[tuple[ast.AST, int]] = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > MAX_DEPTH:
            return True
        stack.extend((child, depth + 1) for child in ast.iter_child_nodes(node))
    return False


def _nickname(tree: ast.expr) -> str:
    names = {ast.Attribute: "点号取值", ast.Lambda: "函数定义", ast.Subscript: "方括号取值"}
    return names.get(type(tree), f"“{ast.unparse(tree)[:30]}”这种写法")


# Typed constructors: the only places that know which types fit together.


def level(graph: Graph, type_: Type, word: str) -> Node:
    """An enum's level as a literal: its position."""
    code = type_.levels.index(word)
    return graph.node(Op.LITERAL, type_, code, (), Bounds(code, code))


def place(graph: Graph, type_: Type, code: str) -> Node:
    """A city or a county (six-digit code) as a literal."""
    return graph.node(Op.LITERAL, type_, int(code), (), Bounds(int(code), int(code)))


def junction(graph: Graph, op: Op, children: list[Node]) -> Node:
    """and / or over 是非, flattened: ``a and (b and c)`` is one node with three children."""
    flat: list[Node] = []
    for child in children:
        flat.extend(child.children if child.op is op else [child])
    unique = list(dict.fromkeys(flat))
    return unique[0] if len(unique) == 1 else graph.node(op, BOOL, None, tuple(unique))


def negation(graph: Graph, child: Node) -> Node:
    return child.children[0] if child.op is Op.NOT else graph.node(Op.NOT, BOOL, None, (child,))


def compare(graph: Graph, symbol: str, a: Node, b: Node) -> Node:
    """A comparison of two values of one type; order only where there is one."""
    a, b = _same(graph, a, b, "比较")
    kind = a.type.kind
    if kind is Kind.BOOL:
        raise Wrong("是非不用比较，直接写词或 not")
    ranked = kind in (Kind.NUMBER, Kind.DATE) or a.type.ordered
    if symbol in _ORDERING and not ranked:
        raise Wrong(f"{a.type}没有高低之分，只可用 == 或 !=")
    return graph.node(Op.COMPARE, BOOL, symbol, (a, b))


def arithmetic(graph: Graph, op: Op, a: Node, b: Node) -> Node:
    """``+ -`` need one unit, ``*`` multiplies units. Bounds are carried along and limited."""
    for side in (a, b):
        if side.type.kind is not Kind.NUMBER:
            raise Wrong(f"{side.type}不能加减乘")
    if op is Op.MULTIPLY:
        return _bounded(
            graph, op, Type(Kind.NUMBER, a.type.unit * b.type.unit), (a, b), a.bounds * b.bounds
        )
    a, b = _same(graph, a, b, "加减")
    bounds = a.bounds + b.bounds if op is Op.ADD else a.bounds - b.bounds
    return _bounded(graph, op, a.type, (a, b), bounds)


def divide_up(graph: Graph, whole: Node, part: Node) -> Node:
    """How many parts a whole needs, a started one counted (不足一份的按一份计)."""
    for side in (whole, part):
        if side.type.kind is not Kind.NUMBER:
            raise Wrong(f"{side.type}不能分份")
    if part.bounds.low < 1 or whole.bounds.low < 0:
        raise Wrong("每份可能是 0，不能分份；每份要写成大于 0 的常数，总数不能是负数")
    bounds = Bounds(
        -(-whole.bounds.low // part.bounds.high), -(-whole.bounds.high // part.bounds.low)
    )
    unit = whole.type.unit / part.type.unit
    return _bounded(graph, Op.DIVIDE_UP, Type(Kind.NUMBER, unit), (whole, part), bounds)


def extreme(graph: Graph, op: Op, args: list[Node]) -> Node:
    """min / max of numbers of one unit."""
    if wrong := next((a for a in args if a.type.kind is not Kind.NUMBER), None):
        raise Wrong(f"min 和 max 只用于数量，这里是{wrong.type}")
    args = _aligned(graph, args, "比大小")
    pick = min if op is Op.MIN else max
    bounds = Bounds(pick(a.bounds.low for a in args), pick(a.bounds.high for a in args))
    return args[0] if len(args) == 1 else _bounded(graph, op, args[0].type, tuple(args), bounds)


def choose(graph: Graph, test: Node, then: Node, otherwise: Node) -> Node:
    """``then if test else otherwise``; both of one type."""
    then, otherwise = _same(graph, then, otherwise, "二选一")
    if then.type.kind is Kind.BOOL:
        raise Wrong("是非不用 if else，请用 and 和 or")
    bounds = then.bounds | otherwise.bounds
    return _bounded(graph, Op.CHOOSE, then.type, (test, then, otherwise), bounds)


def lookup(graph: Graph, key: Node, values: list[Node]) -> Node:
    """One value per level of ``key``'s enum, all of one unit."""
    rows = _aligned(graph, values, "查表")
    bounds = rows[0].bounds
    for row in rows[1:]:
        bounds = bounds | row.bounds
    return _bounded(graph, Op.LOOKUP, rows[0].type, (key, *rows), bounds)


def _bounded(graph: Graph, op: Op, type_: Type, children: tuple[Node, ...], bounds: Bounds) -> Node:
    if not bounds.within(INT_LIMIT):
        raise Wrong(f"结果可能达到 {max(-bounds.low, bounds.high)}，超出可精确计算的范围")
    return graph.node(op, type_, None, children, bounds)


def _aligned(graph: Graph, nodes: list[Node], doing: str) -> list[Node]:
    """All nodes at the one type that they share; zeros take the unit of the others."""
    model = next((n for n in nodes if n.type.unit != PLAIN), nodes[0])
    return [_same(graph, model, n, doing)[1] for n in nodes]


def _same(graph: Graph, a: Node, b: Node, doing: str) -> tuple[Node, Node]:
    """Both nodes at one type, or Wrong. A bare 0 fits every unit; no other number does."""
    if a.type == b.type:
        return a, b
    if a.type.kind is Kind.NUMBER and b.type.kind is Kind.NUMBER:
        if _is_zero(a):
            return graph.node(Op.LITERAL, b.type, 0, (), Bounds(0, 0)), b
        if _is_zero(b):
            return a, graph.node(Op.LITERAL, a.type, 0, (), Bounds(0, 0))
        raise Wrong(
            f"单位不一致，不能{doing}：一边是{a.type}，另一边是{b.type}；"
            "带单位的数请写成 constants 里的词"
        )
    raise Wrong(f"类型不一致，不能{doing}：一边是{a.type}，另一边是{b.type}")


def _is_zero(node: Node) -> bool:
    return node.op is Op.LITERAL and node.payload == 0 and node.type.unit == PLAIN
