# Copyright: the Slipway authors
# GNU General Public License v3.0 or later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The engine's API: what a good engine answers, and what is made of a bad one."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
import tempfile
import threading
import typing as t
from pathlib import Path

import pytest

from ansible_collections.slipway.docker.plugins.module_utils.core.errors import (
    EngineError,
    InputError,
    SlipwayError,
    Unreachable,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside import sdk
from ansible_collections.slipway.docker.plugins.module_utils.outside.engine_api import (
    EngineApi,
    messages,
)
from ansible_collections.slipway.docker.plugins.module_utils.outside.sdk import (
    Connection,
    version_numbers,
)
from ansible_collections.slipway.docker.tests.unit.plugins.module_utils.outside.faulty import (
    Answer,
    Faulty,
    chunks,
    drop,
    reply,
)

PATIENCE = 0.2


@pytest.fixture
def faulty() -> t.Iterator[Faulty]:
    # The path of a socket may not be long, as those of pytest are.
    directory = tempfile.mkdtemp(prefix="core-")
    engine = Faulty(os.path.join(directory, "s"))
    yield engine
    engine.close()
    shutil.rmtree(directory)


def api(faulty: Faulty, **details: t.Any) -> EngineApi:
    host = "unix://" + faulty.place
    return EngineApi(Connection(**{"docker_host": host, "timeout": 30, **details}))


def test_an_answer_is_its_json_and_none_where_there_is_nothing(faulty: Faulty) -> None:
    faulty.answers.update({"/volumes": reply({"Volumes": None}), "/empty": reply(b" \n")})
    engine = api(faulty)

    assert engine.version == (1, 41)
    assert engine.get("/volumes") == {"Volumes": None}
    assert engine.get("/empty") is None
    assert engine.get("/volumes/{0}", "none") is None
    assert engine.delete("/volumes/{0}", "none") is False
    assert engine.text("/containers/{0}/logs", "none") == b""


def test_parts_of_a_path_and_parameters_are_written_so_that_they_come_back(faulty: Faulty) -> None:
    faulty.answers["/containers/a%20b/logs"] = reply(b"line\n")
    logs = api(faulty).text(
        "/containers/{0}/logs",
        "a b",
        stdout=True,
        tail=20,
        filters={"a": ["b"]},
        since=None,
        t=("c", "d"),
    )

    assert logs == b"line\n"
    assert faulty.requests[-1].split()[1].partition("?")[2].split("&") == [
        "stdout=true",
        "tail=20",
        "filters=%7B%22a%22%3A+%5B%22b%22%5D%7D",
        "t=c",
        "t=d",
    ]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (
            reply({"message": " driver failed \n"}, "500 Internal Server Error"),
            "POST /x/y: driver failed",
        ),
        (reply(b"page not found", "404 Not Found"), "POST /x/y: page not found"),
        (reply(b"", "502 Bad Gateway"), "POST /x/y: status 502"),
        (reply({"message": ""}, "409 Conflict"), "POST /x/y: status 409"),
        (reply([], "400 Bad Request"), "POST /x/y: []"),
    ],
)
def test_an_error_of_the_engine_is_told_with_the_call(
    faulty: Faulty, answer: Answer, message: str
) -> None:
    faulty.answers["/x/y"] = answer

    with pytest.raises(EngineError) as error:
        api(faulty).post("/x/{0}", "y", body={})
    assert str(error.value) == message
    assert error.value.status >= 400


@pytest.mark.parametrize(
    "answer",
    [
        drop,
        reply(b"not json"),
        reply(b'{"cut": ', length=100),
        reply(b"{", length=1),
        lambda peer: peer.sendall(b"SSH-2.0-OpenSSH\r\n"),
        lambda peer: peer.sendall(b"HTTP/1.1 201 Created\r\nApi-Ver"),
    ],
    ids=["drops", "garbage", "cut off", "half a value", "no HTTP", "half a head"],
)
def test_an_engine_that_does_not_answer_properly_is_unreachable_and_never_empty(
    faulty: Faulty, answer: Answer
) -> None:
    def hang_up(peer: t.Any) -> None:
        answer(peer)
        peer.close()

    faulty.answers["/x"] = hang_up

    for call in (api(faulty).get, api(faulty).post):
        with pytest.raises(Unreachable) as error:
            call("/x")
        assert str(error.value).startswith("engine unix://")
        assert "docker info" in error.value.hint


def test_an_engine_that_hangs_costs_a_bounded_wait(faulty: Faulty) -> None:
    faulty.answers["/x"] = faulty.hang
    engine = api(faulty, timeout=PATIENCE)

    for call in (engine.get, engine.post, engine.delete, engine.text, engine.fetch):
        with pytest.raises(Unreachable):
            call("/x")
    with pytest.raises(Unreachable):
        next(engine.stream("/x", timeout=PATIENCE))


