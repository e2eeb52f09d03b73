//! Reads the shape of a type from its source: names, fields and doc comments, as they stand on the
//! wire. The tests compare what it finds with the stored frames.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, bail};
use syn::meta::ParseNestedMeta;
use syn::{
    Attribute, Expr, ExprLit, Fields, GenericArgument, Item, ItemEnum, ItemStruct, Lit, LitStr,
    Meta, Type, Visibility,
};

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

/// What stands before an item: its doc comment, and what serde was told.
#[derive(Default)]
struct Before {
    docs: Vec<String>,
    renamed: Option<String>,
    optional: bool,
}

impl Before {
    fn of(attributes: &[Attribute]) -> Result<Self> {
        let mut before = Self::default();
        for attribute in attributes {
            if attribute.path().is_ident("serde") {
                attribute.parse_nested_meta(|meta| before.serde(&meta))?;
            } else if let Meta::NameValue(said) = &attribute.meta
                && said.path.is_ident("doc")
                && let Expr::Lit(ExprLit { lit: Lit::Str(text), .. }) = &said.value
            {
                before.docs.push(text.value().trim().to_owned());
            }
        }
        Ok(before)
    }

    fn serde(&mut self, meta: &ParseNestedMeta<'_>) -> syn::Result<()> {
        self.optional |= meta.path.is_ident("skip_serializing_if");
        if meta.input.peek(syn::Token![=]) {
            let value: LitStr = meta.value()?.parse()?;
            if meta.path.is_ident("rename") {
                self.renamed = Some(value.value());
            }
        }
        Ok(())
    }

    fn docs(&self) -> String {
        self.docs.join(" ").trim().to_owned()
    }
}

/// Every public type of the protocol crate by its name.
#[derive(Default)]
pub(super) struct Shapes {
    types: BTreeMap<String, Item>,
    groups: Vec<(String, String)>,
}

impl Shapes {
    /// Reads them from all files below this folder.
    pub(super) fn read(folder: &Path) -> Result<Self> {
        let mut shapes = Self::default();
        let mut folders = vec![folder.to_owned()];
        while let Some(folder) = folders.pop() {
            let entries = fs::read_dir(&folder);
            for entry in entries.with_context(|| format!("{} is missing", folder.display()))? {
                let path = entry?.path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let text = fs::read_to_string(&path)?;
                    shapes.add(&text).with_context(|| format!("{} is no Rust", path.display()))?;
                }
            }
        }
        Ok(shapes)
    }

    fn add(&mut self, text: &str) -> Result<()> {
        for item in syn::parse_file(text)?.items {
            let (Item::Struct(ItemStruct { vis: Visibility::Public(_), ident, .. })
            | Item::Enum(ItemEnum { vis: Visibility::Public(_), ident, .. })) = &item
            else {
                continue;
            };
            self.types.insert(ident.to_string(), item);
        }
        self.groups.extend(groups(text));
        Ok(())
    }

    /// The fields of a struct.
    pub(super) fn fields(&self, name: &str) -> Result<Vec<Field>> {
        let Some(Item::Struct(found)) = self.types.get(name) else {
            bail!("there is no struct `{name}`");
        };
        all_of(&found.fields)
    }

    /// The variants of an enum.
    pub(super) fn variants(&self, name: &str) -> Result<Vec<Variant>> {
        let Some(Item::Enum(found)) = self.types.get(name) else {
            bail!("there is no enum `{name}`");
        };
        let mut group = String::new();
        let variant = |variant: &syn::Variant| {
            let (before, bare) = (Before::of(&variant.attrs)?, variant.ident.to_string());
            if let Some((heading, _)) = self.groups.iter().find(|(_, first)| *first == bare) {
                group.clone_from(heading);
            }
            Ok(Variant {
                group: group.clone(),
                docs: before.docs(),
                name: before.renamed.unwrap_or_else(|| snake(&bare)),
                fields: all_of(&variant.fields)?,
            })
        };
        found.variants.iter().map(variant).collect()
    }
}

/// The headings of groups, which no parser keeps, each with the variant that it stands above.
fn groups(text: &str) -> Vec<(String, String)> {
    let headed = text.split("\n    // ---- ").skip(1).filter_map(|rest| {
        let (group, below) = rest.split_once(" ----")?;
        let first =
            below.lines().map(str::trim).find(|line| line.starts_with(char::is_uppercase))?;
        let first = first.split(|c: char| !c.is_alphanumeric()).next()?;
        Some((group.to_owned(), first.to_owned()))
    });
    headed.collect()
}

fn all_of(fields: &Fields) -> Result<Vec<Field>> {
    let field = |field: &syn::Field| {
        let (before, kind) = (Before::of(&field.attrs)?, wire_type(&field.ty));
        let docs = before.docs();
        let name = field.ident.as_ref().map(ToString::to_string).unwrap_or_default();
        let name = before.renamed.unwrap_or(name);
        Ok(Field { name, kind, optional: before.optional, docs })
    };
    fields.iter().map(field).collect()
}

/// A Rust type as JSON has it.
fn wire_type(rust: &Type) -> String {
    let Type::Path(path) = rust else {
        return if matches!(rust, Type::Array(_)) { "[number]" } else { "?" }.to_owned();
    };
    let Some(last) = path.path.segments.last() else { return "?".to_owned() };
    let mut within = Vec::new();
    if let syn::PathArguments::AngleBracketed(all) = &last.arguments {
        for argument in &all.args {
            if let GenericArgument::Type(inner) = argument {
                within.push(wire_type(inner));
            }
        }
    }
    match (last.ident.to_string().as_str(), within.as_slice()) {
        ("Vec" | "BTreeSet", [inner]) => format!("[{inner}]"),
        ("BTreeMap", [key, value]) => format!("{{{key}: {value}}}"),
        // Option, Box and Arc are not seen on the wire.
        (_, [inner]) => inner.clone(),
        ("u8" | "u32" | "u64" | "i32" | "i64" | "usize", _) => "number".to_owned(),
        ("String" | "str", _) => "text".to_owned(),
        ("Value", _) => "patch".to_owned(),
        (other, _) => other.to_owned(),
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
        let mut shapes = Shapes::default();
        shapes.add(TEXT).unwrap();
        let all = shapes.variants("Word").unwrap();
        let names: Vec<_> = all.iter().map(|v| (v.group.as_str(), v.name.as_str())).collect();
        assert_eq!(names, [("first", "go_to"), ("second", "stop"), ("second", "put")]);
        assert_eq!(all[0].docs, "Does this, and that.");
        let field = |f: &Field| (f.name.clone(), f.kind.clone(), f.optional);
        assert_eq!(field(&all[0].fields[0]), ("part".into(), "{SeatId: number}".into(), true));
        assert_eq!(field(&all[0].fields[1]), ("pub".into(), "[Kind]".into(), false));
        assert_eq!(all[2].fields[0].kind, "Put");
        assert!(shapes.variants("Other").is_err() && shapes.fields("Word").is_err());
        assert!(shapes.add("pub enum {").is_err());
    }
}
