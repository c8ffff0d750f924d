//! What a track holds: moving pictures, sound, or one of the things that are neither.

use super::trak::Trak;
use crate::facts::{FourCc, TrackKind};

/// What a track holds, by its handler and its sample entry.
///
/// `chapters` are the identifiers, sorted, of tracks that hold the chapters of others; `samples` is how many it has.
pub(super) fn kind(boxes: &Trak<'_>, entry: Option<FourCc>, chapters: &[u32], samples: u64) -> TrackKind {
    let handler = boxes.handler.map(|(handler, _)| handler.0);
    let by_handler = match handler.as_ref() {
        Some(b"vide") => TrackKind::Video,
        Some(b"soun") => TrackKind::Audio,
        Some(b"text" | b"sbtl" | b"subt" | b"subp" | b"clcp") => TrackKind::Subtitle,
        Some(b"tmcd") => TrackKind::Timecode,
        Some(b"hint") => TrackKind::Hint,
        Some(b"pict") => TrackKind::AttachedPicture,
        Some(_) => TrackKind::Data,
        None => match boxes.media_header.map(|header| header.0).as_ref() {
            Some(b"vmhd") => TrackKind::Video,
            Some(b"smhd") => TrackKind::Audio,
            Some(b"hmhd") => TrackKind::Hint,
            Some(b"sthd") => TrackKind::Subtitle,
            _ => TrackKind::Data,
        },
    };
    let entry = entry.map(|entry| entry.0);
    match by_handler {
        TrackKind::Video => {
            let id = boxes.tkhd.map(|header| header.track_id);
            let is_chapters = id.is_some_and(|id| chapters.binary_search(&id).is_ok());
            let disabled = boxes.tkhd.is_some_and(|header| !header.enabled);
            let still =
                matches!(entry.as_ref(), Some(b"jpeg" | b"png " | b"tiff" | b"gif " | b"mp4v" | b"mjpa" | b"mjpb"));
            if is_chapters || (still && disabled && samples == 1) {
                TrackKind::AttachedPicture
            } else {
                TrackKind::Video
            }
        }
        // Time codes and texts of QuickTime stand under other handlers as well.
        TrackKind::Data => match entry.as_ref() {
            Some(b"tmcd") => TrackKind::Timecode,
            Some(b"tx3g" | b"wvtt" | b"stpp" | b"sbtt" | b"c608" | b"c708" | b"mp4s") => TrackKind::Subtitle,
            _ => TrackKind::Data,
        },
        kind => kind,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::syntax::mp4::tkhd::{Tkhd, Turn};
    use crate::units::Dimensions;

    fn kind_of(handler: Option<&[u8; 4]>, header: Option<&[u8; 4]>, entry: &[u8; 4], enabled: bool) -> TrackKind {
        let mut boxes = Trak::new(0, 0);
        boxes.handler = handler.map(|&handler| (FourCc(handler), 0));
        boxes.media_header = header.map(|&header| FourCc(header));
        boxes.tkhd = Some(Tkhd {
            flags_at: 0,
            enabled,
            track_id: 7,
            track_id_at: 0,
            alternate_group: 0,
            alternate_group_at: 0,
            turn: Turn::Zero,
            matrix_at: 0,
            dimensions: Dimensions::new(0, 0),
            width_at: 0,
        });
        kind(&boxes, Some(FourCc(*entry)), &[3, 9], 1)
    }

    #[test]
    fn the_handler_decides_before_the_entry() {
        assert_eq!(kind_of(Some(b"vide"), None, b"avc1", true), TrackKind::Video);
        assert_eq!(kind_of(Some(b"soun"), None, b"mp4a", true), TrackKind::Audio);
        assert_eq!(kind_of(Some(b"sbtl"), None, b"tx3g", true), TrackKind::Subtitle);
        assert_eq!(kind_of(Some(b"tmcd"), None, b"tmcd", true), TrackKind::Timecode);
        assert_eq!(kind_of(Some(b"meta"), None, b"mebx", true), TrackKind::Data);
        assert_eq!(kind_of(Some(b"auxv"), None, b"hvc1", true), TrackKind::Data);
        assert_eq!(kind_of(Some(b"hint"), None, b"rtp ", true), TrackKind::Hint);
    }

    #[test]
    fn without_a_handler_the_media_header_or_the_entry_decides() {
        assert_eq!(kind_of(None, Some(b"vmhd"), b"avc1", true), TrackKind::Video);
        assert_eq!(kind_of(None, Some(b"smhd"), b"mp4a", true), TrackKind::Audio);
        assert_eq!(kind_of(None, Some(b"gmhd"), b"tmcd", true), TrackKind::Timecode);
        assert_eq!(kind_of(None, None, b"wvtt", true), TrackKind::Subtitle);
        assert_eq!(kind_of(None, None, b"avc1", true), TrackKind::Data);
    }

    #[test]
    fn a_disabled_still_and_chapter_pictures_are_attached() {
        assert_eq!(kind_of(Some(b"vide"), None, b"jpeg", false), TrackKind::AttachedPicture);
        assert_eq!(kind_of(Some(b"vide"), None, b"jpeg", true), TrackKind::Video);
        assert_eq!(kind_of(Some(b"vide"), None, b"avc1", false), TrackKind::Video);
        let mut boxes = Trak::new(0, 0);
        boxes.handler = Some((FourCc(*b"vide"), 0));
        assert_eq!(kind(&boxes, None, &[3, 9], 100), TrackKind::Video);
    }
}
