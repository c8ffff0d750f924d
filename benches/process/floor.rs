//! The floor: a bare program that opens the file that it is given and reads it whole.

use std::io::Read;

fn main() {
    let path = std::env::args_os().nth(1).expect("a path");
    let mut bytes = Vec::new();
    std::fs::File::open(path).and_then(|mut file| file.read_to_end(&mut bytes)).expect("readable");
    println!("{}", bytes.len());
}
