//! What a scenario stands on: the server that was named or servers of the tester's own, and
//! proxies in front of them where the scenario breaks the network.

use crate::fault::Proxy;
use crate::measure::processes::Processes;
use crate::run::source::Sources;
use crate::run::{CannotRun, Run};
use setroom_client::{Dial, OwnServer};

/// Servers and proxies of a run. All of it ends when this is dropped.
#[derive(Debug)]
pub(crate) struct Environment {
    /// How people reach each server.
    pub(crate) targets: Vec<Dial>,
    pub(crate) servers: Vec<OwnServer>,
    pub(crate) proxies: Vec<Proxy>,
    /// The processes of the servers, as far as they are to be watched.
    pub(crate) processes: Processes,
}

impl Environment {
    /// Starts whatever the scenario needs.
    pub(crate) async fn prepare(run: &Run) -> Result<Self, CannotRun> {
        let scenario = &run.scenario;
        let processes = Processes::named(run.server_pid);
        let mut servers = Vec::new();
        match &run.servers {
            Some(program) => {
                for number in 0..program.count {
                    let server = OwnServer::start(program, number).await;
                    let server = server.map_err(CannotRun::Fault)?;
                    server.id().into_iter().for_each(|pid| processes.began(pid));
                    servers.push(server);
                }
            }
            None => {
                if let Some(fault) = scenario.faults.iter().find(|at| at.what.needs_servers()) {
                    return Err(CannotRun::Fault(format!(
                        "scenario {} stops a server ({:?} at {:?}): give it one with --server-bin",
                        scenario.name, fault.what, fault.at
                    )));
                }
            }
        }
        let mut targets = vec![run.dial.clone()];
        if !servers.is_empty() {
            let unreachable = |error| CannotRun::Unreachable { url: run.url.clone(), error };
            let dials = servers.iter().map(|server| {
                let dial = Dial::to(&format!("http://{}", server.address()))?;
                Ok(dial.patience(run.dial.waits()))
            });
            targets = dials.collect::<Result<_, _>>().map_err(unreachable)?;
        }
        let mut environment = Self { targets, servers, proxies: Vec::new(), processes };
        if scenario.faults.iter().any(|fault| fault.what.needs_proxy()) {
            environment.stand_between(run).await?;
        }
        Ok(environment)
    }

    /// Puts a proxy in front of each server.
    async fn stand_between(&mut self, run: &Run) -> Result<(), CannotRun> {
        let unreachable = |error| CannotRun::Unreachable { url: run.url.clone(), error };
        for dial in &mut self.targets {
            let all = dial.resolve().await.map_err(unreachable)?;
            let server = *all.first().ok_or(CannotRun::Stopped)?;
            let sources = Sources::for_target(server, run.connections(3));
            let sources = sources.of_tester(run.share.index);
            let proxy = Proxy::before(server, sources).await;
            let proxy = proxy.map_err(|e| CannotRun::Fault(format!("no port for a proxy: {e}")))?;
            *dial = dial.clone().by_way_of(proxy.address);
            self.proxies.push(proxy);
        }
        Ok(())
    }
}
