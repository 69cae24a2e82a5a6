"""From the raw log to committed rows with their raw lines, against bare pyais over the same plain file.

pyais only reads and decodes; ours also checks, times, keeps every raw line, indexes it, and commits durably.
"""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from goals import Goal, Spent, say, spent_by, take_turns
from ground import Ground, server_seconds
from pyais import FileReaderStream
from pyais.messages import ANY_MESSAGE
from recording import Recording

from ingest.ais.load import ais_options, load_ais
from ingest.source import FileSource
from layers.database import connect

GOAL = 0.5
ROUNDS = 7
POSITIONS = (1, 2, 3, 18)

Heard = Counter[tuple[str, int, int | None, int | None]]
"""(transmitter, message type, longitude, latitude); AIS counts ten-thousandths of a minute."""

_HEARD = """
SELECT key, msg_type, round(lon_e7 * 0.06)::int4, round(lat_e7 * 0.06)::int4, count(*) FROM (
    SELECT transmitter_id, msg_type, lon_e7, lat_e7 FROM position
    UNION ALL SELECT transmitter_id, msg_type, NULL, NULL FROM ais_report) AS m
JOIN transmitter AS x ON x.id = m.transmitter_id GROUP BY 1, 2, 3, 4
"""


def read_bare(path: Path) -> Iterator[ANY_MESSAGE]:
    """Bare pyais over the file."""
    for message in FileReaderStream(str(path)):
        yield message.decode()


def heard_by_pyais(path: Path) -> Heard:
    """What pyais makes of the file; 181° and 91° are its way of saying that there is no position."""
    heard: Heard = Counter()
    for said in read_bare(path):
        placed = said.msg_type in POSITIONS
        lon = round(said.lon * 600_000) if placed and said.lon != 181 else None
        lat = round(said.lat * 600_000) if placed and said.lat != 91 else None
        heard[f"mmsi:{said.mmsi:09d}", said.msg_type, lon, lat] += 1
    return heard


def compare_results(ground: Ground, log: Recording) -> int:
    """The number of messages, after every one of them is shown to be stored as pyais reads it."""
    theirs = heard_by_pyais(log.path)
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        summary = load_ais(FileSource(log.path), ais_options(connection))
        ours = Counter({(key, kind, lon, lat): n for key, kind, lon, lat, n in connection.execute(_HEARD)})
    assert summary.stored == theirs.total(), f"{summary.as_json()}, pyais {theirs.total()}"
    assert log.messages in (None, summary.stored), f"stored {summary.stored}, known to hold {log.messages}"
    assert ours == theirs, f"{(ours - theirs).total()} messages differ from pyais"
    return summary.stored


def load_fresh(ground: Ground, path: Path) -> Spent:
    """What one load into a database of its own takes, the server's work for it included."""
    with ground.fresh() as name, connect(ground.cluster.url(name)) as connection:
        ground.rest()
        return spent_by(lambda: load_ais(FileSource(path), ais_options(connection)), server_seconds(connection))


def decode_fully(path: Path) -> Spent:
    """What bare pyais takes."""
    return spent_by(lambda: sum(1 for _ in read_bare(path)))


def run(ground: Ground, log: Recording) -> Goal:
    """The messages per second of load_ais over those of bare pyais."""
    messages = compare_results(ground, log)
    say(f"decode and store: {messages} messages, each equal to pyais")
    pyais, ours = take_turns([lambda: decode_fully(log.path), lambda: load_fresh(ground, log.path)], ROUNDS)
    detail = {"log": log.name, "messages": messages, "rounds": ROUNDS, **pyais.over(ours)}
    return Goal("decode and store / bare pyais decode", pyais.wall / ours.wall, GOAL, detail=detail)
