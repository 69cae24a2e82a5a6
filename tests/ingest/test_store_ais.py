"""What reaches the database: the whole Danish recording, however it is cut, shuffled or doubled, exactly once."""

import gzip
import random
import threading
from collections import Counter
from datetime import UTC, datetime

import pytest

from geo.errors import BadInput
from ingest.ais.load import SENDER, ais_options, load_ais
from ingest.deliveries import Sender
from ingest.load import LoadOptions
from ingest.source import FileSource, IterableSource
from layers.database import connect

DANISH = "dk_2013-11-12_1200z_5min.nmea.gz"
OURS = "delivery JOIN source ON source.id = source_id AND source.code = 'ais'"


@pytest.fixture(scope="session")
def danish(shared_data):
    return gzip.decompress((shared_data / "ais" / DANISH).read_bytes()).splitlines(keepends=True)


def _load(connection, lines):
    return load_ais(IterableSource(lines), ais_options(connection))


def _count(connection, what):
    return connection.execute(f"SELECT count(*) FROM {what}").fetchone()[0]


def _groups(lines):
    """The recording cut only between groups: tag line, wrapper, sentence, further parts."""
    group = []
    for line in lines:
        ended = group and group[-1][:1] == b"!" and line[:1] != b"!"
        if ended or (group and group[-1].startswith((b"$PSTT", b"$PFEC"))):
            yield group
            group = []
        group.append(line)
    yield group


def test_all_of_it_once(connection, shared_data, tmp_path, danish):
    packed = shared_data / "ais" / DANISH
    first = load_ais(FileSource(packed), ais_options(connection))
    assert (first.lines, first.messages, first.stored, first.duplicates) == (80_246, 26_077, 26_077, 0)
    assert (first.untimed, first.unaccounted, dict(first.rejected)) == (0, 0, {})
    assert _count(connection, "position") == 24_688
    assert _count(connection, "(SELECT DISTINCT transmitter_id, t FROM position) x") == 24_688
    assert _count(connection, "(SELECT DISTINCT transmitter_id FROM position) x") == 1_438
    kinds = dict(connection.execute("SELECT msg_type, count(*) FROM ais_report GROUP BY 1").fetchall())
    assert kinds == {4: 1234, 5: 69, 21: 25, 24: 61}
    assert _count(connection, "live") == 1_438
    assert _count(connection, "transmitter WHERE ship_type = 30") == 29
    version = connection.execute("SELECT version FROM layer_version WHERE layer = 'vessel'").fetchone()
    plain = tmp_path / "plain.log"
    plain.write_bytes(b"".join(danish))
    for again in (packed, plain):
        found = load_ais(FileSource(again), ais_options(connection))
        assert (found.messages, found.stored, found.duplicates) == (26_077, 0, 26_077)
    assert connection.execute("SELECT version FROM layer_version WHERE layer = 'vessel'").fetchone() == version
    digests = connection.execute(f"SELECT count(*), count(DISTINCT sha256) FROM {OURS}").fetchone()
    assert digests == (3, 1)


