//! Markup that cannot be broken by what is put into it: only what stands in this program's source
//! goes in as it is, and everything else is escaped.

use std::fmt::{Display, Write as _};

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
