//! Charts as SVG: axes from 0, units beside them, names at the lines' ends, no legend to look up.
//!
//! Each is drawn twice, for wide and for narrow screens; the style shows one of them, so that
//! letters keep their size.

use std::fmt::Display;

use super::markup::{At, Markup, put};
use super::scale::Scale;
use crate::words;

/// A chart.
#[derive(Debug)]
pub(super) struct Plot {
    /// What it shows, in a few words.
    pub(super) title: String,
    /// What is to be seen in it, for those who cannot see it.
    pub(super) caption: String,
    /// What goes across.
    pub(super) across: Across,
    /// What the values are counted in.
    pub(super) unit: &'static str,
    /// The lines or bars.
    pub(super) series: Vec<Series>,
    /// A value that is not to be passed, with its name.
    pub(super) limit: Option<(f64, String)>,
    /// Moments worth a number at the top.
    pub(super) moments: Vec<(f64, String)>,
}

/// What goes across.
#[derive(Clone, Copy, Debug)]
pub(super) enum Across {
    /// Seconds from 0 to this.
    Time(f64),
    /// Shares that come ever closer to all: 0, 90 %, 99 %, … so many nines.
    Nines(f64),
}

/// Values by what goes across; none where there was nothing to measure.
pub(super) type Points = Vec<(f64, Option<f64>)>;

/// One line, or a row of bars.
#[derive(Debug)]
pub(super) struct Series {
    pub(super) name: &'static str,
    /// Its look: `one` or `two`.
    pub(super) class: &'static str,
    pub(super) bars: bool,
    /// Where it stands.
    pub(super) points: Points,
}

impl Series {
    /// A line.
    pub(super) fn line(name: &'static str, class: &'static str, points: Points) -> Self {
        Self { name, class, bars: false, points }
    }
}

/// The size of a drawing and the room around its plot, in its own units.
struct Frame {
    class: &'static str,
    width: f64,
    height: f64,
    left: f64,
    right: f64,
    steps: u32,
}

const TOP: f64 = 30.0;
const BOTTOM: f64 = 30.0;
/// How far apart names at the lines' ends must be to be read.
const APART: f64 = 15.0;
/// The widest that a bar is.
const WIDEST: f64 = 32.0;

const WIDE: Frame =
    Frame { class: "wide", width: 720.0, height: 250.0, left: 48.0, right: 92.0, steps: 8 };
const NARROW: Frame =
    Frame { class: "narrow", width: 340.0, height: 230.0, left: 44.0, right: 76.0, steps: 4 };

impl Plot {
    /// The whole figure, with its words.
    pub(super) fn draw(&self, into: &mut Markup) {
        put!(into, "<figure><h3>{}</h3>", self.title);
        for frame in [WIDE, NARROW] {
            self.frame(&frame, into);
        }
        put!(into, "<figcaption>{}</figcaption></figure>", self.caption);
    }

    fn frame(&self, frame: &Frame, into: &mut Markup) {
        let (width, height) = (At(frame.width), At(frame.height));
        put!(into, r#"<svg class="{}" viewBox="0 0 {} {}""#, frame.class, width, height);
        put!(into, r#" role="img" aria-label="{}. {}">"#, self.title, self.caption);
        let at = Placed { plot: self, frame, down: Scale::to(self.highest(), 4) };
        at.axes(into);
        at.moments(into);
        for series in &self.series {
            if series.bars { at.bars(series, into) } else { at.line(series, into) }
        }
        at.limit(into);
        at.names(into);
        into.raw("</svg>");
    }

    fn values(&self) -> impl Iterator<Item = f64> {
        self.series.iter().flat_map(|series| series.points.iter().filter_map(|(_, value)| *value))
    }

    /// The limit is drawn when it is near enough not to flatten everything else.
    fn near_limit(&self) -> Option<&(f64, String)> {
        let highest = self.values().fold(0.0, f64::max);
        self.limit.as_ref().filter(|(limit, _)| *limit <= 4.0 * highest)
    }

    fn highest(&self) -> f64 {
        let limit = self.near_limit().map_or(0.0, |(limit, _)| *limit);
        self.values().fold(limit, f64::max)
    }
}

/// A plot in a frame, with its axes known.
struct Placed<'a> {
    plot: &'a Plot,
    frame: &'a Frame,
    down: Scale,
}

impl Placed<'_> {
    fn end(&self) -> f64 {
        self.frame.width - self.frame.right
    }

    fn floor(&self) -> f64 {
        self.frame.height - BOTTOM
    }

