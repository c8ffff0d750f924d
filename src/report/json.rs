//! The machine-readable report: one JSON object, written file by file.

use std::io::{self, Write};

use crate::finding::{SCHEMA_VERSION, Summary};

use super::run::{FileEntry, JsonEntries, Needs, PostReport, Reporter, Run};

/// Writes a run as one JSON object, that of [`super::RunReport`]; each file is one line of it.
#[derive(Debug)]
pub struct Json<W> {
    output: W,
    first: bool,
    in_files: bool,
}

impl<W: Write> Json<W> {
    /// A reporter that writes to `output`, which should be buffered.
    pub const fn new(output: W) -> Self {
        Self { output, first: true, in_files: true }
    }

    /// Parts an entry from the one before.
    fn part(&mut self) -> io::Result<()> {
        self.output.write_all(if self.first { b"\n" } else { b",\n" })?;
        self.first = false;
        Ok(())
    }

    fn close_files(&mut self) -> io::Result<()> {
        if self.in_files {
            self.in_files = false;
            self.output.write_all(b"\n]")?;
        }
        Ok(())
    }
}

impl<W: Write> Reporter for Json<W> {
    fn begin(&mut self, run: &Run) -> io::Result<()> {
        write!(self.output, "{{\"schema_version\":{SCHEMA_VERSION},\"program_version\":")?;
        serde_json::to_writer(&mut self.output, &run.program_version)?;
        self.output.write_all(b",\"pack\":")?;
        serde_json::to_writer(&mut self.output, &run.pack)?;
        self.output.write_all(b",\"files\":[")
    }

    fn file(&mut self, entry: &FileEntry) -> io::Result<()> {
        self.part()?;
        Ok(serde_json::to_writer(&mut self.output, entry)?)
    }

    fn json(&mut self, entries: &JsonEntries) -> io::Result<()> {
        for entry in entries.iter() {
            self.part()?;
            self.output.write_all(entry)?;
        }
        Ok(())
    }

    fn needs(&self) -> Needs {
        Needs::Json
    }

    fn post(&mut self, post: &PostReport) -> io::Result<()> {
        self.close_files()?;
        self.output.write_all(b",\"post\":")?;
        Ok(serde_json::to_writer(&mut self.output, post)?)
    }

    fn end(&mut self, summary: &Summary) -> io::Result<()> {
        self.close_files()?;
        self.output.write_all(b",\"summary\":")?;
        serde_json::to_writer(&mut self.output, summary)?;
        self.output.write_all(b"}\n")?;
        self.output.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{RunReport, Unreadable};

    fn run() -> Run {
        Run { program_version: "0.1.0".to_owned(), pack: "twitter".to_owned(), mend: Vec::new() }
    }

    fn write(files: Vec<FileEntry>, post: Option<PostReport>) -> (RunReport, Vec<u8>) {
        let report = RunReport::new(run(), files, post);
        let mut output = Vec::new();
        let mut json = Json::new(&mut output);
        json.begin(&run()).unwrap();
        report.files.iter().for_each(|entry| json.file(entry).unwrap());
        if let Some(post) = &report.post {
            json.post(post).unwrap();
        }
        json.end(&report.summary).unwrap();
        (report, output)
    }

    #[test]
    fn what_is_written_in_pieces_is_the_whole_report() {
        let unreadable = |path: &str| {
            FileEntry::Unreadable(Unreadable { path: path.to_owned(), error: "No such \"file\"".to_owned() })
        };
        for files in [vec![], vec![unreadable("a")], vec![unreadable("a"), unreadable("b\u{1b}\\")]] {
            for post in [None, Some(PostReport::default())] {
                let (report, output) = write(files.clone(), post);
                assert_eq!(serde_json::from_slice::<RunReport>(&output).unwrap(), report);
                assert_eq!(output.last(), Some(&b'\n'));
            }
        }
    }
}
