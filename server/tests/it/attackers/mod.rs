//! The six attackers of `docs/SEALING.md`, as programs: each with everything that their role can hold,
//! over the real socket.

mod forged;
mod keys;
mod means;
mod member;
mod observer;
mod outsider;
mod removed;
mod seats;
mod trace;
