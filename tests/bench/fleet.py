"""Ten thousand boats that are heard: registered, with a device each, written by the program's own writer.

Two in five lie near the province, the rest all over the sea; the numbers are of the impossible form that simulated
boats have.
"""

import random
from collections.abc import Iterator

import psycopg
from ground import now

from geo.clock import unix_ms
from ingest.deliveries import Delivery, Sender
from ingest.outcome import Fix
from ingest.write import Batch

BOATS = 10_000
SEA = (106.0, 10.0, 118.0, 20.0)
PROVINCE = (108.9, 15.1)
NEAR_SHARE, NEAR_DEG = 0.4, 0.3
SENDER = Sender("bench", "simulated", "Bench")

_REGISTER = """
INSERT INTO vessel (id, code, content_hash, source_id, delivery_id, t, heard_at, name, length_m, gear,
                    home_port, cell_id)
SELECT n, 'QNg-MP ' || lpad(n::text, 5, '0'), n, %(source)s, %(delivery)s, now(), now(), 'Bình Minh ' || n,
       12 + n %% 20, (ARRAY['câu', 'lưới vây', 'lưới kéo', 'lưới rê'])[1 + n %% 4], 'Cảng số ' || n %% 9, 1 + n %% 97
FROM generate_series(1, %(boats)s) AS n
"""
_LINK = """
INSERT INTO transmitter_on_vessel (transmitter_id, vessel_id, valid_from, source_id)
SELECT id, substr(key, 8)::int4 + 1, now() - interval '1 year', %(source)s FROM transmitter
"""


def launch(connection: psycopg.Connection) -> Delivery:
    """Register the boats and put each on the sea; the delivery can go on writing."""
    delivery = Delivery(connection, SENDER, "bench", now)
    place = {"source": delivery.source_id, "delivery": delivery.id, "boats": BOATS}
    with connection.transaction():
        connection.execute(_REGISTER, place)
    delivery.write(Batch(fixes(0, BOATS, minutes_ago=20)))
    with connection.transaction():
        connection.execute(_LINK, place)
    delivery.write(Batch(fixes(0, BOATS, minutes_ago=1)))
    connection.execute("VACUUM ANALYZE")
    return delivery


def fixes(first: int, last: int, minutes_ago: float) -> Iterator[Fix]:
    """One fix each of the boats from `first` up to `last`, always at the same place."""
    t_ms = unix_ms(now()) - round(minutes_ago * 60_000)
    for number in range(first, last):
        lon, lat = place_of(number)
        yield Fix(
            f"vms:A:{number:05d}", t_ms, number, t_ms, round(lon * 1e7), round(lat * 1e7), number % 120,
            number * 7 % 3600, None, None, None, None, 0, b"bench",
        )  # fmt: skip


def place_of(number: int) -> tuple[float, float]:
    """Longitude and latitude in degrees."""
    dice = random.Random(number)
    if dice.random() < NEAR_SHARE:
        return dice.gauss(PROVINCE[0], NEAR_DEG), dice.gauss(PROVINCE[1], NEAR_DEG)
    west, south, east, north = SEA
    return dice.uniform(west, east), dice.uniform(south, north)
