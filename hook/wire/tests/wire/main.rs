//! The wire from outside: what the endpoint files tell a hook, and how deeds are spelt.

#[cfg(test)]
mod deeds;
#[cfg(test)]
mod endpoints;
