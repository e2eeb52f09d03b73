//! Scenarios: whole meetings, told in a TOML file. `loadtest/scenarios/README.md` explains every
//! key; a test holds it against these forms.

mod check;
mod length;
mod read;
mod steady;
pub(crate) mod time;

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::measure::verdict::Thresholds;

pub use read::SHIPPED;

/// What is to be played.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Scenario {
    /// What it is called; the file's name unless it says otherwise.
    #[serde(default)]
    pub name: String,
    /// What it shows, in a sentence.
    pub about: String,
    /// The plan, by the server's own name for it.
    pub plan: String,
    /// The template of its slots.
    pub template: String,
    /// How many times faster than life. Clocks of people run faster, the server's limits do not.
    pub compress: f64,
    /// Rooms, each a set of its own.
    pub rooms: u32,
    /// Whether boxes are random bytes instead of sealed text.
    #[serde(default)]
    pub opaque: bool,
    /// Whether a room whose meeting is closed makes a new set and goes on until the time is over.
    #[serde(default)]
    pub repeat: bool,
    /// How often each set meets, in one room: the next meeting is opened from the closed one.
    #[serde(default = "once")]
    pub meetings: u32,
    /// How long, once everybody is in; without it each room plays its meetings to the end.
    #[serde(default, with = "time::maybe", skip_serializing_if = "Option::is_none")]
    pub duration: Option<Duration>,
    /// Commands a second in all rooms together: a steady mix of them instead of whole meetings.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rate: Option<f64>,
    /// Who is in a room besides its facilitator.
    pub people: People,
    /// When they come.
    pub arrival: Arrival,
    /// What they do.
    #[serde(default)]
    pub behaviour: Behaviour,
    /// What is broken on the way, in order of time.
    #[serde(default, rename = "fault", skip_serializing_if = "Vec::is_empty")]
    pub faults: Vec<Fault>,
    /// What has to be kept.
    #[serde(default)]
    pub thresholds: Wanted,
}

/// Who is in a room besides its facilitator.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct People {
    /// Co-facilitators.
    #[serde(default)]
    pub co_facilitators: u32,
    /// Members.
    pub members: u32,
    /// Observers.
    #[serde(default)]
    pub observers: u32,
}

/// When people come. Times are real ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Arrival {
    /// Rooms are opened evenly over this time.
    #[serde(with = "time")]
    pub open: Duration,
    /// People knock at any moment within this time after their room is to open.
    #[serde(with = "time")]
    pub within: Duration,
    /// Whether they all come after the last room is to be open instead: a storm.
    #[serde(default)]
    pub together: bool,
    /// The share of members that comes only once the meeting is on.
    #[serde(default)]
    pub late: f64,
}

/// What people do. Rates belong to the meeting's own time, so compression raises them.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Behaviour {
    /// Hands that a member raises in a minute of a part with hands.
    pub hands: f64,
    /// How often the presenter says *ready* after an answer, so that nobody waits for the gap.
    pub ready: f64,
    /// How often a turn of a round, or a question, is passed.
    pub passes: f64,
    /// The share of members that puts a tick in a part.
    pub ticks: f64,
    /// The share of those who may write in a part that does.
    pub writes: f64,
    /// Presses of the facilitator in an hour: pause, more time, hold, silence, undo and the like.
    pub presses: f64,
    /// Pages that a person reloads in an hour.
    pub reloads: f64,
    /// How often a person drops off in an hour.
    pub drop_offs: f64,
    /// How long somebody who dropped off stays away, at most; real time.
    #[serde(with = "time")]
    pub away: Duration,
}

impl Default for Behaviour {
    fn default() -> Self {
        Self {
            hands: 0.2,
            ready: 0.5,
            passes: 0.1,
            ticks: 0.3,
            writes: 0.7,
            presses: 12.0,
            reloads: 0.1,
            drop_offs: 0.1,
            away: Duration::from_secs(5),
        }
    }
}

/// Something that is broken on purpose.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Fault {
    /// When, in real time once everybody is in.
    #[serde(with = "time")]
    pub at: Duration,
    /// What.
    pub what: Break,
    /// The share of connections that it touches.
    #[serde(default = "all")]
    pub share: f64,
    /// How long it lasts; for a server, how long it stays down.
    #[serde(default = "a_second", with = "time")]
    pub lasts: Duration,
    /// By how much a delay delays.
    #[serde(default, with = "time::maybe", skip_serializing_if = "Option::is_none")]
    pub by: Option<Duration>,
    /// The time between two servers of a rolling restart.
    #[serde(default, with = "time::maybe", skip_serializing_if = "Option::is_none")]
    pub every: Option<Duration>,
}

fn once() -> u32 {
    1
}

fn all() -> f64 {
    1.0
}

fn a_second() -> Duration {
    Duration::from_secs(1)
}

/// Ways to break something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Break {
    /// A share of all sockets is closed at once by the clients, without a word.
    Drop,
    /// A share of all clients reads nothing for a while.
    Freeze,
    /// The proxy between cuts a share of all connections.
    Cut,
    /// The proxy delays everything for a while.
    Delay,
    /// The proxy keeps everything back for a while, and then passes all of it on.
    Hold,
    /// Every server is killed without a word and started again.
    Kill,
    /// Every server is told to stop, which drains it, and started again.
    Drain,
    /// One server after the other is drained and started again.
    Rolling,
}

impl Break {
    /// Whether it takes the proxy.
    pub fn needs_proxy(self) -> bool {
        matches!(self, Self::Cut | Self::Delay | Self::Hold)
    }

    /// Whether it takes servers that the tester has started itself.
    pub fn needs_servers(self) -> bool {
        matches!(self, Self::Kill | Self::Drain | Self::Rolling)
    }
}

/// What has to be kept. Losing or repeating nothing is always among it.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Wanted {
    /// The most that the 99th percentile of delivery may be, in milliseconds.
    pub p99_ms: f64,
    /// The same for joining.
    pub join_p99_ms: Option<f64>,
    /// How soon everybody must be back after each fault.
    #[serde(with = "time::maybe", skip_serializing_if = "Option::is_none")]
    pub back_within: Option<Duration>,
    /// Connections that may be turned away.
    pub refused_joins: u64,
    /// The most that the server's memory may grow in the measured part: 1.2 is a fifth more.
    pub rss_growth: Option<f64>,
    /// The most that it may rise over the last two thirds of it, by its trend: for meetings that
    /// are played again and again, which fill with texts at first.
    pub rss_trend: Option<f64>,
}

impl Default for Wanted {
    fn default() -> Self {
        Self {
            p99_ms: 250.0,
            join_p99_ms: None,
            back_within: None,
            refused_joins: 0,
            rss_growth: None,
            rss_trend: None,
        }
    }
}

/// To a thousandth: 1.3 is 30 %, and not 30.000000000000004.
fn percent_more(times: f64) -> f64 {
    ((times - 1.0) * 100_000.0).round() / 1000.0
}

impl From<Wanted> for Thresholds {
    fn from(wanted: Wanted) -> Self {
        Self {
            p99_ms: wanted.p99_ms,
            join_p99_ms: wanted.join_p99_ms,
            back_seconds: wanted.back_within.map(|time| time.as_secs_f64()),
            turned_away: wanted.refused_joins,
            memory_growth_percent: wanted.rss_growth.map(percent_more),
            memory_trend_percent: wanted.rss_trend.map(percent_more),
            ..Self::default()
        }
    }
}
