//! What somebody wishes to do.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_client::{Client, Keyring, Place, is_private};
use setroom_protocol::room::{LookedAt, Stage};
use setroom_protocol::{Command, ItemId, LinkRole, Put, SeatId, TextKind};

use super::{Doing, Out, Person};

/// How often somebody leaves the set for good, of all that they do.
const LEAVES: f64 = 0.004;

impl Person {
    /// Does one of the things that this person may wish.
    pub(super) async fn one_thing(&mut self, client: &mut Client) -> Doing<()> {
        // Two facilitators stand at one door: whoever is slower is told that the roster has moved on.
        let opens = matches!(self.role, LinkRole::Host | LinkRole::CoFacilitator);
        let closed = client.shared().is_ok_and(|shared| shared.stage == Stage::Closed);
        if opens && !closed && self.let_in(client).await? {
            return Ok(());
        }
        let Ok(shared) = client.shared() else {
            // In the lobby: whoever sent them there brings them back.
            return self.listen(client).await;
        };
        if self.rng.random_bool(0.7) {
            // Else their browser is behind, and seals what it seals under the key that it has.
            let _ = client.take_grant();
        }
        let before = client.keyring().clone();
        // With a co-facilitator the links go, and who has not knocked yet has no other.
        if matches!(self.role, LinkRole::Member | LinkRole::Observer)
            && self.rng.random_bool(LEAVES)
        {
            return self.carry_out(client, Command::Leave, before).await;
        }
        let of_life = self.rng.random_bool(0.15).then(|| self.of_life(client)).flatten();
        let command = if of_life.is_some() {
            of_life
        } else if self.rng.random_bool(0.1) {
            self.of_meetings(client)
        } else if self.role == LinkRole::Host {
            self.of_controls(client, &shared.seats.keys().copied().collect::<Vec<_>>())
        } else if self.rng.random_bool(0.25) {
            self.text(client)
        } else if self.role == LinkRole::CoFacilitator {
            self.of_help(client, &shared.seats.keys().copied().collect::<Vec<_>>())
        } else {
            Some(self.of_people())
        };
        let Some(command) = command else { return self.listen(client).await };
        self.carry_out(client, command, before).await
    }

    /// Asks for something. What was done to the keys for it is undone when it is refused.
    pub(super) async fn carry_out(
        &mut self,
        client: &mut Client,
        command: Command,
        before: Keyring,
    ) -> Doing<()> {
        let leaves = if let Command::Remove { seat, .. } = &command {
            Some(*seat)
        } else {
            self.seat.filter(|_| matches!(command, Command::Leave))
        };
        if let Some(seat) = leaves {
            // From the moment it is asked for, being out is right.
            self.book.pages().removed.entry(seat).or_default();
        }
        let changes_keys = matches!(
            &command,
            Command::Remove { .. } | Command::Rekey { .. } | Command::NextMeeting { .. }
        );
        let put = if let Command::Put(put) = &command { Some(put.clone()) } else { None };
        let answer = self.insist(client, command).await?;
        let Some(seq) = answer.done() else {
            if changes_keys {
                *client.keyring_mut() = before;
            }
            return Ok(());
        };
        if let Some(put) = put {
            client.keyring_mut().was_put(&put);
        }
        if let Some(seat) = leaves {
            self.book.pages().removed.insert(seat, seq);
        }
        Ok(())
    }

    /// Admits whoever knocks. Says whether there was somebody.
    pub(super) async fn let_in(&mut self, client: &mut Client) -> Doing<bool> {
        let Some((device, knock)) =
            client.model().knocks.iter().next().map(|(d, k)| (*d, k.clone()))
        else {
            return Ok(false);
        };
        let command = client.admission(device, &knock, knock.seat);
        let Ok(command) = command else { return Err(Out::Wrong("no grant can be made".into())) };
        if self.insist(client, command).await?.refused().is_some() {
            client.keyring_mut().edit_was_refused();
        }
        // Whoever was let in is no longer at the door, and the next look will say so.
        self.listen(client).await?;
        Ok(true)
    }

    fn of_people(&mut self) -> Command {
        match self.rng.random_range(0..9) {
            0 | 1 => Command::Tick { on: self.rng.random_bool(0.6) },
            2 | 3 => Command::RaiseHand { kind: None, seat: None },
            4 => Command::LowerHand { seat: None },
            5 => Command::AgreeCharter,
            6 => Command::EndTurn,
            7 => Command::PassTurn,
            _ => Command::EndRoundTurn,
        }
    }

