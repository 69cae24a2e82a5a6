"""Which files make up what was given: a folder, a ZIP archive, a table and its parts. What is missing is named."""

import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from geo.errors import BadInput

READABLE = (".csv", ".xlsx", ".xlsm", ".xls", ".xlsb", ".ods", ".geojson", ".json", ".gpkg", ".shp", ".tab", ".mif")
NEEDED = {".shp": (".dbf", ".shx"), ".tab": (".dat", ".map", ".id"), ".mif": (".mid",)}
WHOLE_BYTES = 100_000_000
"""The largest file that is read in one piece."""
MOST_BYTES = 4_000_000_000
STREAMED = (".gpkg", ".shp", ".tab", ".mif", ".zip")


class PartMissing(BadInput):
    """A table came without one of the files it is made of."""

    title = "Thiếu tệp đi kèm"


@contextmanager
def found_table(path: Path) -> Iterator[Path]:
    """The one table that a file, folder or archive holds, with its parts beside it. BadInput when there is none."""
    if path.is_file() and path.suffix.lower() == ".zip":
        _check_size(path)
        with tempfile.TemporaryDirectory(prefix="opsmap-") as folder:
            _unpack(path, Path(folder))
            yield _complete(_only(sorted(Path(folder).iterdir()), path))
        return
    yield _complete(_only(sorted(path.iterdir()), path) if path.is_dir() else path)


def part_beside(path: Path, suffix: str) -> Path | None:
    """The file of the same name with that suffix, in whatever case; None when it is not there."""
    wanted = (path.stem + suffix).lower()
    return next((p for p in path.parent.iterdir() if p.name.lower() == wanted), None)


def files_of(path: Path) -> list[Path]:
    """The table and its parts, sorted by name."""
    if path.suffix.lower() not in NEEDED:
        return [path]
    return sorted(p for p in path.parent.iterdir() if p.is_file() and p.stem.lower() == path.stem.lower())


def _only(files: list[Path], given: Path) -> Path:
    tables = [p for p in files if p.suffix.lower() in READABLE]
    if len(tables) == 1:
        return tables[0]
    if not tables:
        orphans = sorted({p.suffix.lower() for p in files} & {s for group in NEEDED.values() for s in group})
        held = f"only {', '.join(orphans)}; send the file of the table too" if orphans else "no table"
        raise BadInput(f"{given.name!r} holds {held}; use one of {', '.join(READABLE)}")
    listed = ", ".join(p.name for p in tables)
    raise BadInput(f"{given.name!r} holds several tables ({listed}); give one of them")


def _complete(path: Path) -> Path:
    if not path.is_file():
        raise BadInput(f"file {str(path)!r}: not found, or not a file; give the path of one of {', '.join(READABLE)}")
    suffix = path.suffix.lower()
    if suffix not in READABLE:
        raise BadInput(f"file {path.name!r}: use one of {', '.join(READABLE)}")
    _check_size(path)
    lacking = [path.stem + part.upper() for part in NEEDED.get(suffix, ()) if part_beside(path, part) is None]
    if lacking:
        verb = "are" if len(lacking) > 1 else "is"
        raise PartMissing(f"{', '.join(lacking)} {verb} missing beside {path.name}; send all its files, or one ZIP")
    return path


def _check_size(path: Path) -> None:
    most = MOST_BYTES if path.suffix.lower() in STREAMED else WHOLE_BYTES
    if path.stat().st_size > most:
        raise BadInput(f"file {path.name!r}: larger than {most // 1_000_000} MB; split it, or send a GeoPackage")


def _unpack(path: Path, folder: Path) -> None:
    """The archive's files side by side, whatever folders they were in."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = [m for m in archive.infolist() if not m.is_dir() and "__MACOSX" not in m.filename]
            if sum(m.file_size for m in members) > MOST_BYTES:
                raise BadInput(f"file {path.name!r}: unpacks to more than {MOST_BYTES // 1_000_000} MB; split it")
            for member in members:
                member.filename = Path(member.filename.replace("\\", "/")).name
                archive.extract(member, folder)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError) as error:
        raise BadInput(f"file {path.name!r}: no ZIP archive we can open ({error}); pack it again") from None
