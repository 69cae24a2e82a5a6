"""Loads AIS recordings; the door the command line uses.

summary = load_ais(FileSource("log.nmea.gz"), ais_options(connection), report)
print(summary.as_json())
"""

from dataclasses import replace
from typing import Any

import psycopg

from geo.clock import from_unix_ms
from ingest.ais.pipeline import AisPipeline
from ingest.deliveries import Sender
from ingest.load import LoadOptions, Reporter, quiet, run_load
from ingest.outcome import Fact, Fix, Identity
from ingest.source import Source
from ingest.summary import NO_TIME, Summary

FORM = "nmea"
SENDER = Sender("ais", "real", "AIS")


def ais_options(connection: psycopg.Connection | None, sender: Sender = SENDER) -> LoadOptions:
    """Options with the defaults of `opsmap ingest ais`; no connection means a dry run."""
    return LoadOptions(sender, connection)


def load_ais(source: Source, options: LoadOptions, report: Reporter = quiet) -> Summary:
    """Read NMEA 0183 from `source`, store what is new, and give the summary (`.as_dict()`, `.as_json()`).

    `options.connection` None is a dry run; `options.ndjson` gets one object per valid message. `report` is called
    after every batch with a `Progress`. Errors: `BadInput` for a source code of another origin; never for content.
    """
    return run_load(source, AisPipeline(options.clock), replace(options, form=FORM), describe_ais, report)


def describe_ais(fact: Fact) -> dict[str, Any]:
    """A message as the dry run prints it: degrees, knots, UTC; None only where the standard says "not available"."""
    head: dict[str, Any] = {"type": fact.msg_type, "mmsi": int(fact.key.removeprefix("mmsi:"))}
    head["heard_at"] = from_unix_ms(fact.heard_ms).isoformat(timespec="milliseconds")
    if fact.flags & NO_TIME:
        head["untimed"] = True
    identity = (fact.identity or Identity())._asdict()
    said = {name: value for name, value in identity.items() if value is not None}
    body = describe_fix(fact) | said if isinstance(fact, Fix) else said | fact.body
    return head | body


def describe_fix(fix: Fix) -> dict[str, Any]:
    """The fields of a position report; seven decimals of a degree."""
    return {
        "lon": None if fix.lon_e7 is None else fix.lon_e7 / 1e7,
        "lat": None if fix.lat_e7 is None else fix.lat_e7 / 1e7,
        "sog_kn": None if fix.sog_dkn is None else fix.sog_dkn / 10,
        "cog_deg": None if fix.cog_ddeg is None else fix.cog_ddeg / 10,
        "heading_deg": fix.heading_deg,
        "nav_status": fix.nav_status,
        "utc_second": fix.utc_second,
    }
