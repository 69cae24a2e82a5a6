"""The words of receipts and refusals."""

from typing import Any, NamedTuple

from ingest.drop.shelf import local_time

MOST_LINES = 20


class Why(NamedTuple):
    """Why a file was not taken and what to do, in both languages."""

    vi: str
    en: str


EMPTY = Why(
    "Tệp rỗng. Hãy xuất lại số liệu rồi chép tệp mới vào.", "The file is empty: export it and lay it here again."
)
NOT_STORED = Why(
    "Sửa tệp theo lý do trên rồi chép lại vào thư mục này, đặt tên nào cũng được.",
    "Mend the file as said above and lay it here again, under any name.",
)


def too_large(size: int, most: int) -> Why:
    """For a file above the limit (bytes)."""
    return Why(
        f"Tệp {size / 1e6:.0f} MB, lớn hơn mức cho phép {most / 1e6:.0f} MB. Hãy tách thành nhiều tệp.",
        f"The file has {size:,} bytes, more than {most:,}: split it.",
    )


def receipt(row: dict[str, Any]) -> str:
    """The note beside a taken file; `row` is its row of `drop_file`."""
    told = {
        "taken": "Đã nhận, đang lưu. · Received, being stored.",
        "stored": "Đã nhận và đã lưu. · Received and stored.",
        "refused": "KHÔNG nhận. · REFUSED.",
    }
    lines = [told[row["state"]], "", *_facts(row)]
    lines += ["", row["detail_vi"], row["detail_en"]] if row["detail_vi"] else []
    return "\n".join(lines) + "\n"


def again(row: dict[str, Any], name: str) -> str:
    """The note beside a file whose content was taken before."""
    before = f"với tên {row['name']} lúc {local_time(row['taken_at'])}"
    lines = [
        f"Nội dung tệp này đã nhận trước đây {before}; không lưu lần nữa.",
        f"The same content was received before as {row['name']}; it is not stored again.",
        "",
        *_facts(row | {"name": name}),
    ]
    return "\n".join(lines) + "\n"


def refusal(name: str, why: Why) -> str:
    """The note beside a refused file."""
    return f"KHÔNG nhận tệp {name}.\n{why.vi}\n\nREFUSED: {name}\n{why.en}\n"


def _facts(row: dict[str, Any]) -> list[str]:
    return [
        f"Tệp · file: {row['name']}",
        f"Nguồn · source: {row['source']}   Loại · form: {row['form']}",
        f"Cỡ · bytes: {row['size']}",
        f"SHA-256: {row['sha256'].hex()}",
        f"Nhận lúc · received: {local_time(row['taken_at'])}",
    ]
