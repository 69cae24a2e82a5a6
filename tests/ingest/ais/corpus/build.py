"""Writes cases.json: every trap we know in AIS logs, from sentences we encode ourselves (MMSIs 999…, no ship's).

Run `python tests/ingest/ais/corpus/build.py` from the checkout after a change; a test compares file and script.
A case says which messages must come out (type, MMSI, receive time in Unix ms or null), how many lines are rejected and
ignored and why, and how many sentences shared a line.
"""

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[4]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

from sentences import (
    BOAT,
    OTHER,
    P1,
    P2,
    Q1,
    Q2,
    TEXT,
    THIRD,
    TS,
    A,
    B,
    S,
    T,
    a,
    case,
    exact,
    five,
    joined,
    one,
    plain,
    position,
    retagged,
    sealed,
    tagged,
    third,
    timed,
    two,
    type24,
    wrapper,
)

from fixtures import nmea


def wrappings():
    usc = b",d-089,S1234,t000151.00,T51.4,r003669945,%d" % S
    return [
        case("bare", [A], [one]),
        case("own ship", [retagged(A, f0=b"AIVDO")], [one]),
        case("base station talker", [retagged(A, f0=b"BSVDM")], [one]),
        case("unusual talker", [retagged(A, f0=b"SAVDM")], [one]),
        case("class B", [B], [[18, BOAT, None]]),
        case("carriage return", [A + b"\r"], [one]),
        case("nul bytes around", [b"\0\0" + A + b"\0"], [one]),
        case("spaces around", [b"  " + A + b" \t"], [one]),
        case("byte order mark", [b"\xef\xbb\xbf" + A], [one]),
        case("lower-case checksum", [A[:-2] + A[-2:].lower()], [one]),
        case("tag block, seconds", [tagged(A, TS)], [timed]),
        case("tag block, milliseconds", [tagged(A, b"s:X,c:%d" % T)], [exact]),
        case("tag block, wrong checksum", [b"\\" + TS + b"*00\\" + A], [timed], flags=[4]),
        case("tag block, no time", [tagged(A, b"s:X")], [one]),
        case(
            "tag block on its own line",
            [b"\\" + TS + b"*" + nmea.checksum(TS) + b"\\", A],
            [timed],
            ignored={"tag_block": 1},
        ),
        case("tag block speaks for one line", [tagged(b"", TS), A, a(OTHER)], [timed, two], ignored={"tag_block": 1}),
        case("tag block never closed", [b"\\s:X*00" + A], [one]),
        case("uscg suffix", [A + usc], [timed]),
        case("epoch suffix", [A + b",%d" % S], [timed]),
        case("epoch suffix with fraction", [A + b",%d.123" % S], [exact]),
        case("suffix without time", [A + b",r003669945"], [one]),
        case("iso time before", [b"2025-11-24T16:00:00.123Z " + A], [exact]),
        case("epoch before", [b"%d " % S + A], [timed]),
        case("milliseconds before", [b"[%d] " % T + A], [exact]),
        case("two tag blocks", [b"\\" + TS + b"*" + nmea.checksum(TS) + b"\\" + tagged(A, b"s:X")], [timed]),
        case("udp header and tag block", [b"UdPbC\0" + tagged(A, TS)], [timed]),
        case("time before a tag block", [b"2025-11-24T16:00:00.123Z " + tagged(A, b"s:X")], [exact]),
        case("noise before", [b"ttyUSB0: " + A], [one]),
        case("wrapper", [wrapper(A), A], [exact], ignored={"wrapper": 1}),
        case(
            "wrapper for a station's own",
            [wrapper(A, names=b"00"), retagged(A, f0=b"BSVDO")],
            [exact],
            ignored={"wrapper": 1},
        ),
        case("wrapper that names nothing we know", [wrapper(A, names=b"2C"), A], [exact], ignored={"wrapper": 1}),
        case(
            "wrapper, tag line before it",
            [tagged(b"", b"si:X"), wrapper(A), A],
            [exact],
            ignored={"wrapper": 1, "tag_block": 1},
        ),
        case(
            "wrapper for another line",
            [wrapper(A), b"$PSTT,30A,20131112,120000", A],
            [one],
            ignored={"wrapper": 1, "proprietary": 1},
        ),
        case("wrapper with a flipped digit", [wrapper(A).replace(b"2025", b"2024"), A], [one], ignored={"wrapper": 1}),
        case("wrapper, blank line, sentence", [wrapper(A), b"", A], [one], ignored={"wrapper": 1, "blank": 1}),
        case(
            "wrapper cut from its sentence",
            [wrapper(B), B, wrapper(B, T + 1), A],
            [[18, BOAT, T], one],
            ignored={"wrapper": 2},
        ),
        case("wrapper at the end", [A, wrapper(A)], [one], ignored={"wrapper": 1}),
    ]


