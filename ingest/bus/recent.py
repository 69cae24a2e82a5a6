"""Which lines a writer has put onto its disk lately, so that what a broker sends again is not taken for new."""

from collections.abc import Callable, Collection
from pathlib import Path

from ingest.bus.record import decode_record
from ingest.bus.segments import frames, segment_path, segment_starts

NEWEST_SEGMENTS = 2
AGO_MS = 3_600_000


def lines_kept(folder: Path, form: str, now_ms: int) -> Callable[[Collection[bytes]], set[bytes]]:
    """A question to a writer's spool: which of these lines arrived within an hour before `now_ms` or later?

    It looks at the newest two segments only: what a broker may send again is what it was never told of, some dozens.
    """

    def kept(lines: Collection[bytes]) -> set[bytes]:
        asked, found = set(lines), set()
        for start in segment_starts(folder)[-NEWEST_SEGMENTS:]:
            for _, _, payload in frames(segment_path(folder, start).read_bytes()):
                record = decode_record(payload)
                if record.form == form and record.arrived_ms >= now_ms - AGO_MS:
                    found |= asked.intersection(record.data.splitlines())
        return found

    return kept
