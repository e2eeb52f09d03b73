//! An agent: does its part for the lead that has started it, and tells what it measured.

use std::time::Duration;

use tokio::io::{AsyncRead, AsyncWrite};
use tokio::runtime::Handle;
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio::time::Instant;

use super::channel::{ChannelError, Receiver, Sender};
use super::message::{FromAgent, FromLead, Work};
use crate::course::run;
use crate::measure::outcome::Outcome;
use crate::progress::{Progress, Told};
use crate::run::{CannotRun, Gate, GateKeeper, Run};

/// A lead that says nothing for this long is gone.
const SILENCE: Duration = Duration::from_secs(20);
/// How long the last words may take to be sent.
const LAST_WORDS: Duration = Duration::from_secs(30);
/// How often the lead is told how far it is.
const TELL: Duration = Duration::from_millis(500);
/// Messages that may wait for the agent to read them.
const WAITING: usize = 16;

/// Does a lead's work until it is done, the lead is gone, or `stop` becomes true and what there is
/// has been told; gives what became of it in a sentence. It `may` load a server that is not on this
/// machine, or not.
pub async fn serve<R, W>(from: R, to: W, may: bool, stop: watch::Receiver<bool>) -> String
where
    R: AsyncRead + Unpin + Send + 'static,
    W: AsyncWrite + Unpin,
{
    let (said, mut heard) = mpsc::channel(WAITING);
    let ears = tokio::spawn(listen(Receiver(from), said));
    let mut talk = Talk { sender: Sender(to), stop, epoch: Instant::now(), may };
    let sentence = match Box::pin(talk.work(&mut heard)).await {
        Ok(sentence) => sentence,
        Err(error) => format!("the lead is gone: {error}"),
    };
    ears.abort();
    sentence
}

/// What is said with a lead.
struct Talk<W> {
    sender: Sender<W>,
    stop: watch::Receiver<bool>,
    /// This agent's time 0.
    epoch: Instant,
    /// Whether it may load a server that is not on this machine.
    may: bool,
}

impl<W: AsyncWrite + Unpin> Talk<W> {
    async fn work(
        &mut self,
        heard: &mut mpsc::Receiver<Result<FromLead, ChannelError>>,
    ) -> Result<String, ChannelError> {
        self.sender.greet().await?;
        let (work, begin) = loop {
            match hear(heard).await? {
                FromLead::Ping => self.pong().await?,
                FromLead::Work { work, at_us } => break (work, self.time(at_us)),
                FromLead::Start { .. } | FromLead::Stop => {
                    return Ok("nothing was to be done".into());
                }
            }
        };
        let (gate, keeper) = Gate::closed();
        let run = match work.run(self.may, rand::random(), gate).await {
            Ok(run) => run,
            Err(why) => {
                let sentence = format!("the work was not taken: {why}");
                self.last(&FromAgent::Failed(why)).await?;
                return Ok(sentence);
            }
        };
        self.sender.send(&FromAgent::Accepted).await?;
        let (stop, stopped) = watch::channel(false);
        let (told, telling) = watch::channel(Told::default());
        // Dropped when the lead is gone, and then the run ends at once.
        let (_wanted, given_up) = oneshot::channel();
        let running = spawn(run, begin, stopped, told, given_up);
        let during = During { stop, telling, keeper, ready: false };
        let result = self.until_done(heard, running, during).await?;
        let (last, sentence) = match result {
            Ok(outcome) => {
                let sentence = part(&work);
                (FromAgent::Done(Box::new(outcome)), format!("{sentence} was done"))
            }
            Err(error) => {
                let why = error.to_string();
                (FromAgent::Failed(why.clone()), format!("{} failed: {why}", part(&work)))
            }
        };
        self.last(&last).await?;
        Ok(sentence)
    }

