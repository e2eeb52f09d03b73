//! From one meeting to the next: what is said about dates and at the close, and the next one opened.

use rand::RngExt as _;
use setroom_client::Client;
use setroom_protocol::attendance::Attended;
use setroom_protocol::room::{Availability, OfferedTime, Stage};
use setroom_protocol::{Command, MeetingId, Mode, Role};

use super::{Doing, Person};
use crate::clock::now;

const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Person {
    /// What everybody may say of a meeting, this one or one to come, that is not of its parts.
    pub(super) fn of_meetings(&mut self, client: &Client) -> Option<Command> {
        let (shared, own) = (client.shared().ok()?, client.model().own()?);
        let on = self.rng.random_bool(0.7);
        Some(match self.rng.random_range(0..6) {
            0 => Command::SayRecorder { on },
            1 => Command::AgreeNames { on },
            2 => Command::CannotCome { meeting: shared.meeting, on },
            3 => {
                let asked: Vec<_> = shared.dates_asked.keys().copied().collect();
                let time = *asked.get(self.rng.random_range(0..asked.len().max(1)))?;
                let answer = match self.rng.random_range(0..3) {
                    0 => Availability::Yes,
                    1 => Availability::IfNeedBe,
                    _ => Availability::No,
                };
                Command::AnswerDate { time, answer }
            }
            4 if shared.proposed.is_some() => Command::AnswerMode { yes: on },
            4 => Command::ProposeMode { mode: self.mode() },
            _ if own.role == Role::Observer => Command::SayRecorder { on: !on },
            _ => Command::CannotCome { meeting: MeetingId::from_bytes(self.rng.random()), on },
        })
    }

    /// What a facilitator does where the meeting does not run.
    pub(super) fn around_meetings(&mut self, client: &mut Client) -> Option<Command> {
        let (stage, meeting) = client.shared().map(|shared| (shared.stage, shared.meeting)).ok()?;
        let closed = stage == Stage::Closed;
        Some(match self.rng.random_range(0..10) {
            0 => self.of_dates(),
            1 if closed => {
                let taking = client.shared().ok()?.seats;
                let taking = taking.into_iter().filter(|(_, seat)| seat.role != Role::Observer);
                let seats = taking.map(|(seat, _)| (seat, Attended::Came)).collect();
                Command::SetAttendance { meeting, seats }
            }
            1 => Command::SetMode { mode: self.mode() },
            _ if closed => self.next_meeting(client)?,
            _ => Command::Start,
        })
    }

    /// Opens the next meeting of a set that is closed.
    pub(super) async fn open_next(&mut self, client: &mut Client) -> Doing<()> {
        let _ = client.take_grant();
        let before = client.keyring().clone();
        let Some(command) = self.next_meeting(client) else { return self.listen(client).await };
        self.carry_out(client, command, before).await
    }

    /// The set meets again: at a date that it has, or on the spot.
    fn next_meeting(&mut self, client: &mut Client) -> Option<Command> {
        let series = client.shared().ok()?.series;
        let dated = series.and_then(|series| series.dates.keys().next().copied());
        let meeting = match dated {
            Some(dated) if self.rng.random_bool(0.7) => dated,
            _ => MeetingId::from_bytes(self.rng.random()),
        };
        client.next_meeting_command(meeting).ok()
    }

    /// Dates of meetings to come, or times that people are asked about.
    fn of_dates(&mut self) -> Command {
        let now = now();
        let mut at = || {
            let days = self.rng.random_range(1..60_u64);
            (MeetingId::from_bytes(self.rng.random()), now.plus(days * DAY_MS))
        };
        let times = [at(), at()];
        let offered = |at| OfferedTime { starts_at: at, minutes: 180 };
        if self.rng.random_bool(0.5) {
            Command::AskDates { times: times.map(|(id, at)| (id, offered(at))).into() }
        } else {
            Command::SetDates { dates: times.into(), fixes: false }
        }
    }

    fn mode(&mut self) -> Mode {
        match self.rng.random_range(0..4) {
            0 => Mode::Double,
            1 => Mode::Chatham,
            2 => Mode::OpenLearning,
            _ => Mode::Set,
        }
    }
}
