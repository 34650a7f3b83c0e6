"""The house drawn from its code: which module stands on which, and how large the rooms are. ``make house``."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("commands", "views", "services", "models", "forms")
"""From the top down; the modules beside them are the roof and the ground."""


def modules() -> dict[str, Path]:
    """The program's modules by name, without the migrations, which stand alone."""
    found = {path.stem: path for path in ROOT.glob("*.py") if path.stem != "gunicorn.conf"}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if "migrations" not in path.parts:
                name = ".".join(path.relative_to(ROOT).with_suffix("").parts)
                found[name.removesuffix(".__init__")] = path
    return found


def _imported(body: list[ast.stmt]) -> Iterator[str]:
    """The names that are imported when the module is; what is only for types is no import."""
    for node in body:
        match node:
            case ast.If(test=ast.Name(id="TYPE_CHECKING")):
                continue
            case ast.Import(names=names):
                yield from (alias.name for alias in names)
            case ast.ImportFrom(module=str(module), names=names):
                yield module
                yield from (f"{module}.{alias.name}" for alias in names)


def imports() -> dict[str, set[str]]:
    """Which modules each module imports."""
    known = modules()
    return {
        name: {found for found in _imported(ast.parse(path.read_text()).body) if found in known} - {name}
        for name, path in known.items()
    }


def storeys(graph: dict[str, set[str]]) -> list[list[str]]:
    """The modules in storeys from the ground up, each standing only on lower ones. Raises ValueError for a cycle."""
    left, built = dict(graph), list[list[str]]()
    while left:
        free = sorted(name for name, below in left.items() if not below & set(left))
        if not free:
            raise ValueError(f"a cycle among {', '.join(sorted(left))}")
        built.append(free)
        left = {name: below for name, below in left.items() if name not in free}
    return built


def picture() -> str:
    """Room by room from the top down; a line stands on the lines below it, and on nothing above."""
    graph = {name: below for name, below in imports().items() if name not in ROOMS}
    lines: list[str] = []
    for room in ("", *ROOMS):
        inside = {name: below for name, below in graph.items() if (name.split(".")[0] if "." in name else "") == room}
        if room == "":
            ground = {name for name in inside if any(name in below for other, below in graph.items() if "." in other)}
            roof = {name: below for name, below in inside.items() if name not in ground}
            lines += _drawn("", roof)
            continue
        lines += _drawn(room, inside)
    lines += _drawn("", {name: graph[name] for name in sorted(ground)})
    return "\n".join(lines)


def _drawn(room: str, inside: dict[str, set[str]]) -> Iterator[str]:
    own = {name: below & set(inside) for name, below in inside.items()}
    for number, storey in enumerate(reversed(storeys(own))):
        names = " ".join(name.removeprefix(f"{room}.") for name in storey)
        yield f"{f'{room}/' if room and not number else '':<11}{names}"


def figures() -> Iterator[str]:
    """Lines of each room, and the longest module and function in it."""
    for room in (".", *ROOMS, "templates", "static", "tests", "bench"):
        paths = [path for path in (ROOT.glob("*.py") if room == "." else (ROOT / room).rglob("*")) if _counts(path)]
        sizes = {path: len(path.read_text().splitlines()) for path in paths}
        longest = max(sizes, key=lambda path: sizes[path])
        yield (
            f"{room:<10} {len(paths):>4} files {sum(sizes.values()):>6} lines; longest "
            f"{longest.relative_to(ROOT)} {sizes[longest]}{_longest_function(paths)}"
        )


def _counts(path: Path) -> bool:
    return path.suffix in (".py", ".html", ".txt", ".css", ".js") and "migrations" not in path.parts


def _longest_function(paths: list[Path]) -> str:
    sizes = {
        f"{path.stem}.{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in paths
        if path.suffix == ".py"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
    }
    return "; {} {}".format(*max(sizes.items(), key=lambda item: item[1])) if sizes else ""


if __name__ == "__main__":
    print(picture(), end="\n\n")
    print("\n".join(figures()))
