"""The letters on the map: our own Noto Sans, by subset, from this host, and how names are inked."""

from tiles.view import Colors, Style

FONTS = {"400": "Noto Sans Regular", "600": "Noto Sans SemiBold"}
SUBSETS = {
    "vietnamese": ["U+0102-0103,U+0110-0111,U+0128-0129,U+0168-0169,U+01A0-01A1,U+01AF-01B0,U+0300-0301"
                   ",U+0303-0304,U+0308-0309,U+0323,U+0329,U+1EA0-1EF9,U+20AB"],
    "latin-ext": ["U+0100-0101,U+0104-010F,U+0112-0127,U+012A-0167,U+016A-019F,U+01B2-02BA,U+1E00-1E9F,U+2C60-2C7F"],
    "latin": ["U+0000-00FF,U+0131,U+0152-0153,U+02BB-02BC,U+02C6,U+02DA,U+02DC,U+2000-206F,U+20AC,U+2122,U+2191"
              ",U+2193,U+2212,U+2215,U+FEFF,U+FFFD"],
}  # fmt: skip


def font_faces() -> Style:
    """Our own Noto Sans, by subset, from this host."""
    return {
        name: [
            {"url": f"/static/fonts/noto-sans-{subset}-{weight}.woff2", "unicode-range": ranges[0].split(",")}
            for subset, ranges in SUBSETS.items()
        ]
        for weight, name in FONTS.items()
    }


def ink(colors: Colors, token: str) -> Style:
    """The paint of a text that stands out from whatever is under it."""
    return {"text-color": colors[token], "text-halo-color": colors["halo"], "text-halo-width": 1.4}
