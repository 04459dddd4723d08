//! The agent's question, read within a deadline: a pipe that never ends or never speaks must not outlast it.

use std::time::Instant;

use rustix::event::PollFlags;
use rustix::stdio::stdin;
use thumbturn_wire::{Ready, wait};

const CHUNK: usize = 64 << 10;

#[derive(Debug)]
pub(crate) enum StdinError {
    Interrupted,
    Io(rustix::io::Errno),
    NoMemory,
    TooLate,
    TooLong,
}

impl std::fmt::Display for StdinError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Interrupted => f.write_str("the agent stopped the hook while it read the call"),
            Self::Io(errno) => write!(f, "the call cannot be read from stdin: {errno}"),
            Self::NoMemory => f.write_str("there is no memory left to read the call"),
            Self::TooLate => f.write_str("the call did not end in time"),
            Self::TooLong => f.write_str("the call is larger than the gate reads"),
        }
    }
}

/// Everything up to the end of stdin, at most `most` bytes.
pub(crate) fn read_all(most: usize, deadline: Instant) -> Result<Vec<u8>, StdinError> {
    let mut all = Vec::new();
    let mut chunk = [0; CHUNK];
    loop {
        let n = read(&mut chunk, deadline)?;
        if n == 0 {
            return Ok(all);
        }
        if all.len() + n > most {
            return Err(StdinError::TooLong);
        }
        all.try_reserve(n).map_err(|_| StdinError::NoMemory)?;
        all.extend_from_slice(chunk.get(..n).unwrap_or_default());
    }
}

/// Lets the agent finish writing what nobody will read, so that it meets no broken pipe.
pub(crate) fn drain(most: usize, deadline: Instant) {
    let mut chunk = [0; CHUNK];
    let mut seen = 0;
    while let Ok(n) = read(&mut chunk, deadline)
        && n > 0
        && seen < most
    {
        seen += n;
    }
}

fn read(chunk: &mut [u8], deadline: Instant) -> Result<usize, StdinError> {
    loop {
        match wait(stdin(), PollFlags::IN, deadline) {
            Ready::Now => {}
            Ready::Interrupted => return Err(StdinError::Interrupted),
            Ready::TooLate => return Err(StdinError::TooLate),
        }
        match rustix::io::read(stdin(), &mut *chunk) {
            Ok(n) => return Ok(n),
            Err(rustix::io::Errno::AGAIN) => {}
            Err(rustix::io::Errno::INTR) => return Err(StdinError::Interrupted),
            Err(errno) => return Err(StdinError::Io(errno)),
        }
    }
}
