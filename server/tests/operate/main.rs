//! The program as an operator meets it: its signals, its log, its figures, its proxies, its documents.

#[cfg(test)]
#[cfg(unix)]
mod document;
#[cfg(test)]
#[cfg(unix)]
mod figures;
#[cfg(test)]
#[cfg(unix)]
mod proxies;
#[cfg(test)]
#[cfg(unix)]
mod said;
#[cfg(test)]
#[cfg(unix)]
mod signals;
#[cfg(test)]
#[cfg(unix)]
mod support;
