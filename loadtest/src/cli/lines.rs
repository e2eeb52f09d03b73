//! JSON for files that people look into: an object's fields on lines of their own, a list in one
//! line, since most lists are histograms.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::ser::{Formatter, PrettyFormatter, Serializer};

/// Writes a value, and a newline after it.
pub(super) fn write(mut to: impl Write, value: &impl Serialize) -> io::Result<()> {
    let lines = Lines { objects: PrettyFormatter::new(), lists: 0 };
    value.serialize(&mut Serializer::with_formatter(&mut to, lines))?;
    writeln!(to)?;
    to.flush()
}

/// Objects on lines, lists and what is in them without.
struct Lines {
    objects: PrettyFormatter<'static>,
    lists: usize,
}

impl Formatter for Lines {
    fn begin_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.lists += 1;
        to.write_all(b"[")
    }

    fn end_array<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        self.lists -= 1;
        to.write_all(b"]")
    }

    fn begin_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        if self.lists > 0 { to.write_all(b"{") } else { self.objects.begin_object(to) }
    }

    fn end_object<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        if self.lists > 0 { to.write_all(b"}") } else { self.objects.end_object(to) }
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, to: &mut W, first: bool) -> io::Result<()> {
        match (self.lists, first) {
            (0, first) => self.objects.begin_object_key(to, first),
            (_, true) => Ok(()),
            (_, false) => to.write_all(b","),
        }
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        if self.lists > 0 { to.write_all(b":") } else { self.objects.begin_object_value(to) }
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, to: &mut W) -> io::Result<()> {
        if self.lists > 0 { Ok(()) } else { self.objects.end_object_value(to) }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    #[test]
    fn lists_stay_on_their_line_and_nothing_is_lost() {
        let value = json!({"a": {"b": 1}, "list": [[1, 2], {"c": 3, "d": {}}], "e": []});
        let mut text = Vec::new();
        write(&mut text, &value).unwrap();
        let text = String::from_utf8(text).unwrap();
        assert!(text.contains("\n  \"list\": [[1,2],{\"c\":3,\"d\":{}}]"), "{text}");
        assert!(text.contains("\n    \"b\": 1\n"), "{text}");
        assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
    }
}
