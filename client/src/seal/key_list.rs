//! What a grant and a recovery wrap carry: the keys of the set's epochs and who holds them.

use serde::{Deserialize, Serialize};
use setroom_protocol::LinkRole;

use super::bytes::{array_from_b64u, b64u};
use super::{SealError, Secret};

/// The keys, and who holds them:
///
/// ```json
/// {"v":1,"keys":[[epoch,"key"]],"links":[["role",link,"secret"]],"head":[n,"hash"],
///  "own":[[generation,"key"]],"by":"proof","roster":[["device","member","role",link]]}
/// ```
/// Ids, keys and secrets are base64url. Empty lists are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KeyList {
    /// Epoch and key. A new joiner gets only the current one.
    pub keys: Vec<(u32, Secret)>,
    /// Who the granting host says is in the set: of sets that have no signed roster.
    pub roster: Vec<RosterEntry>,
    /// The join secrets, for facilitators only: they check knocks and show the links.
    pub links: Vec<LinkSecret>,
    /// Place and hash of the newest edit of the roster.
    pub head: Option<(u32, [u8; 32])>,
    /// Own keys of the person that it is for, by generation.
    pub own: Vec<(u32, Secret)>,
    /// Shows whoever knows no roster yet that the sender holds the link that they came by.
    pub by: Option<[u8; 32]>,
}

/// One admitted device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RosterEntry {
    /// The device.
    pub device: [u8; 16],
    /// The seat of its person.
    pub member: [u8; 16],
    /// The link that it came in by.
    pub role: LinkRole,
    /// The number of that role's link: the device knows its `admit` key.
    pub link: u32,
}

/// One join secret that facilitators share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkSecret {
    /// The link's role.
    pub role: LinkRole,
    /// Its number, which is below the epoch: the first is 0, and of a role the highest is in force.
    pub link: u32,
    /// The secret.
    pub secret: Secret,
}

impl KeyList {
    /// A list of one epoch's key and nothing else.
    pub fn single(epoch: u32, key: Secret) -> Self {
        Self { keys: vec![(epoch, key)], ..Self::default() }
    }

    /// The key of `epoch`, if it was granted.
    pub fn key(&self, epoch: u32) -> Option<&Secret> {
        self.keys.iter().find(|(of, _)| *of == epoch).map(|(_, key)| key)
    }

    /// The newest epoch and its key.
    pub fn current(&self) -> Option<(u32, &Secret)> {
        self.keys.iter().max_by_key(|(epoch, _)| *epoch).map(|(epoch, key)| (*epoch, key))
    }

    pub(super) fn to_json(&self) -> Result<String, SealError> {
        let form = Form {
            v: 1,
            keys: self.keys.iter().map(|(epoch, key)| (*epoch, key.to_b64u())).collect(),
            roster: (self.roster.iter())
                .map(|at| (b64u(&at.device), b64u(&at.member), at.role, at.link))
                .collect(),
            links: self.links.iter().map(|at| (at.role, at.link, at.secret.to_b64u())).collect(),
            head: self.head.map(|(n, hash)| (n, b64u(&hash))),
            own: self.own.iter().map(|(of, key)| (*of, key.to_b64u())).collect(),
            by: self.by.map(|proof| b64u(&proof)),
        };
        serde_json::to_string(&form).map_err(|_| SealError::Form)
    }

    /// Reads [`KeyList::to_json`] back.
    ///
    /// # Errors
    /// [`SealError::Form`].
    pub(super) fn from_json(bytes: &[u8]) -> Result<Self, SealError> {
        let form: Form = serde_json::from_slice(bytes).map_err(|_| SealError::Form)?;
        if form.v != 1 {
            return Err(SealError::Form);
        }
        form.read().map_err(|_| SealError::Form)
    }
}

/// The JSON of a [`KeyList`].
#[derive(Serialize, Deserialize)]
struct Form {
    v: u8,
    keys: Vec<(u32, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    roster: Vec<(String, String, LinkRole, u32)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    links: Vec<(LinkRole, u32, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<(u32, String)>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    own: Vec<(u32, String)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    by: Option<String>,
}

impl Form {
    fn read(self) -> Result<KeyList, SealError> {
        let keys = (self.keys.into_iter())
            .map(|(epoch, key)| Ok((epoch, Secret::from_b64u(&key)?)))
            .collect::<Result<_, SealError>>()?;
        let roster = (self.roster.into_iter())
            .map(|(device, member, role, link)| {
                let (device, member) = (array_from_b64u(&device)?, array_from_b64u(&member)?);
                Ok(RosterEntry { device, member, role, link })
            })
            .collect::<Result<_, SealError>>()?;
        let links = (self.links.into_iter())
            .map(|(role, link, secret)| {
                Ok(LinkSecret { role, link, secret: Secret::from_b64u(&secret)? })
            })
            .collect::<Result<_, SealError>>()?;
        let head = self.head.map(|(n, hash)| Ok((n, array_from_b64u(&hash)?)));
        let head = head.transpose().map_err(|_: SealError| SealError::Form)?;
        let own = (self.own.into_iter())
            .map(|(of, key)| Ok((of, Secret::from_b64u(&key)?)))
            .collect::<Result<_, SealError>>()?;
        let by = self.by.map(|proof| array_from_b64u(&proof)).transpose();
        let by = by.map_err(|_: SealError| SealError::Form)?;
        Ok(KeyList { keys, roster, links, head, own, by })
    }
}
