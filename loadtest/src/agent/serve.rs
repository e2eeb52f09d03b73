//! An agent: waits for a lead, does its part, and tells what it measured. One lead at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::Instant;

use super::channel::{ChannelError, Receiver, Sender, Side, open};
use super::message::{FromAgent, FromLead, Work};
use super::{Token, VERSION};
use crate::measure::outcome::Outcome;
use crate::progress::{Progress, Told};
use crate::run::{CannotRun, Gate, GateKeeper, Run, run};

/// Strangers that are listened to at the same time.
const STRANGERS: usize = 8;
/// A lead that says nothing for this long is gone.
const SILENCE: Duration = Duration::from_secs(20);
/// How long a lead waits for the one before it to be gone: whoever was stopped and is started again
/// comes before that was noticed.
const LEAVING: Duration = Duration::from_secs(5);
/// How long the last words may take to be sent.
const LAST_WORDS: Duration = Duration::from_secs(30);
/// How often the lead is told how far it is.
const TELL: Duration = Duration::from_millis(500);
/// Messages that may wait for the agent to read them.
const WAITING: usize = 16;

/// What an agent may do.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// Load a server that is not on this machine.
    pub i_own_this_server: bool,
}

/// Serves leads until `stop` becomes true; `note` is told, in a sentence, what happens.
pub async fn serve(
    listener: TcpListener,
    token: Token,
    rules: Rules,
    mut stop: watch::Receiver<bool>,
    note: impl Fn(&str) + Send + Sync + 'static,
) {
    let (token, note) = (Arc::new(token), Arc::new(note));
    let (strangers, desk) = (Arc::new(Semaphore::new(STRANGERS)), Arc::new(Semaphore::new(1)));
    let mut talks = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => break,
            Some(_) = talks.join_next() => continue,
            accepted = listener.accept() => accepted,
        };
        let (stream, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                // Out of files, say: others end, and then it goes on.
                note(&format!("nobody can be listened to: {error}"));
                tokio::time::sleep(TELL).await;
                continue;
            }
        };
        // Whoever comes while too many strangers talk is cut off: a lead tries again.
        let Ok(place) = Arc::clone(&strangers).try_acquire_owned() else { continue };
        let (token, note, desk) = (Arc::clone(&token), Arc::clone(&note), Arc::clone(&desk));
        let stop = stop.clone();
        talks.spawn(async move {
            match greet(stream, &token).await {
                Ok((sender, receiver)) => {
                    drop(place);
                    let talk = Talk { sender, stop, epoch: Instant::now(), rules };
                    match tokio::time::timeout(LEAVING, desk.acquire()).await {
                        Ok(Ok(_busy)) => {
                            note(&format!("a lead at {peer}"));
                            note(&Box::pin(talk.serve(receiver)).await);
                        }
                        Ok(Err(_)) | Err(_) => talk.busy().await,
                    }
                }
                Err(error) => note(&format!("{peer} was turned away: {error}")),
            }
        });
    }
    // Those who are told so still get what there is.
    while talks.join_next().await.is_some() {}
}

type Halves = (Sender<OwnedWriteHalf>, Receiver<OwnedReadHalf>);

async fn greet(stream: TcpStream, token: &Token) -> Result<Halves, ChannelError> {
    stream.set_nodelay(true)?;
    let (from, to) = stream.into_split();
    open(Side::Agent, VERSION, token, from, to).await
}

/// One lead that has proved itself.
struct Talk {
    sender: Sender<OwnedWriteHalf>,
    stop: watch::Receiver<bool>,
    /// This connection's time 0.
    epoch: Instant,
    rules: Rules,
}

impl Talk {
    async fn busy(mut self) {
        let why = "it works for another lead at the moment".to_owned();
        // Nobody is owed more than the try.
        let _ = tokio::time::timeout(LAST_WORDS, self.sender.send(&FromAgent::Failed(why))).await;
    }

    /// Does a lead's work; gives what became of it in a sentence.
    async fn serve(mut self, receiver: Receiver<OwnedReadHalf>) -> String {
        let (said, mut heard) = mpsc::channel(WAITING);
        let ears = tokio::spawn(listen(receiver, said));
        let result = self.work(&mut heard).await;
        let sentence = match result {
            Ok(sentence) => sentence,
            Err(error) => format!("the lead is gone: {error}"),
        };
        ears.abort();
        sentence
    }

    async fn work(
        &mut self,
        heard: &mut mpsc::Receiver<Result<FromLead, ChannelError>>,
    ) -> Result<String, ChannelError> {
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
        let run = match work.run(self.rules.i_own_this_server, rand::random(), gate).await {
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
                    Ok(FromLead::Work { .. }) => Err(ChannelError::Stranger),
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

    /// A time of this connection as a moment; no later than a day.
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

async fn listen(
    mut receiver: Receiver<OwnedReadHalf>,
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
