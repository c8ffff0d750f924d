"""A tiny MP4 and QuickTime writer in which every table may say what it likes (ISO/IEC 14496-12:2022)."""

from dataclasses import dataclass, field
from typing import Optional

import h264

IDENTITY = (0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TURNED_90 = (0, 0x10000, 0, -0x10000, 0, 0, 0, 0, 0x40000000)
TURNED_180 = (-0x10000, 0, 0, 0, -0x10000, 0, 0, 0, 0x40000000)
TURNED_270 = (0, -0x10000, 0, 0x10000, 0, 0, 0, 0, 0x40000000)
MIRRORED = (-0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def u8(*n):
    return bytes(n)


def u16(*n):
    return b"".join(x.to_bytes(2, "big") for x in n)


def u32(*n):
    return b"".join((x & 0xFFFFFFFF).to_bytes(4, "big") for x in n)


def u64(*n):
    return b"".join((x & (1 << 64) - 1).to_bytes(8, "big") for x in n)


def box(kind, *parts):
    body = b"".join(parts)
    return u32(len(body) + 8) + kind + body


def full(kind, version, flags, *parts):
    return box(kind, u32(version << 24 | flags), *parts)


@dataclass
class Track:
    handler: bytes = b"vide"
    entry: bytes = b""  # the whole sample entry
    entries: Optional[list] = None  # several sample entries
    samples: list = field(default_factory=list)
    durations: list = field(default_factory=list)  # one per sample, in ticks
    offsets: Optional[list] = None  # composition offsets in ticks
    timescale: int = 30000
    sync: Optional[list] = None  # indices from 0; None: no stss
    partial_sync: Optional[list] = None  # stps
    rap: Optional[list] = None  # indices in sgpd 'rap ', leading samples not counted
    roll: Optional[list] = None  # (index, distance)
    sdtp: Optional[list] = None
    edits: Optional[list] = None  # (segment_duration in movie ticks, media_time, rate)
    edit_version: int = 0
    enabled: bool = True
    flags: Optional[int] = None
    matrix: tuple = IDENTITY
    size: Optional[tuple] = None  # tkhd, in pixels
    tkhd_duration: Optional[int] = None
    mdhd_duration: Optional[int] = None
    mdhd_version: int = 0
    language: int = 0x55C4
    alternate_group: int = 0
    composition_version: int = 0
    chunk: int = 0  # samples a chunk; 0: all in one
    co64: bool = False
    stz2: int = 0  # bits of a size
    descriptions: Optional[list] = None  # sample description index of each sample
    header: bytes = b""  # media header box
    extra: bytes = b""  # boxes behind mdia
    extra_stbl: bytes = b""
    tkhd_version: int = 0
    reverse: bool = False  # the boxes of each container in the opposite order
    stts: Optional[list] = None  # (count, delta) in place of what durations say
    missing: tuple = ()  # boxes left out
    tfdt: Optional[list] = None  # decode time of each fragment
    track_id: Optional[int] = None
    sample_sizes: Optional[list] = None  # in place of the true ones

    @property
    def media_ticks(self):
        return sum(self.durations)


MEDIA_HEADERS = {
    b"vide": lambda: full(b"vmhd", 0, 1, bytes(8)),
    b"soun": lambda: full(b"smhd", 0, 0, bytes(4)),
    b"text": lambda: full(b"nmhd", 0, 0),
    b"tmcd": lambda: box(b"gmhd", full(b"gmin", 0, 0, u16(0x40, 0x8000, 0x8000, 0x8000, 0, 0))),
    b"sbtl": lambda: full(b"nmhd", 0, 0),
    b"meta": lambda: full(b"nmhd", 0, 0),
    b"pict": lambda: full(b"vmhd", 0, 1, bytes(8)),
}


def runs(values):
    out = []
    for v in values:
        if out and out[-1][1] == v:
            out[-1][0] += 1
        else:
            out.append([1, v])
    return out


def visual_entry(kind, width, height, *children, compressor=b"", depth=24):
    return box(
        kind, bytes(6), u16(1), bytes(16), u16(width, height), u32(0x480000, 0x480000, 0), u16(1),
        u8(len(compressor)) + compressor.ljust(31, b"\0"), u16(depth, 0xFFFF), *children,
    )


def audio_entry(kind, channels, rate, *children, bits=16, version=0):
    more = {0: b"", 1: u32(1024, 0, 0, 2)}[version]
    return box(kind, bytes(6), u16(1), u16(version, 0), u32(0), u16(channels, bits, 0, 0), u32(rate << 16 if rate < 65536 else 0), more, *children)


def descriptor(tag, body, short=False):
    n = len(body)
    if short:
        return u8(tag, n) + body
    return u8(tag, 0x80 | n >> 21 & 127, 0x80 | n >> 14 & 127, 0x80 | n >> 7 & 127, n & 127) + body


def esds(object_type, config, stream_type=5, short=False, flags=b"\0", more=b"", last=None):
    """`short`: lengths of one byte; `flags`: with the fields that follow them; `more`: descriptors in front of the decoder's."""
    specific = descriptor(5, config, short) if config is not None else b""
    decoder = descriptor(4, u8(object_type, stream_type << 2 | 1) + bytes(3) + u32(0, 0) + specific, short)
    last = descriptor(6, u8(2), short) if last is None else last
    return full(b"esds", 0, 0, descriptor(3, u16(0) + flags + more + decoder + last, short))


def boxed_units(units, length_size=4):
    return b"".join(len(unit).to_bytes(length_size, "big") + unit for unit in units)


def video_track(stream, pictures, places=None, rate=(30, 1), timescale=None, durations=None, length_size=4, kind=b"avc1",
                entry_size=None, children=b"", children_first=False, in_band=False, sync="true", coded=None, avcc=None, **options):
    """A track of H.264 pictures; composition offsets follow `places`, presentation indices."""
    coded = coded or h264.encode(stream, pictures)
    if in_band:
        coded[0] = [stream.sps(), stream.pps()] + coded[0]
    samples = [boxed_units(units, length_size) for units in coded]
    numerator, denominator = rate
    timescale = timescale or numerator * (1000 if denominator == 1 else 1)
    if durations is None:
        assert timescale * denominator % numerator == 0, "no whole number of ticks a frame"
        durations = [timescale * denominator // numerator] * len(samples)
    if places is not None and "offsets" not in options:
        shift = max(0, *(index - place for index, place in enumerate(places))) if places else 0
        starts = [0]
        for d in durations:
            starts.append(starts[-1] + d)
        step = durations[0]
        offsets = [(place + shift) * step - starts[index] for index, place in enumerate(places)]
        if any(offsets):
            options["offsets"] = offsets
            if shift and "edits" not in options:
                # media ticks in a movie of 1000 ticks a second
                options["edits"] = [(-(-sum(durations) * 1000 // timescale), shift * step, 0x10000)]
    if sync == "true":
        options["sync"] = [i for i, p in enumerate(pictures) if (p.fields[0] if p.fields else p.kind) == "IDR"]
    elif sync is not None:
        options["sync"] = sync
    width, height = entry_size or (stream.width, stream.height)
    config = box(b"avcC", avcc if avcc is not None else stream.avcc(length_size, in_band))
    entry = visual_entry(kind, width & 0xFFFF, height & 0xFFFF, *([children, config] if children_first else [config, children]))
    return Track(b"vide", entry, samples=samples, durations=durations, timescale=timescale,
                 size=options.pop("size", (stream.width, stream.height)), **options)


def sample_tables(t, places, movie_has_fragments):
    samples = [] if movie_has_fragments else t.samples
    durations = [] if movie_has_fragments else t.durations
    entries = t.entries or [t.entry]
    tables = [full(b"stsd", 0, 0, u32(len(entries)), *entries)]
    stts = t.stts if t.stts is not None else runs(durations)
    tables.append(full(b"stts", 0, 0, u32(len(stts)), *(u32(c, d) for c, d in stts)))
    if t.offsets and not movie_has_fragments:
        ctts = runs(t.offsets)
        tables.append(full(b"ctts", t.composition_version, 0, u32(len(ctts)), *(u32(c, o) for c, o in ctts)))
    if not movie_has_fragments:
        for name, listed in ((b"stss", t.sync), (b"stps", t.partial_sync)):
            if listed is not None:
                tables.append(full(name, 0, 0, u32(len(listed)), *(u32(i + 1) for i in listed)))
        if t.sdtp is not None:
            tables.append(full(b"sdtp", 0, 0, bytes(t.sdtp)))
        for kind, listed in ((b"rap ", [(i, 0) for i in t.rap] if t.rap is not None else None), (b"roll", t.roll)):
            if listed is None:
                continue
            values = sorted({v for _, v in listed})
            payload = [u8(v & 0xFF) if kind == b"rap " else u16(v & 0xFFFF) for v in values]
            tables.append(full(b"sgpd", 1, 0, kind, u32(len(payload[0]) if payload else 1, len(values)), *payload))
            marks = [0] * len(samples)
            for i, v in listed:
                marks[i] = values.index(v) + 1
            tables.append(full(b"sbgp", 0, 0, kind, u32(len(runs(marks))), *(u32(c, v) for c, v in runs(marks))))
    # chunks: a new one also where the sample description changes
    per_chunk = t.chunk or max(1, len(samples))
    description = t.descriptions or [1] * len(samples)
    chunks = []
    for i in range(len(samples)):
        if not chunks or chunks[-1][1] >= per_chunk or chunks[-1][2] != description[i]:
            chunks.append([i, 0, description[i]])
        chunks[-1][1] += 1
    stsc = []
    for number, (_, count, desc) in enumerate(chunks):
        if not stsc or stsc[-1][1:] != (count, desc):
            stsc.append((number + 1, count, desc))
    tables.append(full(b"stsc", 0, 0, u32(len(stsc)), *(u32(*e) for e in stsc)))
    sizes = t.sample_sizes if t.sample_sizes is not None and not movie_has_fragments else [len(s) for s in samples]
    if t.stz2 == 4:
        packed = sizes + [0] * (len(sizes) % 2)
        tables.append(full(b"stz2", 0, 0, u32(4, len(sizes)), bytes(a << 4 | b for a, b in zip(packed[::2], packed[1::2]))))
    elif t.stz2:
        tables.append(full(b"stz2", 0, 0, u32(t.stz2, len(sizes)), *(n.to_bytes(t.stz2 // 8, "big") for n in sizes)))
    elif sizes and len(set(sizes)) == 1:
        tables.append(full(b"stsz", 0, 0, u32(sizes[0], len(sizes))))
    else:
        tables.append(full(b"stsz", 0, 0, u32(0, len(sizes)), u32(*sizes)))
    where = [places[c[0]] for c in chunks] if places else [0] * len(chunks)
    tables.append(full(b"co64", 0, 0, u32(len(where)), u64(*where)) if t.co64 else full(b"stco", 0, 0, u32(len(where)), u32(*where)))
    tables.append(t.extra_stbl)
    tables = [x for x in tables if x[4:8] not in t.missing]
    return box(b"stbl", *(tables[::-1] if t.reverse else tables))


def trak(t, number, places, movie_timescale, fragments):
    ticks = 0 if fragments else t.media_ticks
    presented = sum(e[0] for e in t.edits) if t.edits else ticks * movie_timescale // t.timescale
    duration = t.tkhd_duration if t.tkhd_duration is not None else presented
    flags = t.flags if t.flags is not None else (3 if t.enabled else 2)
    width, height = t.size or (0, 0)
    times = u64(0, 0) + u32(t.track_id or number, 0) + u64(duration) if t.tkhd_version else u32(0, 0, t.track_id or number, 0, duration)
    tkhd = full(
        b"tkhd", t.tkhd_version, flags, times, bytes(8),
        u16(0, t.alternate_group, 0x100 if t.handler == b"soun" else 0, 0), u32(*t.matrix), u32(width << 16, height << 16),
    )
    parts = [tkhd]
    if t.edits is not None:
        if t.edit_version:
            elst = full(b"elst", 1, 0, u32(len(t.edits)), *(u64(d, m) + u32(r) for d, m, r in t.edits))
        else:
            elst = full(b"elst", 0, 0, u32(len(t.edits)), *(u32(d, m, r) for d, m, r in t.edits))
        parts.append(box(b"edts", elst))
    media = t.mdhd_duration if t.mdhd_duration is not None else ticks
    if t.mdhd_version:
        mdhd = full(b"mdhd", 1, 0, u64(0, 0), u32(t.timescale), u64(media), u16(t.language, 0))
    else:
        mdhd = full(b"mdhd", 0, 0, u32(0, 0, t.timescale, media), u16(t.language, 0))
    hdlr = full(b"hdlr", 0, 0, u32(0), t.handler, bytes(12), b"\0")
    dinf = box(b"dinf", full(b"dref", 0, 0, u32(1), full(b"url ", 0, 1)))
    header = t.header or MEDIA_HEADERS[t.handler]()
    order = -1 if t.reverse else 1
    minf = box(b"minf", *[header, dinf, sample_tables(t, places, fragments)][::order])
    parts += [box(b"mdia", *[mdhd, hdlr, minf][::order]), t.extra]
    return box(b"trak", *parts[::order])


def movie(tracks, brand=b"isom", timescale=1000, duration=None, mvhd_version=0, moov_first=False, between=b"", udta=b"", before=b"",
          after=b"", large_mdat=False, open_mdat=False, ftyp=True, fragments=None, empty_moov=True, defaults=False,
          base_moof=True, mehd=None, sidx=False, mfra=False, mvex=True, interleave=1):
    """The whole file. `fragments` is the number of samples a fragment; then all samples stand in fragments."""
    head = box(b"ftyp", brand, u32(512), b"isomiso2avc1mp41" if brand != b"qt  " else b"qt  ") if ftyp else b""
    head += before
    longest = max([sum(e[0] for e in t.edits) if t.edits else t.media_ticks * timescale // t.timescale for t in tracks] or [0])
    declared = duration if duration is not None else (0 if fragments else longest)

    def moov(places):
        times = u64(0, 0) + u32(timescale) + u64(declared) if mvhd_version else u32(0, 0, timescale, declared)
        mvhd = full(b"mvhd", mvhd_version, 0, times, u32(0x10000), u16(0x100), bytes(10), u32(*IDENTITY), bytes(24), u32(len(tracks) + 1))
        parts = [mvhd]
        for n, t in enumerate(tracks):
            parts.append(trak(t, n + 1, places[n] if places else None, timescale, fragments))
        if fragments and mvex:
            trexes = [full(b"trex", 0, 0, u32(n + 1, 1, t.durations[0] if defaults else 0, 0, 0x01010000 if defaults else 0)) for n, t in enumerate(tracks)]
            parts.append(box(b"mvex", *([full(b"mehd", 0, 0, u32(mehd))] if mehd is not None else []), *trexes))
        parts.append(udta)
        return box(b"moov", *(parts[::-1] if any(t.reverse for t in tracks) else parts))

    if fragments:
        out = head + moov(None) + between
        for sequence, chunk in enumerate(fragment_parts(tracks, fragments)):
            out += fragment(tracks, sequence, chunk, len(out), base_moof, defaults)
        if mfra:
            out += box(b"mfra", full(b"mfro", 0, 0, u32(24)))
        return out + after

    def layout(start):
        places, data = [], []
        position = start
        for t in tracks:
            mine = []
            for sample in t.samples:
                mine.append(position)
                position += len(sample)
                data.append(sample)
            places.append(mine)
        return places, b"".join(data)

    mdat_header = 16 if large_mdat else 8
    if moov_first:
        size = len(moov(layout(0)[0]))
        places, data = layout(len(head) + size + len(between) + mdat_header)
        mdat = mdat_box(data, large_mdat, open_mdat)
        return head + moov(places) + between + mdat + after
    places, data = layout(len(head) + len(between) + mdat_header)
    return head + between + mdat_box(data, large_mdat, False) + moov(places) + after


def mdat_box(data, large, open_end):
    if open_end:
        return u32(0) + b"mdat" + data
    if large:
        return u32(1) + b"mdat" + u64(len(data) + 16) + data
    return box(b"mdat", data)


def fragment_parts(tracks, count):
    """For each fragment, for each track, its range of samples; tracks are cut in proportion."""
    first = tracks[0]
    number = -(-len(first.samples) // count)
    return [[(len(t.samples) * k // number if n else min(k * count, len(t.samples)),
              len(t.samples) * (k + 1) // number if n else min((k + 1) * count, len(t.samples)))
             for n, t in enumerate(tracks)] for k in range(number)]


def fragment(tracks, sequence, parts, start, base_moof, defaults=False):
    """`defaults`: durations and flags come from trex and the first sample's flags, sizes from the run."""

    def build(data_offsets):
        trafs = []
        for n, (t, (a, b)) in enumerate(zip(tracks, parts)):
            if a == b:
                continue
            decode = t.tfdt[sequence] if t.tfdt else sum(t.durations[:a])
            entries = b""
            for i in range(a, b):
                is_sync = t.sync is None or i in t.sync
                entries += u32(t.durations[i], len(t.samples[i]), 0x02000000 if is_sync else 0x01010000)
                entries += u32(t.offsets[i] if t.offsets else 0)
            head = full(b"tfhd", 0, 0x20000 if base_moof else 1, u32(n + 1), b"" if base_moof else u64(start))
            tfdt = b"" if b"tfdt" in t.missing else full(b"tfdt", 1, 0, u64(decode))
            trun = full(b"trun", 1, 0xF01, u32(b - a), u32(data_offsets[n]), entries)
            if defaults:
                first = u32(0x02000000 if t.sync is None or a in t.sync else 0x01010000)
                trun = full(b"trun", 0, 0x205, u32(b - a), u32(data_offsets[n]), first, *(u32(len(s)) for s in t.samples[a:b]))
            trafs.append(box(b"traf", head, tfdt, trun))
        return box(b"moof", full(b"mfhd", 0, 0, u32(sequence + 1)), *trafs)

    size = len(build([0] * len(tracks)))
    offsets, data = [], b""
    for t, (a, b) in zip(tracks, parts):
        offsets.append(size + 8 + len(data))
        data += b"".join(t.samples[a:b])
    return build(offsets) + box(b"mdat", data)
