"""Loads VMS reports; the door the command line uses.

summary = load_vms(FileSource("vms.csv"), LoadOptions(SENDER, connection), report)
"""

from dataclasses import replace
from typing import Any

from geo.clock import from_unix_ms
from ingest.deliveries import Sender
from ingest.load import LoadOptions, Reporter, quiet, run_load
from ingest.outcome import Fact, Fix
from ingest.source import Source
from ingest.summary import Summary
from ingest.vms.pipeline import VmsPipeline

FORM = "vms_csv"
SENDER = Sender("vms", "real", "VMS")


def load_vms(source: Source, options: LoadOptions, report: Reporter = quiet) -> Summary:
    """Read our CSV of VMS reports from `source`, store what is new, and give the summary.

    `options.connection` None is a dry run; `options.ndjson` gets one object per valid report. Errors: `BadInput` for a
    header without the needed columns (nothing is stored then) or a source code of another origin.
    """
    return run_load(source, VmsPipeline(options.clock), replace(options, form=FORM), describe_vms, report)


def describe_vms(fact: Fact) -> dict[str, Any]:
    """A report as the dry run prints it: degrees EPSG:4326, knots, UTC."""
    assert isinstance(fact, Fix)  # VMS has nothing else
    return {
        "transmitter": fact.key,
        "t": from_unix_ms(fact.t_ms).isoformat(),
        "heard_at": from_unix_ms(fact.heard_ms).isoformat(),
        "lon": None if fact.lon_e7 is None else fact.lon_e7 / 1e7,
        "lat": None if fact.lat_e7 is None else fact.lat_e7 / 1e7,
        "sog_kn": None if fact.sog_dkn is None else fact.sog_dkn / 10,
        "cog_deg": None if fact.cog_ddeg is None else fact.cog_ddeg / 10,
        "kind": "vms",
        "provider": fact.key.split(":")[1],
    }