@pytest.mark.parametrize(
    "answer",
    [
        reply({"message": "starting"}, "503 Service Unavailable"),
        reply([]),
        reply({}),
        reply(b"?"),
        drop,
        reply({"ApiVersion": "new"}),
    ],
    ids=["busy", "list", "empty", "garbage", "drops", "no version"],
)
def test_an_engine_that_can_not_tell_its_version_is_unreachable(
    faulty: Faulty, answer: Answer
) -> None:
    faulty.answers["/version"] = answer

    with pytest.raises(Unreachable):
        api(faulty).get("/x")


def test_an_engine_that_hangs_at_the_first_word_costs_a_bounded_wait(faulty: Faulty) -> None:
    faulty.answers["/version"] = faulty.hang

    with pytest.raises(Unreachable):
        api(faulty, timeout=PATIENCE).get("/x")


def test_a_call_may_be_told_to_have_patience(faulty: Faulty) -> None:
    answered = threading.Timer(3 * PATIENCE, faulty.over.set)

    def late(peer: t.Any) -> None:
        answered.start()
        faulty.over.wait()
        reply({"late": True})(peer)

    faulty.answers["/x"] = late
    assert api(faulty, timeout=PATIENCE).post("/x", patience=60) == {"late": True}


def test_messages_come_whole_however_they_were_split(faulty: Faulty) -> None:
    told = [{"status": "größer – 漢字"}, {"a": {"b": [1, 2]}}, {"c": '}{"\\'}]
    import json

    data = b"".join(json.dumps(each, ensure_ascii=False).encode() + b"\r\n" for each in told)
    for size in (1, 2, 3, 7, len(data)):
        parts = [data[start : start + size] for start in range(0, len(data), size)]
        faulty.answers["/build"] = chunks(*parts)
        assert list(api(faulty).upload("/build", data=b"tar")) == told


def test_messages_may_run_together_and_lack_the_last_line_break(faulty: Faulty) -> None:
    faulty.answers["/events"] = chunks(b'{"a": 1}{"b": 2}\n\n  {"c"', b": 3}")

    assert list(api(faulty).stream("/events")) == [{"a": 1}, {"b": 2}, {"c": 3}]


@pytest.mark.parametrize(
    "answer",
    [
        chunks(b'{"a": 1}\n', ends=False),
        chunks(b'{"a": 1}\n{"b": '),
        chunks(b'{"a": 1}\nnot json\n'),
    ],
    ids=["connection lost", "cut in a message", "garbage"],
)
def test_a_stream_that_breaks_off_is_told_when_it_does(faulty: Faulty, answer: Answer) -> None:
    def hang_up(peer: t.Any) -> None:
        answer(peer)
        peer.shutdown(2)

    faulty.answers["/build"] = hang_up
    stream = api(faulty).upload("/build", data=b"")

    assert next(stream) == {"a": 1}
    with pytest.raises(Unreachable):
        next(stream)


def test_a_stream_that_is_left_is_closed(faulty: Faulty) -> None:
    closed: list[bool] = []

    class Response:
        def iter_content(self, chunk_size: None) -> t.Iterator[bytes]:
            yield b'{"a": 1}{"b": 2}'

        def close(self) -> None:
            closed.append(True)

    stream = api(faulty)._messages(Response())
    assert next(stream) == {"a": 1}
    stream.close()  # type: ignore[attr-defined]

    assert closed == [True]
    assert list(messages(Response())) == [{"a": 1}, {"b": 2}]


def test_an_upload_that_is_refused_is_an_error_at_once(faulty: Faulty) -> None:
    faulty.answers["/build"] = reply({"message": "no Dockerfile"}, "400 Bad Request")

    with pytest.raises(EngineError, match="POST /build: no Dockerfile"):
        api(faulty).upload("/build", data=b"tar")


def test_a_connection_is_used_again_unless_the_engine_has_closed_it(faulty: Faulty) -> None:
    def closes(peer: t.Any) -> None:
        reply({"last": True})(peer)
        peer.close()

    faulty.answers.update({"/x": reply({}), "/last": closes})
    engine = api(faulty)

    assert [engine.get("/x"), engine.get("/last"), engine.get("/x")] == [{}, {"last": True}, {}]
    assert faulty.connections == 2


def test_an_engine_may_come_up_in_mid_run_and_be_another_one_after(faulty: Faulty) -> None:
    faulty.answers["/x"] = reply({})
    engine = api(faulty)
    version = faulty.answers["/version"]

    faulty.answers["/version"] = drop
    with pytest.raises(Unreachable):
        engine.get("/x")

    faulty.answers["/version"] = version
    assert engine.get("/x") == {}

    faulty.answers["/version"] = reply({"ApiVersion": "1.45"})
    assert engine.version == (1, 41)
    engine.forget_connection()
    assert engine.version == (1, 45)


