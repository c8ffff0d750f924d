//! Still images: scaled, and encoded at the best quality that fits.

use std::io::Cursor;

use ::image::codecs::jpeg::JpegEncoder;
use ::image::codecs::png::{CompressionType, FilterType, PngEncoder};
use ::image::imageops::FilterType as Resampling;
use ::image::metadata::Orientation;
use ::image::{DynamicImage, ImageDecoder, ImageEncoder, ImageReader, Limits};

use super::alpha::{divided, resized};
use super::{ImageError, MEMORY, profile, within};
use crate::facts::{Facts, Format};
use crate::transcode::plan::Action;
use crate::units::Dimensions;

/// The image after the actions, and its extension.
pub(super) fn made(
    bytes: &[u8],
    facts: &Facts,
    actions: &[&Action],
    stop: &dyn Fn() -> bool,
) -> Result<(Vec<u8>, &'static str), ImageError> {
    let format = facts.format;
    let mut picture = Picture::decoded(bytes)?;
    let colour = facts.image.as_ref().and_then(|image| image.colour.value());
    if colour.is_some_and(|colour| colour.ends_with("associated alpha")) {
        picture.image = divided(&picture.image);
    }
    let mut cap = None;
    let mut scaled = None;
    for action in actions {
        match action {
            Action::ScaleImage { to, most } => {
                picture.scale(*to);
                scaled = *most;
            }
            Action::FitImage { bytes } => cap = Some(*bytes),
            _ => {}
        }
    }
    if let Some(cap) = cap {
        return picture.fitted(format, cap, stop);
    }
    let made = picture.as_it_is(format)?;
    // Good quality can be too much, though what was there before was not.
    match scaled.filter(|most| made.0.len() as u64 > *most) {
        Some(most) => picture.fitted(format, most, stop),
        None => Ok(made),
    }
}

/// A decoded image, turned as it is shown.
struct Picture {
    image: DynamicImage,
    /// Colour profile. Absent: sRGB.
    profile: Option<Vec<u8>>,
}

