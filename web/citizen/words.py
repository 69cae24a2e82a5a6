"""What the citizens' pages say, in Vietnamese and English."""

WORDS: dict[str, tuple[str, str]] = {
    "title": ("Gửi phản ánh, kiến nghị", "Send a report"),
    "province": ("Tỉnh Quảng Ngãi", "Quảng Ngãi province"),
    "simulated": ("MÔ PHỎNG: phản ánh gửi ở đây không tới cơ quan nào", "SIMULATED: reports sent here reach no office"),
    "category": ("Lĩnh vực", "About"),
    "choose": ("— chọn —", "— choose —"),
    "text": ("Nội dung", "What is it?"),
    "text_hint": ("Việc gì, từ bao giờ, cần làm gì", "What, since when, what is needed"),
    "photo": ("Ảnh (không bắt buộc, tối đa 3)", "Photos (if you like, at most 3)"),
    "photo_hint": (
        "Vị trí và thông tin máy ảnh trong ảnh được xóa khi nhận.",
        "Place and camera data in the photo are removed.",
    ),
    "where": ("Ở đâu", "Where"),
    "here": ("Dùng vị trí của tôi", "Use my position"),
    "unit": ("Xã, phường", "Commune or ward"),
    "address": ("Chỗ cụ thể (số nhà, ngã ba, gần…)", "Exact place (house, crossing, near…)"),
    "people": ("Để cơ quan gọi lại (không bắt buộc)", "To be called back (if you like)"),
    "people_hint": (
        "Được mã hóa; chỉ người phải gọi lại mới xem được, và mỗi lần xem đều ghi lại.",
        "Kept encrypted; only whoever must call back can see it, and every look is written down.",
    ),
    "name": ("Họ tên", "Name"),
    "phone": ("Điện thoại", "Telephone"),
    "sure": (
        "Không phải khiếu nại, tố cáo: gửi như phản ánh",
        "Neither complaint nor denunciation: send it as a report",
    ),
    "photo_again": ("Nếu có ảnh, xin chọn lại ảnh.", "If you had a photo, choose it again."),
    "send": ("Gửi phản ánh", "Send"),
    "urgent": ("Nguy hiểm tính mạng: gọi 112, 113, 114, 115.", "Danger to life: call 112, 113, 114, 115."),
    "have_code": ("Đã có mã? Xem phản ánh", "Have a code? See your report"),
    "see": ("Xem", "See"),
    "thanks": ("Đã nhận phản ánh", "Your report is in"),
    "your_code": ("Mã của bạn", "Your code"),
    "keep_code": (
        "Hãy chép hoặc chụp lại mã: chỉ mã này xem được phản ánh của bạn.",
        "Write it down or take a picture: only this code shows your report.",
    ),
    "number": ("Số phản ánh", "Number"),
    "agency": ("Cơ quan xử lý", "Who answers"),
    "due": ("Hạn trả lời", "Answer due"),
    "late": ("quá hạn", "overdue"),
    "state": ("Tình trạng", "State"),
    "history": ("Các bước", "Steps"),
    "answer": ("Trả lời", "Answer"),
    "near": ("Có phải cùng việc này không?", "Is it one of these?"),
    "near_hint": (
        "Đã có phản ánh cùng lĩnh vực ở gần. Nếu cùng việc, hãy bấm để ghép.",
        "There are reports of the same kind close by. If it is the same, join it.",
    ),
    "same": ("Cùng việc này", "The same"),
    "unreleased": ("(nội dung chưa được duyệt để hiện)", "(not yet released for others to read)"),
    "words": ("Bạn muốn nói thêm gì?", "What would you like to say?"),
    "rate": ("Bạn có hài lòng không?", "Are you content?"),
    "rate_send": ("Gửi đánh giá", "Rate"),
    "rated": ("Bạn đã đánh giá", "Your rating"),
    "reopen": ("Việc chưa xong? Mở lại", "Not done? Reopen"),
    "supply": ("Gửi bổ sung", "Send what was asked for"),
    "other": ("Gửi phản ánh khác", "Send another"),
    "joined": ("Đã ghi nhận bạn cùng phản ánh việc này", "You are counted on this report"),
    "supporters": ("Số người cùng phản ánh", "Others who say the same"),
    "refused": ("Việc có cách giải quyết riêng", "Matters with a way of their own"),
}


def words(lang: str) -> dict[str, str]:
    """The words of a language; any other than `en` is Vietnamese."""
    return {name: pair[lang == "en"] for name, pair in WORDS.items()}
