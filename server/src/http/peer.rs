//! Whose request it is, also behind a proxy: the client address.

use std::net::{IpAddr, SocketAddr};

use axum::http::{HeaderMap, HeaderName};

use crate::config::Network;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address: the connection's own or, from a trusted proxy, the right-most hop that
/// is not trusted. What stands left of that hop was written by the client and proves nothing.
///
/// It is read byte by byte: a client may have put anything before what its proxy wrote, and that
/// must not make the proxy's own word unreadable.
pub(crate) fn client_address(
    connected: IpAddr,
    headers: &HeaderMap,
    trusted: &[Network],
) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut nearest = connected.to_canonical();
    if !is_trusted(nearest) {
        return nearest;
    }
    let lines: Vec<_> = headers.get_all(FORWARDED_FOR).iter().collect();
    for hop in lines.into_iter().rev().flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
    {
        // What cannot be read was not written by a proxy that we trust: stop before it.
        let Some(hop) = address_of_hop(hop) else { return nearest };
        nearest = hop;
        if !is_trusted(hop) {
            return hop;
        }
    }
    nearest
}

/// What proxies of several kinds write into the requests that they pass on.
const OF_PROXIES: [&str; 7] = [
    "x-forwarded-for",
    "forwarded",
    "via",
    "x-real-ip",
    "cf-connecting-ip",
    "x-forwarded-proto",
    "x-forwarded-host",
];

/// Whether a request claims to come through a proxy.
pub(crate) fn is_forwarded(headers: &HeaderMap) -> bool {
    OF_PROXIES.iter().any(|name| headers.contains_key(*name))
}

/// An address; some proxies write it in brackets, or with the port as well.
fn address_of_hop(hop: &[u8]) -> Option<IpAddr> {
    let hop = str::from_utf8(hop).ok()?.trim_matches([' ', '\t']);
    hop.parse::<IpAddr>()
        .or_else(|_| hop.parse::<SocketAddr>().map(|hop| hop.ip()))
        .ok()
        .or_else(|| hop.strip_prefix('[')?.strip_suffix(']')?.parse().ok())
        .map(|ip| ip.to_canonical())
}

