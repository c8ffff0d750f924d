//! Where the system keeps what belongs to a user: the program's own folder in each of those places.
//!
//! Linux and other Unix systems: XDG Base Directory Specification 0.8, under which a relative path in a variable is to be ignored.
//! macOS: the folders of `~/Library`. Windows: `APPDATA`, and `LOCALAPPDATA` for what stays on the machine. Absent: the
//! environment names no such place.

#![allow(clippy::disallowed_methods, reason = "the places are told by the environment; the core asks for none")]

use std::env;
use std::path::PathBuf;

/// What may be forgotten: results that can be had again.
pub fn cache() -> Option<PathBuf> {
    own("LOCALAPPDATA", "Library/Caches", "XDG_CACHE_HOME", ".cache")
}

/// What the user has written.
pub fn config() -> Option<PathBuf> {
    own("APPDATA", APPLICATION_SUPPORT, "XDG_CONFIG_HOME", ".config")
}

/// What the program must remember from one run to the next.
pub fn state() -> Option<PathBuf> {
    own("LOCALAPPDATA", APPLICATION_SUPPORT, "XDG_STATE_HOME", ".local/state")
}

fn own(windows: &str, macos: &str, xdg: &str, below_home: &str) -> Option<PathBuf> {
    let folder = |name: &str| env::var_os(name).map(PathBuf::from).filter(|folder| folder.is_absolute());
    let place = if cfg!(windows) {
        folder(windows)
    } else if cfg!(target_os = "macos") {
        folder("HOME").map(|home| home.join(macos))
    } else {
        folder(xdg).or_else(|| folder("HOME").map(|home| home.join(below_home)))
    };
    place.map(|place| place.join(env!("CARGO_PKG_NAME")))
}

const APPLICATION_SUPPORT: &str = "Library/Application Support";
