//! Breaking things on purpose: sockets, readers, the network between, servers. And the book of
//! what was broken, whom it touched, and how long until everybody was back.

mod direct;
mod log;
mod proxy;

pub(crate) use direct::{Own, Reach, direct};
pub(crate) use log::Log;
pub(crate) use proxy::Proxy;
