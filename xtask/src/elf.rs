//! Whether a program needs a loader before it can run.

use std::path::Path;

use crate::stop::{Doing as _, Done, Stop};

/// The program header that names an interpreter.
const PT_INTERP: u32 = 3;

/// # Errors
/// Where the file is not a 64-bit little-endian ELF program.
pub(crate) fn has_interpreter(file: &Path) -> Done<bool> {
    let bytes = std::fs::read(file).doing(format!("read {}", file.display()))?;
    interpreter_in(&bytes)
        .ok_or_else(|| Stop::because(format!("{} is not a 64-bit ELF program", file.display())))
}

fn interpreter_in(bytes: &[u8]) -> Option<bool> {
    const CLASS_64_LITTLE: &[u8] = b"\x7fELF\x02\x01";
    if !bytes.starts_with(CLASS_64_LITTLE) {
        return None;
    }
    let table = usize::try_from(u64::from_le_bytes(field(bytes, 32)?)).ok()?;
    let size = usize::from(u16::from_le_bytes(field(bytes, 54)?));
    let count = usize::from(u16::from_le_bytes(field(bytes, 56)?));
    let mut found = false;
    for n in 0..count {
        let at = table.checked_add(n.checked_mul(size)?)?;
        found |= u32::from_le_bytes(field(bytes, at)?) == PT_INTERP;
    }
    Some(found)
}

fn field<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..at.checked_add(N)?)?.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn program(kinds: &[u32]) -> Vec<u8> {
        let mut bytes = vec![0; 64];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = u8::try_from(kinds.len()).unwrap();
        for kind in kinds {
            bytes.extend(kind.to_le_bytes());
            bytes.extend([0; 52]);
        }
        bytes
    }

    #[test]
    fn an_interpreter_is_seen_wherever_it_stands() {
        assert_eq!(interpreter_in(&program(&[1, 1, 6])), Some(false));
        assert_eq!(interpreter_in(&program(&[6, 1, PT_INTERP])), Some(true));
    }

    #[test]
    fn a_file_cut_short_is_no_program() {
        assert_eq!(interpreter_in(b"#!/bin/sh\n"), None);
        let whole = program(&[1, PT_INTERP]);
        assert_eq!(interpreter_in(&whole[..120]), None);
    }
}
