//! The parts of a document that are written by a program, between markers.

/// A part that is not there.
#[derive(Debug)]
pub struct NoPart(String);

impl std::fmt::Display for NoPart {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "the document has no part `<!-- generated: {} -->`", self.0)
    }
}

impl std::error::Error for NoPart {}

/// Where the part called `name` begins and ends.
fn bounds(document: &str, name: &str) -> Option<(usize, usize)> {
    let mark = format!("<!-- generated: {name} -->\n");
    let from = document.find(&mark)? + mark.len();
    let length = document.get(from..)?.find("<!-- end of generated -->")?;
    Some((from, from + length))
}

/// The part called `name`, without the empty lines around it.
///
/// # Errors
/// [`NoPart`].
pub fn part<'a>(document: &'a str, name: &str) -> Result<&'a str, NoPart> {
    let bounds = bounds(document, name).and_then(|(from, to)| document.get(from..to));
    bounds.map(|text| text.trim_matches('\n')).ok_or_else(|| NoPart(name.to_owned()))
}

/// The document with another text in that part.
///
/// # Errors
/// [`NoPart`].
pub fn with_part(document: &str, name: &str, text: &str) -> Result<String, NoPart> {
    let missing = || NoPart(name.to_owned());
    let (from, to) = bounds(document, name).ok_or_else(missing)?;
    let (front, back) = (document.get(..from), document.get(to..));
    let (front, back) = front.zip(back).ok_or_else(missing)?;
    Ok(format!("{front}\n{}\n\n{back}", text.trim_matches('\n')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_exchanged_and_nothing_else() {
        let before = "a\n<!-- generated: x -->\n\nold\n\n<!-- end of generated -->\nb\n";
        let after = with_part(before, "x", "new\n").unwrap();
        assert_eq!(after, before.replace("old", "new"));
        assert_eq!(part(&after, "x").unwrap(), "new");
        assert!(part(&after, "y").unwrap_err().to_string().contains("generated: y"));
    }
}
