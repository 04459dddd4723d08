//! The core from outside: stories with whole values, random walks, and what people see.

#[cfg(test)]
mod alarm;
#[cfg(test)]
mod cards;
#[cfg(test)]
mod chance;
#[cfg(test)]
mod deeds;
#[cfg(test)]
mod line;
#[cfg(test)]
mod menus;
#[cfg(test)]
mod policy;
#[cfg(test)]
mod records;
#[cfg(test)]
mod signing_in;
#[cfg(test)]
mod troubles;
#[cfg(test)]
mod views;
#[cfg(test)]
mod walks;
#[cfg(test)]
mod world;
