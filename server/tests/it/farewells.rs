//! A line that was told goodbye and stays keeps no place that somebody else needs.

use setroom_client::{Client, create_set};
use setroom_protocol::{ClientFrame, CloseCode, LinkRole, Mode, Token32};
use setroom_server::config::{Config, Network};
use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;

use crate::support::bare::{self, Got, frame};
use crate::support::people::{Set, rng, set_with};

/// What somebody says who stays when they are told goodbye, and with what they are told.
struct Word {
    first: Vec<u8>,
    code: u16,
}

fn word(text: impl AsRef<str>, code: CloseCode) -> Word {
    Word { first: frame(0x81, text.as_ref().as_bytes()), code: code.code() }
}

/// Everything that ends a socket before a right token is shown.
fn wrong_words(set: &Set) -> Vec<Word> {
    let known = set.host.keyring().come_back(None);
    let mut wrong = known.clone();
    if let ClientFrame::Resume { token, .. } = &mut wrong {
        *token = Token32([3; 32]);
    }
    let json = |frame: &ClientFrame| serde_json::to_value(frame).unwrap();
    let mut old = json(&known);
    old["v"] = 0.into();
    vec![
        word("{", CloseCode::BadFrame),
        word(json(&ClientFrame::Ping { sent: 1 }).to_string(), CloseCode::Auth),
        word(old.to_string(), CloseCode::OldClient),
        word("x".repeat(2049), CloseCode::TooLarge),
        word(json(&wrong).to_string(), CloseCode::Auth),
        Word { first: vec![0x83, 0x80, 0, 0, 0, 0], code: CloseCode::BadFrame.code() },
    ]
}

/// From where a crowd comes, and on what it is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Crowd {
    /// Behind the ward's address.
    Beside,
    /// Behind the ward's address, and a proxy.
    BehindProxy,
    /// From an address of its own, and takes all that the process has.
    Elsewhere,
}

impl Crowd {
    const ALL: [Self; 3] = [Self::Beside, Self::BehindProxy, Self::Elsewhere];

    fn limits(self, config: &mut Config) {
        config.limits.loopback_exempt = false;
        config.limits.connections_per_address = 40;
        (config.limits.bad_token_wait_ms, config.limits.bad_tokens_per_address_per_minute) =
            (1, 1000);
        match self {
            Self::Beside => {}
            Self::BehindProxy => {
                let proxy = Network::try_from("127.0.0.1/32".to_owned()).unwrap();
                config.trusted_proxies = vec![proxy];
            }
            Self::Elsewhere => config.limits.connections = 40,
        }
    }

    fn fields(self) -> &'static str {
        if self == Self::BehindProxy { "x-forwarded-for: 192.0.2.1\r\n" } else { "" }
    }

    async fn line(self, set: &Set) -> Result<TcpStream, u16> {
        let from = if self == Self::Elsewhere { "127.0.0.9" } else { "127.0.0.1" };
        bare::try_open(set.server.running.addr(), from.parse().unwrap(), false, self.fields()).await
    }
}

/// The member and the host come back; and where the process is not full somebody new comes in.
async fn the_ward_works(crowd: Crowd, set: &mut Set, ben: &Client) {
    for who in [ben, &set.host] {
        let from = "127.0.0.1".parse().unwrap();
        let to = set.server.running.addr();
        let mut line = bare::try_open(to, from, false, crowd.fields()).await.expect("a place");
        let first = serde_json::to_string(&who.keyring().come_back(None)).unwrap();
        line.write_all(&frame(0x81, first.as_bytes())).await.unwrap();
        let answer = loop {
            match bare::next(&mut line).await {
                Got::Text(text) if text.starts_with(r#"{"t":"hello""#) => {}
                other @ (Got::Text(_) | Got::Ping(_) | Got::Pong(_) | Got::Close(_) | Got::End) => {
                    break other;
                }
            }
        };
        assert!(matches!(&answer, Got::Text(text) if text.contains("snapshot")), "{answer:?}");
    }
    if crowd != Crowd::Elsewhere {
        set.person(LinkRole::Member, "Cleo").await;
    }
}

// fault: F20 — sockets that said something wrong and stay shut nobody out
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_said_something_wrong_and_stays_keeps_no_place() {
    for crowd in Crowd::ALL {
        for n in 0..6 {
            let mut set = set_with(|config| crowd.limits(config)).await;
            let ben = set.person(LinkRole::Member, "Ben").await;
            let words = wrong_words(&set);
            let mut stay = Vec::new();
            for _ in 0..100 {
                let mut line = crowd.line(&set).await.expect("the next one has a place as well");
                line.write_all(&words[n].first).await.unwrap();
                assert_eq!(bare::until_closed(&mut line).await.1, Some(words[n].code), "{n}");
                stay.push(line);
            }
            the_ward_works(crowd, &mut set, &ben).await;
        }
    }
}

// fault: F20 — sockets that were asked to make room, and stay, shut nobody out
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_asked_to_go_and_stays_keeps_no_place() {
    for crowd in Crowd::ALL {
        let mut set = set_with(|config| {
            crowd.limits(config);
            config.limits.unauthenticated_per_address = 8;
        })
        .await;
        let ben = set.person(LinkRole::Member, "Ben").await;
        let mut stay = Vec::new();
        for _ in 0..300 {
            stay.push(crowd.line(&set).await.expect("the next one has a place as well"));
        }
        // And they were told so.
        assert_eq!(bare::until_closed(&mut stay[0]).await.1, Some(CloseCode::TooFast.code()));
        the_ward_works(crowd, &mut set, &ben).await;
    }
}

// fault: F20 — lines of one seat that take each other's place, and stay, shut nobody out
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_let_in_and_stays_after_the_end_keeps_no_place() {
    let crowd = Crowd::Elsewhere;
    let mut set = set_with(|config| {
        crowd.limits(config);
        config.limits.connections_kept_per_address = 10;
    })
    .await;
    let ben = set.person(LinkRole::Member, "Ben").await;
    let links =
        create_set(&set.dial, "short_90", "classic", Mode::Set, &mut rng(50)).await.unwrap();
    let eve = Client::host(&set.dial, &links, "Crowd", "Eve", rng(51)).await.unwrap();
    let first = serde_json::to_string(&eve.keyring().come_back(None)).unwrap();
    let mut stay = Vec::new();
    for _ in 0..150 {
        let mut line = crowd.line(&set).await.expect("the next one has a place as well");
        line.write_all(&frame(0x81, first.as_bytes())).await.unwrap();
        assert!(matches!(bare::next(&mut line).await, Got::Text(hello) if hello.contains("hello")));
        let text = bare::next(&mut line).await;
        assert!(matches!(&text, Got::Text(text) if text.contains("snapshot")), "{text:?}");
        stay.push(line);
    }
    the_ward_works(crowd, &mut set, &ben).await;
}
