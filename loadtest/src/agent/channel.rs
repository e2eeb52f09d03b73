//! A connection between a lead and an agent that have proved to each other that they know the
//! token, and on which every message is authenticated together with its place.
//!
//! ```text
//! lead  → agent   hello    nonce, version           u32 length, JSON
//! agent → lead    hello    nonce, version
//! lead  → agent   proof    tag of both hellos       the lead first: an agent shows nothing
//! agent → lead    proof    tag of both hellos       to whoever does not know the token
//! both            message  length, JSON, tag        tag over the place (0, 1, 2, …) and the JSON
//! ```
//!
//! The token itself is never sent. Both nonces go into the keys, so nothing that was recorded on
//! one connection is worth anything on another; places make a repeat, a gap or a swap on the same
//! connection a wrong tag. Nothing is hidden: what is sent is figures and the server's address.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::token::{Keys, Token, is_tag, tag};
use setroom_client::seal::{Secret, b64u, from_b64u, pae};

/// The form of the conversation.
const FORM: &str = "setroom-loadtest agent 1";
/// The largest message before anybody has proved anything, in bytes.
const PLAIN: usize = 1024;
/// The largest message afterwards: the outcome of a long run.
const LARGEST: usize = 64 << 20;
/// How long the other side may take over its hello and proof.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why a connection to the other side is over, or never was.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// Nothing listens there.
    #[error("it cannot be reached: {0}")]
    Unreachable(std::io::Error),
    /// It ended, or the network failed.
    #[error("the connection ended: {0}")]
    Lost(#[from] std::io::Error),
    /// The other side said why not.
    #[error("it refused: {0}")]
    Refused(String),
    /// The other side does not speak this.
    #[error("what answers there is no Setroom load test agent, or not of this kind")]
    Stranger,
    /// Another version: its figures would not be the same figures.
    #[error("it is version {theirs} and this is {ours}: use the same on every machine")]
    Version {
        /// The other side's.
        theirs: String,
        /// This one's.
        ours: String,
    },
    /// The other side does not know the token.
    #[error("it does not know this token")]
    Token,
    /// A message that was changed on the way, repeated, swapped, or left out.
    #[error("a message was not authentic")]
    Forged,
    /// A message too large to be one.
    #[error("a message was larger than {LARGEST} bytes")]
    Large,
    /// It says nothing.
    #[error("it did not answer in time")]
    Late,
}

/// Who is who on a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Divides the work.
    Lead,
    /// Does a part of it.
    Agent,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    setroom: String,
    version: String,
    nonce: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Proof {
    proof: String,
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct No {
    refused: String,
}

/// The half that sends.
#[derive(Debug)]
pub struct Sender<W> {
    to: W,
    key: Secret,
    place: u64,
}

/// The half that receives.
#[derive(Debug)]
pub struct Receiver<R> {
    from: R,
    key: Secret,
    place: u64,
}

/// Makes a connection into a channel. An agent answers everything that is wrong with one sentence.
///
/// # Errors
/// Any [`ChannelError`].
pub async fn open<R, W>(
    side: Side,
    version: &str,
    token: &Token,
    mut from: R,
    mut to: W,
) -> Result<(Sender<W>, Receiver<R>), ChannelError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let shaken = shake(side, version, token, &mut from, &mut to);
    let shaken = tokio::time::timeout(PATIENCE, shaken).await;
    let shaken = shaken.unwrap_or(Err(ChannelError::Late));
    if let (Side::Agent, Err(error)) = (side, &shaken) {
        // The last word; whether it arrives changes nothing here.
        let no = No { refused: for_strangers(error) };
        let _ = tokio::time::timeout(PATIENCE, put(&mut to, &no)).await;
        let _ = to.shutdown().await;
    }
    let keys = shaken?;
    let (send, receive) = match side {
        Side::Lead => (keys.from_lead, keys.from_agent),
        Side::Agent => (keys.from_agent, keys.from_lead),
    };
    Ok((Sender { to, key: send, place: 0 }, Receiver { from, key: receive, place: 0 }))
}

/// Hellos, then proofs. The lead begins with both.
async fn shake<R, W>(
    side: Side,
    version: &str,
    token: &Token,
    from: &mut R,
    to: &mut W,
) -> Result<Keys, ChannelError>
where
    R: AsyncRead + Unpin,
    W: AsyncWrite + Unpin,
{
    let (lead, agent) = match side {
        Side::Lead => {
            let ours = put(to, &hello(version)).await?;
            (ours, hello_of(version, from).await?)
        }
        Side::Agent => {
            let theirs = hello_of(version, from).await?;
            (theirs, put(to, &hello(version)).await?)
        }
    };
    let keys = token.keys(&lead, &agent);
    let both = pae(&[&lead, &agent]);
    match side {
        Side::Lead => {
            prove(&keys.lead_proof, &both, to).await?;
            look_at_proof(&keys.agent_proof, &both, from).await?;
        }
        Side::Agent => {
            look_at_proof(&keys.lead_proof, &both, from).await?;
            prove(&keys.agent_proof, &both, to).await?;
        }
    }
    Ok(keys)
}

/// The other side's hello: one of the same version, with a nonce of the right length.
async fn hello_of<R: AsyncRead + Unpin>(
    version: &str,
    from: &mut R,
) -> Result<Vec<u8>, ChannelError> {
    let message = get(from).await?;
    let hello: Hello = read(&message)?;
    if hello.setroom != FORM || from_b64u(&hello.nonce).map_or(0, |nonce| nonce.len()) != 32 {
        return Err(ChannelError::Stranger);
    }
    if hello.version != version {
        return Err(ChannelError::Version { theirs: hello.version, ours: version.to_owned() });
    }
    Ok(message)
}