/// An address for the log: only its network, /24 or /48.
pub(crate) fn cut_for_log(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(ip) => {
            let net = std::net::Ipv4Addr::from_bits(ip.to_bits() & (u32::MAX << 8));
            format!("{net}/24")
        }
        IpAddr::V6(ip) => {
            let net = std::net::Ipv6Addr::from_bits(ip.to_bits() & (u128::MAX << 80));
            format!("{net}/48")
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use rand::rngs::StdRng;
    use rand::{RngExt as _, SeedableRng as _};

    use super::*;
    use crate::limits::Source;

    fn seen(connected: &str, lines: &[&str]) -> String {
        let trusted: Vec<Network> = ["10.0.0.0/8", "fd00::/8"]
            .map(|text| Network::try_from(text.to_owned()).unwrap())
            .to_vec();
        let mut headers = HeaderMap::new();
        for line in lines {
            headers.append(FORWARDED_FOR, line.parse().unwrap());
        }
        client_address(connected.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn the_right_most_untrusted_hop_counts() {
        assert_eq!(seen("203.0.113.9", &["192.0.2.1"]), "203.0.113.9", "not a trusted proxy");
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["192.0.2.1"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, 192.0.2.1, 10.9.9.9"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1", "192.0.2.1:4711"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["192.0.2.1, fd00::2"]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["[2001:db8::7]:443"]), "2001:db8::7");
        assert_eq!(seen("10.0.0.1", &["10.1.1.1, 10.2.2.2"]), "10.1.1.1", "all of them ours");
        assert_eq!(seen("10.0.0.1", &["1.1.1.1, nonsense, 10.2.2.2"]), "10.2.2.2");
        assert_eq!(seen("::ffff:10.0.0.1", &["::ffff:192.0.2.1"]), "192.0.2.1");
    }

    #[test]
    fn what_cannot_be_read_does_not_hide_what_the_proxy_wrote() {
        let told = |lines: &[&[u8]]| {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
            }
            let trusted = [Network::try_from("10.0.0.0/8".to_owned()).unwrap()];
            client_address([10, 0, 0, 1].into(), &headers, &trusted).to_string()
        };
        assert_eq!(told(&[b"\x80\xff, 192.0.2.1"]), "192.0.2.1");
        assert_eq!(told(&[b"\x80", b"192.0.2.1"]), "192.0.2.1");
        assert_eq!(told(&[b"192.0.2.1, \x80"]), "10.0.0.1", "the nearest that can be read");
        assert_eq!(told(&[b"192.0.2.1, \x80, 10.2.2.2"]), "10.2.2.2");
        assert_eq!(told(&[b"192.0.2.1, unknown, 10.2.2.2"]), "10.2.2.2");
        assert_eq!(told(&[b"192.0.2.1, , 10.2.2.2"]), "10.2.2.2");
        assert_eq!(told(&[b"192.0.2.1,"]), "10.0.0.1");
        assert_eq!(told(&[b"[[192.0.2.1]]"]), "10.0.0.1");
        assert_eq!(told(&[b"192.0.2.1:70000"]), "10.0.0.1");
        assert_eq!(told(&["10.3.3.3,".repeat(1000).as_bytes(), b"10.4.4.4"]), "10.4.4.4");
    }

    /// The way back from the proxy, as long as it can be read: the first on it that is not ours, or
    /// else its last.
    fn reference(connected: IpAddr, lines: &[Vec<u8>], trusted: &[Network]) -> IpAddr {
        let hops: Vec<Vec<u8>> =
            lines.join(&b',').split(|byte| *byte == b',').map(<[u8]>::to_vec).collect();
        let read = |hop: &Vec<u8>| {
            let text = String::from_utf8(hop.clone()).ok()?;
            let text = text.trim_matches(|c| c == ' ' || c == '\t');
            let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
            let forms = [
                text.parse().ok(),
                text.parse::<SocketAddr>().ok().map(|hop| hop.ip()),
                bare.and_then(|bare| bare.parse().ok()),
            ];
            forms.into_iter().flatten().next().map(|ip: IpAddr| ip.to_canonical())
        };
        let known: Vec<_> = std::iter::once(Some(connected.to_canonical()))
            .chain(hops.iter().rev().filter(|_| !lines.is_empty()).map(read))
            .map_while(|hop| hop)
            .collect();
        let is_ours = |hop: &&IpAddr| trusted.iter().any(|network| network.contains(**hop));
        *known.iter().find(|hop| !is_ours(hop)).or(known.last()).unwrap()
    }

    #[test]
    fn whatever_stands_in_the_header_it_is_as_the_reference_says_and_nobody_is_exempt() {
        let mut rng = StdRng::seed_from_u64(11);
        let trusted: Vec<Network> = ["10.0.0.0/8", "127.0.0.0/8", "::1", "fd00::/8"]
            .map(|text| Network::try_from(text.to_owned()).unwrap())
            .to_vec();
        let words: [&[u8]; 16] = [
            b"10.0.0.1",
            b"192.0.2.1",
            b"127.0.0.1",
            b"::1",
            b"[fd00::1]:80",
            b"[2001:db8::1]",
            b"192.0.2.7:4711",
            b"::ffff:10.0.0.9",
            b"unknown",
            b"_x",
            b"",
            b"\x80",
            b"[",
            b"fe80::1%1",
            b"10.0.0.1:",
            b"\t 198.51.100.1 ",
        ];
        for _ in 0..20_000 {
            let mut lines = Vec::new();
            for _ in 0..rng.random_range(0..4) {
                let mut line = Vec::new();
                for place in 0..rng.random_range(0..6) {
                    if place > 0 {
                        line.extend_from_slice(if rng.random_bool(0.5) { b", " } else { b"," });
                    }
                    if rng.random_bool(0.8) {
                        line.extend_from_slice(words[rng.random_range(0..words.len())]);
                    } else {
                        let noise: [u8; 3] = rng.random();
                        line.extend(
                            noise.map(|byte| if byte < 32 || byte == 127 { b'.' } else { byte }),
                        );
                    }
                }
                lines.push(line);
            }
            let mut headers = HeaderMap::new();
            for line in &lines {
                headers.append(FORWARDED_FOR, HeaderValue::from_bytes(line).unwrap());
            }
            let connected = [[127, 0, 0, 1], [10, 0, 0, 1], [192, 0, 2, 9]][rng.random_range(0..3)];
            let found = client_address(connected.into(), &headers, &trusted);
            assert_eq!(found, reference(connected.into(), &lines, &trusted), "{lines:?}");
            assert!(!Source::forwarded(found).is_this_machine());
        }
    }

    #[test]
    fn the_log_sees_networks_only() {
        assert_eq!(cut_for_log("192.0.2.77".parse().unwrap()), "192.0.2.0/24");
        assert_eq!(cut_for_log("2001:db8:1:2::3".parse().unwrap()), "2001:db8:1::/48");
    }
}
