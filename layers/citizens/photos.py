"""A photo drawn anew: what a camera wrote into it (place, time, its number) is gone, and its size has a bound."""

import io
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from geo.errors import BadInput

FORMATS = ("JPEG", "PNG", "WEBP")
MOST_BYTES = 8_000_000
MOST_PIXELS = 50_000_000
SIDE_PX = 1600
QUALITY = 80
TITLE = "Không đọc được ảnh: hãy chọn ảnh JPG, PNG hoặc WebP khác"
LARGE = "Ảnh quá lớn: hãy chọn ảnh nhỏ hơn 8 MB và 50 triệu điểm ảnh"


@dataclass(frozen=True)
class Photo:
    """A JPEG and its size in pixels."""

    jpeg: bytes
    width: int
    height: int


def redraw(raw: bytes) -> Photo:
    """The picture in `raw` as a JPEG of at most `SIDE_PX` a side, turned as it is seen; BadInput for anything else."""
    if len(raw) > MOST_BYTES:
        raise BadInput(f"photo: larger than {MOST_BYTES:,} bytes; send a smaller one", field="photo", title=LARGE)
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MOST_PIXELS:  # judged by the header, before a pixel is made
                raise _too_large()
            opened.draft("RGB", (SIDE_PX, SIDE_PX))
            drawn = ImageOps.exif_transpose(opened).convert("RGB")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError):
        raise BadInput("photo: not readable as JPEG, PNG or WebP", field="photo", title=TITLE) from None
    drawn.thumbnail((SIDE_PX, SIDE_PX))
    return _encode(drawn)


def _too_large() -> BadInput:
    return BadInput(f"photo: more than {MOST_PIXELS:,} pixels; send a smaller one", field="photo", title=LARGE)


def _encode(drawn: Image.Image) -> Photo:
    plain = Image.new("RGB", drawn.size)  # a new picture knows nothing but its pixels
    plain.paste(drawn)
    kept = io.BytesIO()
    plain.save(kept, "JPEG", quality=QUALITY, optimize=True)
    return Photo(kept.getvalue(), *plain.size)
