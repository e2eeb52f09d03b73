//! What a lead and an agent say to each other is JSON, each message behind its length in four
//! bytes, on the agent's standard input and output. The agent speaks first and says what it is.
//!
//! Whoever could start the agent may lead it: who may do that on another machine is for `ssh` to
//! know, and so is how nobody else reads it.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};

use super::VERSION;

/// The largest first message; whatever is longer is no agent's.
const HELLO: usize = 1024;
/// The largest message: the outcome of a long run.
const LARGEST: usize = 64 << 20;

/// Why a connection to the other side is over, or never was.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The program that leads there does not run; which, and why.
    #[error("{0} cannot be started: {1}")]
    Unstartable(String, std::io::Error),
    /// It ended; what it said last.
    #[error("it ended: {0}")]
    Ended(String),
    /// The connection broke.
    #[error("the connection ended: {0}")]
    Lost(#[from] std::io::Error),
    /// The other side said why not.
    #[error("it refused: {0}")]
    Refused(String),
    /// Something else answers, or something else is said first.
    #[error("what answers there is no Setroom load test agent, or its shell speaks first: {0:?}")]
    Stranger(String),
    /// Another version: its figures would not be the same figures.
    #[error("it is version {0} and this is {VERSION}: use the same on every machine")]
    Version(String),
    /// A message too large to be one.
    #[error("a message was larger than {LARGEST} bytes")]
    Large,
    /// It says nothing.
    #[error("it did not answer in time")]
    Late,
}

/// What an agent says first. It is the same in every version.
#[derive(Debug, Serialize, Deserialize)]
struct Hello {
    setroom_loadtest_agent: String,
}

/// The half that sends.
#[derive(Debug)]
pub struct Sender<W>(pub W);

/// The half that receives.
#[derive(Debug)]
pub struct Receiver<R>(pub R);

impl<W: AsyncWrite + Unpin> Sender<W> {
    /// Says that this is an agent, and of which version.
    ///
    /// # Errors
    /// [`ChannelError::Lost`].
    pub async fn greet(&mut self) -> Result<(), ChannelError> {
        self.send(&Hello { setroom_loadtest_agent: VERSION.into() }).await
    }

    /// Sends a message.
    ///
    /// # Errors
    /// [`ChannelError::Lost`], [`ChannelError::Large`].
    pub async fn send(&mut self, message: &impl Serialize) -> Result<(), ChannelError> {
        let bytes = serde_json::to_vec(message).map_err(std::io::Error::from)?;
        let length = u32::try_from(bytes.len()).map_err(|_| ChannelError::Large)?;
        if bytes.len() > LARGEST {
            return Err(ChannelError::Large);
        }
        self.0.write_all(&[&length.to_be_bytes(), bytes.as_slice()].concat()).await?;
        Ok(self.0.flush().await?)
    }
}

impl<R: AsyncRead + Unpin> Receiver<R> {
    /// Waits for an agent of this version.
    ///
    /// # Errors
    /// [`ChannelError::Lost`], [`ChannelError::Stranger`], [`ChannelError::Version`].
    pub async fn greeted(&mut self) -> Result<(), ChannelError> {
        let length = self.0.read_u32().await?;
        let most = usize::try_from(length).unwrap_or(usize::MAX).min(HELLO);
        let mut said = length.to_be_bytes().to_vec();
        if most < HELLO {
            said = self.exactly(most).await?;
        }
        let hello = serde_json::from_slice::<Hello>(&said).map_err(|_| {
            ChannelError::Stranger(String::from_utf8_lossy(&said).chars().take(200).collect())
        })?;
        let theirs = hello.setroom_loadtest_agent;
        if theirs == VERSION { Ok(()) } else { Err(ChannelError::Version(theirs)) }
    }

    /// Receives the next message.
    ///
    /// # Errors
    /// [`ChannelError::Lost`], [`ChannelError::Large`], and [`ChannelError::Stranger`] for a message
    /// that has no known form.
    pub async fn receive<T: DeserializeOwned>(&mut self) -> Result<T, ChannelError> {
        let length = usize::try_from(self.0.read_u32().await?).unwrap_or(usize::MAX);
        if length > LARGEST {
            return Err(ChannelError::Large);
        }
        let bytes = self.exactly(length).await?;
        serde_json::from_slice(&bytes).map_err(|error| ChannelError::Stranger(error.to_string()))
    }

    /// Reads as many bytes as were announced; room is made as they come, not as they are announced.
    async fn exactly(&mut self, length: usize) -> Result<Vec<u8>, ChannelError> {
        let mut bytes = Vec::new();
        (&mut self.0).take(length as u64).read_to_end(&mut bytes).await?;
        if bytes.len() < length {
            return Err(std::io::Error::from(std::io::ErrorKind::UnexpectedEof).into());
        }
        Ok(bytes)
    }
}
