//! Bytes as text, for JSON and the pin file.

pub(crate) fn encode(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing into a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}

/// `None` unless `text` is exactly `N` bytes in lower- or upper-case hex.
pub(crate) fn decode<const N: usize>(text: &str) -> Option<[u8; N]> {
    let digits = text.as_bytes();
    if digits.len() != N * 2 {
        return None;
    }
    let mut bytes = [0; N];
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
        let [high, low] = pair else { return None };
        *byte = digit(*high)? << 4 | digit(*low)?;
    }
    Some(bytes)
}

fn digit(c: u8) -> Option<u8> {
    (c as char).to_digit(16).and_then(|d| u8::try_from(d).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_hex_is_read() {
        assert_eq!(decode::<2>("00fF"), Some([0, 255]));
        assert_eq!(encode(&[0, 255]), "00ff");
        for bad in ["", "00f", "00ff0", "0x0f", "zz00", "+1+1"] {
            assert_eq!(decode::<2>(bad), None, "{bad:?}");
        }
    }
}
