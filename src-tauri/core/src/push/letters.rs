//! Which characters draw what they are, and how the rest is shown.

use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};
use unicode_script::{Script, UnicodeScript as _};

/// Whether it draws nothing of its own, or moves or reorders what is beside it, or may be drawn as anything.
pub(super) fn is_hidden(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    let by_category = match c.general_category_group() {
        GeneralCategoryGroup::Separator | GeneralCategoryGroup::Other => true,
        GeneralCategoryGroup::Letter
        | GeneralCategoryGroup::Mark
        | GeneralCategoryGroup::Number
        | GeneralCategoryGroup::Punctuation
        | GeneralCategoryGroup::Symbol => false,
    };
    by_category || is_filler(c)
}

/// Letters, marks and symbols that are drawn as nothing.
fn is_filler(c: char) -> bool {
    matches!(c,
        '\u{034F}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180B}'..='\u{180F}'
        | '\u{2800}' | '\u{3164}' | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{FFFC}'
        | '\u{16FE4}' | '\u{1D159}' | '\u{1BCA0}'..='\u{1BCA3}' | '\u{E0000}'..='\u{E0FFF}')
}

/// Whether it is drawn over what stands before it.
pub(super) fn is_mark(c: char) -> bool {
    !c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Mark
}

pub(super) fn named(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// One character as a card shows it.
pub(super) fn shown(c: char) -> String {
    match c {
        '\n' => "⏎".to_owned(),
        '\t' => "⇥".to_owned(),
        _ if is_hidden(c) => format!("⟨{}⟩", named(c)),
        _ => c.to_string(),
    }
}

/// Scripts of which no letter looks like a Latin one.
const LOOKS_LIKE_NONE: [Script; 5] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Hangul,
    Script::Bopomofo,
];

/// Whether it is a letter that may be taken for another one, of the Latin script.
pub(super) fn is_foreign(c: char) -> bool {
    if c.is_ascii() || c == '\u{212E}' {
        return !c.is_ascii();
    }
    let is_letter = c.general_category_group() == GeneralCategoryGroup::Letter
        || matches!(
            c.general_category(),
            GeneralCategory::LetterNumber
                | GeneralCategory::OtherSymbol
                | GeneralCategory::MathSymbol
        ) && c.is_alphanumeric();
    is_letter
        && if matches!(c.script(), Script::Latin | Script::Common) {
            is_variant(c)
        } else {
            !LOOKS_LIKE_NONE.contains(&c.script())
        }
}

/// Latin letters of another cut, and letters for phonetics and mathematics.
fn is_variant(c: char) -> bool {
    matches!(c,
        '\u{0131}' | '\u{017F}' | '\u{0180}'..='\u{01BF}' | '\u{0237}' | '\u{0250}'..='\u{02FF}'
        | '\u{1D00}'..='\u{1DBF}' | '\u{2070}'..='\u{209F}' | '\u{2100}'..='\u{218F}' | '\u{2460}'..='\u{24FF}'
        | '\u{2C60}'..='\u{2C7F}' | '\u{A720}'..='\u{A7FF}' | '\u{AB30}'..='\u{AB6F}' | '\u{FB00}'..='\u{FB06}'
        | '\u{FF00}'..='\u{FFEF}' | '\u{1D400}'..='\u{1D7FF}' | '\u{1F100}'..='\u{1F1FF}')
}

/// Whether it is written from right to left, and so moves its neighbours.
pub(super) fn is_right_to_left(c: char) -> bool {
    matches!(c, '\u{0590}'..='\u{08FF}' | '\u{FB1D}'..='\u{FDFF}' | '\u{FE70}'..='\u{FEFE}'
        | '\u{10800}'..='\u{10FFF}' | '\u{1E800}'..='\u{1EFFF}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn what_draws_nothing_has_a_name() {
        for c in "\u{0}\u{1b}\r\u{7f}\u{85}\u{a0}\u{ad}\u{34f}\u{61c}\u{115f}\u{200b}\u{200d}\u{202e}\u{2028}\u{2066}\u{2800}\u{3000}\u{3164}\u{fe0f}\u{feff}\u{ffa0}\u{fffc}\u{e000}\u{e0041}\u{e0100}\u{10ffff}\u{378}".chars() {
            assert!(is_hidden(c), "{}", named(c));
            assert!(shown(c).chars().all(|c| !is_hidden(c)));
        }
        for c in "aé音\u{1F600}⏎⟨␠ж×…".chars() {
            assert!(!is_hidden(c), "{}", named(c));
        }
        assert_eq!(shown('\u{202e}'), "⟨U+202E⟩");
    }

    #[test]
    fn letters_of_other_cuts_are_foreign() {
        for c in "сοаԁｃ𝐜ⅽᴄɡıſꭰ℮ⓒ".chars() {
            assert!(is_foreign(c), "{c} {}", named(c));
        }
        for c in "cé음音カß5-".chars() {
            assert!(!is_foreign(c), "{c}");
        }
    }
}
