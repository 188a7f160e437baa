# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The walls of the house: what may import what, and that no room is built without its doors."""

from __future__ import annotations

import ast
import functools
import importlib
import re
import sys
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.core.hide import is_secret
from ansible_collections.slipway.docker.plugins.module_utils.core.kind import Kind

HOUSE = Path(__file__).parents[2]
PLUGINS, UTILS = HOUSE / "plugins", HOUSE / "plugins" / "module_utils"
COLLECTION = "ansible_collections.slipway.docker."
ROOMS = sorted(path.parent for path in UTILS.glob("kinds/*/__init__.py"))
MODULES = sorted(PLUGINS.glob("modules/*.py"))

# Layer by layer, what it may import; `outside` is handed over to whoever observes or applies.
MAY_IMPORT = {
    "module_utils.core": {"module_utils.core"},
    "module_utils.outside": {"module_utils.core", "module_utils.outside"},
    "module_utils.kinds": {"module_utils.core", "module_utils.kinds"},
    "module_utils.compose": {"module_utils.core", "module_utils.compose"},
    "module_utils.options": {"module_utils.core"},
    "module_utils.declaring": {"module_utils.core"},
    "module_utils.undoing": {"module_utils.core", "module_utils.kinds"},
    "module_utils.module": {
        "module_utils.core", "module_utils.declaring", "module_utils.kinds", "module_utils.options",
        "module_utils.outside",
    },
    "module_utils.rollout": {
        "module_utils.core", "module_utils.kinds", "module_utils.module", "module_utils.options",
        "module_utils.outside", "module_utils.undoing",
    },
    "modules": {
        "module_utils.kinds", "module_utils.module", "module_utils.options", "module_utils.rollout",
    },
    "doc_fragments": set(),
    "plugin_utils": {
        "plugin_utils", "module_utils.core", "module_utils.kinds", "module_utils.compose",
        "module_utils.outside",
    },
    "action": {
        "plugin_utils", "module_utils.core", "module_utils.kinds", "module_utils.compose",
        "module_utils.options", "module_utils.outside",
    },
}  # fmt: skip
HANDED_THE_OUTSIDE = ("observe.py", "apply.py")
# What is declared for the specification of options alone.
SPECIFICATION = {"modules": {"module_utils.outside"}}

# With these a file reaches the world by itself instead of through what it is handed.
WORLDLY = {
    "asyncio", "glob", "http", "os", "pathlib", "random", "requests", "shutil", "socket",
    "subprocess", "tempfile", "time", "urllib", "docker",
}  # fmt: skip
MADE_BY_OTHERS = {
    "rootless": "the engine module has the engines of users along with the host's",
    "tree": "the stack and the container module place files with it",
    "kept": "the rollout module keeps what it would go back to",
}
# Rooms beside each other: what of which other room one may know, and why.
NEIGHBOURS = {
    "rootless": {
        "engine": "a user's daemon.json is the host's with fewer keys, and one module has both",
    },
}


@functools.lru_cache(maxsize=None)
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text())


def files(*patterns: str) -> list[Path]:
    """The Python files below the house that match, nothing of a cache."""
    return sorted(
        path for pattern in patterns for path in HOUSE.glob(pattern) if ".cache" not in path.parts
    )


