//! Reads the shape of a type from its source: names, fields and doc comments, as they stand on the
//! wire. It relies on rustfmt's layout, and the tests compare what it finds with the stored frames.

use anyhow::{Context as _, Result};

/// A field, or the one thing that a tuple variant carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) kind: String,
    pub(super) optional: bool,
    pub(super) docs: String,
}

/// A variant of an enum.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Variant {
    /// The heading of the group that it stands under, as in `// ---- texts ----`.
    pub(super) group: String,
    pub(super) name: String,
    pub(super) fields: Vec<Field>,
    pub(super) docs: String,
}

/// What stands before an item.
#[derive(Default)]
struct Before {
    docs: Vec<String>,
    attributes: String,
}

impl Before {
    fn take(&mut self) -> Self {
        std::mem::take(self)
    }

    /// Takes the line in, if it is a comment or an attribute.
    fn note(&mut self, line: &str) -> bool {
        if let Some(text) = line.strip_prefix("///") {
            self.docs.push(text.trim().to_owned());
        } else if line.starts_with("#[") {
            self.attributes.push_str(line);
        } else {
            return false;
        }
        true
    }

    fn docs(&self) -> String {
        self.docs.join(" ").trim().to_owned()
    }

    /// The name that serde was told to use instead.
    fn renamed(&self) -> Option<String> {
        let (_, rest) = self.attributes.split_once("rename = \"")?;
        Some(rest.split('"').next()?.to_owned())
    }
}

/// The lines between `pub struct Name {` and its end.
fn body<'a>(text: &'a str, head: &str) -> Result<Vec<&'a str>> {
    let mut lines = text.lines().skip_while(|line| *line != head).skip(1);
    let found: Vec<_> = lines.by_ref().take_while(|line| *line != "}").collect();
    (!found.is_empty()).then_some(found).with_context(|| format!("`{head}` is not in the source"))
}

/// The fields of a struct.
pub(super) fn fields(text: &str, name: &str) -> Result<Vec<Field>> {
    let mut before = Before::default();
    let mut fields = Vec::new();
    for line in body(text, &format!("pub struct {name} {{"))? {
        let line = line.trim();
        if !before.note(line) {
            fields.extend(field(line.trim_start_matches("pub "), &before.take()));
        }
    }
    Ok(fields)
}

/// The variants of an enum.
pub(super) fn variants(text: &str, name: &str) -> Result<Vec<Variant>> {
    let mut before = Before::default();
    let mut group = String::new();
    let mut all: Vec<Variant> = Vec::new();
    for line in body(text, &format!("pub enum {name} {{"))? {
        let depth = line.len() - line.trim_start().len();
        let line = line.trim();
        if let Some(heading) = line.strip_prefix("// ---- ") {
            heading.trim_end_matches(" ----").clone_into(&mut group);
        } else if before.note(line) || line.starts_with("//") {
        } else if depth == 4 && line.starts_with(char::is_uppercase) {
            let before = before.take();
            let end = line.find(|c: char| !c.is_alphanumeric()).unwrap_or(line.len());
            let (bare, rest) = line.split_at(end);
            let carried = rest.strip_prefix('(').and_then(|rest| rest.strip_suffix("),"));
            let fields = carried.map(|kind| Field {
                name: String::new(),
                kind: wire_type(kind),
                optional: false,
                docs: String::new(),
            });
            all.push(Variant {
                group: group.clone(),
                name: before.renamed().unwrap_or_else(|| snake(bare)),
                fields: fields.into_iter().collect(),
                docs: before.docs(),
            });
        } else if let Some(variant) = all.last_mut() {
            variant.fields.extend(field(line, &before.take()));
        }
    }
    Ok(all)
}

/// `name: Type,`; `None` for a line that is none, such as a closing brace.
fn field(line: &str, before: &Before) -> Option<Field> {
    let (name, kind) = line.trim_end_matches(',').split_once(": ")?;
    Some(Field {
        name: before.renamed().unwrap_or_else(|| name.to_owned()),
        kind: wire_type(kind),
        optional: before.attributes.contains("skip_serializing_if"),
        docs: before.docs(),
    })
}

/// A Rust type as JSON has it.
fn wire_type(rust: &str) -> String {
    if let Some((outer, inner)) = rust.strip_suffix('>').and_then(|rust| rust.split_once('<')) {
        return match outer {
            "Vec" => format!("[{}]", wire_type(inner)),
            "BTreeMap" => match inner.split_once(", ") {
                Some((key, value)) => format!("{{{}: {}}}", wire_type(key), wire_type(value)),
                None => inner.to_owned(),
            },
            // Option, Box and Arc are not seen on the wire.
            _ => wire_type(inner),
        };
    }
    match rust.rsplit("::").next().unwrap_or(rust) {
        "u8" | "u32" | "u64" | "i32" | "i64" | "usize" => "number".to_owned(),
        "String" => "text".to_owned(),
        "Value" => "patch".to_owned(),
        "[u32; 3]" => "[number]".to_owned(),
        other => other.to_owned(),
    }
}

/// `GoTo` as `go_to`.
pub(super) fn snake(name: &str) -> String {
    let mut out = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !out.is_empty() {
            out.push('_');
        }
        out.extend(letter.to_lowercase());
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "\
pub enum Word {
    // ---- first ----
    /// Does this,
    /// and that.
    GoTo {
        /// Where.
        #[serde(default, skip_serializing_if = \"Option::is_none\")]
        part: Option<BTreeMap<SeatId, u32>>,
        /// Why.
        #[serde(rename = \"pub\")]
        public: Vec<method::Kind>,
    },

    // ---- second ----
    /// Stops.
    Stop,
    /// Writes.
    Put(Put),
}
";

    #[test]
    fn variants_are_read_with_their_fields() {
        let all = variants(TEXT, "Word").unwrap();
        let names: Vec<_> = all.iter().map(|v| (v.group.as_str(), v.name.as_str())).collect();
        assert_eq!(names, [("first", "go_to"), ("second", "stop"), ("second", "put")]);
        assert_eq!(all[0].docs, "Does this, and that.");
        let field = |f: &Field| (f.name.clone(), f.kind.clone(), f.optional);
        assert_eq!(field(&all[0].fields[0]), ("part".into(), "{SeatId: number}".into(), true));
        assert_eq!(field(&all[0].fields[1]), ("pub".into(), "[Kind]".into(), false));
        assert_eq!(all[2].fields[0].kind, "Put");
        assert!(variants(TEXT, "Other").is_err());
    }
}
