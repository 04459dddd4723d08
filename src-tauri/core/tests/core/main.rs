//! The core from outside: stories with whole values, random walks, and what people see.

#[cfg(test)]
mod alarm;
#[cfg(test)]
mod answers;
#[cfg(test)]
mod calls;
#[cfg(test)]
mod cards;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod day;
#[cfg(test)]
mod deeds;
#[cfg(test)]
mod echoes;
#[cfg(test)]
mod granted;
#[cfg(test)]
mod grants;
#[cfg(test)]
mod hold;
#[cfg(test)]
mod laws;
#[cfg(test)]
mod line;
#[cfg(test)]
mod menus;
#[cfg(test)]
mod notes;
#[cfg(test)]
mod passcodes;
#[cfg(test)]
mod paths;
#[cfg(test)]
mod pausing;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod reached;
#[cfg(test)]
mod records;
#[cfg(test)]
mod ruled;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod rung;
#[cfg(test)]
mod secrets;
#[cfg(test)]
mod sessions;
#[cfg(test)]
mod settings;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod shell;
#[cfg(test)]
mod signing_in;
#[cfg(test)]
mod signing_out;
#[cfg(test)]
mod step_up;
#[cfg(test)]
mod troubles;
#[cfg(test)]
mod unreachable;
#[cfg(test)]
mod views;
#[cfg(test)]
mod views_of_login;
#[cfg(test)]
mod views_of_modes;
#[cfg(test)]
mod walks;
#[cfg(test)]
mod web_and_mcp;
#[cfg(test)]
mod world;
