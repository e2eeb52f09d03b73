//! Breaks what the scenario says, when it says so.

use std::time::Duration;

use setroom_client::{OwnServer, Stop};
use tokio::time::{Instant, sleep_until};

use super::Log;
use super::proxy::{Proxy, Weather};
use crate::measure::processes::Processes;
use crate::scenario::{Break, Fault};

/// What can be broken.
pub(crate) struct Reach<'a> {
    pub(crate) log: &'a Log,
    pub(crate) proxies: &'a [Proxy],
    pub(crate) servers: &'a mut [OwnServer],
    pub(crate) processes: &'a Processes,
}

/// What rooms do to their own sockets.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Own {
    /// Each connection is dropped with this likelihood.
    Drop(usize, f64),
    /// Each person stops reading with this likelihood, for so long.
    Freeze(usize, f64, Duration),
}

/// Breaks one thing after the other, counted from `began`. `tell` reaches every room.
///
/// # Errors
/// When a server does not start again; nothing that follows would mean anything.
pub(crate) async fn direct(
    mut reach: Reach<'_>,
    faults: &[Fault],
    began: Instant,
    tell: impl Fn(Own),
) -> Result<(), String> {
    let log = reach.log;
    let begins = |what, lasts| log.begins(what, None, Instant::now(), lasts);
    for fault in faults {
        sleep_until(began + fault.at).await;
        match fault.what {
            Break::Drop => {
                let of = begins(percent("a drop of", fault), Duration::ZERO);
                tell(Own::Drop(of, fault.share));
            }
            Break::Freeze => {
                let what = format!(
                    "{:.0} % of all people who read nothing for {:?}",
                    fault.share * 100.0,
                    fault.lasts
                );
                let of = begins(what, fault.lasts);
                tell(Own::Freeze(of, fault.share, fault.lasts));
            }
            Break::Cut => {
                begins(percent("a cut of", fault), Duration::ZERO);
                reach.proxies.iter().for_each(|proxy| proxy.cut(fault.share));
            }
            Break::Delay => {
                let by = fault.by.unwrap_or_default();
                begins(format!("{:?} of {by:?} delay", fault.lasts), fault.lasts);
                weather(reach.proxies, Weather::Late(by), fault.lasts).await;
            }
            Break::Hold => {
                begins(format!("{:?} in which nothing passed", fault.lasts), fault.lasts);
                weather(reach.proxies, Weather::Still, fault.lasts).await;
            }
            Break::Kill => {
                begins("a kill of the server".into(), fault.lasts);
                all(&mut reach, Stop::Kill, fault.lasts).await?;
            }
            Break::Drain => {
                begins("a restart of the server".into(), fault.lasts);
                all(&mut reach, Stop::Drain, fault.lasts).await?;
            }
            Break::Rolling => {
                let every = fault.every.unwrap_or_default();
                let first = Instant::now();
                for (turn, server) in (0u32..).zip(reach.servers.iter_mut()) {
                    sleep_until(first + every * turn).await;
                    let what = format!("a deploy of server {}", turn + 1);
                    log.begins(what, Some(turn as usize), Instant::now(), fault.lasts);
                    restart(server, reach.processes, Stop::Drain, fault.lasts).await?;
                }
            }
        }
    }
    Ok(())
}

async fn weather(proxies: &[Proxy], weather: Weather, lasts: Duration) {
    proxies.iter().for_each(|proxy| proxy.weather(weather));
    tokio::time::sleep(lasts).await;
    proxies.iter().for_each(|proxy| proxy.weather(Weather::Fair));
}

/// All servers at once.
async fn all(reach: &mut Reach<'_>, stop: Stop, down: Duration) -> Result<(), String> {
    let Reach { servers, processes, .. } = reach;
    let restarts = servers.iter_mut().map(|server| restart(server, processes, stop, down));
    futures_util::future::join_all(restarts).await.into_iter().collect()
}

/// Restarts one whose processes are watched.
async fn restart(
    server: &mut OwnServer,
    processes: &Processes,
    stop: Stop,
    down: Duration,
) -> Result<(), String> {
    server.id().into_iter().for_each(|pid| processes.ends(pid));
    server.restart(stop, down).await?;
    server.id().into_iter().for_each(|pid| processes.began(pid));
    Ok(())
}

fn percent(what: &str, fault: &Fault) -> String {
    format!("{what} {:.0} % of all connections", fault.share * 100.0)
}
