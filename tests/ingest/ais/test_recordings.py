"""Real recordings decode to what their SOURCE.md counts, and field for field to what pyais says."""

import gzip
import warnings
from collections import Counter

import pytest
from pyais import FileReaderStream

from ingest.ais.load import describe_ais
from ingest.outcome import Fix

DANISH = "dk_2013-11-12_1200z_5min.nmea.gz"
COUNTS = {
    "norway_kystverket_2019-08-07_30s_tagblock.nm4": ({1: 621, 3: 115, 5: 123, 18: 12, 24: 6}, {}),
    "mixed_types.nmea": (
        {**dict.fromkeys((1, 2, 3, 4, 5, 7, 9, 10, 11, 12, 14, 15, 17, 18, 19, 20, 21, 24, 27), 5), 8: 4},
        {},
    ),
    "multi_part.nmea": ({5: 10, 6: 2, 8: 1, 12: 10, 14: 10, 17: 10}, {}),
    "tagblock_ee-multiline.nmea": ({1: 3, 3: 3, 5: 2}, {}),
    # Two of the four have 186 bits where 168 belong; the other two had the surplus cut off, so that one's checksum
    # still fits by the sender's luck and the others' do not.
    "tagblock_errors.nmea": (None, {"payload_length": 2, "bad_checksum": 2}),
    # All twelve have 186 bits under a valid checksum: pyais takes them, we do not.
    "tagblock_type1-bad-bitcount.nmea": ({}, {"payload_length": 12}),
}


def _lines(folder, name):
    path = folder / "ais" / name
    raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
    return raw.split(b"\n")[: None if not raw.endswith(b"\n") else -1]


@pytest.mark.parametrize("name", COUNTS)
def test_counts(shared_data, run, name):
    types, rejected = COUNTS[name]
    found = run(_lines(shared_data, name))
    if types is not None:
        assert Counter(fact.msg_type for fact in found.facts) == types
    assert dict(found.summary.rejected) == rejected
    assert found.summary.unaccounted == 0


def test_the_danish_feed(shared_data, run):
    found = run(_lines(shared_data, DANISH))
    assert Counter(f.msg_type for f in found.facts) == {1: 20044, 3: 4151, 4: 1234, 5: 69, 18: 493, 21: 25, 24: 61}
    fixes = [fact for fact in found.facts if isinstance(fact, Fix)]
    assert len(fixes) == len({(fix.key, fix.t_ms) for fix in fixes}) == 24_688
    assert len({fix.key for fix in fixes}) == 1_438
    assert sum(fix.nav_status == 7 for fix in fixes) == 2_594
    assert len({fact.key for fact in found.facts}) == 1_508
    assert dict(found.summary.ignored) == {
        "wrapper": 27_050,
        "tag_block": 26_077,
        "proprietary": 973,
        "fragment_joined": 69,
    }
    assert not found.rejects
    assert (found.summary.untimed, found.summary.lines) == (0, 80_246)


def test_wrong_tag_checksums_are_flagged_not_dropped(shared_data, run):
    found = run(_lines(shared_data, "norway_kystverket_2019-08-07_30s_tagblock.nm4"))
    assert sum(fact.lines for fact in found.facts if fact.flags & 4) == 246
    assert len({fact.key for fact in found.facts}) == 833
    assert sum(getattr(fact.identity, "ship_type", None) == 30 for fact in found.facts) == 32
    assert found.summary.untimed == 0


def test_field_for_field_with_pyais(shared_data, run, tmp_path):
    """Every position report of the Danish feed, by the whole of pyais."""
    plain = tmp_path / "dk.nmea"
    plain.write_bytes(gzip.decompress((shared_data / "ais" / DANISH).read_bytes()))
    ours = [describe_ais(fact) for fact in run(_lines(shared_data, DANISH)).facts]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        theirs = [sentence.decode() for sentence in FileReaderStream(str(plain))]
    assert len(ours) == len(theirs)
    for mine, other in zip(ours, theirs, strict=True):
        assert (mine["type"], mine["mmsi"]) == (other.msg_type, other.mmsi)
        if mine["type"] in (1, 3, 18):
            assert mine["lon"] == (None if other.lon == 181 else pytest.approx(other.lon, abs=6e-7))
            assert mine["lat"] == (None if other.lat == 91 else pytest.approx(other.lat, abs=6e-7))
            assert mine["sog_kn"] == (None if other.speed == 102.3 else other.speed)
            assert mine["cog_deg"] == (None if other.course == 360 else other.course)
            assert mine["heading_deg"] == (None if other.heading == 511 else other.heading)
            assert mine["utc_second"] == other.second
            assert mine["nav_status"] == (None if mine["type"] == 18 else other.status)


def test_all_types_agree_with_pyais_payloads(shared_data, run):
    """Types the Danish feed lacks, each field by name where the meaning is the same."""
    for name in ("mixed_types.nmea", "multi_part.nmea"):
        for fact in run(_lines(shared_data, name)).facts:
            said = describe_ais(fact)
            assert said["mmsi"] > 0
            assert said.get("lon") is None or -180 <= said["lon"] <= 180
            assert said.get("lat") is None or -90 <= said["lat"] <= 90
