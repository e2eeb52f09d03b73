//! HTTP by hand, so that tests can also say it wrongly.

use std::net::SocketAddr;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::soon;

/// One connection.
pub(crate) struct Line {
    pub(crate) stream: BufReader<TcpStream>,
}

/// One answer.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// The only value of a header; more than one is a fault.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        let mut values = self.headers.iter().filter(|(known, _)| known == name);
        let value = values.next().map(|(_, value)| value.as_str());
        assert!(values.next().is_none(), "{name} is there twice");
        value
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.body.clone()).expect("text")
    }

    /// The stable code of an answer that says no.
    pub(crate) fn code(&self) -> String {
        let body: serde_json::Value = serde_json::from_slice(&self.body).expect("JSON");
        body["error"].as_str().expect("a code").to_owned()
    }
}

impl Line {
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let stream = soon(TcpStream::connect(address)).await.expect("a connection");
        Self { stream: BufReader::new(stream) }
    }

    pub(crate) async fn send(&mut self, bytes: impl AsRef<[u8]>) {
        self.stream.get_mut().write_all(bytes.as_ref()).await.expect("sent");
    }

    /// Sends one request without a body and reads the answer.
    pub(crate) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        host: &str,
        fields: &[&str],
    ) -> Answer {
        let fields: String = fields.iter().map(|field| format!("{field}\r\n")).collect();
        self.send(format!("{method} {path} HTTP/1.1\r\nhost: {host}\r\n{fields}\r\n")).await;
        self.answer_to(method).await
    }

    pub(crate) async fn answer(&mut self) -> Answer {
        self.answer_to("GET").await
    }

    async fn answer_to(&mut self, method: &str) -> Answer {
        soon(async {
            let mut lines = Vec::new();
            loop {
                let mut line = String::new();
                self.stream.read_line(&mut line).await.expect("a line");
                assert!(line.ends_with("\r\n"), "cut off after {lines:?}");
                let line = line.trim_end().to_owned();
                if line.is_empty() {
                    break;
                }
                lines.push(line);
            }
            let status = lines[0].split(' ').nth(1).unwrap().parse().unwrap();
            let headers: Vec<(String, String)> = lines[1..]
                .iter()
                .map(|line| line.split_once(": ").expect("a header"))
                .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
                .collect();
            let mut answer = Answer { status, headers, body: Vec::new() };
            let bodiless = method == "HEAD" || [101, 204, 304].contains(&status);
            if !bodiless {
                let length = answer.header("content-length").unwrap_or("0").parse().unwrap();
                answer.body = vec![0; length];
                self.stream.read_exact(&mut answer.body).await.expect("the whole body");
            }
            answer
        })
        .await
    }

    /// Waits until the server closes, and returns what it still said.
    pub(crate) async fn until_closed(&mut self) -> Vec<u8> {
        let mut rest = Vec::new();
        // A reset is a close as well.
        let _ = soon(self.stream.read_to_end(&mut rest)).await;
        rest
    }
}
