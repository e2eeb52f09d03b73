//! The checker, checked: on evidence made by hand, on a server that does it right, and on one with
//! hand-made bugs.

#[cfg(test)]
mod bugs;
#[cfg(test)]
mod crafted;
#[cfg(test)]
mod forged;
#[cfg(test)]
mod script;
#[cfg(test)]
mod support;
