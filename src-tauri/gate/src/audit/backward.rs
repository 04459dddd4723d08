//! The lines of a file, last to first.

use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;

/// How much is read at a time.
const PIECE: u64 = 64 << 10;
/// A longer line is none that the gate wrote: an ask has 8 MiB at most, and JSON may double that.
pub(crate) const LONGEST: usize = 24 << 20;

/// A whole line without its end.
pub(crate) struct Line {
    /// Where it begins.
    pub(crate) place: u64,
    pub(crate) bytes: Vec<u8>,
}

pub(crate) struct Backward {
    file: File,
    /// Everything from here on was read.
    read_from: u64,
    /// What was read and not given out, in pieces, the last one of the file first.
    pieces: Vec<Vec<u8>>,
    /// Whether the line that is being put together has no end, or is too long.
    dropped: bool,
}

impl Backward {
    /// Lines that end before `place`, or before the end of the file. What is behind the last whole
    /// line is being written, or was torn.
    pub(crate) fn before(file: File, place: Option<u64>) -> io::Result<Self> {
        let length = file.metadata()?.len();
        Ok(Self {
            read_from: place.map_or(length, |place| place.min(length)),
            file,
            pieces: Vec::new(),
            dropped: true,
        })
    }

    pub(crate) fn next(&mut self) -> io::Result<Option<Line>> {
        loop {
            if let Some(line) = self.cut() {
                return Ok(Some(line));
            }
            if self.read_from == 0 {
                let bytes = self.put_together();
                let dropped = std::mem::replace(&mut self.dropped, true);
                let whole = !dropped && !bytes.is_empty();
                return Ok(whole.then_some(Line { place: 0, bytes }));
            }
            self.read_piece()?;
        }
    }

    /// The line behind the last end of line in what was read first of the file.
    fn cut(&mut self) -> Option<Line> {
        loop {
            let first = self.pieces.last_mut()?;
            let end = first.iter().rposition(|byte| *byte == b'\n')?;
            let start_of_line = first.split_off(end + 1);
            first.pop();
            let place = self.read_from + u64::try_from(end + 1).unwrap_or(0);
            let rest = self.pieces.pop().unwrap_or_default();
            self.pieces.push(start_of_line);
            let dropped = std::mem::replace(&mut self.dropped, false);
            let bytes = self.put_together();
            self.pieces.push(rest);
            if !dropped && !bytes.is_empty() {
                return Some(Line { place, bytes });
            }
        }
    }

    fn put_together(&mut self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(self.pieces.iter().map(Vec::len).sum());
        for piece in self.pieces.drain(..).rev() {
            bytes.extend_from_slice(&piece);
        }
        bytes
    }

    fn read_piece(&mut self) -> io::Result<()> {
        let length = PIECE.min(self.read_from);
        let mut piece = vec![0; usize::try_from(length).unwrap_or(0)];
        self.read_from -= length;
        self.file.read_exact_at(&mut piece, self.read_from)?;
        if self.pieces.iter().map(Vec::len).sum::<usize>() > LONGEST {
            self.dropped = true;
        }
        if self.dropped {
            self.pieces.clear();
        }
        self.pieces.push(piece);
        Ok(())
    }
}
