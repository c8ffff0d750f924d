//! The `preflight` command.

mod cli;

use std::process::ExitCode;

fn main() -> ExitCode {
    match cli::run(std::env::args_os()) {
        Ok(code) => code,
        // Whoever reads the answer has gone away, as `head` does: no reason for a message. The status is the one that
        // a program has which the system ends for it.
        Err(failure) if failure.is_broken_pipe() => ExitCode::from(128 + 13),
        Err(failure) => {
            cli::complain(&failure);
            failure.exit_code()
        }
    }
}