def lines():
    return [
        case("two sentences on a line", [A + a(OTHER)], [one, two], extra=1),
        case("three, spaced", [A + b" " + a(OTHER) + b"\r" + a(THIRD)], [one, two, third], extra=2),
        case("two with tag blocks", [tagged(A, TS) + tagged(a(OTHER), TS)], [timed, [1, OTHER, S * 1000]], extra=1),
        case(
            "time belongs to the first only", [wrapper(A), A + a(OTHER)], [exact, two], ignored={"wrapper": 1}, extra=1
        ),
        case("cut sentence runs into the next", [A[:20] + a(OTHER)], [two], {"missing_checksum": 1}, extra=1),
        case("blank lines", [b"", b"\r", b"\0", b" "], ignored={"blank": 4}),
        case(
            "other sentences",
            [sealed(b"GPZDA,160000,24,11,2025,00,00", b"$"), sealed(b"AIALR,000000.00,001,V,V,x", b"$")],
            ignored={"other_sentence": 2},
        ),
        case("other sentence, wrong checksum", [b"$GPZDA,160000,24,11,2025,00,00*00"], rejected={"bad_checksum": 1}),
        case("not a sentence", [b"# a comment", b"\x80\x81\xff", b'{"mmsi": 1}'], rejected={"not_a_sentence": 3}),
        case("long line", [b"x" * 100_000, A], [one], {"line_too_long": 1}),
    ]


def faults():
    payload = A.split(b",")[5]
    return [
        case("wrong checksum", [A[:-2] + b"%02X" % (int(A[-2:], 16) ^ 1)], rejected={"bad_checksum": 1}),
        case("wrong checksum before a suffix", [A[:-1] + b"Z,%d" % S], rejected={"bad_checksum": 1}),
        case("no checksum", [A[:-3]], rejected={"missing_checksum": 1}),
        case("half a checksum", [A[:-1]], rejected={"missing_checksum": 1}),
        case("checksum runs on", [A + b"7"], rejected={"bad_checksum": 1}),
        case("flipped payload character", [A.replace(payload[:1], b"3", 1)], rejected={"bad_checksum": 1}),
        case(
            "character outside the alphabet",
            [retagged(A, f5=payload[:9] + b"X" + payload[10:])],
            rejected={"bad_payload_character": 1},
        ),
        case(
            "nul in the payload",
            [retagged(A, f5=payload[:9] + b"\0" + payload[10:])],
            rejected={"bad_payload_character": 1},
        ),
        case("empty payload", [retagged(A, f5=b"")], rejected={"empty_payload": 1}),
        case("fill bits 6", [retagged(A, f6=b"6")], rejected={"bad_fill_bits": 1}),
        case("fill bits missing", [retagged(A, f6=b"")], rejected={"bad_fill_bits": 1}),
        case("a field too many", [retagged(A, f6=b"0,0")], rejected={"bad_field_count": 1}),
        case("a field too few", [sealed(b"AIVDM,1,1,A," + payload + b",0")], rejected={"bad_field_count": 1}),
        case("part 0", [retagged(A, f2=b"0")], rejected={"bad_fragment": 1}),
        case("part 0 of 0", [retagged(A, f1=b"0", f2=b"0")], rejected={"bad_fragment": 1}),
        case("part 1 of 0", [retagged(A, f1=b"0")], rejected={"bad_fragment": 1}),
        case("part 3 of 2", [retagged(P1, f2=b"3")], rejected={"bad_fragment": 1}),
        case("part x of 9", [retagged(P1, f1=b"9", f2=b"x")], rejected={"bad_fragment": 1}),
        case("one character too long", [retagged(A, f5=payload + b"0")], rejected={"payload_length": 1}),
        case("three characters too long", [retagged(A, f5=payload + b"c@9")], rejected={"payload_length": 1}),
        case("too short", [retagged(A, f5=payload[:-1])], rejected={"payload_length": 1}),
        case("fill bits that shorten it", [retagged(A, f6=b"2")], rejected={"payload_length": 1}),
        case("one character", [retagged(A, f5=b"1")], rejected={"payload_length": 1}),
        case("type 0", [plain([(0, 6), (0, 2), (BOAT, 30), (0, 130)])[0]], rejected={"unknown_type": 1}),
        case("type 28", [plain([(28, 6), (0, 2), (BOAT, 30), (0, 130)])[0]], rejected={"unknown_type": 1}),
        case("type 63", [plain([(63, 6), (0, 2), (BOAT, 30), (0, 130)])[0]], rejected={"unknown_type": 1}),
        case("ten-digit mmsi", [a(1_000_000_000)], rejected={"bad_mmsi": 1}),
        case("type 24 part 3", [type24(3)], rejected={"undecodable": 1}),
        case("latitude 95", [a(BOAT, position(0, 95 * 600_000))], rejected={"position_out_of_range": 1}),
        case("longitude 200", [a(BOAT, position(200 * 600_000, 0))], rejected={"position_out_of_range": 1}),
        case("longitude 181 is no position", [a(BOAT, position(181 * 600_000, 91 * 600_000))], [one]),
        case("a pole and the date line", [a(BOAT, position(-180 * 600_000, 90 * 600_000))], [one]),
        case("course 400", [a(BOAT, position(0, 0, cog=4000))], [one], flags=[1 | 64]),
        case("before 2000", [tagged(A, b"c:900000000")], rejected={"before_2000": 1}),
        case(
            "five minutes and a second ahead", [tagged(A, b"c:%d" % (1_796_000_000 + 301))], rejected={"future_time": 1}
        ),
        case("unreadable time", [tagged(A, b"c:yesterday")], [one]),
    ]


