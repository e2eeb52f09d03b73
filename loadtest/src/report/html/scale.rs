//! Axes: where round numbers stand.

/// An axis from 0 to a round number, with marks in between.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Scale {
    /// The end of it, in the data's unit.
    pub(super) most: f64,
    /// Where marks stand, 0 and the end included.
    pub(super) marks: Vec<f64>,
}

impl Scale {
    /// An axis that holds values up to `highest`, with about `wanted` steps.
    pub(super) fn to(highest: f64, wanted: u32) -> Self {
        let highest = if highest.is_finite() && highest > 0.0 { highest } else { 1.0 };
        let rough = highest / f64::from(wanted.max(1));
        let decade = 10_f64.powf(rough.log10().floor());
        let steps = [1.0, 2.0, 2.5, 5.0, 10.0].map(|step| step * decade);
        let step = steps.into_iter().find(|step| *step * (1.0 + 1e-9) >= rough);
        Self::of(highest, step.unwrap_or(decade * 10.0))
    }

    /// A time axis: round numbers of seconds, minutes or hours, ending where the data ends.
    pub(super) fn time(seconds: f64, wanted: u32) -> Self {
        let seconds = seconds.max(1.0);
        let step = Self::step(seconds, wanted);
        let mut scale = Self::of(seconds, step);
        scale.marks.retain(|mark| *mark <= seconds);
        scale.most = seconds;
        scale
    }

    /// The shortest round stretch of which at most `wanted` make so many seconds.
    pub(super) fn step(seconds: f64, wanted: u32) -> f64 {
        const STEPS: [f64; 16] = [
            1.0, 2.0, 5.0, 10.0, 15.0, 30.0, 60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0,
            7200.0, 14_400.0, 43_200.0,
        ];
        let step = STEPS.into_iter().find(|step| seconds / step <= f64::from(wanted.max(1)));
        step.unwrap_or(86_400.0)
    }

    fn of(highest: f64, step: f64) -> Self {
        let mut marks = vec![0.0];
        let mut count = 0.0;
        while marks.last().is_some_and(|last| *last < highest * (1.0 - 1e-9)) && marks.len() < 40 {
            count += 1.0;
            marks.push(count * step);
        }
        Self { most: count * step, marks }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_are_round_and_hold_the_data() {
        assert_eq!(Scale::to(43.0, 4).marks, [0.0, 20.0, 40.0, 60.0]);
        assert_eq!(Scale::to(0.9, 4).marks, [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(Scale::to(0.0, 4).most, 1.0);
        assert_eq!(Scale::to(f64::NAN, 4).most, 1.0);
        for highest in [0.01, 3.0, 99.0, 100.0, 1e7] {
            let scale = Scale::to(highest, 5);
            assert!(scale.most >= highest && scale.marks.len() <= 7, "{highest}: {scale:?}");
        }
        assert_eq!(Scale::time(61.0, 6).marks, [0.0, 15.0, 30.0, 45.0, 60.0]);
        assert_eq!(Scale::time(1800.0, 6).marks.last(), Some(&1800.0));
    }
}
