//! The service, tested from outside: in process, on a free port, with time and randomness put in.

#[cfg(test)]
mod support;

#[cfg(test)]
mod after;
#[cfg(test)]
#[cfg(unix)]
mod as_root;
#[cfg(test)]
mod assets;
#[cfg(test)]
mod attackers;
#[cfg(test)]
mod bad_input;
#[cfg(test)]
mod bad_network;
#[cfg(test)]
mod bad_requests;
#[cfg(test)]
mod behind_proxy;
#[cfg(test)]
mod byte_floods;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod clock_jumps;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod config;
#[cfg(test)]
mod costly;
#[cfg(test)]
#[cfg(unix)]
mod data_folder;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod disk_faults;
#[cfg(test)]
mod docs;
#[cfg(test)]
mod door_floods;
#[cfg(test)]
mod durability;
#[cfg(test)]
mod farewells;
#[cfg(test)]
mod faults;
#[cfg(test)]
mod floods;
#[cfg(test)]
mod half_messages;
#[cfg(test)]
mod headers;
mod heavy;
#[cfg(test)]
mod hosts;
#[cfg(test)]
mod http_pace;
#[cfg(test)]
mod join;
#[cfg(test)]
mod journal_contract;
#[cfg(test)]
mod journal_damage;
#[cfg(test)]
mod journal_faults;
#[cfg(test)]
mod journal_forms;
#[cfg(test)]
mod journal_room;
#[cfg(test)]
mod journal_share;
#[cfg(test)]
mod journal_sqlite;
#[cfg(test)]
mod limits;
#[cfg(test)]
mod made_small;
#[cfg(test)]
mod maintenance;
#[cfg(test)]
mod memory_shares;
#[cfg(test)]
mod modes;
#[cfg(test)]
mod neighbours;
#[cfg(test)]
mod networks;
#[cfg(test)]
mod new_sets;
#[cfg(test)]
mod off_record;
#[cfg(test)]
mod old_pages;
#[cfg(test)]
mod one_after_another;
#[cfg(test)]
mod owed_cuts;
#[cfg(test)]
mod panics;
#[cfg(test)]
#[cfg(target_os = "linux")]
mod power_cut;
#[cfg(test)]
mod presence;
#[cfg(test)]
mod program;
#[cfg(test)]
#[cfg(unix)]
mod put_aside;
#[cfg(test)]
mod recovery;
#[cfg(test)]
mod removal;
#[cfg(test)]
mod restore;
#[cfg(test)]
mod resume;
#[cfg(test)]
mod retention;
#[cfg(test)]
mod series;
#[cfg(test)]
mod shares;
#[cfg(test)]
mod shutdown;
#[cfg(test)]
mod skew;
#[cfg(test)]
mod slow_peers;
#[cfg(test)]
mod slow_readers;
#[cfg(test)]
mod telemetry;
#[cfg(test)]
mod unread;
#[cfg(test)]
mod unused_sets;
#[cfg(test)]
mod wire;
