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
    for fault in faults {
        sleep_until(began + fault.at).await;
        match fault.what {
            Break::Drop => {
                let of = reach.log.begins(
                    percent("a drop of", fault),
                    None,
                    Instant::now(),
                    Duration::ZERO,
                );
                tell(Own::Drop(of, fault.share));
            }
            Break::Freeze => {
                let what = format!("{} who read nothing for {:?}", people(fault), fault.lasts);
                let of = reach.log.begins(what, None, Instant::now(), fault.lasts);
                tell(Own::Freeze(of, fault.share, fault.lasts));
            }
            Break::Cut => {
                reach.log.begins(percent("a cut of", fault), None, Instant::now(), Duration::ZERO);
                reach.proxies.iter().for_each(|proxy| proxy.cut(fault.share));
            }
            Break::Delay => {
                let by = fault.by.unwrap_or_default();
                let what = format!("{:?} of {by:?} delay", fault.lasts);
                weather(&reach, what, Weather::Late(by), fault.lasts).await;
            }
            Break::Hold => {
                let what = format!("{:?} in which nothing passed", fault.lasts);
                weather(&reach, what, Weather::Still, fault.lasts).await;
            }
            Break::Kill => all(&mut reach, Stop::Kill, fault).await?,
            Break::Drain => all(&mut reach, Stop::Drain, fault).await?,
            Break::Rolling => {
                let every = fault.every.unwrap_or_default();
                let first = Instant::now();
                for (turn, server) in (0u32..).zip(reach.servers.iter_mut()) {
                    sleep_until(first + every * turn).await;
                    let what = format!("a deploy of server {}", turn + 1);
                    reach.log.begins(what, Some(turn as usize), Instant::now(), fault.lasts);
                    restart(server, reach.processes, Stop::Drain, fault.lasts).await?;
                }
            }
        }
    }
    Ok(())
}

async fn weather(reach: &Reach<'_>, what: String, weather: Weather, lasts: Duration) {
    reach.log.begins(what, None, Instant::now(), lasts);
    reach.proxies.iter().for_each(|proxy| proxy.weather(weather));
    tokio::time::sleep(lasts).await;
    reach.proxies.iter().for_each(|proxy| proxy.weather(Weather::Fair));
}

/// All servers at once.
async fn all(reach: &mut Reach<'_>, stop: Stop, fault: &Fault) -> Result<(), String> {
    let what = match stop {
        Stop::Kill => "a kill of the server",
        Stop::Drain => "a restart of the server",
    };
    reach.log.begins(what.into(), None, Instant::now(), fault.lasts);
    let Reach { servers, processes, .. } = reach;
    let restarts = servers.iter_mut().map(|server| restart(server, processes, stop, fault.lasts));
    let done = futures_util::future::join_all(restarts).await;
    done.into_iter().collect()
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

fn people(fault: &Fault) -> String {
    format!("{:.0} % of all people", fault.share * 100.0)
}
