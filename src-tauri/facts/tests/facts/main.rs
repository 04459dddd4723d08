//! What the file system tells of an ask.

#[cfg(test)]
mod links;
#[cfg(test)]
mod rules;
