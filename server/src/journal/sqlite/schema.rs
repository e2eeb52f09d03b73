//! The file: its settings, its tables, its version.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::OpenError;
use crate::journal::Branch;

/// Marks the file as ours ("Setr").
const APPLICATION_ID: i64 = 0x5365_7472;
/// The newest form of the file, which this program writes. It reads every older one.
///
/// Form 2 has the branch.
pub(super) const FORM: i64 = 2;

/// How long one connection waits for the other one's lock.
pub(super) const LOCK_WAIT: Duration = Duration::from_secs(5);

/// Rows in the order of arrival, so that every commit writes neighbouring pages; the index finds
/// a room's rows and forbids two entries at one place.
const TABLES: &str = "
CREATE TABLE entry (
    arrival  INTEGER PRIMARY KEY,
    room     BLOB    NOT NULL CHECK (length(room) = 16),
    seq      INTEGER NOT NULL CHECK (seq > 0),
    prev     INTEGER NOT NULL CHECK (prev >= 0 AND prev < seq),
    id       BLOB    NOT NULL CHECK (length(id) = 16),
    form     INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    sum      BLOB    NOT NULL CHECK (length(sum) = 16),
    chain    BLOB    NOT NULL CHECK (length(chain) = 32)
) STRICT;
CREATE UNIQUE INDEX entry_place ON entry (room, seq);
CREATE TABLE snapshot (
    room     BLOB    PRIMARY KEY CHECK (length(room) = 16),
    stored   INTEGER NOT NULL CHECK (stored >= 0),
    accepted INTEGER NOT NULL CHECK (accepted >= 0 AND accepted <= stored),
    form     INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    sum      BLOB    NOT NULL CHECK (length(sum) = 16),
    chain    BLOB    NOT NULL CHECK (length(chain) = 32)
) STRICT, WITHOUT ROWID;
CREATE TABLE tombstone (
    room     BLOB    PRIMARY KEY CHECK (length(room) = 16)
) STRICT, WITHOUT ROWID;
CREATE TABLE pulse (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    count    INTEGER NOT NULL
) STRICT;
INSERT INTO pulse VALUES (1, 0);
";

/// What came with form 2. A copy that is put back is given another branch.
const BRANCH: &str = "
CREATE TABLE branch (
    one      INTEGER PRIMARY KEY CHECK (one = 1),
    id       BLOB    NOT NULL CHECK (length(id) = 16)
) STRICT;
INSERT INTO branch VALUES (1, randomblob(16));
";

/// Opens the file and sets the connection up; makes the tables in an empty file.
pub(super) fn open(file: &Path, max_bytes: Option<u64>) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE
        | OpenFlags::SQLITE_OPEN_CREATE
        | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let mut connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    // Deleted rows are overwritten, and a committed row is on disk before anybody hears of it.
    set(&connection, "secure_delete", "ON")?;
    set(&connection, "journal_mode", "WAL")?;
    set(&connection, "synchronous", "FULL")?;
    set(&connection, "temp_store", "MEMORY")?;
    set(&connection, "trusted_schema", "OFF")?;
    set(&connection, "foreign_keys", "ON")?;
    // The checkpoint thread does this, so that no append has to.
    set(&connection, "wal_autocheckpoint", "0")?;
    if let Some(max_bytes) = max_bytes {
        let page: i64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
        let pages = i64::try_from(max_bytes).unwrap_or(i64::MAX) / page.max(1);
        set(&connection, "max_page_count", &pages.to_string())?;
    }
    prepare_tables(&mut connection, file)?;
    Ok(connection)
}

/// Opens the file to look at it, whatever its form; nothing in it is changed.
pub(super) fn open_to_read(file: &Path) -> Result<Connection, OpenError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags)?;
    connection.busy_timeout(LOCK_WAIT)?;
    set(&connection, "temp_store", "MEMORY")?;
    set(&connection, "trusted_schema", "OFF")?;
    form_of(&connection, file)?;
    Ok(connection)
}

/// The form of a file that is ours and that this program can read.
pub(super) fn form_of(connection: &Connection, file: &Path) -> Result<i64, OpenError> {
    let number = |pragma: &str| -> rusqlite::Result<i64> {
        connection.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
    };
    match (number("user_version")?, number("application_id")?) {
        (found, APPLICATION_ID) if found > FORM => Err(OpenError::Newer { found, known: FORM }),
        (form, APPLICATION_ID) if form >= 1 => Ok(form),
        _ => Err(OpenError::Foreign(file.to_owned())),
    }
}

/// The branch of history that the file stands on.
pub(super) fn branch(connection: &Connection) -> rusqlite::Result<Branch> {
    connection.query_row("SELECT id FROM branch", [], |row| row.get(0)).map(Branch)
}

/// Gives the file a branch of its own, so that whoever followed another copy of it is told.
pub(super) fn begin_branch(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute("UPDATE branch SET id = randomblob(16)", []).map(drop)
}

/// Sets a pragma, whether it answers with a row or not.
pub(super) fn set(connection: &Connection, pragma: &str, value: &str) -> rusqlite::Result<()> {
    match connection.pragma_update_and_check(None, pragma, value, |_| Ok(())) {
        Ok(()) | Err(rusqlite::Error::QueryReturnedNoRows) => Ok(()),
        Err(error) => Err(error),
    }
}

fn prepare_tables(connection: &mut Connection, file: &Path) -> Result<(), OpenError> {
    let transaction =
        connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let number = |pragma: &str| -> rusqlite::Result<i64> {
        transaction.query_row(&format!("PRAGMA {pragma}"), [], |row| row.get(0))
    };
    let form = number("user_version")?;
    let tables: i64 =
        transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    match (form, number("application_id")?) {
        (0, 0) if tables == 0 => {
            transaction.execute_batch(TABLES)?;
            transaction.execute_batch(BRANCH)?;
            set(&transaction, "application_id", &APPLICATION_ID.to_string())?;
            set(&transaction, "user_version", &FORM.to_string())?;
        }
        (1, APPLICATION_ID) => {
            transaction.execute_batch(BRANCH)?;
            set(&transaction, "user_version", &FORM.to_string())?;
        }
        (FORM, APPLICATION_ID) => {}
        (found, APPLICATION_ID) if found > FORM => {
            return Err(OpenError::Newer { found, known: FORM });
        }
        _ => return Err(OpenError::Foreign(file.to_owned())),
    }
    transaction.commit()?;
    Ok(())
}
