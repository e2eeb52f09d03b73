//! The parts of a document that are written by a program, between markers.

/// Where the part called `name` begins and ends.
fn bounds(document: &str, name: &str) -> Option<(usize, usize)> {
    let mark = format!("<!-- generated: {name} -->\n");
    let from = document.find(&mark)? + mark.len();
    let length = document.get(from..)?.find("<!-- end of generated -->")?;
    Some((from, from + length))
}

/// The part called `name`, without the empty lines around it.
pub fn part<'a>(document: &'a str, name: &str) -> Option<&'a str> {
    let (from, to) = bounds(document, name)?;
    Some(document.get(from..to)?.trim_matches('\n'))
}

/// The document with another text in that part, if it has one.
pub fn with_part(document: &str, name: &str, text: &str) -> Option<String> {
    let (from, to) = bounds(document, name)?;
    let (front, back) = (document.get(..from)?, document.get(to..)?);
    Some(format!("{front}\n{}\n\n{back}", text.trim_matches('\n')))
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
        assert_eq!((part(&after, "y"), with_part(&after, "y", "new\n")), (None, None));
    }
}
