//! A comparison as one HTML file that asks no network for anything and runs no script.

use std::fmt::Write as _;
use std::io::{self, Write};

use super::plot::plot;
use super::{CompareReport, ComparedFile};
use crate::finding::{Severity, Verdict};
use crate::report::entry::{exact, place};
use crate::report::style::visible;
use crate::transcode::compare::{Compared, RowVerdict, Side};

/// Writes a comparison as one HTML file.
pub fn write_html(output: &mut dyn Write, report: &CompareReport) -> io::Result<()> {
    let verdict = report.comparison.verdict;
    let title = match verdict {
        Verdict::Pass => "The result is still the same",
        Verdict::Fail => "The result is not the same",
        Verdict::Undecided => "Not all of it could be compared",
    };
    write!(
        output,
        "{HEAD}<style>\n{STYLE}</style>\n</head>\n<body>\n<header>\n<p class=\"verdict {0}\">{0}</p>\n<h1>{title}</h1>\n",
        verdict.as_str()
    )?;
    writeln!(
        output,
        "<p class=\"muted\">media-preflight {}, rule pack {}</p>\n</header>\n<main>",
        text(&report.program_version),
        text(&report.pack)
    )?;
    writeln!(output, "<dl class=\"files\">{}{}</dl>", file("source", &report.source), file("result", &report.result))?;
    if let Some(quality) = &report.quality {
        writeln!(
            output,
            "<section aria-labelledby=\"quality\">\n<h2 id=\"quality\">Quality, second by second</h2>\n\
             <p class=\"muted\">{} frames at {} frames/s, the result scaled to {}. The dashed lines are the least second that is \
             good, and the one below which it is another picture: experience, not documented.</p>",
            quality.frames,
            quality.frame_rate.decimal(3),
            quality.size
        )?;
        for metric in &quality.metrics {
            writeln!(output, "{}", plot(metric))?;
        }
        writeln!(output, "</section>")?;
    }
    table(output, report)?;
    writeln!(output, "</main>\n</body>\n</html>")
}

fn table(output: &mut dyn Write, report: &CompareReport) -> io::Result<()> {
    writeln!(
        output,
        "<section aria-labelledby=\"rows\">\n<h2 id=\"rows\">Row by row</h2>\n<div class=\"scroll\"><table>\n<colgroup><col class=\"verdicts\"><col class=\"rows\"><col class=\"what\">\
         <col class=\"expected\"><col><col></colgroup>\n<thead><tr><th scope=\"col\">verdict</th>\
         <th scope=\"col\">row</th><th scope=\"col\">what</th><th scope=\"col\">expected</th><th scope=\"col\">source</th>\
         <th scope=\"col\">result</th></tr></thead>\n<tbody>"
    )?;
    let applies = |row: &&Compared| row.verdict != RowVerdict::NotApplicable;
    // What asks for attention comes first; among equals the order of the list stays.
    let mut rows: Vec<&Compared> = report.comparison.rows.iter().filter(applies).collect();
    rows.sort_by_key(|row| rank(row));
    for row in rows {
        let expected = row.expected.as_ref().map(|value| text(&exact(value))).unwrap_or_default();
        let mut what = text(&row.message);
        if !row.remedy.is_empty() {
            let _ = write!(what, "<p class=\"fix\">{}</p>", text(&row.remedy));
        }
        writeln!(
            output,
            "<tr class=\"{0}\"><td><span class=\"verdict {0}\">{0}</span></td><th scope=\"row\"><code>{1}</code></th><td>{what}</td><td>{expected}</td>\
             <td>{2}</td><td>{3}</td></tr>",
            word(row),
            text(&row.row),
            side(&row.source),
            side(&row.result)
        )?;
    }
    let left_out: Vec<&str> = report
        .comparison
        .rows
        .iter()
        .filter(|row| row.verdict == RowVerdict::NotApplicable)
        .map(|row| row.row.as_ref())
        .collect();
    writeln!(output, "</tbody>\n</table></div>")?;
    if !left_out.is_empty() {
        writeln!(output, "<p class=\"muted\">Nothing to compare: {}.</p>", text(&left_out.join(", ")))?;
    }
    writeln!(output, "</section>")
}

const fn rank(row: &Compared) -> u8 {
    match (row.verdict, row.severity) {
        (RowVerdict::Fail, Severity::Error) => 0,
        (RowVerdict::Undecided, Severity::Error) => 1,
        (RowVerdict::Fail, Severity::Warning) => 2,
        (RowVerdict::Undecided, Severity::Warning) => 3,
        _ => 4,
    }
}

const fn word(row: &Compared) -> &'static str {
    match (row.verdict, row.severity) {
        (RowVerdict::Fail, Severity::Error) => "error",
        (RowVerdict::Fail, Severity::Warning) => "warning",
        (verdict, _) => verdict.as_str(),
    }
}

fn file(label: &str, file: &ComparedFile) -> String {
    format!(
        "<div><dt>{label}</dt><dd><b>{}</b><br><span class=\"muted\">{}</span></dd></div>",
        text(&file.path),
        text(&file.description)
    )
}

fn side(side: &Side) -> String {
    let value = side.value.as_ref().map(|value| text(&exact(value))).unwrap_or_default();
    match &side.at {
        Some(at) => format!("{value}<br><span class=\"muted place\">{}</span>", text(&place(at))),
        None => value,
    }
}

/// Text in which HTML sees nothing but text.
pub(super) fn text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + text.len() / 8);
    for character in visible(text).chars() {
        match character {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            other => safe.push(other),
        }
    }
    safe
}

const HEAD: &str = "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
    <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light dark\">\n\
    <title>Media preflight comparison</title>\n<link rel=\"icon\" href=\"data:,\">\n";
const STYLE: &str = include_str!("compare.css");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_a_file_becomes_markup() {
        assert_eq!(text("<b a=\"'x'\">&\u{1b}"), "&lt;b a=&quot;&#39;x&#39;&quot;&gt;&amp;\\u{1b}");
    }
}
