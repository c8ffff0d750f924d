//! What is generated from the definitions: completions, manual pages, the JSON schema.

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::ExitCode;

use clap::{Command, CommandFactory};
use clap_mangen::Man;
use media_preflight::report::RunReport;
use media_preflight::report::compare::CompareReport;

use super::args::{Cli, CompletionsArgs, ManArgs, SchemaArgs, SchemaOf};
use super::failure::Failure;
use super::plan;
use super::terminal::Terminal;

/// Writes the completions for a shell.
pub(crate) fn completions(args: &CompletionsArgs) -> Result<ExitCode, Failure> {
    // The generator panics where its output cannot be written, so it writes to memory.
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "preflight", &mut script);
    write(&script)
}

/// Writes the manual page of the command, or all pages to a folder.
pub(crate) fn man(args: &ManArgs) -> Result<ExitCode, Failure> {
    let mut command = Cli::command().disable_help_subcommand(true);
    command.build();
    if let Some(folder) = &args.out {
        let failed = |cause| Failure::Write { path: folder.clone(), cause };
        fs::create_dir_all(folder).map_err(failed)?;
        pages(&command, folder)?;
        return Ok(ExitCode::SUCCESS);
    }
    let mut page = Vec::new();
    Man::new(command).render(&mut page).map_err(Failure::Output)?;
    write(&page)
}

/// Writes the JSON schema of a run's report, of a comparison or of plans.
pub(crate) fn schema(args: &SchemaArgs) -> Result<ExitCode, Failure> {
    let schema = match args.of {
        SchemaOf::Report => schemars::schema_for!(RunReport),
        SchemaOf::Compare => schemars::schema_for!(CompareReport),
        SchemaOf::Plan => schemars::schema_for!(plan::PlanReport<'static>),
    };
    let mut text = serde_json::to_vec_pretty(&schema).map_err(|error| Failure::Output(io::Error::from(error)))?;
    text.push(b'\n');
    write(&text)
}

/// One page for a command, and those of its subcommands.
fn pages(command: &Command, folder: &Path) -> Result<(), Failure> {
    let man = Man::new(command.clone());
    let path = folder.join(man.get_filename());
    let written = File::create(&path).and_then(|file| {
        let mut page = BufWriter::new(file);
        man.render(&mut page)?;
        page.flush()
    });
    written.map_err(|cause| Failure::Write { path, cause })?;
    command.get_subcommands().filter(|command| !command.is_hide_set()).try_for_each(|command| pages(command, folder))
}

fn write(text: &[u8]) -> Result<ExitCode, Failure> {
    let mut output = Terminal::output();
    output.write_all(text).and_then(|()| output.flush()).map_err(Failure::Output)?;
    Ok(ExitCode::SUCCESS)
}
