//! Looking for something in bytes, in every form in which a program may have written it: as the
//! checker does it.

pub(crate) use setroom_checker::canaries::Canary;
