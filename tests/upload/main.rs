//! Uploads as their users meet them: the command against the server of `preflight serve`, over connections that break.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "tests start programs, and stand between them on the network"
)]

mod command;
mod crash;
mod everyday;
mod network;
mod proxy;
mod server;
