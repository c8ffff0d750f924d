//! Any text as a rule pack is taken or refused with a place, never a panic.

#![no_main]

use libfuzzer_sys::fuzz_target;
use media_preflight::Profile;

fuzz_target!(|text: &str| {
    if let Err(error) = Profile::parse(text, "pack.toml", &|name| Err(format!("no pack {name}"))) {
        assert!(error.line >= 1 && error.column >= 1);
        assert!(!error.message.is_empty());
    }
});
