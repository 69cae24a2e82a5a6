"""Bad files: a clear answer or a counted reject, never a traceback, never silence."""

import gzip
import io
import os
import random
import sys
from pathlib import Path

import pytest

from fixtures import nmea
from geo.errors import BadInput
from ingest.ais.load import SENDER, load_ais
from ingest.load import LoadOptions
from ingest.outcome import Reject
from ingest.source import FileSource, IterableSource, cut_lines

MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
LOG = [
    nmea.tag(nmea.sentences(nmea.position_a(999_000_001 + n, 7, MOTION), b"A", 1)[0], 1_764_000_000_000 + n)
    for n in range(500)
]


def _load(path, still):
    return load_ais(FileSource(path), LoadOptions(SENDER, clock=still))


@pytest.fixture
def log(tmp_path):
    path = tmp_path / "log.nmea"
    path.write_bytes(b"\r\n".join(LOG) + b"\r\n")
    return path


def test_plain_gzip_and_standard_input_say_the_same(log, still, monkeypatch):
    packed = log.with_suffix(".bin")
    packed.write_bytes(gzip.compress(log.read_bytes()[:9_000]) + gzip.compress(log.read_bytes()[9_000:]))
    plain, zipped = _load(log, still).as_dict(), _load(packed, still).as_dict()
    for content in (log.read_bytes(), packed.read_bytes()):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
        assert _load("-", still).as_dict() | {"seconds": 0} == plain | {"seconds": 0}
    assert zipped | {"seconds": 0} == plain | {"seconds": 0}
    assert plain["messages"] == 500


def test_a_pipe(log, still):
    read, write = os.pipe()
    os.write(write, log.read_bytes()[:30_000])
    os.close(write)
    source = FileSource(Path(f"/dev/fd/{read}"))
    assert load_ais(source, LoadOptions(SENDER, clock=still)).lines > 300
    os.close(read)


def test_a_digest_belongs_to_the_content(log):
    packed = log.with_suffix(".gz")
    packed.write_bytes(gzip.compress(log.read_bytes()))
    one, other = FileSource(log), FileSource(packed)
    assert len(list(one)) == len(list(other)) == 500
    assert one.digest() == other.digest()


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.999])
def test_a_torn_gzip_keeps_what_was_read(log, still, share):
    noise = random.Random(7)
    text = b"\n".join(LOG[n % 500] + b" " + noise.randbytes(40).hex().encode() for n in range(3000))
    whole = gzip.compress(text)
    log.write_bytes(whole[: int(len(whole) * share)])
    found = _load(log, still)
    assert found.rejected["gzip_truncated"] == 1
    assert found.messages == found.lines - 1
    assert found.messages > 3000 * share * 0.8
    assert found.unaccounted == 0


def test_a_corrupt_gzip_is_counted(log, still):
    packed = bytearray(gzip.compress(log.read_bytes()))
    packed[-8] ^= 0xFF
    log.write_bytes(packed)
    found = _load(log, still)
    assert (found.messages, dict(found.rejected), found.unaccounted) == (500, {"gzip_corrupt": 1}, 0)


def test_an_empty_file(tmp_path, still):
    path = tmp_path / "empty"
    path.write_bytes(b"")
    found = _load(path, still).as_dict()
    assert (found["lines"], found["messages"], found["rejected"]) == (0, 0, {})


def test_wrong_names_are_answered(tmp_path):
    with pytest.raises(BadInput, match="is a directory; name a file in it"):
        FileSource(tmp_path)
    with pytest.raises(BadInput, match="cannot be read"):
        FileSource(tmp_path / "absent")


def test_a_line_without_end_does_not_fill_the_memory():
    chunks = (b"x" * 65_536 for _ in range(500))
    [only] = list(cut_lines(chunks))
    assert isinstance(only, Reject)
    assert only.reason == "line_too_long"
    assert len(only.raw) == 4096
    assert str(500 * 65_536) in only.detail


@pytest.mark.parametrize("size", [1, 2, 3, 64, 10_000, 70_000])
def test_cutting_does_not_depend_on_chunks(size):
    text = b"a\n\nbb\r\n" + b"c" * 66_000 + b"\nd\n" + b"e" * 10
    cut = list(cut_lines(text[at : at + size] for at in range(0, len(text), size)))
    assert [line.raw[:2] for line in cut] == [b"a", b"", b"bb", b"cc", b"d", b"ee"]
    assert [isinstance(line, Reject) for line in cut] == [False, False, False, True, False, False]


def test_binary_garbage(tmp_path, still):
    path = tmp_path / "noise"
    path.write_bytes(random.Random(5).randbytes(3_000_000))
    found = _load(path, still)
    assert found.messages == 0
    assert found.unaccounted == 0
    assert found.rejected.total() > 5_000


def test_good_lines_among_bad_ones_are_all_kept(still):
    noise = random.Random(3)
    bad = [b"x" * 100_000, b"\0" * 50, noise.randbytes(200).replace(b"\n", b""), b"!AIVDM,2,1,3,A,55,0*00"]
    lines = [line for good in LOG for line in (noise.choice(bad), good)]
    found = load_ais(IterableSource(lines), LoadOptions(SENDER, clock=still))
    assert found.messages == 500
    assert found.unaccounted == 0
