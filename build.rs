//! Reads the rule packs of profiles/ when the program is built and writes them as constants, so that no start of the
//! program reads TOML. `src/profile/tree.rs` gives the functions that the constants are made of.
//!
//! Links the program for Linux to a fixed address, since most of its time from start to exit on a small file was the
//! dynamic loader's, which put an address into 17,000 places of it. `PREFLIGHT_PIE=1` at build time leaves the choice
//! to the compiler, which makes programs position-independent.

#![allow(clippy::disallowed_methods, reason = "a build script reads files; the core does not")]

use std::fmt::Write as _;
use std::path::Path;
use std::{env, fs};

use toml::de::{DeTable, DeValue};

fn main() {
    link_to_a_fixed_address();
    write_packs();
}

fn link_to_a_fixed_address() {
    println!("cargo::rerun-if-env-changed=PREFLIGHT_PIE");
    let is_set = |name: &str, value: &str| env::var(name).is_ok_and(|set| set.split(',').any(|item| item == value));
    let is_dynamic = is_set("CARGO_CFG_TARGET_ENV", "gnu") && !is_set("CARGO_CFG_TARGET_FEATURE", "crt-static");
    if is_set("CARGO_CFG_TARGET_OS", "linux") && is_dynamic && !is_set("PREFLIGHT_PIE", "1") {
        println!("cargo::rustc-link-arg-bins=-no-pie");
    }
}

fn write_packs() {
    println!("cargo::rerun-if-changed=profiles");
    let root = env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets CARGO_MANIFEST_DIR");
    let folder = Path::new(&root).join("profiles");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("profiles/ can be listed")
        .filter_map(|entry| entry.expect("profiles/ can be listed").file_name().into_string().ok())
        .filter_map(|name| name.strip_suffix(".toml").map(str::to_owned))
        .collect();
    names.sort();
    let mut packs = Packs::default();
    let mut list = String::new();
    for name in &names {
        let text = fs::read_to_string(folder.join(format!("{name}.toml"))).expect("a pack can be read");
        let root = DeTable::parse(&text).unwrap_or_else(|error| panic!("profiles/{name}.toml: {error}"));
        let table = packs.table(root.get_ref());
        writeln!(list, "    ({name:?}, &{table}),").expect("a string takes all");
    }
    let code = format!(
        "{}/// Every built-in pack by its name.\npub(in crate::profile) static PACKS: &[(&str, &Table<'static>)] = &[\n{list}];\n",
        packs.code
    );
    let out = env::var_os("OUT_DIR").expect("cargo sets OUT_DIR");
    fs::write(Path::new(&out).join("packs.rs"), code).expect("OUT_DIR can be written");
}

/// The constants written so far: one for each table and array, the inner ones first.
#[derive(Default)]
struct Packs {
    code: String,
    count: usize,
}

impl Packs {
    /// Writes a table; returns the name of its constant.
    fn table(&mut self, table: &DeTable<'_>) -> String {
        let entries: Vec<String> = table
            .iter()
            .map(|(key, value)| format!("(key({:?}), {})", key.get_ref(), self.value(value.get_ref())))
            .collect();
        self.constant("(Spanned<Cow<'static, str>>, Spanned<Value<'static>>)", &entries)
    }

    /// The expression of a value.
    fn value(&mut self, value: &DeValue<'_>) -> String {
        match value {
            DeValue::String(text) => format!("text({text:?})"),
            DeValue::Integer(number) => {
                let number = u64::from_str_radix(number.as_str(), number.radix());
                format!("whole({})", number.expect("a pack's numbers are not negative"))
            }
            DeValue::Float(number) => format!("decimal({:?})", number.as_str()),
            DeValue::Datetime(when) => format!("date({:?})", when.to_string()),
            DeValue::Boolean(truth) => format!("truth({truth})"),
            DeValue::Array(items) => {
                let items: Vec<String> = items.iter().map(|item| self.value(item.get_ref())).collect();
                format!("array(&{})", self.constant("Spanned<Value<'static>>", &items))
            }
            DeValue::Table(table) => format!("table(&{})", self.table(table)),
        }
    }

    fn constant(&mut self, kind: &str, items: &[String]) -> String {
        let name = format!("NODE_{}", self.count);
        self.count += 1;
        writeln!(self.code, "static {name}: [{kind}; {}] = [\n    {}\n];", items.len(), items.join(",\n    "))
            .expect("a string takes all");
        name
    }
}
