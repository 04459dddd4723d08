//! Foreign text on its way to a terminal, a menu or a log line.

/// `text` on one line, with every control, direction and invisible character
/// replaced by a visible sign, and cut to `most` characters with the rest counted.
pub fn plain(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most * 4));
    let mut left = 0usize;
    for (n, c) in text.chars().enumerate() {
        if n >= most {
            left += 1;
        } else if c == '\n' {
            out.push('⏎');
        } else if is_hidden(c) {
            out.push('\u{FFFD}');
        } else {
            out.push(c);
        }
    }
    if left > 0 {
        out.push_str(&format!(" … {left} more"));
    }
    out
}

/// Whether a character draws nothing of its own, or moves or reorders what is beside it.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}'
            | '\u{180B}'..='\u{180F}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}' | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FEFF}' | '\u{FFA0}'
            | '\u{FFF0}'..='\u{FFFB}' | '\u{E000}'..='\u{F8FF}' | '\u{1BCA0}'..='\u{1BCA3}'
            | '\u{1D173}'..='\u{1D17A}' | '\u{E0000}'..='\u{E0FFF}' | '\u{F0000}'..='\u{10FFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_hidden_gets_through_and_what_is_cut_is_counted() {
        assert_eq!(
            plain("a\nb\tc\u{1b}[31m\u{202e}d\u{200b}", 80),
            "a⏎b\u{FFFD}c\u{FFFD}[31m\u{FFFD}d\u{FFFD}"
        );
        assert_eq!(plain("abcdef", 4), "abcd … 2 more");
        assert_eq!(plain("zoë 音", 80), "zoë 音");
    }
}
