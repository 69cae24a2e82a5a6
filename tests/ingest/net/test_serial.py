"""A receiver on a cable, played by a pair of pseudo-terminals."""

import os
import pty
import tty
from contextlib import contextmanager

import pytest

from geo.errors import BadInput
from ingest.bus.door import SpoolDoor, Stamp
from ingest.bus.folder import LOADER_LOCK, try_lock
from ingest.bus.reader import FolderReader
from ingest.bus.spool import Spool
from ingest.net.receiver import Patience, Receiver
from ingest.net.serial_port import Line, SerialSocket, read_line

from .conftest import position, wait_for

QUICK = Patience(first_pause_s=0.02, longest_pause_s=0.1, silent_s=0.2, unbroken_bytes=4096)


class Cable:
    """A pair of terminals under a steady name; `pull` takes it out, `plug` puts another in."""

    def __init__(self, path):
        self.path = path
        self.plug()

    def plug(self):
        self.ours, theirs = pty.openpty()
        tty.setraw(theirs)
        self.path.unlink(missing_ok=True)
        self.path.symlink_to(os.ttyname(theirs))
        self._theirs = theirs

    def say(self, data):
        os.write(self.ours, data)

    def pull(self):
        self.path.unlink(missing_ok=True)
        os.close(self._theirs)
        os.close(self.ours)


@pytest.fixture
def cable(tmp_path):
    made = Cable(tmp_path / "ttyUSB0")
    yield made
    made.pull()


@pytest.fixture
def hearing(cable, tmp_path):
    """What has come onto the disk while a block hears the cable."""

    @contextmanager
    def listening():
        said = []
        spool = Spool(tmp_path / "spool", "serial")
        door = SpoolDoor(bus=spool, stamp=Stamp("nmea", "coast", "simulated"), say=said.append)
        receiver = Receiver([SerialSocket(Line(str(cable.path)), QUICK)], door)
        reader = FolderReader(spool.folder, try_lock(spool.folder / LOADER_LOCK), said.append)
        reader.begin(None)
        found = []

        def heard():
            while part := reader.read(1 << 20):
                found.extend(held.record.data for held in part)
            return b"".join(found)

        receiver.start()
        try:
            yield heard, said
            receiver.check()
        finally:
            receiver.stop()
            spool.close()
            reader.close()

    return listening


def wait_for_open(said, times=1):
    """Until the line is open: opening drops what was said before it, as a real port does."""
    wait_for(lambda: said, lambda: sum(line.endswith(": open") for line in said) >= times)


def test_what_is_said_on_the_cable_is_on_the_disk(cable, hearing):
    lines = b"".join(map(position, range(5)))
    with hearing() as (heard, said):
        wait_for_open(said)
        cable.say(lines[:70])
        cable.say(lines[70:])
        wait_for(heard, lambda: heard() == lines)


def test_a_cable_pulled_out_is_opened_again_when_it_is_back(cable, hearing):
    with hearing() as (heard, said):
        wait_for_open(said)
        cable.say(position(1))
        wait_for(heard, lambda: heard() == position(1))
        cable.pull()
        wait_for(lambda: said, lambda: any("cannot be opened" in line for line in said))
        cable.plug()
        wait_for_open(said, times=2)
        cable.say(position(2))
        wait_for(heard, lambda: heard().endswith(position(2)))


def test_silence_is_said(cable, hearing):
    with hearing() as (_, said):
        wait_for(lambda: said, lambda: any("open but silent" in line for line in said))


def test_bytes_without_lines_are_a_wrong_speed(cable, hearing):
    with hearing() as (_, said):
        wait_for_open(said)
        for _ in range(3):
            cable.say(b"\x81\xfe" * 1000)
        wait_for(lambda: said, lambda: any("is the speed right?" in line for line in said))


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("/dev/ttyUSB0", Line("/dev/ttyUSB0", 38_400)),
        ("/dev/ttyS1:4800", Line("/dev/ttyS1", 4800)),
    ],
)
def test_a_line_is_written_as_a_device_and_its_speed(text, found):
    assert read_line(text, "--serial") == found


@pytest.mark.parametrize("text", ["", "/dev/ttyS1:fast", "/dev/ttyS1:0", ":4800"])
def test_what_is_none_is_refused_with_the_form(text):
    with pytest.raises(BadInput, match="DEVICE:BAUD"):
        read_line(text, "--serial")
