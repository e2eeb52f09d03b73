//! Markup that cannot be broken by what is put into it: only what stands in this program's source
//! goes in as it is, and everything else is escaped.

use std::fmt::{self, Display, Write as _};

/// Adds to a page, as `format!` would: the form stands in the source, and what is put into its
/// braces is escaped.
macro_rules! put {
    ($page:expr, $form:literal $(, $part:expr)* $(,)?) => {
        // A form that is put together takes no names, which would go in as they are.
        $page.write(format_args!(
            concat!($form, "") $(, $crate::report::html::markup::Escaped(&$part))*
        ))
    };
}
pub(super) use put;

/// Anything, as text or within an attribute's quotes.
#[derive(Debug)]
pub(super) struct Escaped<T>(pub(super) T);

impl<T: Display> Display for Escaped<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.to_string().chars().try_for_each(|letter| match letter {
            '&' => f.write_str("&amp;"),
            '<' => f.write_str("&lt;"),
            '>' => f.write_str("&gt;"),
            '"' => f.write_str("&quot;"),
            '\'' => f.write_str("&#39;"),
            // Neither XML nor a reader knows what to do with these.
            control if control.is_control() && control != '\n' && control != '\t' => {
                f.write_char('\u{fffd}')
            }
            letter => f.write_char(letter),
        })
    }
}

/// A coordinate.
#[derive(Clone, Copy, Debug)]
pub(super) struct At(pub(super) f64);

impl Display for At {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:.1}", if self.0.is_finite() { self.0 } else { 0.0 })
    }
}

/// The head of a column, by what stands in it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Column {
    Text(&'static str),
    Number(&'static str),
}

/// Markup under construction.
#[derive(Debug, Default)]
pub(super) struct Markup(String);

impl Markup {
    /// Markup that stands in the source.
    pub(super) fn raw(&mut self, markup: &'static str) -> &mut Self {
        self.0.push_str(markup);
        self
    }

    /// For [`put!`], which escapes.
    pub(super) fn write(&mut self, markup: fmt::Arguments<'_>) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = self.0.write_fmt(markup);
        self
    }

    /// A table as far as its first row. Columns of numbers are named with [`Column::Number`].
    pub(super) fn table(
        &mut self,
        label: &'static str,
        caption: impl Display,
        columns: &[Column],
    ) -> &mut Self {
        put!(self, r#"<div class="scroll" tabindex="0" role="region" aria-label="{}">"#, label);
        put!(self, "<table><caption>{}</caption><thead><tr>", caption);
        for column in columns {
            match column {
                Column::Text(name) => put!(self, r#"<th scope="col">{}</th>"#, name),
                Column::Number(name) => put!(self, r#"<th scope="col" class="n">{}</th>"#, name),
            };
        }
        self.raw("</tr></thead><tbody>")
    }

    /// The end of it.
    pub(super) fn end_table(&mut self) -> &mut Self {
        self.raw("</tbody></table></div>")
    }

    /// The cell that names a row.
    pub(super) fn row_name(&mut self, name: impl Display) -> &mut Self {
        put!(self, r#"<th scope="row">{}</th>"#, name)
    }

    /// A cell with a number.
    pub(super) fn number(&mut self, number: impl Display) -> &mut Self {
        put!(self, r#"<td class="n">{}</td>"#, number)
    }

    /// All of it.
    pub(super) fn finish(self) -> String {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_from_outside_becomes_markup() {
        let mut markup = Markup::default();
        put!(markup, "<p>{}</p>{}", "a < b & \"c\" 'd'\u{7}", At(f64::NAN));
        let safe = "<p>a &lt; b &amp; &quot;c&quot; &#39;d&#39;\u{fffd}</p>0.0";
        assert_eq!(markup.finish(), safe);
    }
}
