# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracles, row by row: `python -m tests.oracles.run [DIR]` prints a count a file."""

from __future__ import annotations

import collections
import dataclasses
import hashlib
import json
import os
import pathlib
import sys
import typing as t

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import ComposeError
from tests.oracles.answers import ANSWERS, whole_file
from tests.oracles.excused import EXCUSED
from tests.oracles.reference_json import spell
from tests.oracles.refusals import same

DEFAULT = "../shared/oracles/compose"
VERDICTS = (
    "equal",
    "different",
    "refused rightly",
    "refused wrongly",
    "accepted wrongly",
    "excused",
)
GOOD = ("equal", "refused rightly", "excused")


@dataclasses.dataclass(frozen=True)
class Result:
    """What came of a row."""

    name: str
    verdict: str
    expected: t.Any
    found: t.Any


def folder_of_oracles(given: str | None = None) -> pathlib.Path:
    """The folder of the oracles; it may be absent."""
    root = pathlib.Path(__file__).resolve().parents[2]
    return (root / (given or os.environ.get("SLIPWAY_ORACLES") or DEFAULT)).resolve()


def judge(name: str, row: dict[str, t.Any], answer: t.Callable[[], t.Any]) -> Result:
    """The verdict on a row."""
    expected = row.get("error", row.get("out", row.get("project")))
    try:
        found = answer()
    except (ComposeError, ValueError) as error:
        right = "error" in row and same(row["error"], str(error))
        verdict = (
            "refused rightly" if right else "excused" if name in EXCUSED else "refused wrongly"
        )
        return Result(name, verdict, expected, str(error))
    if "error" in row:
        return Result(name, "excused" if name in EXCUSED else "accepted wrongly", expected, found)
    verdict = "equal" if found == expected else "excused" if name in EXCUSED else "different"
    return Result(name, verdict, expected, found)


def results(folder: pathlib.Path) -> dict[str, list[Result]]:
    """The results of every row, by file."""
    found = {"load.jsonl": [_whole(line, folder) for line in _lines(folder / "load.jsonl")]}
    for file in sorted((folder / "phases").glob("*.jsonl")):
        found["phases/" + file.name] = [_phase(line, folder) for line in _lines(file)]
    if (folder / "full-example-expected.json").exists():
        found["full-example"] = [_full_example(folder)]
    return {file: rows for file, rows in found.items() if rows}


def _lines(file: pathlib.Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _source(folder: pathlib.Path) -> str:
    return str(folder / "files")


def _whole(line: str, folder: pathlib.Path) -> Result:
    name = json.loads(line)["file"]
    row = json.loads(line.replace("$SRC", _source(folder)))
    return judge(name, row, lambda: whole_file(row, str(folder)))


def _phase(line: str, folder: pathlib.Path) -> Result:
    raw = json.loads(line)
    digest = hashlib.sha256(json.dumps(raw["in"], sort_keys=True).encode()).hexdigest()[:8]
    row = json.loads(line.replace("$SRC", _source(folder)))
    name = "{0}/{1}/{2}".format(raw["kind"], raw["test"], digest)
    return judge(name, row, lambda: ANSWERS[row["kind"]](row, str(folder)))


def _full_example(folder: pathlib.Path) -> Result:
    example = folder / "files/compose-go/loader/full-example.yml"
    home = os.path.expanduser("~")
    text = (folder / "full-example-expected.json").read_text(encoding="utf-8")
    expected = json.loads(text.replace("$WD", str(example.parent)).replace("$HOME", home))
    environment = {"HOME": home, "BAR": "this is a secret", "QUX": "qux_from_environment"}
    return judge("full-example", {"out": expected}, lambda: _example(example, environment))


def _example(example: pathlib.Path, environment: dict[str, str]) -> t.Any:
    from ansible_collections.slipway.docker.plugins.module_utils.compose.project import load_wish
    from ansible_collections.slipway.docker.plugins.module_utils.compose.scene import Desk, Phases
    from ansible_collections.slipway.docker.plugins.module_utils.compose.wish import Wish

    wish = Wish(
        files=[str(example)],
        folder=str(example.parent),
        environment=environment,
        phases=Phases(normalize=False, consistency=False),
    )
    return spell(
        load_wish(wish, Desk(lambda path: pathlib.Path(path).read_text(encoding="utf-8"), {}))
    )


def table_of(found: dict[str, list[Result]]) -> str:
    """The counts, a line a file."""
    lines = ["{0:26}".format("file") + "".join("{0:>17}".format(verdict) for verdict in VERDICTS)]
    for file, rows in found.items():
        counts = collections.Counter(result.verdict for result in rows)
        lines.append(
            "{0:26}".format(file)
            + "".join("{0:>17}".format(counts[verdict]) for verdict in VERDICTS)
        )
    return "\n".join(lines)


def main(arguments: t.Sequence[str]) -> int:
    """Prints the counts, and with -v every row that isn't right."""
    folder = folder_of_oracles(next((one for one in arguments if not one.startswith("-")), None))
    if not folder.is_dir():
        print("no oracles at {0}: nothing to compare".format(folder))
        return 0
    found = results(folder)
    print(table_of(found))
    bad = [result for rows in found.values() for result in rows if result.verdict not in GOOD]
    for result in bad:
        print("{0}: {1}".format(result.verdict, result.name))
        if "-v" in arguments:
            print(
                "   expected {0}\n   found    {1}".format(
                    json.dumps(result.expected), json.dumps(result.found)
                )
            )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
