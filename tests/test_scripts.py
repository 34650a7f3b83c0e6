"""The scripts are written in the JavaScript of 2015, which every browser has known for years."""

import itertools
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import esprima
import pytest

from tests.conftest import ROOT

SCRIPTS = {
    "app.js": ROOT / "static/app.js",
    "htmx": files("js_lib_htmx") / "static/htmx/htmx.min.js",
}


def nodes(tree: Any) -> Iterator[dict[str, Any]]:
    if isinstance(tree, list):
        for part in tree:
            yield from nodes(part)
    elif isinstance(tree, dict):
        yield tree
        for part in tree.values():
            yield from nodes(part)


def newer_in(node: dict[str, Any]) -> Iterator[str]:
    """What a node of the tree has that came after 2015."""
    kind = node.get("type")
    if node.get("operator") in ("**", "**="):
        yield "2016: **"
    if node.get("async") is True or kind == "AwaitExpression":
        yield "2017: async and await"
    parts = node["properties"] if kind in ("ObjectExpression", "ObjectPattern") else []
    if any(part["type"] in ("SpreadElement", "RestElement") for part in parts):
        yield "2018: spread and rest in objects"
    if kind == "Import":
        yield "2020: import()"
    if regex := node.get("regex"):
        if set(regex["flags"]) - set("gimuy"):
            yield f"2018 or later: flags {regex['flags']}"
        if re.search(r"\(\?<|\\p\{", regex["pattern"]):
            yield "2018: looking behind, named groups, properties"


def newer_syntax(source: str) -> set[str]:
    """Everything in a script that came after 2015."""
    try:
        tree = esprima.parseScript(source, {"tokens": True}).toDict()
    except esprima.Error as error:
        # The parser itself knows little that is later than 2017; newer_in names that.
        return {f"later than 2017, or no JavaScript: {error}"}
    tokens = [token["value"] for token in tree.pop("tokens")]
    found = {words for node in nodes(tree["body"]) for words in newer_in(node)}
    if (",", ")") in itertools.pairwise(tokens):
        found.add("2017: a comma after the last parameter")
    return found


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_needs_no_browser_newer_than_2015(name: str) -> None:
    assert newer_syntax(SCRIPTS[name].read_text()) == set()


@pytest.mark.parametrize(
    ("source", "year"),
    [
        ("a ** b", "2016"),
        ("a **= b", "2016"),
        ("async function f() {}", "2017"),
        ("var f = async x => { await x; }", "2017"),
        ("({ async f() {} })", "2017"),
        ("class A { async f() {} }", "2017"),
        ("f(a,)", "2017"),
        ("function f(a,) {}", "2017"),
        ("({ ...a })", "2018"),
        ("var { a, ...b } = c", "2018"),
        ("/a/s", "2018"),
        ("/(?<=a)b/", "2018"),
        ("function* f() { for await (var a of b) {} }", "later than 2017"),
        ("try { f() } catch { g() }", "later than 2017"),
        ("a?.b", "later than 2017"),
        ("a ?? b", "later than 2017"),
        ("a ||= b", "later than 2017"),
        ("import('a')", "2020"),
        ("class A { b = 1 }", "later than 2017"),
        ("1_000", "later than 2017"),
    ],
)
def test_newer_syntax_is_seen(source: str, year: str) -> None:
    assert any(found.startswith(year) for found in newer_syntax(source))


@pytest.mark.parametrize(
    "source",
    [
        "let a = (b, ...c) => [...b, ...c]",
        "class A extends B { get c() { return `${super.c}` } }",
        "for (const [a, b = 1] of c) { f({ a, b, }); }",
        "var async = 1, s = 'f(a,)', r = /,\\)/gimuy;",
    ],
)
def test_the_syntax_of_2015_is_taken(source: str) -> None:
    assert newer_syntax(source) == set()
