//! The report as one page that can be filed: nothing in it comes from anywhere else, no script is
//! needed to read it, and it prints.

mod charts;
mod findings;
mod markup;
mod plot;
mod scale;
mod tables;
mod verdict;

use self::markup::Markup;
use super::Report;
use super::words::date;

/// The page.
pub(super) fn page(report: &Report) -> String {
    let mut page = Markup::default();
    page.raw("<!doctype html>\n<html lang=\"en-GB\">\n<head>\n<meta charset=\"utf-8\" />\n");
    page.raw("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\" />\n");
    // Even if something had slipped into the page, it could not load or run.
    page.raw("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; ");
    page.raw("style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'\" />\n");
    page.raw("<meta name=\"color-scheme\" content=\"light dark\" />\n");
    page.within("<title>", format!("Load report: {}", report.headline), "</title>\n");
    page.raw("<style>\n").raw(include_str!("style.css")).raw("</style>\n</head>\n<body>\n");

    page.raw("<header><p>Setroom load report</p><p>");
    page.text(date(report.outcome.asked.started_at)).raw("</p></header>\n<main>\n");
    verdict::write(report, &mut page);
    findings::write(report, &mut page);
    tables::write(report, &mut page);
    page.raw("</main>\n<footer><p>Written by setroom-loadtest ");
    page.text(&report.outcome.asked.version);
    page.raw(". Nothing in this page comes from anywhere else; it can be filed as it is.</p>");
    page.raw("</footer>\n</body>\n</html>\n");
    page.finish()
}
