# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Says what runs on the hosts of an inventory, and where it answers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import typing as t
import urllib.error
import urllib.request
from pathlib import Path

RUNNING = Path(__file__).with_name("running.py")


def main(inventory: str) -> None:
    """Print a block for each host."""
    listed = subprocess.check_output(["ansible-inventory", "-i", inventory, "--list"])
    hostvars = json.loads(listed)["_meta"]["hostvars"]
    for host, containers in running(inventory).items():
        address = hostvars.get(host, {}).get("ansible_host", host)
        print(f"\n{host}:")
        for container in sorted(containers, key=lambda each: str(each["name"])):
            urls = [f"http://{address}:{port}/" for port in container["ports"]]
            places = "  ".join(f"{url} ({answer(url)})" for url in urls)
            print(f"  {container['name']:24} {container['status']:32} {places}".rstrip())


def running(inventory: str) -> dict[str, list[dict[str, t.Any]]]:
    """The containers of every host that could be asked."""
    script = ["-m", "ansible.builtin.script", "-a", f"{RUNNING} executable=python3"]
    asked = subprocess.run(
        ["ansible", "-i", inventory, "all", "--become", *script],
        env={**os.environ, "ANSIBLE_STDOUT_CALLBACK": "minimal", "ANSIBLE_NOCOLOR": "1"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    results = re.findall(r"^(\S+) \| CHANGED => (\{.*?^\})", asked.stdout, re.MULTILINE | re.DOTALL)
    return {host: json.loads(json.loads(result)["stdout"]) for host, result in sorted(results)}


def answer(url: str) -> str:
    """How a URL answers, in a word or two."""
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return f"answers, {response.status}"
    except urllib.error.HTTPError as error:
        return f"answers, {error.code}"
    except OSError:
        return "no HTTP"


if __name__ == "__main__":
    main(sys.argv[1])
