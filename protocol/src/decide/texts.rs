//! Who may write what, where. The texts themselves are boxes that nothing here can open.

use std::sync::Arc;

use super::{Case, Decision, refuse_if};
use crate::change::Change;
use crate::command::{Put, Replaced};
use crate::limits;
use crate::method::{By, See};
use crate::refusal::{Code, Refusal};
use crate::room::{Item, Stage};
use crate::sealed::{OWN_NUMBERS, TextKind};

impl Case<'_> {
    pub(super) fn put(&self, put: &Put) -> Decision {
        let is_replaced = matches!(put.kind, TextKind::Charter | TextKind::Framework);
        refuse_if(put.replaces.is_some() && !is_replaced, Code::Kind)?;
        let see = if put.kind == TextKind::LearningQuestion {
            self.may_keep_learning(put)?
        } else if put.kind == TextKind::Framework {
            self.may_frame(put)?
        } else if self.is_closed() {
            self.may_shut_away(put)?
        } else {
            self.may_write(put)?
        };
        self.sound_box(put, see)?;
        self.sound_order(put)?;
        self.room_for(put, see)?;
        let stored = self.room.items().get(&put.item);
        // A text that is only sealed again under a new key stays where it was written.
        let again = stored.filter(|item| self.is_sealed_again(item, put));
        let part = again.map_or(self.room.meeting().now.part, |item| item.part);
        let item = Item {
            id: put.item,
            kind: put.kind,
            seat: self.caller.seat,
            device: self.caller.device,
            rev: put.rev,
            n: put.n,
            prev: put.prev,
            sealed: put.sealed.clone(),
            at: self.now,
            see,
            part,
            bid: put.bid,
            action: stored.map_or(put.action, |item| item.action),
            meeting: None,
        };
        let gone = put.replaces.map(|before| Change::ItemWithdrawn { item: before.item });
        Ok(gone.into_iter().chain([Change::Written { item: Arc::new(item) }]).collect())
    }

    fn is_closed(&self) -> bool {
        self.room.meeting().stage == Stage::Closed
    }

    /// Once the meeting is closed nothing is written any more. What the others saw before, and only its
    /// owner does now, may be sealed again under the owner's own key: then nobody else can open it.
    fn may_shut_away(&self, put: &Put) -> Result<See, Refusal> {
        let stored = self.room.items().get(&put.item);
        refuse_if(stored.is_some_and(|item| item.seat != self.caller.seat), Code::NotYours)?;
        let shuts = stored.filter(|item| {
            let same = item.kind == put.kind && item.bid == put.bid && item.see == See::Owner;
            same && !item.sealed.is_own() && put.sealed.is_own()
        });
        shuts.map(|item| item.see).ok_or(Code::Stage.into())
    }

    /// A part of one's learning question is written whenever one likes, and is one's own until shown.
    fn may_keep_learning(&self, put: &Put) -> Result<See, Refusal> {
        refuse_if(!self.role.takes_part(), Code::Role)?;
        let stored = self.is_mine(put)?;
        let parts = self.room.items_of(self.caller.seat).filter(|item| item.kind == put.kind);
        let full = stored.is_none() && parts.count() >= limits::LEARNING_PARTS;
        refuse_if(full, Code::Items)?;
        Ok(stored.map_or(See::Owner, |item| item.see))
    }

    /// What the set is for is written by those with the controls, between its meetings too.
    fn may_frame(&self, put: &Put) -> Result<See, Refusal> {
        let stored = self.is_mine(put)?;
        let again = stored.is_some_and(|item| self.is_under_old_key(item));
        self.single(put, again || self.controls())
    }

    /// The text that this is a revision of: it is the caller's, and says what it is for as this does.
    fn is_mine(&self, put: &Put) -> Result<Option<&Item>, Refusal> {
        let stored = self.room.items().get(&put.item).map(AsRef::as_ref);
        refuse_if(stored.is_some_and(|item| item.seat != self.caller.seat), Code::NotYours)?;
        let other = stored.is_some_and(|item| item.kind != put.kind);
        refuse_if(other || put.bid.is_some() || put.action.is_some(), Code::Kind)?;
        Ok(stored)
    }

    /// Who will see it, if it may be written here and now.
    fn may_write(&self, put: &Put) -> Result<See, Refusal> {
        refuse_if((put.kind == TextKind::Bid) != put.bid.is_some(), Code::Kind)?;
        refuse_if((put.kind == TextKind::Practice) != put.action.is_some(), Code::Kind)?;
        if put.bid.is_some_and(|bid| {
            !(1..=3).contains(&bid.pressing) || !(5..=120).contains(&bid.minutes)
        }) {
            return Err(Code::Range.into());
        }
        let stored = self.room.items().get(&put.item);
        refuse_if(stored.is_some_and(|item| item.seat != self.caller.seat), Code::NotYours)?;
        refuse_if(stored.is_some_and(|item| item.kind != put.kind), Code::Kind)?;
        match put.kind {
            TextKind::Name => {
                // A name belongs to its seat, so its id is the seat's.
                return if put.item.as_bytes() == self.caller.seat.as_bytes() {
                    Ok(See::Everyone)
                } else {
                    Err(Code::NotYours.into())
                };
            }
            TextKind::Title => return self.single(put, self.role.holds_keys()),
            TextKind::Charter => {
                // Whoever comes late must be able to read what they are asked to agree to.
                let again = stored.is_some_and(|item| self.is_under_old_key(item));
                let open = self.room.charter_open() && self.controls();
                return self.single(put, again || open);
            }
            TextKind::Headline
            | TextKind::Bid
            | TextKind::Action
            | TextKind::Question
            | TextKind::Scribe
            | TextKind::Skill
            | TextKind::Sentence
            | TextKind::Learning
            | TextKind::Reflection
            | TextKind::Practice
            | TextKind::LearningQuestion
            | TextKind::Framework => {}
        }
        // Sealing a text again under another key is allowed wherever the meeting is.
        if let Some(item) = stored
            && self.is_sealed_again(item, put)
        {
            return Ok(item.see);
        }
        refuse_if(!self.role.takes_part(), Code::Role)?;
        if put.kind == TextKind::Practice {
            self.may_propose(put)?;
        }
        let part = self.room.part().ok_or(Code::Part)?;
        let meeting = self.room.meeting();
        let presents = meeting.now.presenter == Some(self.caller.seat);
        let by_me = |by: By| match by {
            By::Presenter => presents,
            By::Each => true,
            By::Members => !presents,
            By::Scribe => meeting.scribe == Some(self.caller.seat),
        };
        let allowed = part.writes.iter().find(|write| write.kind == put.kind && by_me(write.by));
        // One's own actions can be mended as long as the meeting is open.
        let own_action = put.kind == TextKind::Action && stored.is_some();
        match (allowed, stored) {
            (_, Some(item)) if allowed.is_some() || own_action => Ok(item.see),
            (Some(write), _) => {
                refuse_if(
                    put.kind.is_single()
                        && self.room.find_item(self.caller.seat, put.kind).is_some(),
                    Code::Already,
                )?;
                Ok(write.see)
            }
            (None, _) => Err(Code::Kind.into()),
        }
    }

    /// The set has one title, one charter and one framework. Whoever else may write the latter two puts theirs
    /// in the place of what they have read.
    fn single(&self, put: &Put, may: bool) -> Result<See, Refusal> {
        refuse_if(!may, Code::Role)?;
        let is_other = |item: &&Arc<Item>| item.kind == put.kind && item.id != put.item;
        let other = self.room.items().values().find(is_other);
        match (other, put.replaces) {
            (None, None) => Ok(See::Everyone),
            (Some(_), None) => Err(Code::Already.into()),
            (Some(other), Some(Replaced { item, rev })) if other.id == item && other.rev == rev => {
                Ok(See::Everyone)
            }
            (_, Some(_)) => Err(Code::StaleRevision.into()),
        }
    }

    /// Whether a text stands under a key that is not the present one any more.
    fn is_under_old_key(&self, item: &Item) -> bool {
        let now = if item.sealed.is_own() { self.own_generation() } else { self.room.epoch() };
        item.sealed.epoch() < now
    }

    /// Whether this only seals a text again: under a newer key, or under the set's instead of its
    /// author's own, as before its release, which may come in a later part.
    fn is_sealed_again(&self, item: &Item, put: &Put) -> bool {
        self.is_under_old_key(item) || (item.sealed.is_own() && !put.sealed.is_own())
    }

    /// Which own key this person has; 0 when none.
    fn own_generation(&self) -> u32 {
        let held = self.room.seat(self.caller.seat).and_then(|held| held.own_key.as_deref());
        held.map_or(0, |key| key.generation)
    }

    fn sound_box(&self, put: &Put, see: See) -> Result<(), Refusal> {
        let own = put.sealed.is_own();
        // Nobody else could open it.
        refuse_if(own && see != See::Owner, Code::SealedOwn)?;
        let now = if own { self.own_generation() } else { self.room.epoch() };
        refuse_if(
            self.room.epoch() == 0 || put.sealed.epoch() != now || now == 0,
            Code::StaleEpoch,
        )?;
        // A new meeting has a new key of the set, and people's own stay: nobody could open this one here.
        let another = |of| of != self.room.meeting().id;
        refuse_if(put.meeting.is_some_and(another), Code::StaleEpoch)?;
        refuse_if(put.sealed.bucket() > put.kind.largest_bucket(), Code::LongText)
    }

    fn sound_order(&self, put: &Put) -> Result<(), Refusal> {
        let stored = self.room.items().get(&put.item).map_or(0, |item| item.rev);
        refuse_if(put.rev != stored + 1, Code::StaleRevision)?;
        let next = self.room.device(self.caller.device).map_or(0, |device| device.next_n);
        // Numbers stay exact in JavaScript, and the one after them too.
        let numbers =
            if put.sealed.is_own() { OWN_NUMBERS..(1 << 53) - 1 } else { next..OWN_NUMBERS };
        refuse_if(!numbers.contains(&put.n), Code::StaleOrder)
    }

    /// Whether there is room, by what this person can see: nobody learns from a refusal how much others
    /// keep to themselves, which is bounded for each of them alone.
    fn room_for(&self, put: &Put, see: See) -> Result<(), Refusal> {
        let items = self.room.items();
        let stored = items.get(&put.item);
        let seat = self.caller.seat;
        refuse_if(
            stored.is_none() && self.room.items_of(seat).count() >= limits::ITEMS_PER_SEAT,
            Code::Items,
        )?;
        let grows =
            put.sealed.bucket().saturating_sub(stored.map_or(0, |item| item.sealed.bucket()));
        if grows == 0 {
            return Ok(());
        }
        let is_shown = |item: &Item| item.see == See::Everyone;
        let bytes = |item: &Item| item.sealed.bucket();
        let shown: usize =
            items.values().map(AsRef::as_ref).filter(|item| is_shown(item)).map(bytes).sum();
        let unseen: usize =
            self.room.items_of(seat).filter(|item| !is_shown(item)).map(bytes).sum();
        let share = limits::UNSEEN_BYTES_PER_SEAT;
        let is_over_share = see != See::Everyone && unseen + grows > share;
        refuse_if(is_over_share || shown + unseen + grows > limits::SEALED_BYTES, Code::SealedBytes)
    }
}

// People alone never reach it.
const _: () = assert!(limits::PEOPLE * limits::ITEMS_PER_SEAT <= limits::ITEMS);
