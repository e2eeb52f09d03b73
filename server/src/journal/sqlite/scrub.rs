//! Overwriting what deleted rows have left behind in pages.
//!
//! `secure_delete` overwrites a row where it is deleted. But rows move between pages as others come
//! and go, and where a page is filled anew with fewer rows SQLite leaves copies of them in the gap
//! between its list of rows and the rows. A copy of something that is deleted later stays there. So
//! before the log is cut for somebody who waits until a text is gone, the gaps are overwritten, in
//! all pages that were written since it was done last.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use rusqlite::Connection;

use super::folder::log_of;

/// Bytes of the write-ahead log's own header, and of the header of each page in it.
const LOG_HEADER: usize = 32;
const FRAME_HEADER: usize = 24;
/// Bytes of the file's own header, in front of the first page's.
const FILE_HEADER: usize = 100;

/// Which pages may hold copies.
#[derive(Debug)]
pub(super) struct Scrub {
    path: PathBuf,
    page_size: u64,
    log: Option<File>,
    /// The round of the log that was read last, and how many pages of it.
    round: [u8; 8],
    read: u64,
    /// `None`: all of them. So it is at first, when nobody has watched yet.
    written: Option<BTreeSet<u32>>,
}

impl Scrub {
    /// For the journal in `file`.
    pub(super) fn new(connection: &Connection, file: &Path) -> rusqlite::Result<Self> {
        let page_size: u32 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        // Not every SQLite has the table of pages; that is not to be found out by an erasure.
        connection.query_row("SELECT pgno FROM sqlite_dbpage WHERE pgno = 1", [], |_| Ok(()))?;
        Ok(Self {
            path: log_of(file),
            page_size: page_size.into(),
            log: None,
            round: [0; 8],
            read: 0,
            written: None,
        })
    }

    /// How many bytes of the log so many pages take.
    pub(super) fn log_bytes(&self, pages: u64) -> u64 {
        log_bytes(self.page_size, pages)
    }

    /// Notes which pages a commit wrote; the log has so many now.
    pub(super) fn committed(&mut self, pages: u32) {
        if self.written.is_some() && self.note(pages.into()).is_err() {
            // Then any page may have been written.
            self.written = None;
        }
    }

    fn note(&mut self, pages: u64) -> std::io::Result<()> {
        let Some(written) = &mut self.written else { return Ok(()) };
        let log = match &mut self.log {
            Some(log) => log,
            log @ None => log.insert(File::open(&self.path)?),
        };
        let mut header = [0; LOG_HEADER];
        log.seek(SeekFrom::Start(0))?;
        log.read_exact(&mut header)?;
        // Its salts are others when it has begun anew.
        let [.., a, b, c, d, e, f, g, h, _, _, _, _, _, _, _, _] = header;
        let round = [a, b, c, d, e, f, g, h];
        if round != self.round || pages < self.read {
            (self.round, self.read) = (round, 0);
        }
        while self.read < pages {
            let mut page = [0; 4];
            log.seek(SeekFrom::Start(log_bytes(self.page_size, self.read)))?;
            log.read_exact(&mut page)?;
            written.insert(u32::from_be_bytes(page));
            self.read += 1;
        }
        Ok(())
    }

    /// Overwrites gaps, of so many pages at most, in so many that are looked at, and says whether that was
    /// all. The pages go through the write-ahead log like any others.
    pub(super) fn run(
        &mut self,
        connection: &Connection,
        most: usize,
        looks: usize,
    ) -> rusqlite::Result<bool> {
        // Whatever goes wrong, all of them are suspected again.
        let suspected = self.written.take();
        let mut pages = match suspected {
            Some(pages) => pages,
            None => {
                let all: u32 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
                (1..=all).collect()
            }
        };
        connection.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let done = overwrite(connection, &mut pages, most, looks)
            .and_then(|()| connection.prepare_cached("COMMIT")?.execute([]).map(drop));
        if done.is_err() && !connection.is_autocommit() {
            // If even this fails the first error decides.
            let _ = connection.execute_batch("ROLLBACK");
        }
        done?;
        let is_all = pages.is_empty();
        self.written = Some(pages);
        Ok(is_all)
    }
}

