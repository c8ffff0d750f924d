//! Stands between client and server, counts bytes, and breaks connections where it is told to.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;

/// Stands between client and server.
pub(crate) struct Proxy {
    /// Where the client finds it.
    pub(crate) address: String,
    shared: Arc<Shared>,
}

struct Shared {
    /// The server; empty while there is none.
    upstream: Mutex<String>,
    /// Bytes that went to the server.
    sent: AtomicU64,
    /// Bytes that came back.
    answered: AtomicU64,
    traps: Mutex<Vec<Trap>>,
}

/// What happens once so many bytes have passed.
struct Trap {
    direction: Direction,
    at: u64,
    spring: Spring,
}

/// Which way bytes go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    /// To the server.
    There,
    /// To the client.
    Back,
}

enum Spring {
    /// The connection is cut there.
    Cut,
    /// Nothing more passes until the test has done what it wants to.
    Hold(Sender<Sender<()>>),
}

/// A place at which everything stands still.
pub(crate) struct Held(Receiver<Sender<()>>);

impl Proxy {
    /// Starts to stand in front of a server.
    pub(crate) fn start(upstream: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let shared = Arc::new(Shared {
            upstream: Mutex::new(upstream.to_owned()),
            sent: AtomicU64::new(0),
            answered: AtomicU64::new(0),
            traps: Mutex::default(),
        });
        let of_thread = Arc::clone(&shared);
        thread::spawn(move || {
            for client in listener.incoming().map_while(Result::ok) {
                connect(client, &of_thread);
            }
        });
        Self { address, shared }
    }

    /// Stands in front of another server from now on.
    pub(crate) fn turn_to(&self, upstream: &str) {
        upstream.clone_into(&mut self.shared.upstream.lock().unwrap());
    }

    /// Bytes that went to the server.
    pub(crate) fn sent(&self) -> u64 {
        self.shared.sent.load(Ordering::SeqCst)
    }

    /// Cuts the connection over which the byte of this number goes, counted from now on.
    pub(crate) fn cut(&self, direction: Direction, after: u64) {
        self.set(direction, after, Spring::Cut);
    }

    /// Holds everything in front of the byte of this number, counted from now on.
    pub(crate) fn hold(&self, direction: Direction, after: u64) -> Held {
        let (sender, receiver) = channel();
        self.set(direction, after, Spring::Hold(sender));
        Held(receiver)
    }

    /// Forgets what was set and has not happened.
    pub(crate) fn disarm(&self) {
        self.shared.traps.lock().unwrap().clear();
    }

    fn set(&self, direction: Direction, after: u64, spring: Spring) {
        let at = self.shared.count(direction).load(Ordering::SeqCst) + after;
        self.shared.traps.lock().unwrap().push(Trap { direction, at, spring });
    }
}

impl Held {
    /// Waits until everything stands still, does something, and lets go on. `false`: it never came to that, since
    /// the proxy was disarmed.
    pub(crate) fn then(self, act: impl FnOnce()) -> bool {
        let Ok(go_on) = self.0.recv() else { return false };
        act();
        let _ = go_on.send(());
        true
    }
}

impl Shared {
    fn count(&self, direction: Direction) -> &AtomicU64 {
        match direction {
            Direction::There => &self.sent,
            Direction::Back => &self.answered,
        }
    }

    /// The trap that so many more bytes would spring, and how many pass before.
    fn trap(&self, direction: Direction, count: u64) -> Option<(Trap, u64)> {
        let passed = self.count(direction).load(Ordering::SeqCst);
        let mut traps = self.traps.lock().unwrap();
        let index = traps.iter().position(|trap| trap.direction == direction && trap.at < passed + count)?;
        let trap = traps.swap_remove(index);
        let before = trap.at.saturating_sub(passed);
        Some((trap, before))
    }
}

fn connect(client: TcpStream, shared: &Arc<Shared>) {
    let upstream = shared.upstream.lock().unwrap().clone();
    let Ok(server) = TcpStream::connect(&upstream) else { return };
    for (from, to, direction) in [
        (client.try_clone().unwrap(), server.try_clone().unwrap(), Direction::There),
        (server, client, Direction::Back),
    ] {
        let shared = Arc::clone(shared);
        thread::spawn(move || pump(from, to, direction, &shared));
    }
}

fn pump(mut from: TcpStream, mut to: TcpStream, direction: Direction, shared: &Shared) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        let mut bytes = &buffer[..count];
        if let Some((trap, before)) = shared.trap(direction, count as u64) {
            let (first, rest) = bytes.split_at(usize::try_from(before).unwrap().min(count));
            let passed = to.write_all(first).is_ok();
            shared.count(direction).fetch_add(first.len() as u64, Ordering::SeqCst);
            match trap.spring {
                Spring::Cut => break,
                Spring::Hold(held) => {
                    let (sender, receiver) = channel();
                    if held.send(sender).is_ok() {
                        let _ = receiver.recv();
                    }
                }
            }
            if !passed {
                break;
            }
            bytes = rest;
        }
        if to.write_all(bytes).is_err() {
            break;
        }
        shared.count(direction).fetch_add(bytes.len() as u64, Ordering::SeqCst);
    }
    let _ = from.shutdown(Shutdown::Both);
    let _ = to.shutdown(Shutdown::Both);
}
