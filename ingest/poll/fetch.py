"""One question to another system: bounded in time and size, to the address that was checked, its answer into a file."""

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit, urlunsplit

import httpx2
import stamina

from geo.errors import OpsmapError
from ingest.poll.guard import Guard, Target

MIB = 1 << 20
SLOWEST_TIMES = 10
"""A whole answer may take this many times as long as a single wait."""


class FeedFailed(OpsmapError):
    """A feed did not answer as it should: `detail` in English, `vi` in Vietnamese, both with what to do."""

    title = "Nguồn không trả lời đúng"

    def __init__(self, vi: str, en: str, passing: bool = False) -> None:
        super().__init__(en)
        self.vi, self.passing = vi, passing


class Known(NamedTuple):
    """What we have of a feed already, in its server's words."""

    etag: str | None = None
    last_modified: str | None = None


class Answer(NamedTuple):
    """`size` bytes with this hash are in the file; `fresh` is False for "nothing new" (304): then there are none."""

    fresh: bool
    size: int
    sha256: bytes
    media: str
    etag: str | None
    last_modified: str | None


@dataclass(frozen=True)
class Question:
    """What is asked, and within which bounds. `media`: how the answer's content type must begin ("" for any)."""

    url: str
    headers: Mapping[str, str]
    media: str = ""
    timeout_s: float = 30.0
    most_bytes: int = 64 * MIB
    tries: int = 3
    pause_s: float = 1.0
    longest_pause_s: float = 20.0


def fetch(question: Question, known: Known, guard: Guard, path: Path) -> Answer:
    """Ask, again with growing pauses where it may go better, and leave the body in `path`. FeedFailed, NotAllowed."""
    retries = stamina.retry_context(
        on=lambda error: isinstance(error, FeedFailed) and error.passing,
        attempts=question.tries,
        timeout=None,
        wait_initial=question.pause_s,
        wait_max=question.longest_pause_s,
        wait_jitter=question.pause_s,
    )
    for attempt in retries:
        with attempt:
            return _once(question, known, guard, path)
    raise AssertionError("the last attempt raises or returns")


def _once(question: Question, known: Known, guard: Guard, path: Path) -> Answer:
    try:
        target = guard.check(question.url)
    except OSError as error:
        raise FeedFailed(
            "Không tìm thấy máy chủ của nguồn; kiểm tra địa chỉ và DNS.", f"host not found: {error}", passing=True
        ) from None
    try:
        return _ask(question, known, target, path)
    except httpx2.TimeoutException:
        raise FeedFailed(
            f"Nguồn không trả lời trong {question.timeout_s:.0f} giây; kiểm tra đường truyền.",
            f"no answer within {question.timeout_s:.0f} s; check the line",
            passing=True,
        ) from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise FeedFailed(
            "Kết nối tới nguồn bị đứt hoặc bị từ chối; sẽ hỏi lại.",
            f"connection failed or broken off: {str(error) or type(error).__name__}",
            passing=True,
        ) from None


def _ask(question: Question, known: Known, target: Target, path: Path) -> Answer:
    began = time.monotonic()
    with (
        httpx2.Client(timeout=question.timeout_s, trust_env=False, follow_redirects=False) as client,
        client.stream("GET", _at_address(question.url, target), **_told(question, known, target)) as answer,
    ):
        if answer.status_code == httpx2.codes.NOT_MODIFIED:
            return Answer(False, 0, b"", "", known.etag, known.last_modified)
        _check(answer, question)
        digest, size = hashlib.sha256(), 0
        with path.open("wb") as file:
            for piece in answer.iter_raw():
                size += len(piece)
                if size > question.most_bytes:
                    raise _too_large(question.most_bytes)
                if time.monotonic() - began > SLOWEST_TIMES * question.timeout_s:
                    raise httpx2.ReadTimeout("the whole takes too long")
                digest.update(piece)
                file.write(piece)
        headers = answer.headers
        media = headers.get("content-type", "").partition(";")[0].strip().lower()
        return Answer(True, size, digest.digest(), media, headers.get("etag"), headers.get("last-modified"))


def _at_address(url: str, target: Target) -> str:
    """The URL with the checked address in the place of the host's name: nobody looks it up a second time."""
    host = f"[{target.address}]" if ":" in target.address else target.address
    return urlunsplit(urlsplit(url)._replace(netloc=f"{host}:{target.port}"))


def _told(question: Question, known: Known, target: Target) -> dict[str, Any]:
    """Headers, and the name that the server's certificate must bear."""
    shown = f"[{target.host}]" if ":" in target.host else target.host
    headers = {"host": f"{shown}:{target.port}", "accept-encoding": "identity", **question.headers}
    if known.etag is not None:
        headers["if-none-match"] = known.etag
    if known.last_modified is not None:
        headers["if-modified-since"] = known.last_modified
    return {"headers": headers, "extensions": {"sni_hostname": target.host}}


def _check(answer: httpx2.Response, question: Question) -> None:
    """FeedFailed for whatever is not a plain body of the right kind and size."""
    status, headers = answer.status_code, answer.headers
    if answer.is_redirect:
        raise FeedFailed(
            f"Nguồn chuyển hướng ({status}); ta không đi theo. Ghi địa chỉ mới vào cấu hình.",
            f"redirected ({status}) and not followed; put the new address into the settings",
        )
    if status != httpx2.codes.OK:
        raise FeedFailed(
            f"Nguồn trả lời mã {status}." + (" Kiểm tra khóa truy cập." if status in (401, 403) else ""),
            f"answered with status {status}" + ("; check the secret" if status in (401, 403) else ""),
            passing=status >= 500 or status in (408, 429),
        )
    if headers.get("content-encoding", "identity") != "identity":
        raise FeedFailed(
            "Nguồn gửi nội dung nén dù không được yêu cầu.", "sent a compressed body though none was asked for"
        )
    media = headers.get("content-type", "")
    if not media.startswith(question.media):
        raise FeedFailed(
            f"Nguồn gửi {media or 'loại không rõ'} thay vì {question.media}.",
            f"sent {media or 'no content type'} instead of {question.media}",
        )
    if int(headers.get("content-length", "0")) > question.most_bytes:
        raise _too_large(question.most_bytes)


def _too_large(most: int) -> FeedFailed:
    return FeedFailed(
        f"Nguồn gửi hơn {most // MIB} MB; hỏi ít hơn một lần (dùng {{since}}) hoặc tăng most_mib.",
        f"sent more than {most // MIB} MB: ask for less at a time ({{since}}), or raise most_mib",
    )
