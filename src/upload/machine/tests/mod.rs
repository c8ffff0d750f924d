//! The machine against a scripted server on a virtual clock.

mod crashes;
mod faults;
mod random;
mod server;
mod single;
