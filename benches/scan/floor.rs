//! The floor of a scan, and the library that it is measured on.
//!
//!     floor library DIR COUNT SAMPLE...   makes COUNT files, copies of the samples that each differ a little
//!     floor stat DIR                      walks and stats each file
//!     floor read DIR THREADS              walks, and on THREADS threads opens, stats and reads 4 KiB of each file
//!
//! Only the standard library: `rustc -O floor.rs`.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::mpsc::{Receiver, sync_channel};
use std::thread;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["library", folder, count, samples @ ..] => library(Path::new(folder), count.parse().unwrap(), samples),
        ["stat", folder] => stat(Path::new(folder)),
        ["read", folder, threads] => read(Path::new(folder), threads.parse().unwrap()),
        _ => panic!("see the head of floor.rs"),
    }
}

/// Folders of at most 1,000 files, in folders of at most 100.
fn library(root: &Path, count: usize, samples: &[&str]) {
    let samples: Vec<(String, Vec<u8>)> = samples
        .iter()
        .map(|path| (Path::new(path).extension().unwrap().to_str().unwrap().to_owned(), fs::read(path).unwrap()))
        .collect();
    for number in 0..count {
        let (extension, bytes) = &samples[number % samples.len()];
        let folder = root.join(format!("{:02}/{:03}", number / 100_000, number / 1_000 % 100));
        if number % 1_000 == 0 {
            fs::create_dir_all(&folder).unwrap();
        }
        let mut file = File::create(folder.join(format!("{number:07}.{extension}"))).unwrap();
        file.write_all(bytes).unwrap();
        // Behind the end of the media, where readers take it for what it is: nothing. In MP4 a box of free space.
        file.write_all(&[&[0, 0, 0, 16][..], b"free", &(number as u64).to_be_bytes()].concat()).unwrap();
    }
}

fn stat(root: &Path) {
    let mut bytes = 0;
    let mut files = 0_u64;
    walk(root, &mut |path| {
        bytes += fs::symlink_metadata(path).unwrap().len();
        files += 1;
    });
    println!("{files} files, {bytes} bytes");
}

fn read(root: &Path, threads: usize) {
    let (sender, receiver) = sync_channel::<Vec<PathBuf>>(1_024);
    let receiver = Mutex::new(receiver);
    let bytes: u64 = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(|| read_all(&receiver))).collect();
        let mut batch = Vec::new();
        walk(root, &mut |path| {
            batch.push(path.to_owned());
            if batch.len() == 16 {
                sender.send(std::mem::take(&mut batch)).unwrap();
            }
        });
        sender.send(batch).unwrap();
        drop(sender);
        workers.into_iter().map(|worker| worker.join().unwrap()).sum()
    });
    println!("{bytes} bytes");
}

fn read_all(batches: &Mutex<Receiver<Vec<PathBuf>>>) -> u64 {
    let mut buffer = [0; 4096];
    let mut bytes = 0;
    loop {
        let batch = batches.lock().unwrap().recv();
        let Ok(batch) = batch else { return bytes };
        for path in batch {
            let mut file = File::open(path).unwrap();
            bytes += file.metadata().unwrap().len();
            let _ = file.read(&mut buffer).unwrap();
        }
    }
}

fn walk(folder: &Path, visit: &mut dyn FnMut(&Path)) {
    let mut entries: Vec<_> = fs::read_dir(folder).unwrap().map(Result::unwrap).collect();
    entries.sort_unstable_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = entry.path();
        if entry.file_type().unwrap().is_dir() { walk(&path, visit) } else { visit(&path) }
    }
}
