//! Whoever sits at a browser: comes in, does things, loses the line and comes back, and asks again
//! with the same id for what was not answered.

mod ask;
mod door;
mod series;
mod wish;

use std::time::Duration;

use rand::RngExt as _;
use rand::rngs::StdRng;
use setroom_client::{Client, ClientError, Dial};
use setroom_protocol::room::Stage;
use setroom_protocol::{CloseCode, Command, LinkRole, SeatId};
use tokio::time::sleep;

use crate::book::{Book, Final};

/// How long a person waits for an answer before taking the line for dead.
pub const PATIENCE: Duration = Duration::from_secs(4);
/// The longest pause between two tries to come back, in milliseconds.
const BACK_OFF_MS: u64 = 2_000;

/// One person of a story.
#[derive(Debug)]
pub struct Person {
    /// How the book names them.
    pub who: String,
    /// By which link they come.
    pub role: LinkRole,
    /// How the server is reached.
    pub dial: Dial,
    /// What everybody writes into.
    pub book: Book,
    /// Their own chance.
    pub rng: StdRng,
    /// Where they sit, once they are in.
    pub seat: Option<SeatId>,
    /// Whether they have done what they wished.
    pub is_at_rest: bool,
}

/// Why somebody is out for good.
#[derive(Debug)]
enum Out {
    /// Removed from the set.
    Removed,
    /// What a client must never see.
    Wrong(String),
}

type Doing<T> = Result<T, Out>;

impl Person {
    /// Plays this person from the door to the end.
    pub async fn live(mut self) {
        self.book.pages().busy += 1;
        let outcome = Box::pin(self.meet()).await;
        self.rest();
        let mut pages = self.book.pages();
        match outcome {
            Ok(()) | Err(Out::Removed) => {}
            Err(Out::Wrong(what)) => {
                let line = format!("{}: {what}", self.who);
                pages.wrong.push(line);
            }
        }
    }

    async fn meet(&mut self) -> Doing<()> {
        let mut client = self.come_in().await?;
        self.seat = client.model().seat();
        self.book.line(format!("{} is in", self.who));
        while !self.book.pages().calm {
            self.pause(10, 400).await;
            self.one_thing(&mut client).await?;
        }
        self.rest();
        self.end(&mut client).await
    }

    /// They wish for nothing more.
    fn rest(&mut self) {
        if !std::mem::replace(&mut self.is_at_rest, true) {
            self.book.pages().busy -= 1;
            self.book.line(format!("{} is done", self.who));
        }
    }

    async fn pause(&mut self, least_ms: u64, most_ms: u64) {
        sleep(Duration::from_millis(self.rng.random_range(least_ms..most_ms))).await;
    }

    /// When everything is calm: sees the last change, and how a fresh snapshot compares.
    async fn end(&mut self, client: &mut Client) -> Doing<()> {
        if self.role == LinkRole::Host {
            let shared = loop {
                let shared = client.shared().map_err(|e| Out::Wrong(format!("the host: {e}")))?;
                if shared.stage == Stage::Closed {
                    // Whoever is still at the door comes in to the next meeting.
                    self.open_next(client).await?;
                    continue;
                }
                // Somebody who was sent out before they saw the room comes in now.
                let outside = shared.seats.iter().find(|(_, view)| view.in_lobby);
                if let Some((seat, _)) = outside {
                    self.insist(client, Command::BringBack { seat: *seat }).await?;
                } else if self.book.pages().busy == 0 {
                    break shared;
                } else if !self.let_in(client).await? {
                    // A line on which nothing comes may be dead: a page is loaded anew now and then.
                    if self.rng.random_bool(0.05) {
                        self.return_to(client).await?;
                    }
                    self.listen(client).await?;
                }
            };
            let last = self.insist(client, Command::Lock { on: !shared.locked }).await?;
            let seq = last.done().ok_or_else(|| Out::Wrong("no last change".into()))?;
            self.book.pages().last = Some(seq);
        }
        let last = loop {
            let last = self.book.pages().last;
            if let Some(last) = last {
                break last;
            }
            self.listen(client).await?;
        };
        while client.model().seq() < last || !client.model().is_in() {
            if let Err(error) = client.next().await {
                if is_removal(&error) {
                    return self.removed(client);
                }
                self.return_to(client).await?;
            }
        }
        // Room for the own view that belongs to the last change.
        self.listen(client).await?;
        let model = client.model();
        let (shared, own) = (model.shared_value().clone(), model.own_value().clone());
        let (who, device, seq) = (self.who.clone(), client.device(), model.seq());
        let sequence = &model.sequence;
        let (lost, again) = (sequence.lost(), sequence.duplicated + sequence.out_of_order);
        if lost + again > 0 {
            return Err(Out::Wrong(format!("{lost} places were left out and {again} came again")));
        }
        self.book.pages().finals.push(Final { who, device, seq, shared, own });
        // A fresh snapshot, for the checker to compare.
        client.cut();
        while client.come_back_anew().await.is_err() {
            client.cut();
            self.pause(50, 500).await;
        }
        Ok(())
    }
}

/// Whether the line ended because this person is out.
fn is_removal(error: &ClientError) -> bool {
    matches!(error, ClientError::Ended(ended) if ended.close_code() == Some(CloseCode::NotAllowed))
}
