//! The list of all limits: one line each.

use super::error::ProfileError;
use super::limit::{Limit, Setting};
use super::merge::merge;
use super::quantity::{
    Accepted, AltText, Aspect, Between, Bits, CaptionKind, Channels, Fps, Frames, Mix, Name, ObjectType, PictureBudget,
    Pixels, Quantity, Segments, Size, SizeLimit, TurningBox, Users,
};
use super::text::Text;
use super::tree::{Spanned, Table};
use super::{Category, Level, LimitRow, Use};
use crate::facts::{ChromaFormat, FourCc};
use crate::units::{BitRate, Duration};

/// Builds [`Limits`] from one line a limit: rule, field, kind of value, the content it applies to, and its wording.
macro_rules! limits {
    ($($id:literal $field:ident: $kind:ty, $uses:expr, $wording:literal;)*) => {
        /// Every limit of a pack, in the order in which the rules are listed.
        #[derive(Clone, Debug, PartialEq)]
        pub(crate) struct Limits {
            $(
                #[doc = concat!("The limit of the rule `", $id, "`.")]
                pub(crate) $field: Setting<$kind>,
            )*
        }

        impl Limits {
            /// The rules that have limits.
            pub(super) const RULES: &'static [&'static str] = &[$($id,)*];

            /// Limits that are all off.
            pub(super) const OFF: Self = Self { $($field: Setting::off(<$kind as Quantity>::NONE),)* };

            /// Applies one table of a pack. Errors: the table is not valid; `None`: there is no such rule.
            pub(super) fn set(
                &mut self,
                rule: &str,
                table: &Spanned<&Table<'_>>,
                text: &Text<'_>,
            ) -> Option<Result<(), ProfileError>> {
                match rule {
                    $($id => Some(merge(&mut self.$field, table, text)),)*
                    _ => None,
                }
            }

            /// The limits as rows of a table.
            pub(super) fn rows(&self, category: Option<Category>) -> Vec<LimitRow> {
                let mut rows = Vec::new();
                $(push_rows(&mut rows, $id, &self.$field, $uses, $wording, category);)*
                rows
            }
        }
    };
}

const ANY: &[Use] = &[Use::Image, Use::Gif, Use::Video, Use::Captions];
const PICTURES: &[Use] = &[Use::Image, Use::Gif];
const IMAGE: &[Use] = &[Use::Image];
const GIF: &[Use] = &[Use::Gif];
const VIDEO: &[Use] = &[Use::Video];
const CAPTIONS: &[Use] = &[Use::Captions];

