//! The six attackers of `docs/SEALING.md`, as programs: each with everything that their role can hold,
//! over the real socket.

mod co_facilitator;
mod co_lies;
mod co_only_me;
mod co_quick;
mod co_removed;
mod deceived;
mod forged;
mod keys;
mod liar;
mod lost_browser;
mod lying_helped;
mod lying_server;
mod means;
mod member;
mod member_duties;
mod observer;
mod observer_later;
mod observer_round;
mod off_record;
mod outsider;
mod promoted;
mod removed;
mod removed_copy;
mod removed_later;
mod review;
pub(crate) mod rogue;
mod seats;
mod trace;
