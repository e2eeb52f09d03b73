//! In, out, and back again.

use rand::rngs::StdRng;
use rand::{RngExt as _, SeedableRng as _};
use setroom_client::{Client, ClientError, Sealing, create_set};
use setroom_protocol::{CloseCode, Code, Command, LinkRole, Mode};

use super::{BACK_OFF_MS, Doing, Out, Person, is_removal};

impl Person {
    /// Knocks until the door answers, and waits until somebody opens.
    pub(super) async fn come_in(&mut self) -> Doing<Client> {
        if self.role == LinkRole::Host {
            return self.create().await;
        }
        let link = loop {
            let link = self.book.pages().links.as_ref().map(|links| links.of(self.role).clone());
            if let Some(link) = link {
                break link;
            }
            self.pause(50, 200).await;
        };
        'knocks: loop {
            let rng = StdRng::seed_from_u64(self.rng.random());
            let knocked =
                Client::knock_with(&self.dial, &link, &self.who, Sealing::Opaque, rng).await;
            let mut client = match knocked {
                Ok(client) => client,
                Err(error) => {
                    self.book.line(format!("{} knocked in vain: {error}", self.who));
                    self.pause(100, BACK_OFF_MS).await;
                    continue;
                }
            };
            self.book.line(format!("{} knocks", self.who));
            loop {
                if client.model().is_in() && client.take_grant().is_ok() {
                    return Ok(client);
                }
                let came = client.wait_for("to be let in", |model| {
                    model.is_in() || model.admission_refused.is_some()
                });
                if came.await.is_ok() && client.model().admission_refused.is_none() {
                    continue;
                }
                self.pause(50, BACK_OFF_MS).await;
                client.cut();
                match client.come_back().await {
                    Ok(()) => self.book.line(format!("{} is back at the door", self.who)),
                    Err(ClientError::Ended(ended))
                        if ended.close_code() == Some(CloseCode::Auth) =>
                    {
                        // A server that crashed knows nobody who only stood at the door.
                        continue 'knocks;
                    }
                    // Let in, and removed before they saw it.
                    Err(ClientError::NotAdmitted(Code::NoSeat)) => return Err(Out::Removed),
                    Err(error) => {
                        self.book.line(format!("{} is not back at the door: {error}", self.who));
                    }
                }
            }
        }
    }

    /// Makes the set and the first key, and tells everybody the links.
    async fn create(&mut self) -> Doing<Client> {
        let links = loop {
            let mut rng = StdRng::seed_from_u64(self.rng.random());
            let made = create_set(&self.dial, "half_day_210", "classic", Mode::Set, &mut rng).await;
            match made {
                Ok(links) => break links,
                // Whether or not it was made: another one will do.
                Err(_) => self.pause(100, BACK_OFF_MS).await,
            }
        };
        let mut client = loop {
            let rng = StdRng::seed_from_u64(self.rng.random());
            match Client::knock_with(&self.dial, &links.host, &self.who, Sealing::Opaque, rng).await
            {
                Ok(client) => break client,
                Err(_) => self.pause(100, BACK_OFF_MS).await,
            }
        };
        while !client.model().is_in() {
            if client.wait_for("the room", |model| model.is_in()).await.is_err() {
                self.return_to(&mut client).await?;
            }
        }
        client.keyring_mut().learn(links.all().into_iter().cloned());
        loop {
            let epoch = client.shared().map_or(0, |shared| shared.epoch);
            if epoch > 0 && client.keyring().keys().key(epoch).is_some() {
                break;
            }
            let before = client.keyring().clone();
            let keys = match client.key_change(None, &[]) {
                Ok(keys) => keys,
                Err(error) => return Err(Out::Wrong(format!("no key: {error}"))),
            };
            let answer = self.insist(&mut client, Command::Rekey { keys }).await?;
            if answer.refused().is_some() {
                *client.keyring_mut() = before;
            }
            let _ = client.take_grant();
            if client.shared().is_ok_and(|shared| {
                shared.epoch > 0 && client.keyring().keys().key(shared.epoch).is_none()
            }) {
                return Err(Out::Wrong("the key that was made is not known to its maker".into()));
            }
        }
        self.book.pages().links = Some(links);
        Ok(client)
    }

    /// Comes back, however often it takes.
    pub(super) async fn return_to(&mut self, client: &mut Client) -> Doing<()> {
        let snapshots = client.model().snapshots;
        loop {
            client.cut();
            self.pause(50, BACK_OFF_MS).await;
            match client.come_back().await {
                Ok(()) => {
                    let mut pages = self.book.pages();
                    pages.returns += 1;
                    pages.snapshots += u64::from(client.model().snapshots > snapshots);
                    drop(pages);
                    // The key may be another one by now.
                    let _ = client.take_grant();
                    return Ok(());
                }
                Err(error) if is_removal(&error) => return self.removed(client),
                // Whoever has left is known no more.
                Err(ClientError::Ended(ended))
                    if ended.close_code() == Some(CloseCode::Auth) && self.is_out(client) =>
                {
                    return Err(Out::Removed);
                }
                Err(ClientError::NotAdmitted(Code::TooFast | Code::Busy)) => {}
                Err(ClientError::NotAdmitted(Code::NoSeat)) => return self.removed(client),
                Err(ClientError::NotAdmitted(code)) => {
                    return Err(Out::Wrong(format!("refused on return: {code:?}")));
                }
                Err(_) => {}
            }
        }
    }

    /// Somebody is told that they are out: that has to be true.
    pub(super) fn removed(&self, client: &Client) -> Doing<()> {
        self.book.line(format!("{} is out", self.who));
        if self.is_out(client) {
            return Err(Out::Removed);
        }
        Err(Out::Wrong("put out, and nobody had removed them".into()))
    }

    /// Whether it was asked for that they are out: by themselves, or by a facilitator.
    fn is_out(&self, client: &Client) -> bool {
        // The view of somebody who is out is gone.
        let seat = client.model().seat().or(self.seat);
        seat.is_some_and(|seat| self.book.pages().removed.contains_key(&seat))
    }
}