limits! {
    "unsupported-type" unsupported_type: Vec<Accepted>, ANY, "the content is {}";
    "extension-mismatch" extension_mismatch: (), ANY, "the file name's extension agrees with the content";
    "empty-file" empty_file: (), ANY, "at least one byte";
    "truncated-file" truncated_file: (), ANY, "the whole of the media data is there";
    "malformed-file" malformed_file: (), ANY, "the structure can be read";
    "file-too-large" file_too_large: SizeLimit, ANY, "{}";
    "too-many-segments" too_many_segments: Segments, ANY, "at most {}";
    "undecodable-pixels" undecodable_pixels: (), PICTURES, "all pixels can be decoded";
    "budget-exceeded" budget_exceeded: (), ANY, "the file can be read within the program's own budget";
    "category-mismatch" category_mismatch: (), ANY, "the media category fits the content";
    "image-dimensions" image_dimensions: Between<Size>, IMAGE, "{}";
    "image-pixel-budget" image_pixel_budget: PictureBudget, PICTURES, "{}";
    "animated-image" animated_image: (), IMAGE, "no animation in WebP and PNG";
    "static-gif" static_gif: (), GIF, "more than one frame";
    "gif-dimensions" gif_dimensions: Size, GIF, "a canvas of at most {}, width and height";
    "gif-too-many-frames" gif_too_many_frames: Frames, GIF, "at most {}";
    "gif-pixel-budget" gif_pixel_budget: Pixels, GIF, "width * height * frames of at most {}";
    "gif-missing-trailer" gif_missing_trailer: (), PICTURES, "a GIF ends with a trailer";
    "gif-frame-outside-canvas" gif_frame_outside_canvas: (), PICTURES, "every frame of a GIF is inside the canvas";
    "no-video-track" no_video_track: (), VIDEO, "at least one video track";
    "video-codec" video_codec: Vec<FourCc>, VIDEO, "H.264 ({})";
    "video-profile" video_profile: Vec<Name>, VIDEO, "profile {}";
    "chroma-not-420" chroma_not_420: ChromaFormat, VIDEO, "chroma sampling {}";
    "bit-depth" bit_depth: Bits, VIDEO, "{} for luma and chroma";
    "frame-rate-too-high" frame_rate_too_high: Fps, VIDEO, "at most {} on average";
    "frame-rate-peak" frame_rate_peak: Fps, VIDEO, "at most {} over any 8 intervals";
    "frame-rate-recommended" frame_rate_recommended: Vec<Fps>, VIDEO, "{}";
    "dimensions-too-large" dimensions_too_large: TurningBox, VIDEO, "at most {}";
    "dimensions-too-small" dimensions_too_small: Size, VIDEO, "at least {}";
    "video-pixel-budget" video_pixel_budget: Pixels, VIDEO, "width * height of at most {}";
    "resolution-recommended" resolution_recommended: Vec<Size>, VIDEO, "{}, or a row of the table of renditions";
    "duration-too-long" duration_too_long: Duration, VIDEO, "at most {}";
    "duration-too-short" duration_too_short: Duration, VIDEO, "at least {}";
    "aspect-ratio" aspect_ratio: Between<Aspect>, VIDEO, "{}";
    "aspect-ratio-recommended" aspect_ratio_recommended: Vec<Aspect>, VIDEO, "{}";
    "pixel-aspect-ratio" pixel_aspect_ratio: Aspect, VIDEO, "{}";
    "interlaced" interlaced: (), VIDEO, "progressive scan";
    "open-gop" open_gop: (), VIDEO, "closed GOPs only";
    "gop-too-long" gop_too_long: Frames, VIDEO, "at most {} in a GOP";
    "sync-table-lies" sync_table_lies: (), VIDEO, "the tables of sync samples agree with the bitstream";
    "video-bitrate-recommended" video_bitrate_recommended: BitRate, VIDEO, "at least {} for video";
    "fragmented" fragmented: (), VIDEO, "no movie fragments";
    "audio-codec" audio_codec: Vec<Name>, VIDEO, "{}";
    "audio-profile" audio_profile: ObjectType, VIDEO, "AAC LC, not HE-AAC ({})";
    "audio-channels" audio_channels: Between<Channels>, VIDEO, "mono or stereo ({})";
    "audio-bitrate-recommended" audio_bitrate_recommended: BitRate, VIDEO, "at least {} for audio";
    "subtitle-encoding" subtitle_encoding: (), CAPTIONS, "UTF-8";
    "subtitle-syntax" subtitle_syntax: (), CAPTIONS, "numbers, times and text of every cue can be read";
    "subtitle-order" subtitle_order: (), CAPTIONS, "cues in order, each ending after its start";
    "subtitle-type" subtitle_type: CaptionKind, CAPTIONS, "{}";
    "subtitle-past-end" subtitle_past_end: (), CAPTIONS, "no cue after the end of the video";
    "post-media-mix" post_media_mix: Mix, &[Use::Image, Use::Gif, Use::Video], "at most {}";
    "alt-text-too-long" alt_text_too_long: AltText, ANY, "at most {}";
    "additional-owners" additional_owners: Users, ANY, "at most {}";
}

fn push_rows<T: Quantity>(
    rows: &mut Vec<LimitRow>,
    rule: &'static str,
    setting: &Setting<T>,
    uses: &[Use],
    wording: &str,
    category: Option<Category>,
) {
    let wanted: Vec<Category> = Category::ALL
        .into_iter()
        .filter(|own| category.is_none_or(|wanted| wanted == *own) && uses.contains(&own.takes()))
        .collect();
    let mut groups: Vec<(&Limit<T>, Vec<Category>)> = Vec::new();
    for &own in &wanted {
        let limit = setting.of(Some(own));
        match groups.iter_mut().find(|(other, _)| *other == limit) {
            Some((_, categories)) => categories.push(own),
            None => groups.push((limit, vec![own])),
        }
    }
    if let Some(lower) = setting.should().filter(|_| !wanted.is_empty()) {
        groups.push((lower, wanted));
    }
    for (limit, categories) in groups.into_iter().filter(|(limit, _)| limit.level != Level::Off) {
        rows.push(LimitRow {
            rule,
            level: limit.level,
            limit: wording.replace("{}", &limit.value.words()),
            categories,
            basis: limit.basis,
            source: limit.source.to_string(),
        });
    }
}