def test_first_part_then_all(connection, danish):
    part = _load(connection, danish[: len(danish) * 2 // 5])
    whole = _load(connection, danish)
    assert part.stored + whole.stored == 26_077
    assert whole.duplicates == part.stored
    assert _load(connection, danish).stored == 0


def test_blocks_of_groups_shuffled(connection, danish):
    groups = list(_groups(danish))
    blocks = [groups[at : at + 250] for at in range(0, len(groups), 250)]
    random.Random(11).shuffle(blocks)
    found = _load(connection, [line for block in blocks for group in block for line in group])
    assert (found.messages, found.stored, found.untimed) == (26_077, 26_077, 0)
    assert _load(connection, danish).stored == 0


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_blocks_of_lines_shuffled_after_a_whole_load(connection, danish, seed):
    """Cuts fall inside groups. Sentences that lose their wrapper are known by their words and stored no second time."""
    _load(connection, danish)
    blocks = [danish[at : at + 997] for at in range(0, len(danish), 997)]
    random.Random(seed).shuffle(blocks)
    found = _load(connection, [line for block in blocks for line in block])
    assert found.stored == 0
    assert found.untimed > 0
    assert found.as_dict()["note"]
    assert found.unaccounted == 0


def test_a_cut_inside_a_group_says_so_and_the_whole_mends_it(connection, danish):
    at = next(n for n in range(40_000, 41_000) if danish[n].startswith(b"!BSVDM,1") and danish[n - 1][:1] == b"$")
    head, tail = _load(connection, danish[:at]), _load(connection, danish[at:])
    assert (head.untimed, tail.untimed) == (0, 1)
    assert head.stored + tail.stored == 26_077
    whole = _load(connection, danish)
    assert (whole.stored, whole.untimed) == (1, 0)
    assert _count(connection, "position WHERE flags & 1 = 0") == 24_688
    assert _count(connection, "position WHERE flags & 1 = 1") == 1
    assert _count(connection, "live WHERE flags & 1 = 1") == 0
    assert connection.execute("SELECT max(t) FROM live").fetchone()[0] < datetime(2013, 11, 13, tzinfo=UTC)


def test_a_message_cut_in_two_files(connection, danish):
    at = next(n for n, line in enumerate(danish) if line.startswith(b"!BSVDM,2,2"))
    head, tail = _load(connection, danish[:at]), _load(connection, danish[at:])
    assert head.rejected["incomplete_multipart"] == tail.rejected["incomplete_multipart"] == 1
    assert _count(connection, "reject") == 2
    assert _load(connection, danish).stored == 1


def test_two_overlapping_feeds_at_once(database_url, connection, danish):
    """Two writers on one source with a shared middle: together exactly everything, and no deadlock."""
    groups = [b"".join(group).splitlines(keepends=True) for group in _groups(danish)]
    third = len(groups) // 3
    halves = [groups[: 2 * third], groups[third:]]
    found = []

    def feed(half):
        with connect(database_url) as own:
            found.append(
                load_ais(IterableSource([line for g in half for line in g]), LoadOptions(SENDER, own, batch=2000))
            )

    threads = [threading.Thread(target=feed, args=(half,)) for half in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(summary.stored for summary in found) == 26_077
    assert _count(connection, "position") + _count(connection, "ais_report") == 26_077
    versions = _count(connection, "live WHERE version > (SELECT version FROM layer_version WHERE layer = 'vessel')")
    assert versions == 0


def test_live_holds_the_newest_fix_of_each(connection, danish):
    groups = list(_groups(danish))
    random.Random(4).shuffle(groups)
    _load(connection, [line for group in groups for line in group])
    wrong = """live JOIN (SELECT transmitter_id, max(t) AS t FROM position
               WHERE lon_e7 IS NOT NULL AND lat_e7 IS NOT NULL GROUP BY 1) AS newest
               USING (transmitter_id) WHERE live.t <> newest.t"""
    assert _count(connection, wrong) == 0
    assert _count(connection, "live WHERE abs(ST_X(geom) * 1e7 - lon_e7) > 0.5") == 0


def test_a_source_keeps_its_origin(connection):
    _load(connection, [])
    with pytest.raises(BadInput, match="another source code"):
        load_ais(IterableSource([]), ais_options(connection, Sender("ais", "simulated")))


def test_summary_is_kept_with_the_delivery(connection, danish):
    found = _load(connection, danish[:3000])
    [(label, summary, finished)] = connection.execute(f"SELECT label, summary, finished_at FROM {OURS}").fetchall()
    assert (label, summary) == ("lines", found.as_dict())
    assert finished is not None


def test_untimed_recordings_do_not_double(connection, shared_data):
    path = shared_data / "ais" / "mixed_types.nmea"
    first = load_ais(FileSource(path), ais_options(connection))
    again = load_ais(FileSource(path), ais_options(connection))
    assert (first.messages, first.stored, again.stored) == (99, 94, 0)
    assert first.untimed == 99
    assert Counter(first.as_dict())["untimed"] == 99
