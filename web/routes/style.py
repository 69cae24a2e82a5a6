"""GET /style/{theme}.json: the whole map's style, made from the registry."""

from typing import Literal

from fastapi import APIRouter, Query, Request
from starlette.responses import JSONResponse

from geo.errors import BadInput
from layers.access.scope import scope
from tiles.style import BASES, build_style
from tiles.tokens import THEMES
from tiles.wall_style import dress_for_wall
from web.access import role_of
from web.state import state_of

router = APIRouter()


@router.get("/style/{theme}.json")
async def get_style(
    request: Request,
    theme: str,
    lang: Literal["vi", "en"] = "vi",
    base: str = "leaders",
    scale: float | None = Query(None, ge=0.1, le=20, allow_inf_nan=False),
) -> JSONResponse:
    """A MapLibre style; `theme` dark or light, `base` leaders or sea; with `scale` the wall's, in 1080 px of height."""
    if theme not in THEMES:
        raise BadInput(f"theme={theme!r}: use one of {', '.join(THEMES)}", field="theme")
    if base not in BASES:
        raise BadInput(f"base={base!r}: use one of {', '.join(BASES)}", field="base")
    state, role = state_of(request), await role_of(request)
    seen = {m.name: (m, scope(role, m)) for m in state.registry.values() if scope(role, m).mode != "none"}
    versions = {name: state.hub.version(name) for name in seen}
    style = build_style(seen, versions, theme=theme, lang=lang, base=base)
    if scale is not None:
        style = dress_for_wall(style, scale)
    return JSONResponse(style, headers={"cache-control": "private, no-cache"})
