//! Identifiers in the shapes that Duo uses. They name things of a made-up tenant and guard nothing.

const UPPER: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
const MIXED: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

/// Two letters and eighteen characters, as in `DIWJ8X6AEYOR5OMC6TQ1`.
pub(crate) fn identifier(prefix: &str) -> String {
    format!("{prefix}{}", pick(UPPER, 18))
}

pub(crate) fn secret(length: usize) -> String {
    pick(MIXED, length)
}

pub(crate) fn digits(count: usize) -> String {
    pick(b"0123456789", count)
}

pub(crate) fn uuid() -> String {
    let random = (fastrand::u128(..) & !(0xf << 76) & !(0xc << 60)) | (0x4 << 76) | (0x8 << 60);
    let hex = format!("{random:032x}");
    let mut text = String::with_capacity(36);
    for (at, digit) in hex.chars().enumerate() {
        if matches!(at, 8 | 12 | 16 | 20) {
            text.push('-');
        }
        text.push(digit);
    }
    text
}

fn pick(alphabet: &[u8], length: usize) -> String {
    (0..length)
        .filter_map(|_| fastrand::choice(alphabet).map(|&letter| char::from(letter)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::uuid;

    #[test]
    fn a_txid_reads_as_uuid_version_4() {
        for _ in 0..100 {
            let text = uuid();
            let marks: Vec<char> = [8, 13, 14, 18, 23]
                .iter()
                .map(|&at| text.chars().nth(at).unwrap())
                .collect();
            assert_eq!(marks, ['-', '-', '4', '-', '-']);
            assert!("89ab".contains(text.chars().nth(19).unwrap()), "{text}");
        }
    }
}