async fn prove<W: AsyncWrite + Unpin>(
    key: &Secret,
    both: &[u8],
    to: &mut W,
) -> Result<(), ChannelError> {
    put(to, &Proof { proof: b64u(&tag(key, 0, both)) }).await.map(drop)
}

async fn look_at_proof<R: AsyncRead + Unpin>(
    key: &Secret,
    both: &[u8],
    from: &mut R,
) -> Result<(), ChannelError> {
    let proof: Proof = read(&get(from).await?)?;
    let right = from_b64u(&proof.proof).is_ok_and(|proof| is_tag(key, 0, both, &proof));
    if right { Ok(()) } else { Err(ChannelError::Token) }
}

fn hello(version: &str) -> Hello {
    let nonce: [u8; 32] = rand::random();
    Hello { setroom: FORM.into(), version: version.into(), nonce: b64u(&nonce) }
}

/// What somebody is told who may not even know what this is.
fn for_strangers(error: &ChannelError) -> String {
    match error {
        ChannelError::Token => "the token is not the one that this agent was started with".into(),
        ChannelError::Version { theirs, ours } => {
            format!("this agent is version {ours} and you are {theirs}: use the same everywhere")
        }
        ChannelError::Late => "this agent waited in vain for a proof".into(),
        ChannelError::Lost(_)
        | ChannelError::Unreachable(_)
        | ChannelError::Refused(_)
        | ChannelError::Stranger
        | ChannelError::Forged
        | ChannelError::Large => {
            "this is a Setroom load test agent, and it listens to `setroom-loadtest run --agents` \
             alone"
                .into()
        }
    }
}

fn read<T: DeserializeOwned>(message: &[u8]) -> Result<T, ChannelError> {
    serde_json::from_slice(message).map_err(|_| match serde_json::from_slice::<No>(message) {
        // Words of somebody who has proved nothing: no more than a line of them is shown.
        Ok(No { refused }) => {
            ChannelError::Refused(refused.chars().filter(|c| !c.is_control()).take(200).collect())
        }
        Err(_) => ChannelError::Stranger,
    })
}

/// Sends a message without a tag and gives its bytes.
async fn put<W: AsyncWrite + Unpin>(
    to: &mut W,
    message: &impl Serialize,
) -> Result<Vec<u8>, ChannelError> {
    let bytes = serde_json::to_vec(message).map_err(std::io::Error::from)?;
    let length = u32::try_from(bytes.len()).map_err(|_| ChannelError::Large)?;
    to.write_all(&[&length.to_be_bytes(), bytes.as_slice()].concat()).await?;
    to.flush().await?;
    Ok(bytes)
}

/// Receives a message without a tag.
async fn get<R: AsyncRead + Unpin>(from: &mut R) -> Result<Vec<u8>, ChannelError> {
    let length = length(from).await?;
    if length > PLAIN {
        return Err(ChannelError::Stranger);
    }
    exactly(from, length).await
}

async fn length<R: AsyncRead + Unpin>(from: &mut R) -> Result<usize, ChannelError> {
    usize::try_from(from.read_u32().await?).map_err(|_| ChannelError::Large)
}

/// Reads as many bytes as were announced; room is made as they come, not as they are announced.
async fn exactly<R: AsyncRead + Unpin>(
    from: &mut R,
    length: usize,
) -> Result<Vec<u8>, ChannelError> {
    let mut bytes = Vec::new();
    from.take(length as u64).read_to_end(&mut bytes).await?;
    if bytes.len() < length {
        return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
    }
    Ok(bytes)
}

impl<W: AsyncWrite + Unpin> Sender<W> {
    /// Sends a message.
    ///
    /// # Errors
    /// [`ChannelError::Lost`], [`ChannelError::Large`].
    pub async fn send(&mut self, message: &impl Serialize) -> Result<(), ChannelError> {
        let bytes = serde_json::to_vec(message).map_err(std::io::Error::from)?;
        if bytes.len() > LARGEST {
            return Err(ChannelError::Large);
        }
        let length = u32::try_from(bytes.len()).map_err(|_| ChannelError::Large)?;
        let tag = tag(&self.key, self.place, &bytes);
        self.place += 1;
        self.to.write_all(&[&length.to_be_bytes(), bytes.as_slice(), &tag].concat()).await?;
        Ok(self.to.flush().await?)
    }
}

impl<R: AsyncRead + Unpin> Receiver<R> {
    /// Receives the next message.
    ///
    /// # Errors
    /// [`ChannelError::Lost`], [`ChannelError::Forged`], [`ChannelError::Large`], and
    /// [`ChannelError::Stranger`] for an authentic message that has no known form.
    pub async fn receive<T: DeserializeOwned>(&mut self) -> Result<T, ChannelError> {
        let length = length(&mut self.from).await?;
        if length > LARGEST {
            return Err(ChannelError::Large);
        }
        let bytes = exactly(&mut self.from, length).await?;
        let tag = exactly(&mut self.from, 32).await?;
        if !is_tag(&self.key, self.place, &bytes, &tag) {
            return Err(ChannelError::Forged);
        }
        self.place += 1;
        serde_json::from_slice(&bytes).map_err(|_| ChannelError::Stranger)
    }
}
