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

/// The same for a request to end (SIGTERM) and for a terminal that is closed (SIGHUP) as well: what runs a child must not leave it
/// behind, and what was found in a long run must not be lost.
pub(crate) fn stop_on_interrupt_or_end() -> Result<Arc<AtomicBool>, Failure> {
    let stop = stop_on(&[SIGINT, SIGTERM])?;
    // Elsewhere nothing tells whether the program is to live longer than its terminal.
    #[cfg(target_os = "linux")]
    if !is_hangup_ignored() {
        raise_at(signal_hook::consts::SIGHUP, &stop)?;
    }
    Ok(stop)
}

/// Whether the program is to live longer than its terminal, as under nohup. Where it cannot be known it is taken for that.
#[cfg(target_os = "linux")]
fn is_hangup_ignored() -> bool {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    // Signal n is the bit n - 1.
    ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).is_none_or(|mask| mask & 1 != 0)
}

fn stop_on(signals: &[i32]) -> Result<Arc<AtomicBool>, Failure> {
    let stop = Arc::new(AtomicBool::new(false));
    signals.iter().try_for_each(|&signal| raise_at(signal, &stop))?;
    Ok(stop)
}

fn raise_at(signal: i32, stop: &Arc<AtomicBool>) -> Result<(), Failure> {
    // In this order: the first signal finds the flag down, and the second one finds it up.
    flag::register_conditional_shutdown(signal, INTERRUPTED.into(), Arc::clone(stop)).map_err(Failure::Signals)?;
    flag::register(signal, Arc::clone(stop)).map_err(Failure::Signals)?;
    Ok(())
}
