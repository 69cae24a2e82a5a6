"""What must always hold: each invariant with its words, what to do when it does not, and whom to call."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from sqlalchemy import Connection

from layers.access.roles import Readers, Role
from layers.spec import Text

CENTRE: Readers = frozenset({Role.OPERATOR, Role.ADMIN})
SEA: Readers = CENTRE | {Role.OFFICER}

ON_DUTY = Text("Trực điều hành", "the operator on duty")
SYSTEMS = Text("Quản trị hệ thống", "the system administrator")
FISHERIES = Text("Trực điều hành, rồi Chi cục Thủy sản", "the operator on duty, then the fisheries office")
STEWARDS = Text("Đầu mối số liệu của sở gửi nguồn đó", "the steward of the department that sends it")


class Breach(NamedTuple):
    """One thing that does not hold: what it is about (a source, a measure; "" for the whole), and in words."""

    subject: str
    vi: str
    en: str


Find = Callable[[Connection, datetime], list[Breach]]
"""Asks within one read-only snapshot, at a moment (UTC); raises when it cannot be asked."""


@dataclass(frozen=True)
class Invariant:
    """`title` says what holds, `wrong` what an alarm says when it does not.

    `every`: how often it is asked; `patience`: how long a breach must last before it is an alarm.
    """

    code: str
    title: Text
    wrong: Text
    todo: Text
    call: Text
    readers: Readers
    every: timedelta = timedelta(seconds=15)
    patience: timedelta = timedelta(seconds=30)


INVARIANTS: tuple[Invariant, ...] = (
    Invariant(
        "position_heard",
        Text("Nguồn vị trí đang gửi", "Position sources are being heard"),
        Text("Nguồn vị trí im lặng", "A source of positions is silent"),
        Text(
            "Kiểm tra trạm thu, đường truyền và nhật ký ais.log; hỏi nhà cung cấp thiết bị.",
            "Check the receiver, the line and ais.log; ask the provider.",
        ),
        FISHERIES,
        SEA,
    ),
    Invariant(
        "none_from_future",
        Text("Không có vị trí ở tương lai", "No position is from the future"),
        Text("Có vị trí ở tương lai", "Positions are from the future"),
        Text(
            "Kiểm tra đồng hồ máy chủ (NTP) và đồng hồ của nguồn.", "Check this machine's clock (NTP) and the source's."
        ),
        SYSTEMS,
        SEA,
        patience=timedelta(0),
    ),
    Invariant(
        "cells_add_up",
        Text("Tổng các ô bằng toàn tỉnh", "The cells add up to the province"),
        Text("Tổng các ô lệch với toàn tỉnh", "The cells do not add up"),
        Text(
            "Đừng dùng số tổng hợp của lớp này để báo cáo; chạy lại `opsmap db upgrade` rồi báo quản trị.",
            "Do not report this layer's sums; run `opsmap db upgrade` again and tell the administrator.",
        ),
        SYSTEMS,
        CENTRE,
        every=timedelta(minutes=5),
        patience=timedelta(0),
    ),
    Invariant(
        "sources_on_time",
        Text("Nguồn số liệu gửi đúng nhịp", "Sources deliver at their cadence"),
        Text("Nguồn số liệu quá hạn", "A source is overdue"),
        Text("Gọi đầu mối của sở, nhắc gửi; xem trang Nguồn.", "Call the department's steward; see /sources."),
        STEWARDS,
        CENTRE,
        every=timedelta(minutes=1),
    ),
    Invariant(
        "spool_not_full",
        Text("Sổ chờ còn chỗ", "The spool has room"),
        Text("Sổ chờ sắp hết chỗ", "The spool is nearly full"),
        Text(
            "Giải phóng đĩa, hoặc dời sổ chờ bằng OPSMAP_SPOOL_DIR; số liệu tới sau đó sẽ bị từ chối.",
            "Free the disk, or move the spool (OPSMAP_SPOOL_DIR); what comes is being refused.",
        ),
        SYSTEMS,
        CENTRE,
        patience=timedelta(0),
    ),
    Invariant(
        "loader_not_behind",
        Text("Số liệu nhận được lưu kịp", "The loader keeps up"),
        Text("Lưu không kịp", "The loader is behind"),
        Text(
            "Xem spool.log và tải của cơ sở dữ liệu; sổ chờ giữ đủ, không mất gì.",
            "See spool.log and the database's load; the spool holds it all, nothing is lost.",
        ),
        SYSTEMS,
        CENTRE,
    ),
    Invariant(
        "watch_not_behind",
        Text("Canh chừng trên biển theo kịp", "The watch over the sea keeps up"),
        Text("Canh chừng trên biển không chạy hoặc chậm", "The watch over the sea is down or behind"),
        Text(
            "Xem work.log; khởi động lại `opsmap work`. Trong lúc đó theo dõi tàu bằng mắt trên bản đồ.",
            "See work.log; start `opsmap work` again. Meanwhile follow the boats on the map.",
        ),
        SYSTEMS,
        SEA,
    ),
    Invariant(
        "jobs_not_stalled",
        Text("Việc nền không bị kẹt", "Background jobs do not stall"),
        Text("Việc nền bị kẹt", "Background jobs are stalled"),
        Text("Xem work.log; khởi động lại `opsmap work`.", "See work.log; start `opsmap work` again."),
        SYSTEMS,
        CENTRE,
    ),
    Invariant(
        "feeds_answer",
        Text("Nguồn được hỏi trả lời", "Polled feeds answer"),
        Text("Nguồn được hỏi không trả lời", "A polled feed does not answer"),
        Text(
            "Đọc lỗi ghi bên cạnh; gọi đơn vị quản lý hệ thống đó.",
            "Read the error beside it; call that system's owner.",
        ),
        STEWARDS,
        CENTRE,
    ),
    Invariant(
        "yesterday_sealed",
        Text("Các ngày đã qua được niêm phong", "Finished days are sealed"),
        Text("Có ngày chưa niêm phong", "A finished day is not sealed"),
        Text(
            "Xem work.log; chạy `opsmap seal` rồi `opsmap verify`; không sửa gì trong cơ sở dữ liệu.",
            "See work.log; run `opsmap seal`, then `opsmap verify`; change nothing in the database.",
        ),
        SYSTEMS,
        SEA,
        every=timedelta(minutes=5),
        patience=timedelta(minutes=10),
    ),
    Invariant(
        "files_taken",
        Text("Tệp trong thư mục chung được nhận", "Files in the drop folder are taken"),
        Text("Tệp nằm chờ trong thư mục chung", "Files are left in the drop folder"),
        Text(
            "Kiểm tra tên thư mục con, quyền ghi, và tệp còn đang được mở.",
            "Check the sub-folder's name, its permissions, and whether the file is still open.",
        ),
        ON_DUTY,
        CENTRE,
        every=timedelta(minutes=1),
    ),
)
BY_CODE = {invariant.code: invariant for invariant in INVARIANTS}
