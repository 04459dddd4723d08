//! Edits of the file of rules, text to text: whatever is not edited stays byte for byte.

use std::ops::Range;

use thumbturn_core::Rules;
use thumbturn_pipe::RulesEdit;

/// # Errors
/// Why the edit cannot be made, in words for a person.
pub fn edited(text: &str, edit: &RulesEdit) -> Result<String, String> {
    let blocks = blocks(text)?;
    let place = |at: u32| usize::try_from(at).unwrap_or(usize::MAX);
    let block = |at: u32| {
        blocks
            .get(place(at))
            .cloned()
            .ok_or_else(|| "The rules have changed meanwhile. Look again.".to_owned())
    };
    let changed = match edit {
        RulesEdit::Insert { at, text: rule } => {
            let before = blocks
                .get(place(*at))
                .map_or(text.len(), |block| block.start);
            let gap = if before == text.len() && !text.is_empty() && !text.ends_with("\n\n") {
                if text.ends_with('\n') { "\n" } else { "\n\n" }
            } else {
                ""
            };
            spliced(
                text,
                before..before,
                &format!("{gap}{}\n\n", rule.trim_end()),
            )
        }
        RulesEdit::Replace { at, text: rule } => {
            spliced(text, block(*at)?, &format!("{}\n", rule.trim_end()))
        }
        RulesEdit::Remove { at } => spliced(text, block(*at)?, ""),
        RulesEdit::Move { at, to } => {
            let (from, to) = (block(*at)?, block(*to)?);
            let (first, second) = if from.start <= to.start {
                (from, to)
            } else {
                (to, from)
            };
            let one = text.get(first.clone()).unwrap_or_default();
            let two = text.get(second.clone()).unwrap_or_default();
            let swapped = spliced(text, second, one);
            spliced(&swapped, first, two)
        }
    };
    Rules::parse(&changed)
        .map(|_| changed)
        .map_err(|error| format!("L{}", error.to_string().trim_start_matches('l')))
}

fn spliced(text: &str, range: Range<usize>, with: &str) -> String {
    let head = text.get(..range.start).unwrap_or_default();
    let tail = text.get(range.end..).unwrap_or_default();
    format!("{head}{with}{tail}")
}

/// Where each rule stands: the comment right above it, and down to its last key.
///
/// # Errors
/// Where the file as it stands cannot be read.
pub fn blocks(text: &str) -> Result<Vec<Range<usize>>, String> {
    let rules = Rules::parse(text).map_err(|error| format!("Mend the file first: {error}"))?;
    let lines: Vec<Range<usize>> = text
        .split_inclusive('\n')
        .scan(0, |at, line| {
            let start = *at;
            *at += line.len();
            Some(start..*at)
        })
        .collect();
    let line = |n: usize| {
        lines
            .get(n)
            .and_then(|range| text.get(range.clone()))
            .unwrap_or_default()
    };
    let is_comment = |n: usize| line(n).trim_start().starts_with('#');
    let starts: Vec<usize> = rules
        .list()
        .iter()
        .map(|rule| {
            let mut start = rule.line - 1;
            while start > 0 && is_comment(start - 1) {
                start -= 1;
            }
            start
        })
        .collect();
    let ends = starts.iter().skip(1).copied().chain([lines.len()]);
    Ok(starts
        .iter()
        .zip(ends)
        .map(|(start, end)| {
            let is_content = |n: &usize| !line(*n).trim().is_empty() && !is_comment(*n);
            let last = (*start..end).rev().find(is_content).unwrap_or(*start);
            let from = lines.get(*start).map_or(0, |range| range.start);
            let to = lines.get(last).map_or(text.len(), |range| range.end);
            from..to
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    const TEXT: &str = "# Mine\nversion = 1\n\n# first\n[[rule]]\nname = \"a\"\ntool = \"A\"\naction = \"push\" # why\n\n\
                        [[rule]]\nname = \"b\"\ntool = \"B\"\naction = \"deny\"\n\n# the end\n";

    #[test]
    fn a_move_takes_comments_along_and_keeps_the_rest() {
        let moved = edited(TEXT, &RulesEdit::Move { at: 1, to: 0 }).unwrap();
        assert_eq!(
            moved,
            "# Mine\nversion = 1\n\n[[rule]]\nname = \"b\"\ntool = \"B\"\naction = \"deny\"\n\n# first\n[[rule]]\nname = \"a\"\n\
             tool = \"A\"\naction = \"push\" # why\n\n# the end\n"
        );
        assert_eq!(
            edited(&moved, &RulesEdit::Move { at: 0, to: 1 }).unwrap(),
            TEXT
        );
    }

    #[test]
    fn rules_are_put_in_replaced_and_taken_out() {
        let rule = "[[rule]]\nname = \"c\"\ntool = \"C\"\naction = \"skip\"\n".to_owned();
        let with = edited(
            TEXT,
            &RulesEdit::Insert {
                at: 1,
                text: rule.clone(),
            },
        )
        .unwrap();
        assert!(with.contains("# why\n\n[[rule]]\nname = \"c\""), "{with}");
        assert_eq!(Rules::parse(&with).unwrap().list().len(), 3);
        let replaced = edited(
            TEXT,
            &RulesEdit::Replace {
                at: 0,
                text: rule.clone(),
            },
        )
        .unwrap();
        assert!(
            !replaced.contains("# first") && replaced.contains("# the end"),
            "{replaced}"
        );
        let one = edited(TEXT, &RulesEdit::Remove { at: 0 }).unwrap();
        assert_eq!(Rules::parse(&one).unwrap().list().len(), 1);
        let first = edited("", &RulesEdit::Insert { at: 0, text: rule }).unwrap();
        assert_eq!(Rules::parse(&first).unwrap().list().len(), 1);
    }

    #[test]
    fn what_would_break_the_file_is_refused() {
        let wrong = RulesEdit::Insert {
            at: 0,
            text: "[[rule]]\nnme = 1".into(),
        };
        assert!(edited(TEXT, &wrong).unwrap_err().contains("nme"));
        assert!(edited(TEXT, &RulesEdit::Remove { at: 9 }).is_err());
        assert!(
            edited("x = 1", &RulesEdit::Remove { at: 0 })
                .unwrap_err()
                .contains("Mend")
        );
    }
}
