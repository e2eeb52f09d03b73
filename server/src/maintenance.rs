//! The commands that look after a journal: what they print, and how they end.
//!
//! Status 0: done, and sound. 1: done, and something does not hold. 2: could not be done.

use std::fs::OpenOptions;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use setroom_protocol::SetId;
use setroom_server::clock::Clock;
use setroom_server::config::Flags;
use setroom_server::journal::sqlite::maintenance::{self, Finding, MaintenanceError};

use crate::cli::JournalCommand;
use crate::ended::{Ended, loaded, say};

/// Something does not hold.
const DAMAGED: u8 = 1;
/// Nothing was done.
const NOT_DONE: u8 = 2;

fn not_done(error: &MaintenanceError) -> Ended {
    Ended { status: NOT_DONE, why: error.to_string() }
}

fn data(flags: &Flags) -> Result<PathBuf, Ended> {
    Ok(loaded(flags)?.config.data)
}

/// One line for each fault.
fn name(finding: Finding) {
    // Where even this cannot be written the count at the end and the status still tell.
    let _ = writeln!(std::io::stdout(), "{finding}");
}

fn judged(faults: u64, what: &str) -> Result<(), Ended> {
    match faults {
        0 => Ok(()),
        _ => Err(Ended { status: DAMAGED, why: what.to_owned() }),
    }
}

pub(crate) fn backup(flags: &Flags, to: &Path) -> Result<(), Ended> {
    let now = Clock::system().now_ms();
    let made = maintenance::backup(&data(flags)?, to, now, &mut name).map_err(|e| not_done(&e))?;
    let maintenance::Manifest { sets, erased, bytes, sha256, faults, .. } = &made;
    say(&format!(
        "Copied {sets} sets to {}: {bytes} bytes, SHA-256 {sha256}; {erased} erased.\n\
         The sum has no key: whoever can change the copy can change it too. Keep it elsewhere, and \
         compare before you restore.\n",
        to.display()
    ))?;
    judged(*faults, "the journal is damaged, and so is the copy: see the lines above")
}

pub(crate) fn restore(flags: &Flags, from: &Path, replace: bool) -> Result<(), Ended> {
    let now = Clock::system().now_ms();
    let restored = maintenance::restore(from, &data(flags)?, replace, now, &mut name)
        .map_err(|error| not_done(&error))?;
    say(&format!("{restored}\n"))?;
    judged(restored.summary.faults, "the copy was damaged when it was made: see the lines above")
}

pub(crate) fn journal(command: JournalCommand) -> Result<(), Ended> {
    match command {
        JournalCommand::Verify { data: at } => {
            let summary = maintenance::verify(&data(&at.into())?, &mut name)
                .map_err(|error| not_done(&error))?;
            say(&format!("{summary}\n"))?;
            judged(summary.faults, "sets with faults do not open; the others do")
        }
        JournalCommand::Export { set, to, data: at } => {
            export(&data(&at.into())?, set, to.as_deref())
        }
        JournalCommand::Erase { set, data: at } => erase(&data(&at.into())?, set),
    }
}

fn export(folder: &Path, set: Option<SetId>, to: Option<&Path>) -> Result<(), Ended> {
    let exported = match to {
        None => maintenance::export(folder, set, &mut std::io::stdout().lock()),
        Some(to) => {
            let mut options = OpenOptions::new();
            options.write(true).create_new(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            let file = options.open(to).map_err(|cause| {
                not_done(&MaintenanceError::File { path: to.to_owned(), cause })
            })?;
            let exported = maintenance::export(folder, set, &mut BufWriter::new(file));
            if exported.is_err() {
                // Half of it must not pass for the whole.
                let _ = std::fs::remove_file(to);
            }
            exported
        }
    };
    let exported = exported.map_err(|error| not_done(&error))?;
    judged(exported.faults, "what does not hold was left out: see the lines \"fault\"")
}

fn erase(folder: &Path, set: SetId) -> Result<(), Ended> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|cause| Ended {
        status: NOT_DONE,
        why: format!("the runtime cannot be started: {cause}"),
    })?;
    let now = Clock::system().now_ms();
    let receipt =
        runtime.block_on(maintenance::erase(folder, set, now)).map_err(|error| not_done(&error))?;
    say(&format!("{receipt}\n"))?;
    judged(
        u64::from(!receipt.is_clean()),
        "it is not known that nothing of the set is left: see to what is named above, and erase again",
    )
}
