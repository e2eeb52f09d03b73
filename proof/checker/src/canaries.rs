//! A half of I6: what somebody typed is looked for in files, in every form in which a program may have
//! written it.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;

use crate::invariant::Invariant;
use crate::verdict::{Breach, Verdict};

/// Something that must be found nowhere.
#[derive(Clone, Debug)]
pub struct Canary {
    /// What it is; told when it is found.
    pub what: String,
    forms: Vec<Vec<u8>>,
}

impl Canary {
    /// A text that somebody typed.
    pub fn word(word: &str) -> Self {
        let utf16: Vec<u8> = word.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let forms = [forms(word.as_bytes()), forms(&utf16)].concat();
        Self { what: word.to_owned(), forms }
    }

    /// A secret of random bytes.
    pub fn secret(what: &str, bytes: &[u8]) -> Self {
        Self { what: what.to_owned(), forms: forms(bytes) }
    }

    /// A text that is looked for as it stands.
    pub fn exact(what: &str, text: &str) -> Self {
        Self { what: what.to_owned(), forms: vec![text.as_bytes().to_vec()] }
    }

    /// Whether any form of it is there.
    pub fn is_in(&self, hay: &[u8]) -> bool {
        self.forms.iter().any(|form| contains(hay, form))
    }
}

/// Looks for canaries in files, and in all files of folders.
///
/// # Errors
/// When one of them cannot be read: then nothing is known of it.
pub fn look(canaries: &[Canary], places: &[PathBuf]) -> std::io::Result<Verdict> {
    let mut verdict = Verdict::default();
    verdict.counts.canaries = canaries.len() as u64;
    let mut waiting = places.to_vec();
    while let Some(place) = waiting.pop() {
        if place.is_dir() {
            for entry in std::fs::read_dir(&place)? {
                waiting.push(entry?.path());
            }
            continue;
        }
        in_file(canaries, &place, &mut verdict)?;
    }
    Ok(verdict)
}

fn in_file(canaries: &[Canary], path: &Path, verdict: &mut Verdict) -> std::io::Result<()> {
    let hay = std::fs::read(path)?;
    for (number, canary) in canaries.iter().enumerate() {
        if canary.is_in(&hay) {
            // Which one, and not its text: a report must not say what somebody typed.
            let what = format!("text {number} is readable in {}", path.display());
            verdict.add(Breach::of(Invariant::NothingReadable, what));
        }
    }
    Ok(())
}

/// As they are; base64 in each of the three places that they can begin at, in both alphabets; hex
/// in both cases.
fn forms(bytes: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = vec![bytes.to_vec()];
    for shift in 0..3 {
        let shifted = [&vec![0; shift], bytes].concat();
        let whole = STANDARD_NO_PAD.encode(&shifted);
        // The characters at both ends also depend on what stands beside.
        let inner = whole.get((shift * 8).div_ceil(6)..shifted.len() * 8 / 6).unwrap_or_default();
        forms.push(inner.as_bytes().to_vec());
        forms.push(inner.replace('+', "-").replace('/', "_").into_bytes());
    }
    let hex: String = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
    forms.push(hex.to_uppercase().into_bytes());
    forms.push(hex.into_bytes());
    forms
}

fn contains(hay: &[u8], canary: &[u8]) -> bool {
    let Some((first, rest)) = canary.split_first() else { return false };
    let mut hay = hay;
    while let Some(at) = hay.iter().position(|byte| byte == first) {
        hay = hay.get(at + 1..).unwrap_or_default();
        if hay.starts_with(rest) {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_canary_is_found_in_every_form() {
        let canary = Canary::word("canary");
        let mut hays: Vec<Vec<u8>> = vec![b"a canary sings".to_vec(), b"xx63616e617279xx".to_vec()];
        hays.push("canary".encode_utf16().flat_map(u16::to_le_bytes).collect());
        hays.push(b"63616E617279".to_vec());
        for before in ["", "x", "xy", "xyz"] {
            for engine in [STANDARD_NO_PAD, base64::engine::general_purpose::URL_SAFE_NO_PAD] {
                hays.push(engine.encode(format!("{before}canary and more")).into_bytes());
                let text = format!("{before}canary");
                let wide: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
                hays.push(engine.encode(wide).into_bytes());
            }
        }
        for hay in hays {
            assert!(canary.is_in(&hay), "{}", String::from_utf8_lossy(&hay));
        }
        assert!(!canary.is_in(b"a canar y") && !canary.is_in(b""));
    }
}