    /// Somebody who leads beside the host.
    fn of_help(&mut self, client: &mut Client, seats: &[SeatId]) -> Option<Command> {
        Some(match self.rng.random_range(0..13) {
            0..=5 => Command::Next,
            6 => Command::Undo,
            7 => Command::Pause,
            8 => Command::Resume,
            9 => Command::AddTime { minutes: 1 },
            10 => Command::Hold,
            11 => Command::Release,
            _ => {
                let other = self.another(client, seats);
                self.of_keys(client, other)?
            }
        })
    }

    fn another(&mut self, client: &Client, seats: &[SeatId]) -> Option<SeatId> {
        let me = client.model().seat();
        let other = seats.get(self.rng.random_range(0..seats.len().max(1))).copied();
        other.filter(|seat| Some(*seat) != me)
    }

    /// A new key, now and then because somebody is put out.
    fn of_keys(&mut self, client: &mut Client, other: Option<SeatId>) -> Option<Command> {
        if self.rng.random_bool(0.2) {
            let seat = other?;
            return Some(Command::Remove { seat, keys: client.key_change(Some(seat), &[]).ok()? });
        }
        Some(Command::Rekey { keys: client.key_change(None, &[]).ok()? })
    }

    fn of_controls(&mut self, client: &mut Client, seats: &[SeatId]) -> Option<Command> {
        if client.shared().ok()?.stage != Stage::Running {
            return self.around_meetings(client);
        }
        let other = self.another(client, seats);
        Some(match self.rng.random_range(0..21) {
            0..=5 => Command::Next,
            6 => Command::Undo,
            7 => Command::Pause,
            8 => Command::Resume,
            9 => Command::AddTime { minutes: 1 },
            10 => Command::Hold,
            11 | 12 => Command::Release,
            13 => Command::Invite { seat: other? },
            14 => Command::ChoosePresenter { seat: other },
            15 => Command::SendToLobby { seat: other? },
            16 | 17 => Command::BringBack { seat: other? },
            18 => self.of_keys(client, other)?,
            19 => Command::Close,
            _ => Command::ClearQueue,
        })
    }

    fn text(&mut self, client: &mut Client) -> Option<Command> {
        let kind = match self.rng.random_range(0..3) {
            0 => TextKind::Action,
            1 => TextKind::Question,
            _ => TextKind::Name,
        };
        self.text_of(client, kind)
    }

    /// What the set learns and works by: practices and their taps, a learning question, another look.
    fn of_life(&mut self, client: &mut Client) -> Option<Command> {
        let (shared, own) = (client.shared().ok()?, client.model().own()?);
        let practice = shared.practices.iter().next().map(|(item, held)| (*item, held.clone()));
        let actions = own.items.iter().chain(&shared.items);
        let mut mine =
            actions.filter(|(_, text)| text.kind == TextKind::Action && text.seat == own.seat);
        let action = mine.next().map(|(item, _)| *item);
        let looks = own.looks.contains(&LookedAt::Framework);
        Some(match self.rng.random_range(0..6) {
            0..=2 => {
                let (item, held) = practice?;
                match held.taps {
                    Some(_) => Command::AnswerPractice { item, yes: self.rng.random_bool(0.9) },
                    None => Command::LetPracticeGo { item },
                }
            }
            3 => {
                let written = self.text_of(client, TextKind::Practice)?;
                let Command::Put(put) = written else { return Some(written) };
                Command::Put(Put { action: Some(action?), ..put })
            }
            4 => self.text_of(client, TextKind::LearningQuestion)?,
            _ => Command::LookAgain { of: LookedAt::Framework, on: !looks },
        })
    }

    fn text_of(&mut self, client: &mut Client, kind: TextKind) -> Option<Command> {
        let (shared, own) = (client.shared().ok()?, client.model().own()?);
        client.keyring_mut().count_from(own.next_n);
        // A name has the id of its seat, and may always be written anew.
        let item = if kind == TextKind::Name { *own.seat.as_bytes() } else { self.rng.random() };
        let item = ItemId::from_bytes(item);
        let rev = shared.items.get(&item).map_or(1, |at| at.rev + 1);
        let mut rng = StdRng::seed_from_u64(self.rng.random());
        let is_own = is_private(kind);
        if is_own {
            client.keyring_mut().follow(&shared.roster).ok()?;
            let key =
                client.keyring_mut().own_key(own.seat, own.own_key.as_ref(), &mut rng).ok()?;
            if let Some(key) = key {
                // The text comes another time.
                return Some(Command::OwnKey(key));
            }
        }
        let place = Place { meeting: shared.meeting, seat: own.seat, kind, item, rev, own: is_own };
        let put = client.keyring().seal(&place, "What would help?", None, &mut rng).ok()?;
        Some(Command::Put(put))
    }
}
