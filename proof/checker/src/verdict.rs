//! What the checker says.

use std::collections::BTreeMap;
use std::fmt;

use setroom_protocol::{CommandId, DeviceId};

use crate::invariant::Invariant;

/// Breaches of one invariant that are kept whole; more are only counted.
const KEPT: usize = 20;

/// An invariant that does not hold, with the evidence.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// Which.
    pub invariant: Invariant,
    /// What is wrong, in one sentence.
    pub what: String,
    /// The client whose log shows it.
    pub client: Option<DeviceId>,
    /// The command.
    pub cid: Option<CommandId>,
    /// The place in the room's order.
    pub seq: Option<u64>,
    /// The journal's entry that holds the row.
    pub row: Option<u64>,
}

impl Breach {
    /// A breach without evidence yet.
    pub fn of(invariant: Invariant, what: impl Into<String>) -> Self {
        let what = what.into();
        Self { invariant, what, client: None, cid: None, seq: None, row: None }
    }

    /// Shown by this client's log.
    pub fn client(self, client: DeviceId) -> Self {
        Self { client: Some(client), ..self }
    }

    /// About this command.
    pub fn cid(self, cid: CommandId) -> Self {
        Self { cid: Some(cid), ..self }
    }

    /// At this place.
    pub fn seq(self, seq: u64) -> Self {
        Self { seq: Some(seq), ..self }
    }

    /// In this entry of the journal.
    pub fn row(self, row: u64) -> Self {
        Self { row: Some(row), ..self }
    }
}

impl fmt::Display for Breach {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.invariant, self.what)?;
        let mut evidence = Vec::new();
        evidence.extend(self.client.map(|client| format!("client {client}")));
        evidence.extend(self.cid.map(|cid| format!("cid {cid}")));
        evidence.extend(self.seq.map(|seq| format!("seq {seq}")));
        evidence.extend(self.row.map(|row| format!("row {row}")));
        if evidence.is_empty() { Ok(()) } else { write!(f, " ({})", evidence.join(", ")) }
    }
}

/// How much was looked at: a verdict on nothing is worth nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Sets.
    pub sets: u64,
    /// Clients.
    pub clients: u64,
    /// Connections of clients.
    pub connections: u64,
    /// Frames that clients received.
    pub frames: u64,
    /// Commands that were sent, each once.
    pub sent: u64,
    /// Commands that were acknowledged, each once.
    pub acknowledged: u64,
    /// Rows of journals.
    pub rows: u64,
    /// Views of clients that were compared with the replay.
    pub views: u64,
    /// Texts that were looked for in files.
    pub canaries: u64,
    /// Boxes, keys and ids of rounds off the record that were looked for in journals.
    pub off_record: u64,
}

/// What the checker found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Invariants that do not hold, the first of each kind.
    pub breaches: Vec<Breach>,
    /// How often each does not hold in all.
    pub broken: BTreeMap<Invariant, u64>,
    /// What could not be judged, and why.
    pub notes: Vec<String>,
    /// How much was looked at.
    pub counts: Counts,
}

impl Verdict {
    /// Whether everything holds.
    pub fn is_green(&self) -> bool {
        self.broken.is_empty()
    }

    /// Whether this invariant is among those that do not hold.
    pub fn breaks(&self, invariant: Invariant) -> bool {
        self.broken.contains_key(&invariant)
    }

    /// One more.
    pub fn add(&mut self, breach: Breach) {
        let count = self.broken.entry(breach.invariant).or_default();
        *count += 1;
        if *count <= KEPT as u64 {
            self.breaches.push(breach);
        }
    }

    /// Something that could not be judged.
    pub fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// Takes what was found elsewhere in.
    pub fn merge(&mut self, other: Self) {
        self.breaches.extend(other.breaches);
        for (invariant, count) in other.broken {
            *self.broken.entry(invariant).or_default() += count;
        }
        self.notes.extend(other.notes);
        let (mine, more) = (&mut self.counts, other.counts);
        mine.sets += more.sets;
        mine.clients += more.clients;
        mine.connections += more.connections;
        mine.frames += more.frames;
        mine.sent += more.sent;
        mine.acknowledged += more.acknowledged;
        mine.rows += more.rows;
        mine.views += more.views;
        mine.canaries += more.canaries;
        mine.off_record += more.off_record;
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for breach in &self.breaches {
            writeln!(f, "{breach}")?;
        }
        for note in &self.notes {
            writeln!(f, "note: {note}")?;
        }
        for (invariant, sentence) in Invariant::ALL {
            let holds = match self.broken.get(&invariant) {
                None if invariant == Invariant::NothingReadable
                    && self.counts.canaries + self.counts.off_record == 0 =>
                {
                    "not looked at: nothing was off the record, and no texts were named".to_owned()
                }
                None => "holds".to_owned(),
                Some(count) => format!("BROKEN {count} times"),
            };
            writeln!(f, "{invariant:<4} {:<70} {holds}", sentence)?;
        }
        let Counts { sets, clients, connections, frames, sent, acknowledged, rows, views, .. } =
            self.counts;
        writeln!(
            f,
            "{sets} sets, {clients} clients, {connections} connections, {sent} commands sent, \
             {acknowledged} acknowledged, {frames} frames received, {rows} rows, {views} views \
             compared with the replay"
        )?;
        f.write_str(if self.is_green() { "green" } else { "RED" })
    }
}
