# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written to the engine and read back is what was declared, for every row and any value."""

from __future__ import annotations

import string
import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.slipway.docker.plugins.module_utils.core.field import Field
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container import networks
from ansible_collections.slipway.docker.plugins.module_utils.kinds.container.fields import (
    FIELDS,
    endpoints,
    from_engine,
    to_engine,
)

Strategy = st.SearchStrategy[t.Any]

WORD = st.text(string.ascii_letters + string.digits + "_-", min_size=1, max_size=8)
TEXT = st.text(string.printable.strip(), min_size=1, max_size=12)
NAME = WORD.map(lambda word: "n" + word)
PATH = st.lists(NAME, min_size=1, max_size=3).map(lambda parts: "/" + "/".join(parts))
COUNT = st.integers(1, 10**6)
SIZE = st.one_of(COUNT, st.builds("{0}{1}".format, st.integers(1, 999), st.sampled_from("kmg")))
SPAN = st.builds("{0}{1}".format, st.integers(1, 999), st.sampled_from(["ms", "s", "m", "h"]))
PORT = st.integers(1, 65535)
PROTOCOL = st.sampled_from(["", "/tcp", "/udp", "/sctp"])
ADDRESS = st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6)).map(str)
MAC = st.lists(st.integers(0, 255), min_size=6, max_size=6).map(
    lambda parts: ":".join("{0:02X}".format(part) for part in parts)
)
MAPPING = st.one_of(
    st.dictionaries(NAME, TEXT, min_size=1, max_size=3),
    st.dictionaries(NAME, TEXT, min_size=1, max_size=3).map(
        lambda pairs: ["{0}={1}".format(*pair) for pair in pairs.items()]
    ),
)
FLAG = st.booleans()


def some(members: Strategy, **bounds: t.Any) -> Strategy:
    return st.lists(members, min_size=1, max_size=3, **bounds)


def parts(**members: Strategy) -> Strategy:
    """A mapping with some of these."""
    return st.fixed_dictionaries({}, optional=members).filter(bool)


def rates(key: str, values: Strategy) -> Strategy:
    return some(
        st.fixed_dictionaries({"path": PATH, key: values}), unique_by=lambda each: each["path"]
    )


def mount(kind: str, source: Strategy, own: Strategy) -> Strategy:
    return st.fixed_dictionaries(
        {"type": st.just(kind), "target": PATH, "source": source},
        optional={"read_only": FLAG, kind: own},
    )


VOLUMES = st.one_of(
    st.builds(
        "{0}:{1}{2}".format, NAME, PATH, st.sampled_from(["", ":ro", ":nocopy", ":ro,nocopy"])
    ),
    st.builds("{0}:{1}{2}".format, PATH, PATH, st.sampled_from(["", ":ro", ":z", ":ro,Z,rshared"])),
    PATH,
    mount(
        "bind",
        PATH,
        st.fixed_dictionaries(
            {"create_host_path": FLAG},
            optional={
                "propagation": st.sampled_from(["rprivate", "shared"]),
                "recursive": st.sampled_from(["enabled", "disabled", "writable", "readonly"]),
            },
        ),
    ),
    mount("volume", NAME, parts(nocopy=FLAG, subpath=NAME, labels=MAPPING)),
    mount("tmpfs", st.just(""), parts(size=SIZE, mode=st.integers(1, 0o7777))),
    mount("image", NAME, parts(subpath=NAME)),
)
PORTS = st.one_of(
    PORT,
    st.builds("{0}:{1}{2}".format, PORT, PORT, PROTOCOL),
    st.builds("127.0.0.1::{0}{1}".format, PORT, PROTOCOL),
    st.builds("[::1]:{0}:{1}".format, PORT, PORT),
    st.builds("{0}-{1}:80".format, st.integers(1000, 2000), st.integers(2001, 3000)),
    st.builds(lambda first: "{0}-{1}:{0}-{1}".format(first, first + 2), st.integers(1, 60000)),
    parts(
        target=PORT, published=PORT, protocol=st.sampled_from(["tcp", "udp"]), host_ip=ADDRESS
    ).filter(lambda port: "target" in port),
)
ENDPOINT = st.one_of(
    st.none(),
    parts(
        aliases=some(NAME),
        ipv4_address=st.ip_addresses(v=4).map(str),
        ipv6_address=st.ip_addresses(v=6).map(str),
        link_local_ips=some(ADDRESS),
        mac_address=MAC,
        driver_opts=MAPPING,
        interface_name=NAME,
        gw_priority=COUNT,
    ),
)
ULIMIT = st.one_of(COUNT, st.fixed_dictionaries({"soft": COUNT, "hard": COUNT}))
DEVICES = some(
    st.one_of(
        PATH,
        st.builds("{0}:{1}:{2}".format, PATH, PATH, st.sampled_from(["r", "rw", "rwm"])),
        st.fixed_dictionaries(
            {"source": PATH, "target": PATH}, optional={"permissions": st.just("r")}
        ),
    )
)
GPU = parts(
    driver=NAME, count=COUNT, device_ids=some(NAME), capabilities=some(NAME), options=MAPPING
)
HEALTHCHECK = st.one_of(
    st.just({"disable": True}),
    st.just({"test": ["NONE"]}),
    parts(
        test=st.one_of(TEXT, some(TEXT).map(lambda words: ["CMD", *words])),
        interval=SPAN,
        timeout=SPAN,
        start_period=SPAN,
        start_interval=SPAN,
        retries=COUNT,
    ),
)

