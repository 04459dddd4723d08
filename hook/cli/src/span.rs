//! How long: `2h`, `90m`, `1h30m`.

use std::time::Duration;

/// Longer is what no bound is for.
const LONGEST: u64 = 30 * 86_400;

/// # Errors
/// What was wanted instead, for the person to read.
pub(crate) fn parse(text: &str) -> Result<Duration, String> {
    let wanted = || "write it as 2h, 90m or 1h30m".to_owned();
    let mut seconds: u64 = 0;
    let mut number = String::new();
    let mut smallest = u64::MAX;
    for c in text.chars() {
        if c.is_ascii_digit() {
            number.push(c);
            continue;
        }
        let unit = match c {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return Err(wanted()),
        };
        // Each unit once, from the largest down, as people write it.
        if unit >= smallest {
            return Err(wanted());
        }
        smallest = unit;
        let count: u64 = std::mem::take(&mut number).parse().map_err(|_| wanted())?;
        seconds = seconds.saturating_add(count.saturating_mul(unit));
    }
    if !number.is_empty() || smallest == u64::MAX {
        return Err(wanted());
    }
    match seconds {
        0 => Err("that is no time at all".into()),
        1..=LONGEST => Ok(Duration::from_secs(seconds)),
        _ => Err("30 days are the most; without --for it lasts until reboot".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn as_people_write_it() {
        let minutes = |n: u64| Ok(Duration::from_secs(n * 60));
        assert_eq!(parse("2h"), minutes(120));
        assert_eq!(parse("90m"), minutes(90));
        assert_eq!(parse("1h30m"), minutes(90));
        assert_eq!(parse("1d"), minutes(1440));
        assert_eq!(parse("45s"), Ok(Duration::from_secs(45)));
    }

    #[test]
    fn anything_else_is_refused_with_what_is_wanted() {
        for bad in [
            "",
            "2",
            "h",
            "2x",
            "-2h",
            "2 h",
            "30m1h",
            "1h1h",
            "1.5h",
            "99999999999999999999h",
        ] {
            assert_eq!(
                parse(bad),
                Err("write it as 2h, 90m or 1h30m".into()),
                "{bad:?}"
            );
        }
        assert_eq!(parse("0m"), Err("that is no time at all".into()));
        assert!(parse("31d").is_err());
    }
}