def parts():
    p5, q5, lone = [5, BOAT, None], [5, OTHER, None], {"incomplete_multipart": 1}
    three = [
        retagged(P1, f1=b"3", f5=P1.split(b",")[5][n * 20 : (n + 1) * 20 if n < 2 else None], f2=b"%d" % (n + 1))
        for n in range(3)
    ]
    x = plain([(14, 6), (0, 2), (BOAT, 30), (0, 2), TEXT("CUU NAN " * 15, 120)], b"A", 4)
    return [
        case("two parts", [P1, P2], [p5], ignored=joined()),
        case("parts in the wrong order", [P2, P1], [p5], ignored=joined()),
        case("parts with others between", [P1, A, B, P2], [one, [18, BOAT, None], p5], ignored=joined()),
        case("part one alone", [P1], rejected=lone),
        case("part two alone", [P2], rejected=lone),
        case("part two alone, then a whole message", [P2, Q1, Q2], [q5], lone, joined()),
        case("part one alone, then a whole message", [P1, Q1, Q2], [q5], lone, joined()),
        case(
            "two channels at once",
            [P1, five(OTHER, channel=b"B")[0], P2, five(OTHER, channel=b"B")[1]],
            [p5, q5],
            ignored=joined(2),
        ),
        case("two numbers at once", [P1, five(OTHER, 2)[0], five(OTHER, 2)[1], P2], [q5, p5], ignored=joined(2)),
        case(
            "two stations at once",
            [
                tagged(P1, b"s:N,c:%d" % S),
                tagged(Q1, b"s:M,c:%d" % S),
                tagged(P2, b"s:N,c:%d" % S),
                tagged(Q2, b"s:M,c:%d" % S),
            ],
            [[5, BOAT, S * 1000], [5, OTHER, S * 1000]],
            ignored=joined(2),
        ),
        case(
            "two tag groups at once",
            [
                tagged(P1, b"g:1-2-7,c:%d" % S),
                tagged(Q1, b"g:1-2-8,c:%d" % S),
                tagged(P2, b"g:2-2-7"),
                tagged(Q2, b"g:2-2-8"),
            ],
            [[5, BOAT, S * 1000], [5, OTHER, S * 1000]],
            ignored=joined(2),
        ),
        case(
            "four seconds apart", [tagged(P1, TS), tagged(P2, b"c:%d" % (S + 4))], rejected={"incomplete_multipart": 2}
        ),
        case(
            "three seconds apart",
            [tagged(P1, TS), tagged(P2, b"c:%d" % (S + 3))],
            [[5, BOAT, S * 1000]],
            ignored=joined(),
        ),
        case(
            "part two takes the group's time", [wrapper(P1), P1, P2], [[5, BOAT, T]], ignored={"wrapper": 1, **joined()}
        ),
        case("same parts twice over", [P1, P1, P2, P2], [p5, p5], ignored=joined(2)),
        case("one part repeated", [P1, P2, P2], [p5], lone, joined()),
        case("number used again", [P1, P2, Q1, Q2], [p5, q5], ignored=joined(2)),
        case("joined length is wrong", [P1, retagged(P2, f5=b"0" * 20)], rejected={"payload_length": 2}),
        case("one part damaged", [P1, P2[:-2] + b"ZZ"], rejected={"bad_checksum": 1, **lone}),
        case("three of four parts", three, [], {"payload_length": 3}),
        case("three parts of text", x, [[14, BOAT, None]], ignored=joined(len(x) - 1)),
        case("three parts backwards", x[::-1], [[14, BOAT, None]], ignored=joined(len(x) - 1)),
        case("own ship's part and another's", [retagged(P1, f0=b"AIVDO"), P2], rejected={"incomplete_multipart": 2}),
        case(
            "two talkers, one number",
            [P1, retagged(Q1, f0=b"BSVDM"), P2, retagged(Q2, f0=b"BSVDM")],
            [p5, q5],
            ignored=joined(2),
        ),
        case("own ship's parts", [retagged(P1, f0=b"AIVDO"), retagged(P2, f0=b"AIVDO")], [p5], ignored=joined()),
        case(
            "tag group with a wrong checksum",
            [b"\\g:1-2-7,c:%d*00\\" % S + P1, b"\\g:2-2-7*00\\" + P2],
            [[5, BOAT, S * 1000]],
            ignored=joined(),
            flags=[4],
        ),
        case("no sequence number", [retagged(P1, f3=b""), retagged(P2, f3=b"")], [p5], ignored=joined()),
    ]


def build():
    return [*wrappings(), *lines(), *faults(), *parts()]


def render():
    return json.dumps(build(), indent=1, ensure_ascii=True) + "\n"


if __name__ == "__main__":
    Path(__file__).with_name("cases.json").write_text(render())
