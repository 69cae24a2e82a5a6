"""Whom a feed may ask: nobody that was not named, and no address inside the house behind a name."""

import socket
import threading

import pytest

from geo.errors import NotAllowed
from ingest.poll.fetch import Known, Question, fetch
from ingest.poll.guard import Guard, guard_of, is_public
from ingest.work.settings import WorkSettings

INSIDE = (
    "127.0.0.1", "127.255.255.254", "0.0.0.0", "10.0.0.1", "172.16.5.5", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1", "fe80::1%eth0", "fd00::1", "ff02::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::", "2002:a9fe:a9fe::", "nonsense",
)  # fmt: skip


@pytest.mark.parametrize("address", INSIDE)
def test_inside_addresses_are_not_public_however_they_are_wrapped(address):
    assert not is_public(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8"])
def test_others_are(address):
    assert is_public(address)


def _guard(*found, hosts=("a.test",), private=()):
    return Guard(frozenset(hosts), frozenset({"plain.test"}), frozenset(private), lambda host, port: list(found))


@pytest.mark.parametrize(
    ("scheme", "rest"),
    [
        ("http", "a.test/"),  # not without encryption
        ("https", "b.test/"),
        ("https", "a.test.b.test/"),
        ("https", "a.test@b.test/"),
        ("https", "user:pass@a.test/"),
        ("ftp", "a.test/"),
        ("file", "/etc/passwd"),
        ("https", "/x"),
        ("https", "2130706433/"),
        ("https", "0/"),
        ("https", "[::1]/"),
        ("https", "a.test:x/"),
        ("gopher", "a.test/"),
        ("", ""),
    ],
)
def test_only_hosts_that_are_named_may_be_asked(scheme, rest):
    with pytest.raises(NotAllowed):
        _guard("8.8.8.8").check(f"{scheme}://{rest}")


def test_one_inside_address_among_several_is_enough_to_refuse():
    with pytest.raises(NotAllowed, match=r"127\.0\.0\.1"):
        _guard("8.8.8.8", "127.0.0.1").check("https://a.test/")
    assert _guard("127.0.0.1", private={"a.test"}).check("https://a.test/x").address == "127.0.0.1"
    assert _guard("8.8.8.8").check(f"https://{'a.test'.upper()}:8443/x")[:3] == ("https", "a.test", 8443)


def test_the_settings_say_who():
    told = WorkSettings(feed_hosts="a.test, http://plain.test ,https://c.test", feed_private_hosts="plain.test")
    guard = guard_of(told)
    assert (guard.hosts, guard.plain, guard.private) == ({"a.test", "c.test"}, {"plain.test"}, {"plain.test"})


def test_the_name_is_looked_up_once_and_never_again(tmp_path):
    """A name server that changes its mind (rebinding) meets nobody: the listener inside sees no connection."""
    answers = [["8.8.8.8"], ["127.0.0.1"]]
    looked = []

    def resolve(host, port):
        looked.append(host)
        return answers[min(len(looked) - 1, 1)]

    seen = []
    with socket.create_server(("127.0.0.1", 0)) as inside:
        inside.settimeout(0.5)

        def accept():
            try:
                seen.append(inside.accept())
            except TimeoutError:
                return

        thread = threading.Thread(target=accept)
        thread.start()
        port = inside.getsockname()[1]
        guard = Guard(frozenset(), frozenset({"a.test"}), frozenset(), resolve)
        target = guard.check(f"http://a.test:{port}/")
        with pytest.raises(NotAllowed):
            fetch(Question(f"http://a.test:{port}/", {}, timeout_s=0.3, tries=1), Known(), guard, tmp_path / "body")
        thread.join()
    assert target.address == "8.8.8.8"
    assert looked == ["a.test", "a.test"]
    assert seen == []
