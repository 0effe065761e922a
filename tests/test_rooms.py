"""The rooms and who may use whom: docs/design.md's picture, read from the imports."""

from __future__ import annotations

import ast
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

BOT = Path(__file__).resolve().parent.parent / "bot"

LEAVES = {"clock", "settings", "observability", "storage", "metrics"}
# Room -> the rooms it may import. A room is a folder or a file of bot/; "knowledge.model" is the pure part of its folder.
# knowledge.model needs text and schedule, matching needs the model, and so on along the flow of one message.
MAY_USE: dict[str, set[str]] = {
    "text": set(),
    "schedule": set(),
    "knowledge.model": {"text", "schedule"},
    "knowledge": {"knowledge.model", "text", "schedule", "observability"},
    "matching": {"text", "schedule", "knowledge.model"},
    "dialogue": {"text", "schedule", "knowledge.model", "matching"},
    "answers": {"text", "schedule", "knowledge.model", "matching", "dialogue"},
    "conversation": {"text", "schedule", "knowledge.model", "matching", "dialogue", "answers"},
    "clock": set(),
    "settings": set(),
    "observability": set(),
    "metrics": set(),
    "storage": set(),
    # What joins one knowledge load into an Assistant, for app and cli.
    "build": {"text", "schedule", "knowledge.model", "matching", "dialogue", "answers", "conversation"},
    # What people ask the command line: why an answer came out, and whether the golden questions still hold.
    "explain": {"text", "dialogue", "conversation"},
    "golden": {"text", "schedule", "knowledge", "dialogue", "conversation"},
    "evaluate": {"golden"},
    # Drafts, versions, what a change means; over the folder, without a web page.
    "editing": {
        "text",
        "schedule",
        "knowledge",
        "knowledge.model",
        "dialogue",
        "answers",
        "conversation",
        "golden",
        "observability",
    },
    # Edges: they hold the core and touch the world.
    "exchange": {"answers", "conversation", *LEAVES},
    "health": {"clock", "storage", "settings", "metrics"},
    "wechat": {"answers", "conversation", "exchange", *LEAVES},
    "chat": {"answers", "conversation", "exchange", *LEAVES},
    "calendar": {"schedule", "knowledge.model", "dialogue", "answers", *LEAVES},
    "reminders": {"schedule", "knowledge.model", "dialogue", "answers", "wechat", *LEAVES},
    # What staff send to a whole tag, apart from reminders; of those it asks only when the night is.
    "announce": {"reminders", "wechat", *LEAVES},
    "console": {
        "announce",
        "text",
        "schedule",
        "knowledge",
        "knowledge.model",
        "matching",
        "dialogue",
        "answers",
        "conversation",
        "explain",
        "golden",
        "editing",
        "reminders",
        *LEAVES,
    },
    "simulate": {"wechat", "settings"},
    # The door: who may come how often, and from where. The counts and the addresses are leaves.
    "limits": set(),
    "memory": set(),
    "pool": set(),
    # The vectors of the second opinion, kept in a file.
    "meanings": {"matching", "settings", "observability"},
    # What was learnt from a knowledge's phrasings, kept in files.
    "fits": {"matching", "observability"},
    "proxy": set(),
    "guard": {"clock", "limits", "proxy", "settings", "observability", "metrics"},
}
KNOW_ALL = {"app", "cli", "commands", "__main__", "__init__"}

PURE = {"text", "schedule", "knowledge.model", "matching", "dialogue", "answers", "conversation", "build"}
# The world: network, processes, databases, web, environment, and the log (a pure room has nothing to report to).
IMPURE_MODULES = {
    "asyncio", "bot.observability", "dotenv", "flask", "gunicorn", "http", "logging", "os", "random", "requests", "secrets",
    "shutil", "socket", "sqlalchemy", "sqlite3", "structlog", "subprocess", "tempfile", "time", "urllib", "wechatpy", "werkzeug",
}  # fmt: skip
CLOCKS = {"now", "today", "utcnow", "fromtimestamp"}  # of datetime and date; our own today(now) is pure
FILES = {"open", "read_text", "read_bytes", "write_text", "write_bytes", "unlink", "mkdir"}
# matching/match_file is the command `match`: it reads and writes files and times itself. The others read, once a process,
# data that is part of the code, as a literal would be.
EXEMPT = {"bot.matching.match_file"}
READS_ITS_DATA = {"bot.text", "bot.matching", "bot.dialogue"}