def name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def imports(path: Path) -> t.Iterator[str]:
    """The dotted names that a file imports, wherever in it."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "{0} imports relatively".format(name(path))
            yield from ("{0}.{1}".format(node.module, alias.name) for alias in node.names)


def ours(path: Path) -> t.Iterator[str]:
    prefix = COLLECTION + "plugins."
    return (each[len(prefix) :] for each in imports(path) if each.startswith(prefix))


def layer(dotted: str) -> str:
    """`module_utils.kinds.volume` lives in `module_utils.kinds`, `action.stack` in `action`."""
    parts = dotted.split(".")
    return ".".join(parts[: 2 if parts[0] == "module_utils" else 1])


def home(path: Path) -> str:
    return layer(".".join(path.relative_to(PLUGINS).with_suffix("").parts))


def test_imports_point_inward() -> None:
    strays = []
    for path in files("plugins/**/*.py"):
        allowed = MAY_IMPORT[home(path)] | SPECIFICATION.get(home(path), set())
        if home(path) == "module_utils.kinds" and path.name in HANDED_THE_OUTSIDE:
            allowed = allowed | {"module_utils.outside"}
        strays += [(name(path), each) for each in ours(path) if layer(each) not in allowed]

    assert strays == []


def test_a_room_knows_no_other_room() -> None:
    strays = [
        (name(path), each)
        for room in ROOMS
        for path in room.glob("*.py")
        for each in ours(path)
        if each.startswith("module_utils.kinds.")
        and each.split(".")[2] not in (room.name, "labels", *NEIGHBOURS.get(room.name, ()))
    ]

    assert strays == []


def test_what_decides_touches_nothing() -> None:
    deciding = [
        path
        for path in files("plugins/module_utils/core/*.py", "plugins/module_utils/kinds/**/*.py")
        if path.name not in HANDED_THE_OUTSIDE
    ]
    strays = [
        (name(path), each)
        for path in deciding
        for each in imports(path)
        if each.split(".")[0] in WORLDLY and not each.startswith("os.path")
    ]
    opened = [
        "{0}:{1}".format(name(path), call.lineno)
        for path in deciding
        for call in calls(path)
        if getattr(call.func, "id", "") in ("open", "eval", "exec")
    ]

    assert (strays, opened) == ([], [])


def test_at_the_top_nothing_is_imported_that_a_host_may_lack() -> None:
    known = {*sys.stdlib_module_names, "ansible", "ansible_collections"}
    strays = [
        (name(path), each.split(".")[0])
        for path in files("plugins/**/*.py")
        for node in tree(path).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for each in [getattr(node, "module", None) or node.names[0].name]
        if each.split(".")[0] not in known
    ]

    assert strays == []


def calls(path: Path) -> t.Iterator[ast.Call]:
    return (node for node in ast.walk(tree(path)) if isinstance(node, ast.Call))


def called(call: ast.Call) -> str:
    """The last word of what is called: `fail_json` of `module.fail_json(...)`."""
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def test_a_run_ends_in_one_place() -> None:
    ends = [
        (name(path), called(call))
        for path in files("plugins/**/*.py")
        for call in calls(path)
        if called(call) in ("fail_json", "exit_json")
    ]

    assert sorted(ends) == [
        ("plugins/module_utils/module.py", "exit_json"),
        ("plugins/module_utils/module.py", "fail_json"),
    ]


def test_every_module_is_made_by_the_one_that_keeps_options_out_of_the_log() -> None:
    makers = [
        name(path)
        for path in files("plugins/**/*.py")
        for call in calls(path)
        if called(call) == "AnsibleModule"
    ]

    assert makers == []


def test_check_mode_is_asked_in_the_one_loop_and_handed_to_it() -> None:
    asked = [
        name(path)
        for path in files("plugins/module_utils/**/*.py", "plugins/modules/*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, (ast.If, ast.IfExp, ast.While))
        for each in ast.walk(node.test)
        if isinstance(each, ast.Attribute) and each.attr == "check_mode"
    ]
    # The edge asks too: who only looks needs no turn, and a host without Python is a description.
    assert asked == [
        "plugins/module_utils/core/converge.py",
        "plugins/module_utils/module.py",
        "plugins/module_utils/module.py",
    ]


def test_nothing_is_asserted_or_printed() -> None:
    found = [
        "{0}:{1}".format(name(path), node.lineno)
        for path in files("plugins/**/*.py")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Assert)
        or (isinstance(node, ast.Call) and called(node) in ("print", "breakpoint"))
    ]

    assert found == []


SPOKEN = ("DOCUMENTATION", "EXAMPLES", "RETURN")
ALL_FILES = files(
    "plugins/**/*.py", "tests/**/*.py", "tools/**/*.py", "molecule/**/*.py", "benchmarks/**/*.py"
)
HEADER = re.compile(
    r"(#![^\n]+\n)?# Copyright: the Slipway authors\n"
    r"# GNU General Public License v3\.0 or later "
    r"\(see LICENSE or https://www\.gnu\.org/licenses/gpl-3\.0\.txt\)\n"
    r"# SPDX-License-Identifier: GPL-3\.0-or-later\n"
)


@pytest.mark.parametrize("path", [path for path in ALL_FILES if path.read_text()], ids=name)
class TestEveryFile:
    def test_says_whose_it_is(self, path: Path) -> None:
        assert HEADER.match(path.read_text())

    def test_reads_its_annotations_late(self, path: Path) -> None:
        says_something = any(not isinstance(node, ast.Expr) for node in tree(path).body)
        assert "__future__.annotations" in list(imports(path)) or not says_something

    def test_says_in_a_sentence_what_it_is(self, path: Path) -> None:
        if path.parent.name == "modules":
            assert yaml.safe_load(constant(path, "DOCUMENTATION"))["short_description"]
        else:
            sentence = (ast.get_docstring(tree(path)) or "").splitlines()
            assert sentence
            assert sentence[0].endswith((".", ":"))


@pytest.mark.parametrize("path", files("plugins/**/*.py", "tools/**/*.py"), ids=name)
def test_a_file_is_one_room_and_not_two(path: Path) -> None:
    documented = sum(constant(path, each).count("\n") for each in SPOKEN)

    assert path.read_text().count("\n") - documented <= 300


def constant(path: Path, wanted: str) -> str:
    """The text that a file gives a name at its top."""
    for node in tree(path).body:
        if isinstance(node, ast.Assign) and getattr(node.targets[0], "id", "") == wanted:
            return str(ast.literal_eval(node.value))
    return ""


def kind(room: Path) -> Kind:
    plate = importlib.import_module(
        "{0}plugins.module_utils.kinds.{1}".format(COLLECTION, room.name)
    )
    return t.cast(Kind, getattr(plate, room.name.upper()))


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
class TestEveryKind:
    def test_has_the_same_doors(self, room: Path) -> None:
        assert kind(room).name == room.name
        assert {"fields.py", "observe.py", "plan.py", "apply.py"} <= {
            path.name for path in room.glob("*.py")
        }

    def test_has_a_module_or_says_who_makes_it(self, room: Path) -> None:
        has_one = (PLUGINS / "modules" / (room.name + ".py")).exists()
        assert has_one is (room.name not in MADE_BY_OTHERS)

    def test_has_cases(self, room: Path) -> None:
        mirrored = HOUSE / "tests/unit/plugins/module_utils/kinds" / room.name
        assert list(mirrored.glob("test_*.py"))

    def test_can_be_taken_away(self, room: Path) -> None:
        assert "absent" in kind(room).states

    def test_names_each_field_and_alias_once(self, room: Path) -> None:
        names = [each for field in kind(room).fields for each in (field.name, *field.aliases)]
        assert sorted(names) == sorted(set(names))

    def test_never_takes_false_for_not_set_where_not_set_is_true(self, room: Path) -> None:
        rows = [
            field.name
            for field in kind(room).fields
            if field.path and field.default is True and means_not_set(field, False)
        ]
        assert rows == []

    def test_says_of_each_field_that_is_a_secret_that_it_is_one(self, room: Path) -> None:
        named = [field.name for field in kind(room).fields if is_secret(field.name)]
        assert [each for each in named if not field_of(room, each).secret] == []


def field_of(room: Path, wanted: str) -> Field:
    return next(field for field in kind(room).fields if field.name == wanted)


def means_not_set(field: Field, value: t.Any) -> bool:
    try:
        canonical = field.codec.read(value)
        return (
            type(canonical) is type(value)
            and field.codec.from_engine(field.codec.to_engine(canonical)) is None
        )
    except (ValueError, TypeError, AttributeError, KeyError):
        return False


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
class TestEveryModule:
    def test_is_documentation_and_at_most_a_call(self, path: Path) -> None:
        functions = [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]
        assert not functions or functions[-1].name == "main"
        assert sum((each.end_lineno or 0) - each.lineno for each in functions) <= 40

    def test_says_what_it_takes_shows_and_returns(self, path: Path) -> None:
        assert all(constant(path, each) for each in SPOKEN)

    def test_has_an_action_on_the_controller(self, path: Path) -> None:
        assert (PLUGINS / "action" / path.name).exists()

    def test_is_in_the_group_that_sets_the_connection_of_all(self, path: Path) -> None:
        groups = yaml.safe_load((HOUSE / "meta/runtime.yml").read_text())["action_groups"]
        fragments = yaml.safe_load(constant(path, "DOCUMENTATION")).get(
            "extends_documentation_fragment", []
        )
        connects = "slipway.docker.connection" in fragments
        assert (path.stem in groups["docker"]) is connects
