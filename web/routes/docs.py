"""GET /docs: the API as one plain page, made from the OpenAPI document, with nothing from outside."""

from html import escape
from typing import Any

from fastapi import APIRouter, Request, Response

router = APIRouter(include_in_schema=False)

_PAGE = """<!doctype html><html lang="en"><meta charset="utf-8"><title>opsmap API</title>
<style>body{{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#15324a}}
code{{background:#edf0f2;padding:.1em .3em;border-radius:3px}}dt{{margin-top:1rem}}dd{{margin:.2rem 0 0 1.5rem}}</style>
<h1>opsmap API</h1><p>{summary}. Machine-readable: <a href="/openapi.json">openapi.json</a>. Errors are RFC 9457 problem
documents; times are ISO 8601 with offset; coordinates are WGS 84 degrees.</p><dl>{entries}</dl></html>"""


@router.get("/docs")
async def get_docs(request: Request) -> Response:
    """Every path with its words and parameters."""
    document = request.app.openapi()
    entries = "".join(
        _entry(path, verb, call) for path, verbs in document["paths"].items() for verb, call in verbs.items()
    )
    page = _PAGE.format(summary=escape(document["info"]["summary"]), entries=entries)
    return Response(page, media_type="text/html; charset=utf-8")


def _entry(path: str, verb: str, call: dict[str, Any]) -> str:
    names = [f"<code>{escape(p['name'])}</code>" for p in call.get("parameters", [])]
    parameters = f"<dd>{', '.join(names)}</dd>" if names else ""
    words = escape(call.get("description", ""))
    return f"<dt><code>{verb.upper()} {escape(path)}</code></dt><dd>{words}</dd>{parameters}"
