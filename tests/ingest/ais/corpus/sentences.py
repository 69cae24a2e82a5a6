"""The sentences the corpus is made of: encoded by ourselves, with MMSIs 999… that no ship can have."""

from fixtures import nmea

T = 1_764_000_000_123
S = T // 1000
BOAT, OTHER, THIRD = 999_000_001, 999_000_002, 999_000_003
MOTION = nmea.motion_fields(109.1, 15.2, 7.5, 181.5, 30)
TEXT = nmea.six_bit_text


def plain(fields, channel=b"A", sequence=1):
    return nmea.sentences(fields, channel, sequence)


def sealed(body, start=b"!"):
    return start + body + b"*" + nmea.checksum(body)


def a(mmsi=BOAT, motion=MOTION):
    return plain(nmea.position_a(mmsi, 7, motion))[0]


def b(mmsi=BOAT):
    return plain(nmea.position_b(mmsi, MOTION))[0]


def identity(mmsi=BOAT, name="CA CHIM", ship_type=30, callsign="XVQN", imo=0):
    head = [(5, 6), (0, 2), (mmsi, 30), (0, 2), (imo, 30), TEXT(callsign, 7), TEXT(name, 20), (ship_type, 8)]
    return [*head, (10, 9), (5, 9), (2, 6), (3, 6), (1, 4), (0, 20), (25, 8), TEXT("", 20), (0, 2)]


def five(mmsi=BOAT, sequence=1, channel=b"A"):
    return plain(identity(mmsi), channel, sequence)


def retagged(line, **changes):
    """The sentence with fields replaced by position and a fresh checksum."""
    fields = line[1:].partition(b"*")[0].split(b",")
    for place, value in changes.items():
        fields[int(place[1:])] = value
    return sealed(b",".join(fields))


def tagged(line, text):
    return b"\\" + text + b"*" + nmea.checksum(text) + b"\\" + line


def wrapper(line, ms=T, names=None):
    """`$PGHP` for 2025-11-24 16:00:00.123 and milliseconds around it, naming its sentence."""
    second, milli = divmod(ms - 1_764_000_000_000, 1000)
    names = line.rpartition(b"*")[2] if names is None else names
    return sealed(b"PGHP,1,2025,11,24,16,0,%d,%d,574,,5740001,1,%s" % (second, milli, names), b"$")


def type24(part, mmsi=BOAT):
    head = [(24, 6), (0, 2), (mmsi, 30), (part, 2)]
    return plain([*head, TEXT("CA CHIM", 20)] if part == 0 else [*head, *[(0, 8)] * 16])[0]


def position(lon, lat, sog=75, cog=1815, heading=511):
    return [(sog, 10), (1, 1), (lon, 28), (lat, 27), (cog, 12), (heading, 9), (30, 6)]


A, B = a(), b()
P1, P2 = five()
Q1, Q2 = five(OTHER)
TS = b"c:%d" % S
one, two, third = [1, BOAT, None], [1, OTHER, None], [1, THIRD, None]
timed = [1, BOAT, S * 1000]
exact = [1, BOAT, T]


def case(name, lines, messages=(), rejected=None, ignored=None, extra=0, flags=None):
    return {
        "name": name,
        "lines": [line.decode("latin-1") for line in lines],
        "messages": [list(message) for message in messages],
        "rejected": rejected or {},
        "ignored": ignored or {},
        "extra": extra,
        "flags": flags,
    }


def joined(n=1):
    return {"fragment_joined": n}