fn log_bytes(page_size: u64, pages: u64) -> u64 {
    LOG_HEADER as u64 + pages * (FRAME_HEADER as u64 + page_size)
}

/// Takes pages out of the set until it is empty, or so many were overwritten, or looked at.
fn overwrite(
    connection: &Connection,
    pages: &mut BTreeSet<u32>,
    most: usize,
    looks: usize,
) -> rusqlite::Result<()> {
    let (mut overwritten, mut looked) = (0, 0);
    let mut read = connection.prepare_cached("SELECT data FROM sqlite_dbpage WHERE pgno = ?")?;
    let mut write =
        connection.prepare_cached("UPDATE sqlite_dbpage SET data = ? WHERE pgno = ?")?;
    while overwritten < most
        && looked < looks
        && let Some(page) = pages.pop_first()
    {
        looked += 1;
        let data = {
            let mut rows = read.query([page])?;
            // A page may have been given up since.
            let Some(row) = rows.next()? else { continue };
            cleared(row.get_ref(0)?.as_blob()?, page == 1)
        };
        if let Some(data) = data {
            write.execute((data, page))?;
            overwritten += 1;
        }
    }
    Ok(())
}

/// The page with its gap overwritten; `None` when there is nothing to do.
///
/// Only pages with rows have a gap. Others begin with the number of another page, so what looks
/// like a kind of page there stands before a number of 32 million; all the same every place is
/// checked before anything is overwritten.
fn cleared(data: &[u8], is_first: bool) -> Option<Vec<u8>> {
    let header = if is_first { FILE_HEADER } else { 0 };
    let number = |at: usize| {
        let bytes = data.get(at..at + 2)?.first_chunk::<2>()?;
        Some(usize::from(u16::from_be_bytes(*bytes)))
    };
    let list = header
        + match data.get(header)? {
            2 | 5 => 12,
            10 | 13 => 8,
            _ => return None,
        };
    let gap = list + 2 * number(header + 3)?;
    let rows = match number(header + 5)? {
        0 => 1 << 16,
        rows => rows,
    };
    let mut places = (list..gap).step_by(2).map(number);
    if rows > data.len() || places.any(|at| at.is_none_or(|at| at < rows || at >= data.len())) {
        return None;
    }
    if data.get(gap..rows)?.iter().all(|byte| *byte == 0) {
        return None;
    }
    let mut data = data.to_vec();
    data.get_mut(gap..rows)?.fill(0);
    Some(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_is_overwritten_and_nothing_else_is() {
        let dirty = |page: &mut Vec<u8>| {
            page[8..12].copy_from_slice(&[0, 60, 0, 50]);
            page[12..].fill(7);
            page[3..7].copy_from_slice(&[0, 2, 0, 50]);
        };
        let mut page = vec![0; 64];
        dirty(&mut page);
        for kind in [1, 3, 9, 14, 0xFF] {
            page[0] = kind;
            assert_eq!(cleared(&page, false), None, "{kind} is no page with rows");
        }
        page[0] = 13;
        let clean = cleared(&page, false).unwrap();
        assert_eq!((&clean[..12], &clean[50..]), (&page[..12], &page[50..]));
        assert!(clean[12..50].iter().all(|byte| *byte == 0));
        assert_eq!(cleared(&clean, false), None, "once is enough");
        page[11] = 49;
        assert_eq!(cleared(&page, false), None, "a row that does not lie among the rows");
        page[11] = 50;
        page[4] = 40;
        assert_eq!(cleared(&page, false), None, "a list that is longer than the page");
        assert_eq!(cleared(&page[..6], false), None);
        assert_eq!(cleared(&[], true), None);
    }
}