def test_no_version_is_spoken_that_we_do_not_know(faulty: Faulty) -> None:
    faulty.answers["/version"] = reply({"ApiVersion": "1.99"})
    faulty.answers["/x"] = reply({})

    assert api(faulty).version == sdk.NEWEST_SPOKEN
    assert api(faulty, api_version="1.40").version == (1, 40)


@pytest.mark.parametrize("version", ["", "newest", "1", "1.41.2", "v1.41"])
def test_a_version_that_is_none_is_refused(faulty: Faulty, version: str) -> None:
    with pytest.raises(InputError) as error:
        api(faulty, api_version=version).get("/x")
    assert str(
        error.value
    ) == "api_version: found {0!r}; write auto, or a version like 1.41".format(version)


def test_no_socket_is_an_engine_that_does_not_answer() -> None:
    engine = EngineApi(Connection(docker_host="unix:///nowhere/docker.sock"))

    with pytest.raises(Unreachable) as error:
        engine.get("/info")
    assert str(error.value).startswith("engine unix:///nowhere/docker.sock: it doesn't answer (")


def test_an_address_that_is_none_is_an_engine_that_does_not_answer() -> None:
    with pytest.raises(SlipwayError):
        EngineApi(Connection(docker_host="carrier-pigeon://loft")).get("/info")


@pytest.mark.parametrize("address", ["unix:///var/run/docker.sock", "tcp://127.0.0.1:2375"])
def test_a_host_without_the_sdk_is_told_how_to_get_it(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing(name: str) -> t.NoReturn:
        raise ImportError("No module named {0!r}".format(name))

    place = "ansible_collections.slipway.docker.plugins.module_utils.outside.sdk.importlib"
    monkeypatch.setattr(place + ".import_module", missing)
    monkeypatch.setattr(place + ".util.find_spec", lambda name: None)

    assert sdk.problem() == sdk.missing() == "No module named 'docker'"
    with pytest.raises(Unreachable) as error:
        EngineApi(Connection(docker_host=address)).get("/info")
    assert str(error.value) == (
        "this host: the Docker SDK for Python can't be imported (No module named 'docker'); "
        "run the engine role, or type: apt-get install python3-docker"
    )


def test_an_sdk_that_comes_in_mid_run_is_taken(
    faulty: Faulty, monkeypatch: pytest.MonkeyPatch
) -> None:
    faulty.answers["/x"] = reply({})
    engine = api(faulty)
    with monkeypatch.context() as patched:
        patched.setattr(
            "ansible_collections.slipway.docker.plugins.module_utils.outside.sdk.missing",
            lambda: "not yet",
        )
        with pytest.raises(Unreachable):
            engine.get("/x")

    assert sdk.problem() == ""
    assert engine.get("/x") == {}


def test_versions_are_compared_as_numbers() -> None:
    assert version_numbers("1.9") < version_numbers("1.41")


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate that bears the name engine.example, and its key, in one file."""
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    subprocess.run(
        [
            "openssl",
            "req",
            "-x509",
            "-newkey",
            "rsa:2048",
            "-nodes",
            "-days",
            "2",
            "-subj",
            "/CN=engine.example",
            "-addext",
            "subjectAltName=DNS:engine.example",
            "-keyout",
            path,
            "-out",
            path.with_suffix(".crt"),
        ],
        check=True,
        capture_output=True,
    )
    path.write_text(path.read_text() + path.with_suffix(".crt").read_text())
    return path


@pytest.fixture
def secured(certificate: Path) -> t.Iterator[Faulty]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    engine = Faulty("", context)
    engine.answers["/x"] = reply({"secured": True})
    yield engine
    engine.close()


def over_tls(engine: Faulty, certificate: Path, **details: t.Any) -> EngineApi:
    host = "tcp://127.0.0.1:{0}".format(engine.port)
    known = {"ca_path": str(certificate.with_suffix(".crt")), "timeout": 30}
    return EngineApi(Connection(docker_host=host, **{**known, **details}))


@pytest.mark.filterwarnings("ignore:Unverified HTTPS")
def test_a_certificate_is_checked_where_that_is_asked_for(
    secured: Faulty, certificate: Path
) -> None:
    unchecked = over_tls(secured, certificate, tls=True, ca_path=None)
    assert unchecked.get("/x") == {"secured": True}

    with pytest.raises(Unreachable):
        over_tls(secured, certificate, validate_certs=True).get("/x")


def test_a_certificate_may_bear_another_name_than_the_address(
    secured: Faulty, certificate: Path
) -> None:
    named = over_tls(secured, certificate, validate_certs=True, tls_hostname="engine.example")
    assert named.get("/x") == {"secured": True}

    with pytest.raises(Unreachable):
        over_tls(secured, certificate, validate_certs=True, tls_hostname="other.example").get("/x")
