//! Markup that cannot be broken by what is put into it: only what stands in this program's source
//! goes in as it is, and everything else is escaped.

use std::fmt::{Display, Write as _};

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

    /// Anything, as text or within an attribute's quotes.
    pub(super) fn text(&mut self, text: impl Display) -> &mut Self {
        for letter in text.to_string().chars() {
            match letter {
                '&' => self.0.push_str("&amp;"),
                '<' => self.0.push_str("&lt;"),
                '>' => self.0.push_str("&gt;"),
                '"' => self.0.push_str("&quot;"),
                '\'' => self.0.push_str("&#39;"),
                // Neither XML nor a reader knows what to do with these.
                control if control.is_control() && control != '\n' && control != '\t' => {
                    self.0.push('\u{fffd}');
                }
                letter => self.0.push(letter),
            }
        }
        self
    }

    /// A coordinate.
    pub(super) fn at(&mut self, value: f64) -> &mut Self {
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{:.1}", if value.is_finite() { value } else { 0.0 });
        self
    }

    /// Text between two pieces of markup.
    pub(super) fn within(
        &mut self,
        before: &'static str,
        text: impl Display,
        after: &'static str,
    ) -> &mut Self {
        self.raw(before).text(text).raw(after)
    }

    /// A table as far as its first row. Columns of numbers are named with [`Column::Number`].
    pub(super) fn table(
        &mut self,
        label: &'static str,
        caption: impl Display,
        columns: &[Column],
    ) -> &mut Self {
        self.raw("<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"");
        self.text(label).within("\"><table><caption>", caption, "</caption><thead><tr>");
        for column in columns {
            match column {
                Column::Text(name) => self.within("<th scope=\"col\">", name, "</th>"),
                Column::Number(name) => {
                    self.within("<th scope=\"col\" class=\"n\">", name, "</th>")
                }
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
        self.within("<th scope=\"row\">", name, "</th>")
    }

    /// A cell with a number.
    pub(super) fn number(&mut self, number: impl Display) -> &mut Self {
        self.within("<td class=\"n\">", number, "</td>")
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
        markup.within("<p>", "a < b & \"c\" 'd'\u{7}", "</p>").at(f64::NAN);
        let safe = "<p>a &lt; b &amp; &quot;c&quot; &#39;d&#39;\u{fffd}</p>0.0";
        assert_eq!(markup.finish(), safe);
    }
}
