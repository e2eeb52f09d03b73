//! Making a set, as the page of the host does it.

use std::collections::BTreeMap;

use rand::{CryptoRng, RngExt as _};
use setroom_protocol::{Founding, Hash32, LinkRole, MeetingId, Mode, PROTOCOL_VERSION, SetId};

use super::ClientError;
use super::dial::Dial;
use crate::seal::Link;

/// The four links of a set. Each opens the door for its role; the host's opens the set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Links {
    /// The host's own.
    pub host: Link,
    /// The co-facilitator's.
    pub co_facilitator: Link,
    /// The members'.
    pub member: Link,
    /// The observers'.
    pub observer: Link,
}

impl Links {
    /// Four fresh links to a set.
    pub fn generate(set: SetId, rng: &mut impl CryptoRng) -> Self {
        let mut link = |role| Link::generate(*set.as_bytes(), role, rng);
        let own = link(LinkRole::Host);
        let host = Some(own.keys().host_holder().device());
        let mut link = |role| Link { host, ..link(role) };
        Self {
            host: own,
            co_facilitator: link(LinkRole::CoFacilitator),
            member: link(LinkRole::Member),
            observer: link(LinkRole::Observer),
        }
    }

    /// All four.
    pub fn all(&self) -> [&Link; 4] {
        [&self.host, &self.co_facilitator, &self.member, &self.observer]
    }

    /// The link of a role.
    pub fn of(&self, role: LinkRole) -> &Link {
        match role {
            LinkRole::Host => &self.host,
            LinkRole::CoFacilitator => &self.co_facilitator,
            LinkRole::Member => &self.member,
            LinkRole::Observer => &self.observer,
        }
    }

    /// The set that they lead to.
    pub fn set(&self) -> SetId {
        SetId::from_bytes(self.host.set)
    }

    /// What a page sends to make this set: no secret, only hashes of tokens.
    pub fn founding(&self, meeting: MeetingId, plan: &str, template: &str, mode: Mode) -> Founding {
        let hash = |link: &Link| (link.role, Hash32(link.keys().token.hash()));
        Founding {
            v: PROTOCOL_VERSION,
            set: self.set(),
            meeting,
            links: self.all().map(hash).into_iter().collect::<BTreeMap<_, _>>(),
            mode,
            plan: plan.to_owned(),
            template: template.to_owned(),
            starts_at: None,
            first: false,
        }
    }
}

/// Makes a set on the server and gives its links.
///
/// # Errors
/// [`ClientError::Dial`], or [`ClientError::NotCreated`] when the answer is not 201.
pub async fn create_set(
    dial: &Dial,
    plan: &str,
    template: &str,
    mode: Mode,
    rng: &mut impl CryptoRng,
) -> Result<Links, ClientError> {
    let links = Links::generate(SetId::from_bytes(rng.random()), rng);
    let founding = links.founding(MeetingId::from_bytes(rng.random()), plan, template, mode);
    // Maps with string keys, numbers and strings: this cannot fail.
    let body = serde_json::to_string(&founding).unwrap_or_default();
    let answer = dial.post("/api/sets", &body).await?;
    if answer.status == 201 {
        Ok(links)
    } else {
        Err(ClientError::NotCreated { status: answer.status, body: answer.body })
    }
}
