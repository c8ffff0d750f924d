"""A tiny H.264 writer: flat grey pictures of DC-predicted and skipped macroblocks, every header field at will.

One macroblock of an intra picture costs eight bits and a predicted picture a few bytes, so that any structure of
pictures can be written exactly and at once: fields, MBAFF, all three kinds of picture order count, MMCO 5, open
GOPs that nothing in the container tells. Clause numbers are those of ITU-T H.264 (08/2021).
"""

from dataclasses import dataclass, field, replace
from typing import Optional


class Bits:
    """Writes the descriptors of clause 7.2: u(n), ue(v), se(v)."""

    def __init__(self):
        self.value = 0
        self.count = 0

    def u(self, n, v):
        assert 0 <= v < 1 << n or n == 0, (n, v)
        self.value = self.value << n | v
        self.count += n
        return self

    def ue(self, v):
        n = (v + 1).bit_length()
        return self.u(2 * n - 1, v + 1)

    def se(self, v):
        return self.ue(2 * v - 1 if v > 0 else -2 * v)

    def repeat(self, n, bits, times):
        for _ in range(times):
            self.u(n, bits)
        return self

    def raw(self, value, count):
        self.value = self.value << count | value
        self.count += count
        return self

    def rbsp(self):
        """With rbsp_trailing_bits."""
        self.u(1, 1)
        pad = -self.count % 8
        self.u(pad, 0)
        return self.value.to_bytes(self.count // 8, "big")


def nal(ref_idc, kind, rbsp):
    """nal_unit() with emulation prevention (7.3.1)."""
    out = bytearray([ref_idc << 5 | kind])
    zeros = 0
    for byte in rbsp:
        if zeros >= 2 and byte <= 3:
            out.append(3)
            zeros = 0
        out.append(byte)
        zeros = zeros + 1 if byte == 0 else 0
    return bytes(out)


HIGH_PROFILES = (100, 110, 122, 244, 44)


@dataclass(frozen=True)
class Stream:
    """Sequence and picture parameter sets."""

    width: int = 32  # of the cropped picture
    height: int = 32
    profile: int = 100
    constraints: int = 0
    level: int = 40
    chroma: int = 1
    depth_luma: int = 8
    depth_chroma: int = 8
    frame_num_bits: int = 16
    poc_type: int = 0
    poc_bits: int = 16
    poc_cycle: int = 4  # type 1: difference of two reference frames, in fields
    poc_non_ref: int = -2
    refs: int = 2
    frame_mbs_only: bool = True
    mbaff: bool = False
    extra_crop: tuple = (0, 0, 0, 0)  # left, right, top, bottom in crop units, on top of what the size needs
    vui: bool = False
    sar: Optional[tuple] = None  # (aspect_ratio_idc, width, height)
    timing: Optional[tuple] = None  # (num_units_in_tick, time_scale)
    pic_struct: bool = False
    matrix: Optional[int] = None
    reorder: Optional[int] = None
    separate_planes: bool = False  # 4:4:4 as three monochrome pictures
    sps_id: int = 0
    pps_id: int = 0

    @property
    def mb_width(self):
        return -(-(self.width + (self.extra_crop[0] + self.extra_crop[1]) * self.crop_x) // 16)

    @property
    def map_rows(self):
        unit = 16 if self.frame_mbs_only else 32
        return -(-(self.height + (self.extra_crop[2] + self.extra_crop[3]) * self.crop_y) // unit)

    @property
    def mb_height(self):
        return self.map_rows * (1 if self.frame_mbs_only else 2)

    @property
    def crop_x(self):
        return 2 if self.chroma in (1, 2) else 1

    @property
    def crop_y(self):
        return (2 if self.chroma == 1 else 1) * (1 if self.frame_mbs_only else 2)

    def sps(self):
        b = Bits().u(8, self.profile).u(8, self.constraints).u(8, self.level).ue(self.sps_id)
        if self.profile in HIGH_PROFILES:
            b.ue(self.chroma)
            if self.chroma == 3:
                b.u(1, self.separate_planes)
            b.ue(self.depth_luma - 8).ue(self.depth_chroma - 8).u(1, 0).u(1, 0)
        b.ue(self.frame_num_bits - 4).ue(self.poc_type)
        if self.poc_type == 0:
            b.ue(self.poc_bits - 4)
        elif self.poc_type == 1:
            b.u(1, 1).se(self.poc_non_ref).se(1).ue(1).se(self.poc_cycle)
        b.ue(self.refs).u(1, 0).ue(self.mb_width - 1).ue(self.map_rows - 1).u(1, self.frame_mbs_only)
        if not self.frame_mbs_only:
            b.u(1, self.mbaff)
        b.u(1, 1)
        right = (self.mb_width * 16 - self.width) // self.crop_x - self.extra_crop[0]
        bottom = (self.mb_height * 16 - self.height) // self.crop_y - self.extra_crop[2]
        crop = (self.extra_crop[0], right, self.extra_crop[2], bottom)
        b.u(1, any(crop))
        if any(crop):
            for n in crop:
                b.ue(n)
        vui = self.vui or self.sar or self.timing or self.pic_struct or self.matrix is not None or self.reorder is not None
        b.u(1, bool(vui))
        if vui:
            b.u(1, self.sar is not None)
            if self.sar:
                b.u(8, self.sar[0])
                if self.sar[0] == 255:
                    b.u(16, self.sar[1]).u(16, self.sar[2])
            b.u(1, 0)
            b.u(1, self.matrix is not None)
            if self.matrix is not None:
                b.u(3, 5).u(1, 1).u(1, 1).u(8, 1).u(8, 1).u(8, self.matrix)
            b.u(1, 0)
            b.u(1, self.timing is not None)
            if self.timing:
                b.u(32, self.timing[0]).u(32, self.timing[1]).u(1, 1)
            b.u(1, 0).u(1, 0).u(1, self.pic_struct)
            b.u(1, self.reorder is not None)
            if self.reorder is not None:
                b.u(1, 1).ue(0).ue(0).ue(16).ue(16).ue(self.reorder).ue(max(self.refs, self.reorder))
        return nal(3, 7, b.rbsp())

    def pps(self):
        b = Bits().ue(self.pps_id).ue(self.sps_id).u(1, 0).u(1, 0).ue(0).ue(0).ue(0).u(1, 0).u(2, 0)
        b.se(0).se(0).se(0).u(1, 0).u(1, 0).u(1, 0)
        return nal(3, 8, b.rbsp())

    def avcc(self, length_size=4, in_band=False):
        sps, pps = self.sps(), self.pps()
        body = bytes([1, self.profile, self.constraints, self.level, 0xFC | length_size - 1])
        if in_band:
            body += bytes([0xE0, 0])
        else:
            body += bytes([0xE1]) + len(sps).to_bytes(2, "big") + sps + b"\1" + len(pps).to_bytes(2, "big") + pps
        if self.profile in (100, 110, 122, 244):
            body += bytes([0xFC | self.chroma, 0xF8 | self.depth_luma - 8, 0xF8 | self.depth_chroma - 8, 0])
        return body


@dataclass(frozen=True)
class Picture:
    """One coded frame, or one coded field where `fields` of the frame holds two of them."""

    kind: str  # IDR, I, P, B; SI is not needed
    poc: int = 0  # frame's place in presentation order since the last IDR (or MMCO 5)
    ref: bool = True
    recovery: Optional[int] = None  # recovery_frame_cnt of a recovery point SEI
    fields: Optional[tuple] = None  # kinds of both fields, such as ("IDR", "P")
    bottom_first: bool = False
    pic_struct: Optional[int] = None
    ct_type: Optional[int] = None
    mmco5: bool = False
    slices: int = 1
    types: Optional[tuple] = None  # slice_type of each slice, in place of the one that speaks for all
    before: tuple = ()  # NAL units put in front, such as new parameter sets
    after: tuple = ()  # NAL units put behind
    stream: Optional[Stream] = None  # the parameter sets from here on
    aud: bool = False
    redundant_ref: int = 3

SLICE = {"P": 5, "B": 6, "I": 7, "IDR": 7}


class Encoder:
    """Writes pictures in decoding order, each as the list of its NAL units."""

    def __init__(self, stream):
        self.stream = stream
        self.last_ref_frame_num = 0
        self.idr_id = 0

    def picture(self, p):
        s = self.stream = p.stream or self.stream
        first = p.fields[0] if p.fields else p.kind
        if first == "IDR":
            frame_num = 0
            self.last_ref_frame_num = 0
            self.idr_id = (self.idr_id + 1) % 4
        else:
            frame_num = (self.last_ref_frame_num + 1) % (1 << s.frame_num_bits)
        units = list(p.before)
        if p.aud:
            units.insert(0, nal(0, 9, bytes([0xF0])))
        if p.recovery is not None:
            units.append(sei(6, Bits().ue(p.recovery).u(1, 1).u(1, 0).u(2, 0)))
        if p.pic_struct is not None:
            b = Bits().u(4, p.pic_struct)
            for _ in range([1, 1, 1, 2, 2, 3, 3, 2, 3][p.pic_struct]):
                b.u(1, p.ct_type is not None)
                if p.ct_type is not None:
                    # full_timestamp with all zero clock
                    b.u(2, p.ct_type).u(1, 0).u(5, 0).u(1, 1).u(1, 0).u(1, 0).u(8, 0).u(6, 0).u(6, 0).u(5, 0)
            units.append(sei(1, b))
        if p.fields:
            for index, kind in enumerate(p.fields):
                bottom = bool(index) != p.bottom_first
                units += self.slices(p, kind, frame_num, field_pic=True, bottom=bottom, second=bool(index))
        else:
            units += self.slices(p, p.kind, frame_num)
        units += p.after
        if p.ref:
            self.last_ref_frame_num = 0 if p.mmco5 else frame_num
        return units

    def slices(self, p, kind, frame_num, field_pic=False, bottom=False, second=False):
        s = self.stream
        mbaff = s.mbaff and not s.frame_mbs_only and not field_pic
        total = s.mb_width * s.mb_height // (2 if field_pic else 1)
        rows = total // s.mb_width // (2 if mbaff else 1)
        count = max(p.slices, len(p.types or ()))
        assert rows >= count, "a slice needs a row of macroblocks"
        units = []
        planes = 3 if s.separate_planes else 1
        for index, plane in [(i, n) for i in range(count) for n in range(planes)]:
            start = rows * index // count * s.mb_width * (2 if mbaff else 1)
            end = rows * (index + 1) // count * s.mb_width * (2 if mbaff else 1)
            slice_type = p.types[index] if p.types else SLICE[kind]
            idr = kind == "IDR"
            b = Bits().ue(start // (2 if mbaff else 1)).ue(slice_type).ue(s.pps_id).u(2 if s.separate_planes else 0, plane).u(s.frame_num_bits, frame_num)
            if not s.frame_mbs_only:
                b.u(1, field_pic)
                if field_pic:
                    b.u(1, bottom)
            if idr:
                b.ue(self.idr_id)
            if s.poc_type == 0:
                poc = 2 * p.poc + (1 if field_pic and bottom != p.bottom_first else 0)
                b.u(s.poc_bits, poc % (1 << s.poc_bits))
            base = slice_type % 5
            if base == 1:
                b.u(1, 1)  # direct_spatial_mv_pred_flag
            if base in (0, 1):
                b.u(1, 0)  # num_ref_idx_active_override_flag
                b.u(1, 0)  # ref_pic_list_modification_flag_l0
            if base == 1:
                b.u(1, 0)
            if p.ref:
                if idr:
                    b.u(1, 0).u(1, 0)
                elif p.mmco5:
                    b.u(1, 1).ue(5).ue(0)
                else:
                    b.u(1, 0)
            b.se(0)
            if base == 2:
                # I_16x16_2_0_0: mb_type 3, intra_chroma_pred_mode 0, mb_qp_delta 0, no coefficient.
                mb = Bits().ue(3)
                if s.chroma in (1, 2):
                    mb.ue(0)
                mb.se(0).u(1, 1)
                if s.chroma == 3 and not s.separate_planes:
                    mb.u(1, 1).u(1, 1)
                if mbaff:
                    pair = Bits().u(1, 0).raw(mb.value, mb.count).raw(mb.value, mb.count)
                    self.fill(b, pair, (end - start) // 2)
                else:
                    self.fill(b, mb, end - start)
            else:
                b.ue(end - start)  # mb_skip_run
            units.append(nal(p.redundant_ref if p.ref else 0, 5 if idr else 1, b.rbsp()))
        return units

    @staticmethod
    def fill(bits, unit, times):
        """Appends `unit` so often, by doubling."""
        value, count = unit.value, unit.count
        result, length = 0, 0
        while times:
            if times & 1:
                result, length = result << count | value, length + count
            value, count = value << count | value, count * 2
            times >>= 1
        bits.raw(result, length)


def sei(kind, payload):
    body = payload.rbsp() if payload.count % 8 else payload.value.to_bytes(payload.count // 8, "big")
    return nal(0, 6, bytes([kind, len(body)]) + body + b"\x80")


def encode(stream, pictures):
    """One list of NAL units for each picture."""
    encoder = Encoder(stream)
    return [encoder.picture(p) for p in pictures]


def annexb(stream, pictures):
    units = [stream.sps(), stream.pps()]
    for picture in encode(stream, pictures):
        units += picture
    return b"".join(b"\0\0\0\1" + unit for unit in units)


# --- Structures of pictures, in decoding order; the second value is the frame's place in presentation order ----------


def gops(*patterns, start=0):
    """Pictures from patterns such as "IbbPbbP" in presentation order, one a GOP.

    The first letter of a GOP in decoding order: `X` an IDR, `R` an I with a recovery point, `I` a plain I. Lower-case
    `b` is a B picture that nothing refers to; it is written after the next picture that is not one. A GOP may begin with
    leading `b`: these are shown before its first picture and refer to the GOP in front, which makes it open.
    Returns (pictures, places): `places` is the presentation index of each picture.
    """
    pictures, places = [], []
    shown = start
    epoch = start
    waiting = []
    for pattern in patterns:
        for letter in pattern:
            if letter == "b":
                waiting.append(shown)
                shown += 1
                continue
            kind = {"X": "IDR", "R": "I", "I": "I", "P": "P", "5": "I", "B": "B"}[letter]
            if letter == "X":
                assert not waiting, "no picture may precede an IDR that follows it in decoding order"
                epoch = shown
            pictures.append(Picture(kind, poc=shown - epoch, recovery=0 if letter == "R" else None, mmco5=letter == "5"))
            if letter == "5":
                epoch = shown
            places.append(shown)
            shown += 1
            for place in waiting:
                pictures.append(Picture("B", poc=place - epoch, ref=False))
                places.append(place)
            waiting = []
    assert not waiting, "a GOP ends in a b"
    return pictures, places
