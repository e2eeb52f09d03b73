//! The scenarios that come with the program.

/// Name and text of each.
pub const SHIPPED: &[(&str, &str)] = &[
    ("half_day", include_str!("../../scenarios/half_day.toml")),
    ("hpma_150", include_str!("../../scenarios/hpma_150.toml")),
    ("short_90", include_str!("../../scenarios/short_90.toml")),
    ("nine_oclock", include_str!("../../scenarios/nine_oclock.toml")),
    ("rolling_deploy", include_str!("../../scenarios/rolling_deploy.toml")),
    ("wifi_blips", include_str!("../../scenarios/wifi_blips.toml")),
    ("slow_readers", include_str!("../../scenarios/slow_readers.toml")),
    ("soak", include_str!("../../scenarios/soak.toml")),
    ("rollout", include_str!("../../scenarios/rollout.toml")),
];
