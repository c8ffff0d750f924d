"""A tiny AAC LC writer: silent access units, and every form of AudioSpecificConfig (ISO/IEC 14496-3:2019)."""

from h264 import Bits
from mp4 import Track, audio_entry, esds

RATES = [96000, 88200, 64000, 48000, 44100, 32000, 24000, 22050, 16000, 12000, 11025, 8000, 7350]


def config(object_type=2, rate=44100, channels=2, explicit=None, sync=None, ps_sync=None, elements=None, frame_960=False):
    """AudioSpecificConfig (1.6.2.1).

    explicit: 5 or 29 wraps `object_type` as its core; sync: sbrPresentFlag of a sync extension; ps_sync: psPresentFlag
    behind it; elements: (front singles, front pairs, lfe) of a program config element with channelConfiguration 0.
    """
    b = Bits()
    index = RATES.index(rate) if rate in RATES else 15

    def frequency(hertz):
        if hertz in RATES:
            b.u(4, RATES.index(hertz))
        else:
            b.u(4, 15).u(24, hertz)

    b.u(5, explicit or object_type)
    frequency(rate)
    b.u(4, 0 if elements else {1: 1, 2: 2, 3: 3, 4: 4, 5: 5, 6: 6, 8: 7}[channels])
    if explicit:
        frequency(min(rate * 2, 96000))
        b.u(5, object_type)
    resilient = 17 <= object_type <= 27
    b.u(1, frame_960).u(1, 0).u(1, resilient)
    if elements:
        program_config_element(b, index, elements)
    if resilient:
        b.u(3, 0).u(1, 0).u(2, 0)  # resilience flags, extensionFlag3, epConfig
    if sync is not None:
        b.u(11, 0x2B7).u(5, 5).u(1, sync)
        if sync:
            frequency(min(rate * 2, 96000))
            if ps_sync is not None:
                b.u(11, 0x548).u(1, ps_sync)
    b.u(-b.count % 8, 0)
    return b.value.to_bytes(b.count // 8, "big")


def program_config_element(b, index, elements):
    """program_config_element() of front elements and LFEs only, aligned to the start of `b`."""
    singles, pairs, lfe = elements
    b.u(4, 0).u(2, 1).u(4, index).u(4, singles + pairs).u(4, 0).u(4, 0).u(2, lfe).u(3, 0).u(4, 0).u(1, 0).u(1, 0).u(1, 0)
    for n in range(singles):
        b.u(1, 0).u(4, n)
    for n in range(pairs):
        b.u(1, 1).u(4, n)
    for n in range(lfe):
        b.u(4, n)
    b.u(-b.count % 8, 0)
    b.u(8, 0)


def silent(b):
    """individual_channel_stream() with no scale factor band."""
    b.u(8, 100)  # global_gain
    b.u(1, 0).u(2, 0).u(1, 0).u(6, 0).u(1, 0)  # ics_info: only long windows, max_sfb 0
    b.u(1, 0).u(1, 0).u(1, 0)  # no pulse, no TNS, no gain control


# A plausible start of sbr_extension_data with a header: what matters is the type in front of it.
SBR_PAYLOAD = [0b0000_1, 0, 0]


def access_unit(channels=2, sbr=False, crc=False, fill_first=0, data=b"", drc=False, elements=None):
    b = Bits()
    if elements:
        b.u(3, 5)
        program_config_element(b, 6, elements)
    if data:
        # data_stream_element with byte alignment
        b.u(3, 4).u(4, 0).u(1, 1).u(8, min(len(data), 255))
        if len(data) >= 255:
            b.u(8, len(data) - 255)
        b.u(-b.count % 8, 0)
        for byte in data:
            b.u(8, byte)
    if drc:
        b.u(3, 6).u(4, 2).u(4, 11).u(4, 0).u(8, 0)  # a fill element of type dynamic range, nothing in it
    for _ in range(fill_first):
        b.u(3, 6).u(4, 1).u(4, 0).u(4, 0)  # a fill element without meaning
    layout = {1: "s", 2: "c", 3: "sc", 4: "scs", 5: "scc", 6: "sccl", 8: "scccl"}[channels]
    counts = {"s": 0, "c": 0, "l": 0}
    for kind in layout:
        b.u(3, {"s": 0, "c": 1, "l": 3}[kind]).u(4, counts[kind])
        counts[kind] += 1
        if kind == "c":
            b.u(1, 0)
            silent(b)
        silent(b)
        if sbr and kind != "l":
            fill(b, crc)
    b.u(3, 7)
    b.u(-b.count % 8, 0)
    return b.value.to_bytes(b.count // 8, "big")


def fill(b, crc=False):
    """A fill element with SBR data: extension type 13 or, with a checksum, 14."""
    body = Bits().u(4, 14 if crc else 13)
    if crc:
        body.u(10, 0)
    # bs_header_flag 1; bs_amp_res, start and stop frequency, xover band, reserved, no extra header fields
    body.u(1, 1).u(1, 1).u(4, 5).u(4, 9).u(3, 0).u(2, 0).u(1, 0).u(1, 0)
    body.u(-body.count % 8, 0)
    while body.count < 12 * 8:
        body.u(8, 0)
    b.u(3, 6).u(4, body.count // 8).raw(body.value, body.count)


def with_sbr(unit):
    """A real access unit with a fill element of SBR data in front of its end element."""
    bits = int.from_bytes(unit, "big")
    padding = (bits & -bits).bit_length() - 1
    assert padding < 8 and bits >> padding & 7 == 7, "the unit does not end in an end element"
    b = Bits().raw(bits >> padding + 3, len(unit) * 8 - padding - 3)
    fill(b)
    b.u(3, 7)
    b.u(-b.count % 8, 0)
    return b.value.to_bytes(b.count // 8, "big")


def track(seconds=1, rate=44100, channels=2, entry_channels=None, asc=None, object_type=0x40, units=None, entry=None, sbr=False,
          frames=None, samples=None, filled=0, entry_rate=None, **options):
    """A track of silent AAC LC."""
    frames = frames or -(-seconds * rate // 1024)
    asc = asc if asc is not None else config(rate=rate, channels=channels)
    samples = samples or [access_unit(channels, sbr)] * frames
    if filled:
        samples = [s + bytes(filled) for s in samples]
    entry = entry or audio_entry(b"mp4a", entry_channels or min(channels, 2), entry_rate or rate, esds(object_type, asc))
    return Track(b"soun", entry, samples=samples, durations=options.pop("durations", [1024] * len(samples)), timescale=rate, **options)
