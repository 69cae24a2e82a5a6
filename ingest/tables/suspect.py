"""Files that are wrong as a whole: east and north exchanged, or numbers of one zone read in the other.

Each row may look in order by itself; where most of a file would land in the province, or in the communes it names,
if it were read the other way, the file is refused with the way to read it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import crs
from geo.crs import Frame
from geo.errors import BadInput
from ingest.tables import frames
from ingest.tables.check import COMMUNE
from ingest.tables.columns import COMMUNE_NAME, bare
from ingest.tables.placing import Placing
from ingest.tables.table import RawRow
from layers.spec import Text

MOST = 2_000
NEAR_M = 2_000
"""How far outside a generalised outline a place still counts as in it."""
SEA = (105.0, 6.0, 118.0, 18.0)
"""West, south, east, north of where anything of this province's may lie."""
Flags = NDArray[np.bool_]


class WrongWay(BadInput):
    """The file's numbers are in order, but not as they were read."""

    title = "Tọa độ của tệp bị đọc sai cách"


@dataclass
class Sample:
    """Every so-manieth place of a file, so that few stand for all: (x, y as given, the commune the row names)."""

    places: list[tuple[float, float, str | None]] = field(default_factory=list)
    step: int = 1
    seen: int = 0

    def add(self, rows: Sequence[RawRow], communes: Mapping[str, str]) -> None:
        """Take note of a batch; `communes` are codes by folded name."""
        for row in rows:
            if row.given is not None:
                if self.seen % self.step == 0:
                    self.places.append((*row.given, _named(row, communes)))
                self.seen += 1
        while len(self.places) > MOST:
            self.places, self.step = self.places[::2], self.step * 2


def _named(row: RawRow, communes: Mapping[str, str]) -> str | None:
    """The code of the commune a row names, None when it names none that exists."""
    code, name = (str(row.values.get(n) or "").strip() for n in (COMMUNE, COMMUNE_NAME))
    if code in communes.values():
        return code
    return communes.get(bare(name))


@dataclass(frozen=True)
class _Judge:
    """A sample as arrays (`x`, `y` as given, `named` the communes), and how it was read."""

    placing: Placing
    cells: frames.Cells
    x: crs.Floats
    y: crs.Floats
    named: list[str | None]

    def fits(self, frame: Frame, swapped: bool = False) -> Flags:
        """Which places lie in the commune their row names, or, where it names none, in the province."""
        lon, lat = frame.to_stored(self.y, self.x) if swapped else frame.to_stored(self.x, self.y)
        there = _within(lon, lat)
        found = frames.communes_near(self.cells, shapely.points(lon[there], lat[there]), NEAR_M)
        wanted = [name for name, ok in zip(self.named, there, strict=True) if ok]
        fits = np.zeros(len(self.x), dtype=bool)
        fits[there] = [bool(near) and (w is None or w in near) for near, w in zip(found, wanted, strict=True)]
        return fits

    @property
    def names_commune(self) -> Flags:
        """Which rows name the commune they lie in."""
        return np.array([name is not None for name in self.named])

    def refuse_swapped(self, right: Flags) -> None:
        """Refuse a file most of whose places make sense only with the two numbers exchanged."""
        frame = self.placing.frame
        land = self.fits(frame, swapped=True) & ~right
        sea = _within(*frame.to_stored(self.y, self.x)) & ~_within(*frame.to_stored(self.x, self.y))
        if max(land.sum(), sea.sum()) * 2 <= len(self.x):
            return
        first = f"{self.x[0]:.10g}, {self.y[0]:.10g}"
        raise WrongWay(
            f"east and north are exchanged: the first place is {first}; exchange the two columns: lon (x, east) then"
            " lat (y, north)  [đổi cột: đông trước, bắc sau; X của trắc địa Việt Nam là hướng bắc]",
            field="geometry",
        )

    def refuse_zone(self, right: Flags) -> list[Text]:
        """Refuse a file most of whose places fit another zone; warn of those few that do."""
        read = self.placing.frame
        if not read.metric or read.shift != crs.SHIFT:
            return []
        others = [crs.vn2000_frame(z) for z in crs.ZONES if z.scale == crs.TM3 and z.code != read.code]
        fitting = [(self.fits(other) & ~right, other) for other in others]
        better, best = max(fitting, key=lambda pair: int(pair[0].sum()))
        most = int(better.sum())
        if most * 2 > len(self.x):
            where = f"only in {best.title}, not in {read.title}, which is tens of km off"
            detail = f"{most} of {len(self.x)} places looked at lie where they should {where}"
            raise WrongWay(f"read in the wrong zone: {detail}; give --crs {best.code}  [sai múi chiếu]", field="crs")
        most = int((better & self.names_commune).sum())  # outside the province proves nothing of a few
        if most < max(3, len(self.x) // 50):
            return []
        vi = f"{most}/{len(self.x)} vị trí chỉ đúng chỗ nếu đọc theo {best.title}; tệp có thể trộn hai múi, hãy tách ra"
        en = f"{most} of {len(self.x)} places looked at fit only in {best.title}: the file may mix two zones; split it"
        return [Text(vi, en)]

    def doubt(self) -> list[Text]:
        """A word where nothing in the file could show that the zone is wrong."""
        sister = crs.SISTER.get(self.placing.frame.code or 0)
        if sister is None or any(self.named):
            return []
        other = crs.vn2000_frame(crs.zone_of(sister))
        if not self.fits(other).all():
            return []
        vi = f"tệp không ghi xã, và cũng nằm trong tỉnh nếu đọc theo {other.title}: hãy xem vài điểm trên bản đồ"
        en = f"no row names its commune, and all lie in the province in {other.title} too: look at a few on the map"
        return [Text(vi, en)]


def judge_places(sample: Sample, placing: Placing, cells: frames.Cells) -> list[Text]:
    """What to warn of; WrongWay when most of the file says that it was read the wrong way."""
    if not sample.places:
        return []
    x, y, named = zip(*sample.places, strict=True)
    judge = _Judge(placing, cells, np.array(x), np.array(y), list(named))
    right = judge.fits(placing.frame)
    if right.all():
        return judge.doubt()
    judge.refuse_swapped(right)
    return judge.refuse_zone(right) or _strays(judge, right)


def _strays(judge: _Judge, right: Flags) -> list[Text]:
    """A word about rows that do not lie in the commune they name, however they are read."""
    strays = int((~right & judge.names_commune).sum())
    if not strays:
        return []
    vi = f"{strays}/{len(right)} vị trí nằm ngoài xã mà dòng đó ghi; vẫn nhận, hãy kiểm tra"
    return [Text(vi, f"{strays} of {len(right)} places lie outside the commune their row names; kept, please check")]


def _within(lon: crs.Floats, lat: crs.Floats) -> Flags:
    """Which places lie where this map's things may be; infinite ones do not."""
    return np.asarray((lon > SEA[0]) & (lat > SEA[1]) & (lon < SEA[2]) & (lat < SEA[3]))
