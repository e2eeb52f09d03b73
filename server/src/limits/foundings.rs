//! How many sets are made from one address: those that were made count, and no others.

use std::net::IpAddr;

use super::addresses::{Address, DAY_MS, MINUTE_MS};
use super::bucket::Window;
use super::{ConnectionLimits, Limit, Refused, Source};

/// A set that is about to be made: one of those that may be, until it is known whether it was.
#[derive(Debug)]
#[must_use = "it is given back unless it is made"]
pub struct Founding {
    limits: ConnectionLimits,
    network: Option<IpAddr>,
}

impl Founding {
    /// It was made.
    pub fn is_made(mut self) {
        self.network = None;
    }
}

impl Drop for Founding {
    fn drop(&mut self) {
        if let Some(network) = self.network {
            let give_back =
                |peer: &mut Address| peer.foundings.iter_mut().for_each(Window::give_back);
            self.limits.addresses.each(network, |_, peer, _| give_back(peer));
        }
    }
}

impl ConnectionLimits {
    /// A peer's leave to make one more set, which counts if it is made.
    ///
    /// # Errors
    /// [`Limit::NewSetsPerAddress`].
    pub fn found(&self, source: impl Into<Source>) -> Result<Founding, Refused> {
        let network = self.counted(source.into());
        if let Some(network) = network {
            let minute = (self.limits.new_sets_per_address_per_minute, MINUTE_MS);
            let day = (self.limits.new_sets_per_address_per_day, DAY_MS);
            if !self.addresses.take_within(network, [minute, day], |peer| &mut peer.foundings) {
                return Err(self.refuse(Limit::NewSetsPerAddress));
            }
        }
        Ok(Founding { limits: self.clone(), network })
    }

    /// Notes what was to be a set and was not made.
    ///
    /// # Errors
    /// [`Limit::NewSetsPerAddress`] for each one too many in a minute. Nobody is kept by them from
    /// making a set.
    pub fn found_in_vain(&self, source: impl Into<Source>) -> Result<(), Refused> {
        let Some(network) = self.counted(source.into()) else { return Ok(()) };
        let minute = (self.limits.new_sets_per_address_per_minute, MINUTE_MS);
        let may = self.addresses.take_within(network, [minute], |peer| &mut peer.vain_foundings);
        if may { Ok(()) } else { Err(self.refuse(Limit::NewSetsPerAddress)) }
    }
}