impl Picture {
    fn decoded(bytes: &[u8]) -> Result<Self, ImageError> {
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(ImageError::undecodable)?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MEMORY);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(ImageError::undecodable)?;
        within("the bytes of the decoded picture", decoder.total_bytes(), MEMORY)?;
        // A damaged EXIF block leaves the picture as it is stored.
        let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
        let profile = decoder.icc_profile().unwrap_or_default();
        let mut image = DynamicImage::from_decoder(decoder).map_err(ImageError::undecodable)?;
        // CMYK is decoded to RGB, which its profile would spoil.
        let profile = profile.filter(|profile| profile::fits(profile, image.color().has_color()));
        image.apply_orientation(orientation);
        Ok(Self { image, profile })
    }

    fn size(&self) -> Dimensions {
        Dimensions::new(self.image.width(), self.image.height())
    }

    fn scale(&mut self, to: Dimensions) {
        // Whole multiples of a tiny picture keep its pixels as they are.
        let grows = to.width > self.image.width();
        let resampling = if grows { Resampling::Nearest } else { Resampling::Lanczos3 };
        self.image = resized(&self.image, to.width.max(1), to.height.max(1), resampling);
    }

    /// In the format that it had, without a further loss where that has none.
    fn as_it_is(&self, format: Format) -> Result<(Vec<u8>, &'static str), ImageError> {
        match format {
            Format::Jpeg => Ok((self.jpeg(HIGH)?, "jpg")),
            Format::WebP => Ok((self.lossless_webp()?, "webp")),
            _ => Ok((self.png()?, "png")),
        }
    }

    /// The least lossy way to so many bytes: lossless first, then the best quality, then smaller.
    fn fitted(
        &mut self,
        format: Format,
        cap: u64,
        stop: &dyn Fn() -> bool,
    ) -> Result<(Vec<u8>, &'static str), ImageError> {
        let fits = |bytes: &Vec<u8>| bytes.len() as u64 <= cap;
        if !matches!(format, Format::Jpeg | Format::WebP) {
            let png = self.png()?;
            if fits(&png) {
                return Ok((png, "png"));
            }
            halt(stop)?;
            if self.size().long_edge() <= LONGEST_WEBP
                && let webp = self.lossless_webp()?
                && fits(&webp)
            {
                return Ok((webp, "webp"));
            }
        }
        // JPEG has no transparency, and what had it keeps it.
        let keeps_alpha = self.image.color().has_alpha() && !self.is_opaque();
        let is_webp = keeps_alpha || format == Format::WebP;
        if is_webp && self.size().long_edge() > LONGEST_WEBP {
            self.shrink(u64::from(LONGEST_WEBP), u64::from(self.size().long_edge()));
        }
        loop {
            if let Some(bytes) = self.best(is_webp, cap, stop)? {
                return Ok((bytes, if is_webp { "webp" } else { "jpg" }));
            }
            if self.size().short_edge() < SMALLEST {
                return Err(ImageError::DoesNotFit(cap));
            }
            self.shrink(4, 5);
        }
    }

    /// The best quality that fits, by bisection. `None`: not even the least does.
    fn best(&self, is_webp: bool, cap: u64, stop: &dyn Fn() -> bool) -> Result<Option<Vec<u8>>, ImageError> {
        let encode = |quality| if is_webp { self.lossy_webp(quality) } else { self.jpeg(quality) };
        let (mut low, mut high) = (LEAST, BEST);
        let mut best = None;
        while low <= high {
            halt(stop)?;
            let middle = low.midpoint(high);
            let bytes = encode(middle)?;
            if bytes.len() as u64 <= cap {
                best = Some(bytes);
                low = middle + 1;
            } else {
                high = middle - 1;
            }
        }
        Ok(best)
    }

    fn shrink(&mut self, numerator: u64, denominator: u64) {
        let edge = |edge: u32| u32::try_from(u64::from(edge) * numerator / denominator.max(1)).unwrap_or(edge);
        let size = self.size();
        self.scale(Dimensions::new(edge(size.width), edge(size.height)));
    }

    fn is_opaque(&self) -> bool {
        self.image.to_rgba8().pixels().all(|pixel| pixel.0[3] == u8::MAX)
    }

    fn jpeg(&self, quality: u8) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::new();
        let mut encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
        if let Some(profile) = &self.profile {
            // A profile that does not fit the format is left out.
            let _ = encoder.set_icc_profile(profile.clone());
        }
        let plain = if self.image.color().has_color() {
            DynamicImage::ImageRgb8(self.image.to_rgb8())
        } else {
            DynamicImage::ImageLuma8(self.image.to_luma8())
        };
        plain.write_with_encoder(encoder).map_err(ImageError::unencodable)?;
        Ok(bytes)
    }

    fn png(&self) -> Result<Vec<u8>, ImageError> {
        let mut bytes = Vec::new();
        let mut encoder = PngEncoder::new_with_quality(&mut bytes, CompressionType::Best, FilterType::Adaptive);
        if let Some(profile) = &self.profile {
            let _ = encoder.set_icc_profile(profile.clone());
        }
        let plain = match &self.image {
            // The format has 16 bits a sample at most, and whole numbers.
            DynamicImage::ImageRgb32F(_) => DynamicImage::ImageRgb16(self.image.to_rgb16()),
            DynamicImage::ImageRgba32F(_) => DynamicImage::ImageRgba16(self.image.to_rgba16()),
            image => image.clone(),
        };
        plain.write_with_encoder(encoder).map_err(ImageError::unencodable)?;
        Ok(bytes)
    }

    fn lossless_webp(&self) -> Result<Vec<u8>, ImageError> {
        // Of a lossless picture, how hard the encoder tries.
        self.webp(true, EFFORT)
    }

    /// A WebP with the profile of the picture.
    fn with_profile(&self, file: Vec<u8>) -> Result<Vec<u8>, ImageError> {
        // What is grey here is three equal colours there.
        let Some(icc) = self.profile.as_deref().filter(|icc| profile::fits(icc, true)) else { return Ok(file) };
        let size = self.size();
        profile::in_webp(&file, icc, size.width, size.height)
            .ok_or_else(|| ImageError::Unencodable("the colour profile does not fit a WebP".to_owned()))
    }

    fn lossy_webp(&self, quality: u8) -> Result<Vec<u8>, ImageError> {
        self.webp(false, quality)
    }

    /// A WebP by libwebp. The format has 8 bits a sample.
    fn webp(&self, is_lossless: bool, quality: u8) -> Result<Vec<u8>, ImageError> {
        let size = self.size();
        let image = self.image.to_rgba8();
        let encoder = webp::Encoder::new(&image, webp::PixelLayout::Rgba, size.width, size.height);
        let mut config = webp::WebPConfig::new().map_err(|()| ImageError::Unencodable("no WebP encoder".to_owned()))?;
        config.lossless = i32::from(is_lossless);
        // The colours of what is fully transparent are seen by nobody, and cost as much as the others.
        config.exact = 0;
        config.quality = f32::from(quality);
        let encoded = encoder.encode_advanced(&config);
        let bytes = encoded.map_err(|error| ImageError::Unencodable(format!("{error:?}")))?;
        self.with_profile(bytes.to_vec())
    }
}

fn halt(stop: &dyn Fn() -> bool) -> Result<(), ImageError> {
    if stop() { Err(ImageError::Stopped) } else { Ok(()) }
}

/// Quality of what is only scaled.
const HIGH: u8 = 92;
/// Qualities that are tried: below, a smaller picture looks better than a coarser one.
const LEAST: u8 = 50;
/// How hard the encoder of lossless WebP tries, from 0 to 100.
const EFFORT: u8 = 75;
const BEST: u8 = 95;
/// Pixels of the shorter edge below which nothing is made.
const SMALLEST: u32 = 64;
/// The longest edge of a WebP.
const LONGEST_WEBP: u32 = 16_383;