VALUES: dict[str, Strategy] = {
    "image": NAME,
    "command": some(TEXT),
    "entrypoint": some(TEXT),
    "environment": st.one_of(
        MAPPING, st.dictionaries(NAME, st.one_of(st.none(), TEXT, COUNT, FLAG))
    ),
    "labels": MAPPING,
    "annotations": MAPPING,
    "healthcheck": HEALTHCHECK,
    "restart": st.one_of(
        st.sampled_from(["no", "always", "unless-stopped", "on-failure"]),
        st.builds("on-failure:{0}".format, st.integers(0, 9)),
    ),
    "stop_signal": st.sampled_from(["TERM", "SIGUSR1", "9"]),
    "stop_grace_period": st.one_of(SPAN, COUNT),
    "logging": parts(driver=NAME, options=MAPPING),
    "working_dir": PATH,
    "networks": st.dictionaries(NAME, ENDPOINT, min_size=1, max_size=3),
    "network_mode": st.sampled_from(["none", "host", "bridge", "default", "container:db", "front"]),
    "mac_address": MAC,
    "ports": some(PORTS),
    "expose": some(st.builds("{0}{1}".format, PORT, PROTOCOL), unique=True),
    "links": some(st.one_of(NAME, st.builds("{0}:{1}".format, NAME, NAME)), unique=True),
    "extra_hosts": st.one_of(
        st.dictionaries(NAME, st.one_of(ADDRESS, some(ADDRESS)), min_size=1, max_size=3),
        some(st.builds("{0}={1}".format, NAME, ADDRESS)),
    ),
    "dns": some(ADDRESS),
    "volumes": st.builds(
        lambda mounts: list({target_of(each): each for each in mounts}.values()), some(VOLUMES)
    ),
    "tmpfs": some(
        st.builds("{0}{1}".format, PATH, st.sampled_from(["", ":size=1m", ":size=1m,mode=700"])),
        unique_by=lambda text: text.partition(":")[0],
    ),
    "cpus": st.integers(1, 64000).map(lambda thousandths: thousandths / 1000),
    "blkio_config": parts(
        weight=st.integers(10, 1000),
        weight_device=rates("weight", COUNT),
        device_read_bps=rates("rate", SIZE),
        device_read_iops=rates("rate", COUNT),
        device_write_bps=rates("rate", SIZE),
        device_write_iops=rates("rate", COUNT),
    ),
    "ulimits": st.dictionaries(NAME, ULIMIT, min_size=1, max_size=3),
    "cap_add": some(st.sampled_from(["ALL", "net_admin", "CAP_SYS_TIME", "MKNOD"]), unique=True),
    "security_opt": some(
        st.sampled_from(
            [
                "no-new-privileges",
                "label:user:me",
                "apparmor=unconfined",
                "systempaths=unconfined",
                'seccomp={"a": "b=c"}',
            ]
        ),
        unique=True,
    ),
    "devices": DEVICES,
    "gpus": st.one_of(st.just("all"), some(GPU)),
    "isolation": st.just("default"),
    "pids_limit": st.integers(-1, 1000),
    "mem_swappiness": st.integers(0, 100),
    "memswap_limit": st.one_of(st.just(-1), SIZE),
    **dict.fromkeys(
        ("cpu_period", "cpu_quota", "cpu_rt_period", "cpu_rt_runtime"), st.one_of(COUNT, SPAN)
    ),
    **dict.fromkeys(("sysctls", "storage_opt"), MAPPING),
}
VALUES["cap_drop"] = VALUES["cap_add"]
BY_TYPE: dict[str, Strategy] = {
    "str": WORD,
    "int": COUNT,
    "bool": FLAG,
    "list": some(WORD),
    "raw": SIZE,
}
# An image tells its platform, and Windows its own.
NOT_OF_A_CONTAINER = ("platform", "cpu_count", "cpu_percent")
APART = (*NOT_OF_A_CONTAINER, "network_mode")


def values_of(field: Field) -> Strategy:
    return VALUES[field.name] if field.name in VALUES else BY_TYPE[field.codec.option["type"]]


def target_of(mounted: t.Any) -> str:
    if isinstance(mounted, dict):
        return str(mounted["target"])
    first, _colon, rest = str(mounted).partition(":")
    return rest.partition(":")[0] or first


def there_and_back(values: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What the engine would tell of a container that was made with these values."""
    made = to_engine(values)
    ends = endpoints(values)
    return from_engine({**made, "Id": "0" * 64, "NetworkSettings": {"Networks": ends}})


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
@given(data=st.data())
def test_what_is_read_back_is_what_was_declared(field: Field, data: st.DataObject) -> None:
    if field.name in NOT_OF_A_CONTAINER:
        return
    wanted = field.codec.read(data.draw(values_of(field)))

    found = there_and_back({field.name: wanted}).get(field.name, field.default)

    assert field.match(wanted, found), (wanted, found)


@given(data=st.data())
def test_all_rows_together_are_read_back_as_declared(data: st.DataObject) -> None:
    """Rows that share a key of the engine's (ports and expose) don't disturb each other."""
    fields = {field.name: field for field in FIELDS if field.name not in APART}
    names = data.draw(st.lists(st.sampled_from(sorted(fields)), max_size=6, unique=True))
    wanted = {name: fields[name].codec.read(data.draw(values_of(fields[name]))) for name in names}

    found = there_and_back(wanted)

    made_on = networks.first(wanted["networks"]) if wanted.get("networks") else ""
    if made_on and "mac_address" in wanted:
        # The container's own address is told by the network that it is made on, too.
        wanted["networks"][made_on].setdefault("mac_address", wanted["mac_address"])
    for name in {*names} - {"expose"}:
        assert fields[name].match(wanted[name], found.get(name, fields[name].default)), name
    assert {*wanted.get("expose", ())} <= {*found["expose"]}