    fn x(&self, value: f64) -> f64 {
        let most = match self.plot.across {
            Across::Time(most) | Across::Nines(most) => most.max(f64::MIN_POSITIVE),
        };
        let share = (value / most).clamp(0.0, 1.0);
        self.frame.left + share * (self.end() - self.frame.left)
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value / self.down.most).clamp(0.0, 1.0);
        self.floor() - share * (self.floor() - TOP)
    }

    fn axes(&self, into: &mut Markup) {
        into.raw(r#"<g class="axes">"#);
        put!(into, r#"<text class="unit" x="2.0" y="12">{}</text>"#, self.plot.unit);
        for mark in &self.down.marks {
            let y = self.y(*mark);
            let class = if *mark > 0.0 { "grid" } else { "base" };
            line(into, [self.frame.left, y, self.end(), y], class);
            text(into, "down", [self.frame.left - 6.0, y + 4.0], words::number(*mark));
        }
        for (value, name) in self.across() {
            let x = self.x(value);
            line(into, [x, self.floor(), x, self.floor() + 5.0], "base");
            text(into, "across", [x, self.floor() + 19.0], name);
        }
        into.raw("</g>");
    }

    fn across(&self) -> Vec<(f64, String)> {
        match self.plot.across {
            Across::Time(most) => {
                let (each, unit) = match most {
                    most if most < 180.0 => (1.0, "s"),
                    most if most < 10_800.0 => (60.0, "min"),
                    _ => (3600.0, "h"),
                };
                let marks = Scale::time(most, self.frame.steps).marks.into_iter();
                marks.map(|mark| (mark, format!("{} {unit}", words::number(mark / each)))).collect()
            }
            Across::Nines(most) => {
                let all = ["0 %", "90 %", "99 %", "99.9 %", "99.99 %", "99.999 %", "99.9999 %"];
                let every = if most > 4.0 && self.frame.steps < 6 { 2 } else { 1 };
                let all = all.iter().enumerate().step_by(every);
                all.map(|(nines, name)| (nines as f64, (*name).to_owned()))
                    .filter(|(nines, _)| *nines <= most)
                    .collect()
            }
        }
    }

    fn moments(&self, into: &mut Markup) {
        let mut last = f64::NEG_INFINITY;
        for (moment, name) in &self.plot.moments {
            let x = self.x(*moment);
            line(into, [x, TOP - 8.0, x, self.floor()], "moment");
            // Numbers that would lie on each other are left to the table.
            if x - last >= APART {
                text(into, "number", [x, TOP - 12.0], name);
                last = x;
            }
        }
    }

    fn line(&self, series: &Series, into: &mut Markup) {
        // A gap where nothing was measured, and a dot where a value stands alone.
        for run in series.points.split(|(_, value)| value.is_none()) {
            let run: Vec<_> = run.iter().filter_map(|(at, value)| Some((*at, (*value)?))).collect();
            match run.as_slice() {
                [] => {}
                [(at, value)] => {
                    let (x, y) = (At(self.x(*at)), At(self.y(*value)));
                    let class = series.class;
                    put!(into, r#"<circle class="dot {}" r="3" cx="{}" cy="{}" />"#, class, x, y);
                }
                all => {
                    put!(into, r#"<polyline class="line {}" points=""#, series.class);
                    for (at, value) in all {
                        put!(into, "{},{} ", At(self.x(*at)), At(self.y(*value)));
                    }
                    into.raw("\" />");
                }
            }
        }
    }

    fn bars(&self, series: &Series, into: &mut Markup) {
        let room = (self.end() - self.frame.left) / series.points.len().max(1) as f64;
        let width = (room * 0.8).clamp(1.0, WIDEST);
        for (at, value) in &series.points {
            let Some(value) = value.filter(|value| *value > 0.0) else { continue };
            let (x, y) = ((self.x(*at) - width / 2.0).max(self.frame.left), self.y(value));
            put!(into, r#"<rect class="bar {}" x="{}" y="{}""#, series.class, At(x), At(y));
            put!(into, r#" width="{}" height="{}" />"#, At(width), At(self.floor() - y));
        }
    }

    fn limit(&self, into: &mut Markup) {
        if let Some((limit, _)) = self.plot.near_limit() {
            let y = self.y(*limit);
            line(into, [self.frame.left, y, self.end(), y], "limit");
        }
    }

    /// The names at the lines' ends, moved apart where they would lie on each other.
    fn names(&self, into: &mut Markup) {
        let ends = self
            .plot
            .series
            .iter()
            .filter(|series| !series.bars && !series.name.is_empty())
            .filter_map(|series| {
                let value = series.points.iter().rev().find_map(|(_, value)| *value)?;
                Some((self.y(value), series.name, series.class))
            });
        let limit = self.plot.near_limit().map(|(at, name)| (self.y(*at), name.as_str(), "over"));
        let mut names: Vec<_> = ends.chain(limit).collect();
        names.sort_by(|one, two| one.0.total_cmp(&two.0));
        let mut lowest = TOP - APART;
        for (y, _, _) in &mut names {
            *y = y.max(lowest + APART);
            lowest = *y;
        }
        // From below, so that none is pushed out of the picture.
        let mut highest = self.floor() + APART;
        for (y, name, class) in names.iter_mut().rev() {
            *y = y.min(highest - APART);
            highest = *y;
            text(into, &format!("name {class}"), [self.end() + 6.0, *y + 4.0], name);
        }
    }
}

fn line(into: &mut Markup, [x1, y1, x2, y2]: [f64; 4], class: &'static str) {
    put!(into, r#"<line class="{}" x1="{}" y1="{}""#, class, At(x1), At(y1));
    put!(into, r#" x2="{}" y2="{}" />"#, At(x2), At(y2));
}

fn text(into: &mut Markup, class: &str, [x, y]: [f64; 2], text: impl Display) {
    put!(into, r#"<text class="{}" x="{}" y="{}">{}</text>"#, class, At(x), At(y), text);
}
