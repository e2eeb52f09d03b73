//! Asking until there is an answer.

use std::time::Duration;

use rand::RngExt as _;
use setroom_client::{Answer, Client};
use setroom_protocol::{ClientFrame, Command, CommandId, Seq, ServerFrame};

use super::{Doing, PATIENCE, Person, is_removal};

impl Person {
    /// Asks until there is an answer, over as many lines as it takes, always with the same id.
    pub(super) async fn insist(&mut self, client: &mut Client, command: Command) -> Doing<Answer> {
        let (cid, seen) = (client.fresh_cid(), client.model().seq());
        let what = format!("{:?}", command.act());
        // What is asked for twice at once is done once all the same.
        let twice = self.rng.random_bool(0.1);
        loop {
            self.book.sends(cid, &self.who, &what);
            let mut asked = client.ask(cid, seen, command.clone()).await;
            if twice && asked.is_ok() {
                self.book.sends(cid, &self.who, "again");
                asked = client.ask(cid, seen, command.clone()).await;
            }
            if twice && self.rng.random_bool(0.3) {
                self.second_line(client, cid, seen, &command).await;
            }
            let answer = match asked {
                Ok(()) => client.answer_to(cid).await,
                Err(error) => Err(error),
            };
            match answer {
                Ok(Answer::Done(seq)) => {
                    self.book.done(cid, seq);
                    return Ok(Answer::Done(seq));
                }
                Ok(Answer::Refused { temporary: true, .. }) => self.pause(200, 1_500).await,
                Ok(Answer::Refused { code, temporary: false }) => {
                    self.book.refused(cid, code);
                    return Ok(Answer::Refused { code, temporary: false });
                }
                Err(error) if is_removal(&error) => self.removed(client)?,
                Err(_) => self.return_to(client).await?,
            }
        }
    }

    /// The same command on a line beside the first, as from a second tab.
    async fn second_line(&mut self, client: &Client, cid: CommandId, seen: Seq, command: &Command) {
        let Ok(mut line) = self.dial.connect().await else { return };
        if line.send(&client.keyring().come_back(None)).await.is_err() {
            return;
        }
        let ask = ClientFrame::Do { cid, seen, cmd: command.clone() };
        self.book.sends(cid, &self.who, "again");
        if line.send(&ask).await.is_err() {
            return;
        }
        let heard = tokio::time::timeout(PATIENCE, async {
            loop {
                match line.next().await {
                    Ok(ServerFrame::Done { cid: of, seq }) if of == cid => break Some(seq),
                    Ok(ServerFrame::Refused { cid: of, .. }) if of.is_none_or(|of| of == cid) => {
                        break None;
                    }
                    Ok(_) => {}
                    Err(_) => break None,
                }
            }
        });
        if let Ok(Some(seq)) = heard.await {
            self.book.done(cid, seq);
        }
    }

    /// Takes in what comes for a moment, and now and then asks what time it is.
    pub(super) async fn listen(&mut self, client: &mut Client) -> Doing<()> {
        let moment = Duration::from_millis(self.rng.random_range(50..500));
        let ping = self.rng.random_bool(0.2).then(|| self.rng.random_range(0..1 << 50));
        let heard = tokio::time::timeout(moment, async {
            if let (Some(sent), Ok(line)) = (ping, client.connection()) {
                // A line that is broken says so to whoever reads from it.
                let _ = line.send(&ClientFrame::Ping { sent }).await;
            }
            loop {
                if let Err(error) = client.next().await {
                    return error;
                }
            }
        });
        match heard.await {
            Ok(error) if is_removal(&error) => self.removed(client),
            Ok(_) => self.return_to(client).await,
            Err(_) => Ok(()),
        }
    }
}
