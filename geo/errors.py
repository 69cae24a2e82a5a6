"""What can go wrong, in words a person can act on. No statuses here: the door decides those."""


class OpsmapError(Exception):
    """An error of ours: `detail` names the field and the fix in English, `title` says it in Vietnamese."""

    title = "Có lỗi xảy ra"

    def __init__(self, detail: str, *, field: str | None = None, title: str | None = None) -> None:
        super().__init__(detail)
        self.detail = detail
        self.field = field
        if title is not None:
            self.title = title


class NotFound(OpsmapError):
    """What was asked for does not exist, or not on that date."""

    title = "Không tìm thấy"


class BadInput(OpsmapError):
    """What came in cannot be read as asked."""

    title = "Dữ liệu gửi lên không hợp lệ"


class Conflict(BadInput):
    """It could be read, but not done as things stand: somebody was faster, or the order of things forbids it."""

    title = "Không làm được lúc này"


class TooMany(OpsmapError):
    """The same sender asks too often."""

    title = "Gửi quá nhiều lần, xin thử lại sau một phút"


class NotAllowed(OpsmapError):
    """This role may not see or do that."""

    title = "Không có quyền"


class NeedsLogin(OpsmapError):
    """Nobody is signed in and the thing asked for is not public."""

    title = "Cần đăng nhập"


class SetupFailed(OpsmapError):
    """The machine lacks something; `detail` repeats the command that mends it."""

    title = "Chưa chạy được"
