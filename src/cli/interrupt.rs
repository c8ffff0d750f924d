//! What signals do: the first one asks for an end, the second one ends the program at once.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

use super::failure::Failure;

/// The exit status of a run that was interrupted.
pub(crate) const INTERRUPTED: u8 = 130;

/// A flag that the first interrupt (Ctrl-C) raises; the second one ends the program at once.
pub(crate) fn stop_on_interrupt() -> Result<Arc<AtomicBool>, Failure> {
    stop_on(&[SIGINT])
}

/// The same for a request to end (SIGTERM) as well: what runs a child must not leave it behind.
pub(crate) fn stop_on_interrupt_or_end() -> Result<Arc<AtomicBool>, Failure> {
    stop_on(&[SIGINT, SIGTERM])
}

fn stop_on(signals: &[i32]) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    for &signal in signals {
        // In this order: the first signal finds the flag down, and the second one finds it up.
        flag::register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(&stop)).map_err(Failure::Signals)?;
        flag::register(signal, Arc::clone(&stop)).map_err(Failure::Signals)?;
    }
    Ok(stop)
}