    /// Runs, while the lead is heard. A lead that is gone gets nothing, and nobody is loaded for it.
    async fn until_done(
        &mut self,
        heard: &mut mpsc::Receiver<Result<FromLead, ChannelError>>,
        mut running: JoinHandle<Result<Outcome, CannotRun>>,
        mut during: During,
    ) -> Result<Result<Outcome, CannotRun>, ChannelError> {
        let (mut tell, mut stop) = (tokio::time::interval(TELL), self.stop.clone());
        loop {
            let next = tokio::select! {
                done = &mut running => return Ok(done.unwrap_or(Err(CannotRun::Stopped))),
                ready = during.keeper.is_ready(), if !during.ready => {
                    during.ready = true;
                    if ready { self.sender.send(&FromAgent::Ready).await } else { Ok(()) }
                }
                () = async { drop(stop.wait_for(|stop| *stop).await) }, if !*during.stop.borrow() => {
                    during.stop.send_replace(true);
                    Ok(())
                }
                _ = tell.tick() => {
                    let told = during.telling.borrow_and_update().clone();
                    self.sender.send(&FromAgent::At(told)).await
                }
                said = hear(heard) => match said {
                    Ok(FromLead::Ping) => self.pong().await,
                    Ok(FromLead::Start { at_us }) => {
                        during.keeper.open(self.time(at_us));
                        Ok(())
                    }
                    Ok(FromLead::Stop) => {
                        during.stop.send_replace(true);
                        Ok(())
                    }
                    Ok(FromLead::Work { .. }) => Err(ChannelError::Stranger("work twice".into())),
                    Err(error) => Err(error),
                },
            };
            next?;
        }
    }

    async fn pong(&mut self) -> Result<(), ChannelError> {
        let at_us = u64::try_from(self.epoch.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.sender.send(&FromAgent::Pong { at_us }).await
    }

    async fn last(&mut self, message: &FromAgent) -> Result<(), ChannelError> {
        let sent = tokio::time::timeout(LAST_WORDS, self.sender.send(message)).await;
        sent.unwrap_or(Err(ChannelError::Late))
    }

    /// A time of this agent as a moment; no later than a day.
    fn time(&self, at_us: u64) -> Instant {
        self.epoch + Duration::from_micros(at_us).min(Duration::from_secs(86_400))
    }
}

/// What is needed while the work is done.
struct During {
    stop: watch::Sender<bool>,
    telling: watch::Receiver<Told>,
    keeper: GateKeeper,
    ready: bool,
}

/// Runs on a thread of its own, from `begin` on and until nobody wants it any more.
fn spawn(
    work: Run,
    begin: Instant,
    stop: watch::Receiver<bool>,
    told: watch::Sender<Told>,
    given_up: oneshot::Receiver<()>,
) -> JoinHandle<Result<Outcome, CannotRun>> {
    let runtime = Handle::current();
    tokio::task::spawn_blocking(move || {
        runtime.block_on(async {
            let progress = Progress::Told(told);
            let whole = async {
                tokio::time::sleep_until(begin).await;
                Box::pin(run(&work, stop, &progress)).await
            };
            tokio::select! {
                outcome = whole => outcome,
                _ = given_up => Err(CannotRun::Stopped),
            }
        })
    })
}

async fn listen<R: AsyncRead + Unpin>(
    mut receiver: Receiver<R>,
    said: mpsc::Sender<Result<FromLead, ChannelError>>,
) {
    loop {
        let next = tokio::time::timeout(SILENCE, receiver.receive()).await;
        let next = next.unwrap_or(Err(ChannelError::Late));
        let over = next.is_err();
        if said.send(next).await.is_err() || over {
            return;
        }
    }
}

async fn hear(
    heard: &mut mpsc::Receiver<Result<FromLead, ChannelError>>,
) -> Result<FromLead, ChannelError> {
    heard.recv().await.unwrap_or(Err(ChannelError::Late))
}

fn part(work: &Work) -> String {
    format!("part {} of {} at {}", work.share.index + 1, work.share.of, work.url)
}
