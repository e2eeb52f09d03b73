//! TypeScript for the web client: types, limits, codes and the names of plans and templates.

use std::fmt::Write as _;

use ts_rs::{Config, TS};

use crate::close::CloseCode;
use crate::method::{Library, Plan, Template, agenda, library};
use crate::refusal::Code;
use crate::{limits, *};

macro_rules! declare {
    ($out:ident, $config:ident: $($type:ty),* $(,)?) => {
        $(
            if let Some(docs) = <$type as TS>::docs() {
                $out.push_str(&docs);
            }
            let _ = writeln!($out, "export {}\n", <$type as TS>::decl(&$config));
        )*
    };
}

const HEAD: &str =
    "// Generated from the protocol crate by `cargo xtask codegen`. Do not edit.\n\n";

/// The client's types, and what every page needs of the contract.
pub fn declarations() -> String {
    let config = Config::default().with_large_int("number");
    let mut out = String::from(
        "// Generated from the protocol crate by `cargo xtask codegen`. Do not edit.\n\
         import type { Patch } from './lib/merge.ts';\n\n\
         /** Every limit of a room and of a frame. */\n\
         export * as LIMITS from './limits.gen';\n\n",
    );
    declare!(out, config:
        SetId, MeetingId, SeatId, DeviceId, BranchId, ItemId, CommandId, Seq, Timestamp,
        Token32, Hash32, Mac32, Challenge32, Signature64, Nonce16, PublicKey, Blob, Sealed, TextKind,
        Role, LinkRole, Mode, method::Floor, method::Stance, method::Kind, method::HandRule,
        method::By, method::See, method::Write,
        Holder, RosterEdit,
        room::LookedAt, command::Saying, command::BidTerms, command::Replaced, room::FittedTime, room::PlannedLead, Put, OfferedLine, UnrecordedLine, FormAnswer,
        KeyChange, OwnKey, RoundKey, RoundGrant, Command, Act,
        room::Stage, room::Clock, room::HoldReason, room::Hold, room::TurnState, room::Turn,
        room::Hand, room::Asking, room::Receipt, room::MeetingDate,
        room::Presented, room::OfferedTime, room::Availability, room::AskedTime,
        view::SeriesView, view::SeatView, view::DeviceView, view::PartView, view::Now, view::ItemView,
        view::PracticeView, view::ReviewView, view::Shared, view::Hints, view::OwnKeyView, view::Own, view::LobbyView,
        attendance::Attended, attendance::Attendance,
        Claim, lines::OfferView, off_record::OffRecordRound, off_record::OffRecordLine, view::ClaimView, view::KnockView,
        Code, Founding, KnockFrame, ClientFrame, ServerFrame,
    );
    let _ = writeln!(out, "export const PROTOCOL_VERSION = {PROTOCOL_VERSION};");
    let _ = writeln!(out, "export const SUBPROTOCOL = '{SUBPROTOCOL}';\n");
    out.push_str("/** Close codes: their reasons, and whether to come back. */\n");
    out.push_str("export const CLOSE = {\n");
    for close in CloseCode::ALL {
        let (code, reason, back) = (close.code(), close.reason(), close.come_back());
        let _ = writeln!(out, "  {code}: {{ reason: '{reason}', come_back: {back} }},");
    }
    out.push_str("} as const;\n\n/** Every refusal code. */\nexport const CODES = [\n");
    for (code, _) in Code::ALL {
        let _ = writeln!(out, "  '{}',", code.name());
    }
    out.push_str("] as const satisfies readonly Code[];\n\n");
    for (name, about, is_among) in [
        (
            "LASTING",
            "that are there after the close, and so in later meetings",
            TextKind::outlives_meeting as fn(TextKind) -> bool,
        ),
        ("PRIVATE", "that only their author may see until they show them", TextKind::is_private),
        ("SINGLE", "of which there is one for each author, or for the set", TextKind::is_single),
    ] {
        let kinds: Vec<_> = TextKind::ALL.into_iter().filter(|kind| is_among(*kind)).collect();
        let kinds = serde_json::to_string(&kinds).unwrap_or_default();
        let _ = writeln!(out, "/** Kinds of text {about}. */");
        let _ = writeln!(out, "export const {name}: readonly TextKind[] = {kinds};\n");
    }
    out.push_str("/** Kinds of text that are kept when a meeting of this mode is closed, for all or for their owner. */\n");
    out.push_str("export const KEPT: Readonly<Record<Mode, readonly TextKind[]>> = {\n");
    for mode in Mode::ALL {
        let kinds = TextKind::ALL.into_iter().filter(|kind| mode.keeps(*kind).is_some());
        let kinds = serde_json::to_string(&kinds.collect::<Vec<_>>()).unwrap_or_default();
        let mode = serde_json::to_string(&mode).unwrap_or_default();
        let _ = writeln!(out, "  {mode}: {kinds},");
    }
    out.push_str("};\n");
    out
}

