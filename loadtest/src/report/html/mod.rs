//! The report as one page that can be filed: nothing in it comes from anywhere else, no script is
//! needed to read it, and it prints.

mod charts;
mod findings;
mod markup;
mod plot;
mod scale;
mod tables;
mod verdict;

use self::markup::{Markup, put};
use super::Report;
use crate::words::date;

/// Even if something had slipped into the page, it could not load or run.
const HEAD: &str = r#"<!doctype html>
<html lang="en-GB">
<head>
<meta charset="utf-8" />
<meta name="viewport" content="width=device-width, initial-scale=1" />
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'" />
<meta name="color-scheme" content="light dark" />
"#;

impl Report {
    /// One page that needs nothing else.
    pub fn html(&self) -> String {
        let mut page = Markup::default();
        put!(page.raw(HEAD), "<title>Load report: {}</title>\n<style>\n", self.headline);
        page.raw(include_str!("style.css")).raw("</style>\n</head>\n<body>\n");
        let begun = date(self.outcome.asked.started_at);
        put!(page, "<header><p>Setroom load report</p><p>{}</p></header>\n<main>\n", begun);
        verdict::write(self, &mut page);
        findings::write(self, &mut page);
        tables::write(self, &mut page);
        put!(
            page,
            "</main>\n<footer><p>Written by setroom-loadtest {}. Nothing in this page comes from \
         anywhere else; it can be filed as it is.</p></footer>\n</body>\n</html>\n",
            self.outcome.asked.version
        );
        page.finish()
    }
}
