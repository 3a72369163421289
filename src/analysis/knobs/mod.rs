//! What moves hidden capacity, measured: the service's knobs one by one ([`sensitivity`]), keys that are loaded beforehand
//! ([`warmup`]), restarts of some nodes ([`restart`]). All of them try the same losses at the same moments ([`bench`]).

pub mod bench;
pub mod restart;
pub mod sensitivity;
pub mod warmup;

pub use bench::{Edge, Known, Scene};