/// The limits, each by itself: a page carries those that it uses.
pub fn limits() -> String {
    let mut out = String::from(HEAD);
    for (name, value, doc) in limits::ALL {
        let _ = writeln!(out, "/**{doc} */\nexport const {} = {value};", name.to_lowercase());
    }
    out
}

/// For how many presenters a plan has time with a template.
fn slots(library: &Library, plan: &Plan, template: &Template) -> String {
    let parts = agenda(library, plan, template);
    let slots = parts.iter().filter_map(|part| part.slot).max().map_or(0, |last| last + 1);
    format!("{}: {slots}", template.id)
}

/// The names of plans, templates, parts and cues: a page carries them where a set is made.
pub fn names() -> String {
    let library = library();
    let mut out = String::from(HEAD);
    out.push_str(
        "/** Meeting plans that are shipped, and for how many presenters with each template. */\n",
    );
    out.push_str("export const PLANS = [\n");
    for plan in library.plans.values() {
        let (id, minutes) = (&plan.id, plan.minutes);
        let slots = |first| {
            let plan = plan.meeting(first);
            let each = library.templates.values().map(|with| slots(library, &plan, with));
            each.collect::<Vec<_>>().join(", ")
        };
        let (again, first) = (slots(false), slots(true));
        let _ = writeln!(out, "  {{");
        let _ = writeln!(out, "    id: '{id}', minutes: {minutes},");
        let _ = writeln!(out, "    slots: {{ {again} }},\n    first: {{ {first} }},\n  }},");
    }
    out.push_str("] as const;\n\n/** Process templates that are shipped. */\n");
    out.push_str("export const TEMPLATES = [\n");
    for template in library.templates.values() {
        let [least, usual, most] = template.bounds();
        let (id, min) = (&template.id, template.min_meetings);
        let _ = writeln!(
            out,
            "  {{ id: '{id}', minutes: [{least}, {usual}, {most}], min_meetings: {min} }},"
        );
    }
    out.push_str("] as const;\n\n/** Steps of plans and phases of templates, which all need a name in words. */\n");
    out.push_str("export const PARTS = [\n");
    let of_templates = || library.templates.values().flat_map(|template| &template.phases);
    let phases = || library.steps.values().chain(of_templates());
    for phase in phases() {
        let _ = writeln!(out, "  '{}',", phase.id);
    }
    out.push_str(
        "] as const;\n\n/** Parts in which a note for oneself is offered, and to whom. */\n",
    );
    out.push_str("export const NOTES = {\n");
    for (id, by) in phases().filter_map(|phase| Some((&phase.id, phase.notes?))) {
        let by = format!("{by:?}").to_lowercase();
        let _ = writeln!(out, "  '{id}': '{by}',");
    }
    out.push_str("} as const;\n\n/** Cue keys, and who has words of their own: facilitator, presenter, member, or all. */\n");
    out.push_str("export const CUES = {\n");
    for (cue, who) in &library.cues {
        let _ = writeln!(out, "  {cue}: {who:?},");
    }
    out.push_str("} as const;\n");
    out
}
