"""A stream of NAF: lines in, messages out, wherever a line breaks one or holds several."""

from collections import Counter
from collections.abc import Iterable, Iterator

from geo.clock import Clock, system_clock, unix_ms
from ingest.jumps import JumpWatch
from ingest.outcome import Fix, Outcome, Reject
from ingest.source import KEPT_OF_LONG_LINE, LINE_LIMIT, Line
from ingest.vms.clean import FieldFault
from ingest.vms.naf import NOT_POSITION, read_message

START, END = "//SR//", "//ER//"
PATIENCE_MS = 10_000
"""How long the rest of a broken message is waited for; less than a loader's window."""
BLANK = "blank"


class NafPipeline:
    """Holds back a message that has begun and not ended."""

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._jumps = JumpWatch()
        self._held = ""
        self._held_lines = 0
        self._began: tuple[int, int] = (0, 0)
        self.lines = self.extra = 0
        self.ignored: Counter[str] = Counter()
        self.now_ms = 0
        self.refresh()

    def refresh(self) -> None:
        """Look at the clock."""
        self.now_ms = unix_ms(self._clock())

    def push(self, lines: Iterable[Line | Reject]) -> Iterator[Outcome]:
        """The outcomes of these lines."""
        for line in lines:
            self.lines += 1
            if isinstance(line, Reject):
                yield from self._let_go()
                yield line
            else:
                yield from self._take(line)

    def finish(self) -> Iterator[Outcome]:
        """A message without an end is none."""
        return self._let_go()

    def expire(self) -> Iterator[Outcome]:
        """The same, when its end has not come for too long."""
        return self._let_go() if self.now_ms - self._began[1] > PATIENCE_MS else iter(())

    def _take(self, line: Line) -> Iterator[Outcome]:
        text = _decode(line.raw).strip()
        if not text:
            self.ignored[BLANK] += 1
            return
        if not self._held:
            self._began = (line.number, self.now_ms)
        pieces = _cut(self._held + text)
        self._held_lines += 1
        rest = pieces.pop() if pieces and _is_begun(pieces[-1]) and len(pieces[-1]) <= LINE_LIMIT else ""
        if pieces:
            yield from self._understand(pieces, self._held_lines)
            self._held_lines, self._began = 0, (line.number, self.now_ms)
        self._held = rest

    def _let_go(self) -> Iterator[Outcome]:
        pieces, lines = [self._held] if self._held else [], self._held_lines
        self._held, self._held_lines = "", 0
        return self._understand(pieces, lines)

    def _understand(self, pieces: list[str], lines: int) -> Iterator[Outcome]:
        """One outcome a piece. Lines beyond one each go to the first; pieces beyond one a line are extra."""
        self.extra += max(0, len(pieces) - lines)
        for number, piece in enumerate(pieces):
            spent = max(1, lines - len(pieces) + 1) if number == 0 else 1
            found = self._read(piece)
            if isinstance(found, str):
                self.ignored[NOT_POSITION] += spent
            else:
                yield found._replace(lines=spent)

    def _read(self, piece: str) -> Outcome | str:
        raw = piece.encode("utf-8", "replace")[:KEPT_OF_LONG_LINE]
        try:
            if not piece.startswith(START):
                raise FieldFault("bad_message", "SR", "does not begin with //SR//")
            if not piece.endswith(END):
                raise FieldFault("bad_message", "ER", "does not end with //ER//")
            found = read_message(piece, raw, self.now_ms)
        except FieldFault as fault:
            return Reject(fault.reason, str(fault), raw, self._began[0])
        return self._jumps.look(found) if isinstance(found, Fix) else found


def _decode(raw: bytes) -> str:
    try:
        return raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _cut(text: str) -> list[str]:
    """Messages, and what stands between them; each begins with SR or holds none."""
    pieces: list[str] = []
    while text:
        begin = text.find(START, 1) if text.startswith(START) else text.find(START)
        end = text.find(END)
        if text.startswith(START) and end >= 0 and (begin < 0 or end < begin):
            cut = end + len(END)
        else:
            cut = begin if begin >= 0 else len(text)
        pieces.append(text[:cut])
        text = text[cut:].strip()
    return [piece for piece in map(str.strip, pieces) if piece]


def _is_begun(piece: str) -> bool:
    """Whether more of a message may follow."""
    return piece.startswith(START) and not piece.endswith(END)
