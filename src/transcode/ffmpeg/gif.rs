//! The commands that make a film of an animated GIF.

use super::{Command, Line, Pass, START};
use crate::transcode::plan::{GifFilm, RateControl};
use crate::units::{Dimensions, Ratio};

/// The runs that make the film of a GIF with that canvas: two where an average bit rate decides.
pub(super) fn commands(film: &GifFilm, canvas: Option<Dimensions>) -> Vec<Command> {
    match film.rate {
        RateControl::Quality { .. } => vec![command(film, canvas, Pass::Only)],
        RateControl::Size { .. } => vec![command(film, canvas, Pass::First), command(film, canvas, Pass::Second)],
    }
}

fn command(film: &GifFilm, canvas: Option<Dimensions>, pass: Pass) -> Command {
    let mut line = Line::default();
    line.words(START);
    // Left to itself, ffmpeg takes a name with % or * for a series of files.
    line.words(["-f", "gif"]);
    line.input();
    line.words(["-map", "0:v:0"]);
    line.pair("-vf", filters(film, canvas));
    // Every picture at its time, on the clock of GIF.
    line.words(["-fps_mode", "passthrough", "-enc_time_base", "1/100", "-video_track_timescale", "100"]);
    line.words(["-c:v", "libx264", "-profile:v", "high"]);
    line.rate(film.rate);
    line.number(pass);
    line.pair("-g", film.gop.to_string());
    line.words(["-bf", "0", "-flags", "+cgop", "-x264-params", "open-gop=0"]);
    line.words(["-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv"]);
    if pass == Pass::First {
        line.words(["-an", "-f", "null", "-"]);
        return line.end();
    }
    // Without B pictures the last one written is the last one shown, and of the durations only that one's counts.
    line.pair("-bsf:v", format!("setts=duration={}", hundredths(film.last.seconds())));
    line.words(["-movflags", "+faststart"]);
    line.output()
}

/// Repeated where it is too short, in square pixels and the colours of video, with even edges. What is transparent comes from ffmpeg
/// as white. Chroma is halved last: scaled at once, RGB of an odd width gets false colours at its right edge (ffmpeg 5.1), and borders
/// could not begin at any pixel.
fn filters(film: &GifFilm, canvas: Option<Dimensions>) -> String {
    let mut chain = Vec::new();
    if film.plays > 1 {
        chain.push(format!("loop=loop={}:size={}", film.plays - 1, film.frames));
    }
    let picture = film.picture;
    let flags = match canvas {
        Some(canvas) if canvas == picture => "",
        Some(canvas) if canvas.width < picture.width => "neighbor+",
        _ => "lanczos+",
    };
    chain.push(format!(
        "scale={}:{}:flags={flags}accurate_rnd+full_chroma_int:out_color_matrix=bt709:out_range=tv,setsar=1,format=yuv444p",
        picture.width, picture.height
    ));
    let (right, bottom) =
        (film.whole.width.saturating_sub(picture.width), film.whole.height.saturating_sub(picture.height));
    let whole = format!("pad={}:{}", film.whole.width, film.whole.height);
    if film.is_bordered() {
        chain.push(format!("{whole}:-1:-1"));
    } else if film.is_evened() {
        chain.push(format!("{whole}:0:0,fillborders=right={right}:bottom={bottom}:mode=smear"));
    }
    chain.push("format=yuv420p".to_owned());
    chain.join(",")
}

fn hundredths(time: Ratio) -> u64 {
    time.times(Ratio::whole(100)).map_or(0, |ticks| ticks.numerator() / ticks.denominator())
}