def room_of(module: str) -> str:
    """bot.knowledge.model -> knowledge.model; bot.text.regions -> text; bot -> __init__."""
    parts = module.split(".")[1:]
    return "knowledge.model" if parts[:2] == ["knowledge", "model"] else parts[0] if parts else "__init__"


def modules() -> dict[str, ast.Module]:
    return {
        ".".join(("bot", *path.relative_to(BOT).with_suffix("").parts)).removesuffix(".__init__"): ast.parse(
            path.read_text("utf-8")
        )
        for path in sorted(BOT.rglob("*.py"))
        if "migrations" not in path.parts
    }


MODULES = modules()


def imports(tree: ast.Module) -> set[str]:
    """Every module imported anywhere in the file, also inside functions; `from bot.x import y` counts as bot.x, and as
    bot.x.y where that is a module."""
    found: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are written in full"
            named = {f"{node.module}.{alias.name}" for alias in node.names}
            found |= {str(node.module)} | {name for name in named if node.module == "bot" or name in MODULES}
    return found


@pytest.mark.parametrize("module", MODULES)
def test_a_room_uses_only_the_rooms_before_it(module: str) -> None:
    room = room_of(module)
    if room in KNOW_ALL:
        return
    assert room in MAY_USE, f"a new room, {room}: say in MAY_USE what it may use"
    used = {room_of(name) for name in imports(MODULES[module]) if name.startswith("bot.")}
    assert used - {room} <= MAY_USE[room], f"{module} reaches outside its room"


@pytest.mark.parametrize("module", [name for name in MODULES if room_of(name) in PURE and name not in EXEMPT])
def test_a_pure_room_touches_nothing(module: str) -> None:
    tree = MODULES[module]
    impure = {
        name for name in imports(tree) if name in IMPURE_MODULES or name.split(".")[0] in IMPURE_MODULES
    }
    assert not impure, f"{module} is in a pure room"
    calls = [node.func for node in ast.walk(tree) if isinstance(node, ast.Call)]
    asked = {
        f"{f.value.id}.{f.attr}"
        for f in calls
        if isinstance(f, ast.Attribute) and isinstance(f.value, ast.Name)
    }
    clocks = {f"{kind}.{name}" for kind in ("datetime", "date") for name in CLOCKS}
    assert not asked & clocks, f"{module} is in a pure room: `now` is an argument"
    bare = {f.id for f in calls if isinstance(f, ast.Name)}
    assert not bare & {"open", "print", "input"}, f"{module} is in a pure room"
    if module.rpartition(".")[0] not in READS_ITS_DATA:
        files = {f.attr for f in calls if isinstance(f, ast.Attribute)} & FILES
        assert not files, f"{module} is in a pure room"


def test_no_two_modules_need_each_other() -> None:
    """Also where an import is only for types, or inside a function: such a circle is one module, or three."""
    needs = {module: imports(tree) & MODULES.keys() - {module} for module, tree in MODULES.items()}
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_no_init_file_exports_anything() -> None:
    for module, tree in MODULES.items():
        if (BOT.parent / Path(*module.split(".")) / "__init__.py").exists():
            assert not imports(tree), f"{module}/__init__.py: an import shows where the thing is"


def test_only_settings_reads_the_environment() -> None:
    for module, tree in MODULES.items():
        if module != "bot.settings":
            names = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
            assert not names & {"environ", "getenv"}, f"{module}: Settings knows the environment"
