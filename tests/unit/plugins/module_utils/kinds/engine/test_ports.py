# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy says of a port, what its script does, and the example of its page."""

from __future__ import annotations

import os
import subprocess
import typing as t
from pathlib import Path

import pytest
import yaml

from ansible_collections.slipway.docker.plugins.module_utils.kinds.engine.ports import (
    files,
    policy,
    rules,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.core.world import Memory
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.host import (
    Machine,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.kinds.engine.test_engine import (
    settle,
)

PAGE = Path(__file__).parents[6] / "docs" / "published-ports.md"
OFFICE = {"ports": ["5432", "8000-8100"], "from": ["192.0.2.0/24", "2001:db8::/32"]}
SAID = {"allow": [{"ports": ["443"]}, OFFICE, {"ports": ["5432"], "from": ["198.51.100.7"]}]}
CLOSED = policy.read({"default": "deny", **SAID})
OPEN = policy.read({"default": "allow", **SAID, "interfaces": ["eth0", "wlan+"]})
SOURCES = ("192.0.2.0/24", "2001:db8::/32")


@pytest.mark.parametrize(
    ("said", "port", "protocol", "expected"),
    [
        (CLOSED, 443, "tcp", None),
        (CLOSED, 443, "udp", ()),
        (CLOSED, 80, "tcp", ()),
        (CLOSED, 5432, "tcp", (*SOURCES, "198.51.100.7/32")),
        (CLOSED, 8100, "tcp", SOURCES),
        (CLOSED, 8101, "tcp", ()),
        (OPEN, 80, "tcp", None),
        (OPEN, 443, "tcp", None),
        (OPEN, 8000, "tcp", SOURCES),
    ],
)
def test_a_port_is_open_to_those_whom_a_rule_lets_in(
    said: policy.Policy, port: int, protocol: str, expected: t.Any
) -> None:
    assert policy.admitted(said, port, protocol) == expected


def test_an_open_policy_closes_what_it_names_on_its_interfaces() -> None:
    dropped = [line for line in rules.rules(OPEN, 6) if line.endswith("DROP")]
    let_in = [line for line in rules.rules(OPEN, 6) if " -s " in line]

    ports = ("443", "5432", "8000:8100")
    assert dropped == [
        f"-A SLIPWAY-PORTS -i {on} -p tcp -m conntrack --ctstate DNAT --ctorigdstport {port} -j DROP"
        for on in ("eth0", "wlan+")
        for port in ports
    ]
    assert [line.split()[3] for line in let_in] == ["2001:db8::/32"] * 2


def test_everybody_by_address_is_everybody() -> None:
    said = policy.read({"allow": [{"ports": [53], "from": ["0.0.0.0/0", "0.0.0.0/0"]}]})

    assert rules.rules(said, 4)[7].startswith("-A SLIPWAY-PORTS -p tcp ")
    assert not any("--ctorigdstport" in line for line in rules.rules(said, 6))


def test_a_file_is_read_as_it_was_written_and_another_is_none() -> None:
    assert files.parse(files.render_script(OPEN)) == OPEN
    assert files.parse(files.render_unit(OPEN)) == OPEN
    assert files.parse("#!/bin/sh\n") is None
    assert files.parse(files.MARK + "{") is None


IPTABLES = """\
#!/bin/sh
# The filter is a file; what is put there is noted.
case ${0##*/} in
  iptables-save) cat "$FILTER" ;;
  iptables-restore) cat > "$PUT" ;;
esac
"""


def apply(folder: Path, filter_text: str) -> str:
    """What the script puts into a filter; nothing where it finds all in force."""
    script, fake = folder / "script", folder / "iptables-save"
    fake.write_text(IPTABLES)
    fake.chmod(0o755)
    (folder / "iptables-restore").unlink(missing_ok=True)
    (folder / "iptables-restore").symlink_to(fake)
    text = files.render_script(CLOSED).replace("PATH=", f"PATH={folder}:", 1)
    script.write_text(text.replace("/proc/net/if_inet6", "/nonexistent"))
    (folder / "filter").write_text(filter_text)
    (folder / "put").unlink(missing_ok=True)
    variables = {**os.environ, "FILTER": str(folder / "filter"), "PUT": str(folder / "put")}
    ran = subprocess.run(["sh", str(script), "apply"], env=variables, check=False)
    assert ran.returncode == 0
    return (folder / "put").read_text() if (folder / "put").exists() else ""


def test_the_script_puts_what_is_missing_and_nothing_else(tmp_path: Path) -> None:
    ours = "\n".join(rules.rules(CLOSED, 4))
    ways = f"{rules.WAY}\n-A DOCKER-USER -j DROP\n{rules.JUMP}\n"
    whole = f":DOCKER-USER - [0:0]\n{ways}{ours}\n"

    assert apply(tmp_path, whole) == ""
    assert apply(tmp_path, whole.replace("-A FORWARD", "-A OUTPUT")) == (
        f"*filter\n:SLIPWAY-PORTS - [0:0]\n{ours}\n-I FORWARD -j DOCKER-USER\nCOMMIT\n"
    )
    assert apply(tmp_path, whole + "-A SLIPWAY-PORTS -j RETURN\n") == (
        f"*filter\n:SLIPWAY-PORTS - [0:0]\n{ours}\nCOMMIT\n"
    )
    assert apply(tmp_path, "") == (
        f"*filter\n:DOCKER-USER - [0:0]\n:SLIPWAY-PORTS - [0:0]\n{ours}\n"
        "-I DOCKER-USER -j SLIPWAY-PORTS\n-I FORWARD -j DOCKER-USER\nCOMMIT\n"
    )


def test_the_example_of_the_page_runs_as_it_says() -> None:
    example, printed = PAGE.read_text().split("```yaml\n")[1].split("```")[0:3:2]
    role = yaml.safe_load(example)[0]["roles"][0]
    said = {"published_ports": role["slipway_engine_published_ports"]}
    db = {"PublicPort": 5432, "Type": "tcp"}
    machine = Machine({"manager": "systemd", "containers": ["db"], "ports": [db], "sdk": True})
    machine.packages = dict.fromkeys(("docker.io", "iptables", "ca-certificates", "xz-utils"), "1")

    report = settle(machine, Memory(), said)

    assert report.failure() == ""
    lines = printed.strip().splitlines()
    assert [line.split(":")[0] for line in report.plan.lines] == [
        line.split(":")[0] for line in lines
    ]
    assert "only from 192.0.2.0/24, 2001:db8:1::/48 to db 5432/tcp" in report.plan.lines[-1]
    assert "only from 192.0.2.0/24, 2001:db8:1::/48 to db 5432/tcp" in lines[-1]
