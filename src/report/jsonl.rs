//! JSON Lines: one line a file, and a last line that holds the rest.

use std::io::{self, Write};

use serde::Serialize;

use crate::finding::{SCHEMA_VERSION, Summary};

use super::run::{FileEntry, JsonEntries, Needs, PostReport, Reporter, Run};

/// Writes a run as JSON Lines.
///
/// Each line but the last is one entry of the `files` of [`super::RunReport`]; the last is that object without
/// `files`. A report that was cut short has no line with `summary`.
#[derive(Debug)]
pub struct JsonLines<W> {
    output: W,
    run: Run,
    post: Option<PostReport>,
}

impl<W: Write> JsonLines<W> {
    /// A reporter that writes to `output`, which should be buffered.
    pub const fn new(output: W) -> Self {
        Self { output, run: Run { program_version: String::new(), pack: String::new(), mend: Vec::new() }, post: None }
    }

    fn line(&mut self, value: &impl Serialize) -> io::Result<()> {
        serde_json::to_writer(&mut self.output, value)?;
        self.output.write_all(b"\n")
    }
}

impl<W: Write> Reporter for JsonLines<W> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        self.run.clone_from(run);
        Ok(())
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        self.line(entry)
    }

    fn json(&mut self, entries: &JsonEntries) -> io::Result<()> {
        self.output.write_all(entries.lines())
    }

    fn needs(&self) -> Needs {
        Needs::Json
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        self.post = Some(post.clone());
        Ok(())
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        let run = std::mem::replace(
            &mut self.run,
            Run { program_version: String::new(), pack: String::new(), mend: Vec::new() },
        );
        let post = self.post.take();
        self.line(&LastLine {
            schema_version: SCHEMA_VERSION,
            program_version: &run.program_version,
            pack: &run.pack,
            post: post.as_ref(),
            summary,
        })?;
        self.output.flush()
    }
}

/// The report without its files.
#[derive(Serialize)]
struct LastLine<'a> {
    schema_version: u32,
    program_version: &'a str,
    pack: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    post: Option<&'a PostReport>,
    summary: &'a Summary,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::RunReport;
    use crate::report::testing;

    #[test]
    fn the_lines_make_up_the_whole_report() {
        for post in [None, Some(testing::post())] {
            let whole = RunReport::new(testing::run(), testing::entries(), post);
            let text = testing::written(&whole, |output| Box::new(JsonLines::new(output)));
            let mut lines: Vec<serde_json::Value> =
                text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
            let mut last = lines.pop().unwrap();
            last["files"] = lines.into();
            assert_eq!(last, serde_json::to_value(&whole).unwrap());
            assert!(text.ends_with("}\n"), "{text}");
        }
    }
}
