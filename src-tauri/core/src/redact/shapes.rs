//! Secrets that are told by how they begin. Each row proves itself with examples.

use super::Found;

/// What may follow the beginning.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Body {
    Hex,
    /// `A-Z`, `0-9`.
    Upper,
    /// `A-Z`, `a-z`, `0-9`.
    Letters,
    /// The same, `-` and `_`.
    Dashed,
    /// The same and `.`.
    Dotted,
    /// Letters, `/`, `-` and `_`.
    Path,
}

impl Body {
    fn has(self, c: u8) -> bool {
        let is_letter = c.is_ascii_alphanumeric();
        match self {
            Self::Hex => c.is_ascii_hexdigit(),
            Self::Upper => c.is_ascii_uppercase() || c.is_ascii_digit(),
            Self::Letters => is_letter,
            Self::Dashed => is_letter || c == b'-' || c == b'_',
            Self::Dotted => is_letter || matches!(c, b'-' | b'_' | b'.'),
            Self::Path => is_letter || matches!(c, b'-' | b'_' | b'/'),
        }
    }
}

struct Shape {
    kind: &'static str,
    starts: &'static [&'static str],
    body: Body,
    /// Characters after the beginning.
    least: usize,
    most: usize,
    /// Whether the beginning says where it goes, and so stays.
    is_address: bool,
}

const fn shape(
    kind: &'static str,
    starts: &'static [&'static str],
    body: Body,
    least: usize,
    most: usize,
) -> Shape {
    Shape {
        kind,
        starts,
        body,
        least,
        most,
        is_address: false,
    }
}

const fn address(kind: &'static str, starts: &'static [&'static str], least: usize) -> Shape {
    Shape {
        kind,
        starts,
        body: Body::Path,
        least,
        most: 400,
        is_address: true,
    }
}

use Body::{Dashed, Dotted, Hex, Letters, Upper};

const SHAPES: &[Shape] = &[
    shape(
        "AWS access key",
        &["AKIA", "ASIA", "ABIA", "ACCA"],
        Upper,
        16,
        16,
    ),
    shape(
        "GitHub token",
        &["ghp_", "gho_", "ghu_", "ghs_", "ghr_"],
        Letters,
        30,
        255,
    ),
    shape("GitHub token", &["github_pat_"], Dashed, 22, 255),
    shape(
        "GitLab token",
        &[
            "glpat-", "gldt-", "glptt-", "glrt-", "glcbt-", "glsoat-", "glft-", "glimt-",
            "glagent-", "gloas-",
        ],
        Dotted,
        20,
        400,
    ),
    shape(
        "Slack token",
        &[
            "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxc-", "xoxd-", "xapp-",
        ],
        Dashed,
        10,
        400,
    ),
    address(
        "Slack webhook",
        &["hooks.slack.com/services/", "hooks.slack.com/workflows/"],
        30,
    ),
    address(
        "Discord webhook",
        &["discord.com/api/webhooks/", "discordapp.com/api/webhooks/"],
        30,
    ),
    shape(
        "Stripe key",
        &["sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"],
        Letters,
        16,
        255,
    ),
    shape("Google API key", &["AIza"], Dashed, 35, 35),
    shape(
        "Google OAuth token",
        &["ya29.", "GOCSPX-"],
        Dotted,
        20,
        2_048,
    ),
    shape("Google OAuth token", &["1//0"], Dashed, 40, 512),
    shape("npm token", &["npm_"], Letters, 36, 36),
    shape("PyPI token", &["pypi-"], Dashed, 50, 1_024),
    shape("RubyGems key", &["rubygems_"], Hex, 48, 48),
    shape("crates.io token", &["cio"], Letters, 32, 32),
    shape("Docker token", &["dckr_pat_", "dckr_oat_"], Dashed, 20, 255),
    shape("Hugging Face token", &["hf_", "api_org_"], Letters, 30, 64),
    shape("Anthropic key", &["sk-ant-"], Dashed, 20, 512),
    shape(
        "OpenAI key",
        &["sk-proj-", "sk-svcacct-", "sk-admin-", "sess-"],
        Dashed,
        30,
        512,
    ),
    shape("API key", &["sk-or-v1-"], Hex, 64, 64),
    shape("API key", &["sk-"], Letters, 32, 128),
    shape("Groq key", &["gsk_"], Letters, 40, 128),
    shape("xAI key", &["xai-"], Letters, 60, 128),
    shape("Perplexity key", &["pplx-"], Letters, 40, 128),
    shape("Replicate token", &["r8_"], Letters, 37, 40),
    shape("Twilio key", &["SK"], Hex, 32, 32),
    shape("SendGrid key", &["SG."], Dotted, 60, 80),
    shape("Mailgun key", &["key-"], Hex, 32, 32),
    shape("Brevo key", &["xkeysib-", "xsmtpsib-"], Dashed, 64, 128),
    shape(
        "DigitalOcean token",
        &["dop_v1_", "doo_v1_", "dor_v1_"],
        Hex,
        64,
        64,
    ),
    shape("Heroku key", &["HRKU-"], Dashed, 30, 128),
    shape(
        "Shopify token",
        &["shpat_", "shpca_", "shppa_", "shpss_"],
        Hex,
        32,
        32,
    ),
    shape("Square token", &["sq0atp-", "sq0csp-"], Dashed, 22, 64),
    shape("Square token", &["EAAA"], Dashed, 60, 64),
    shape("Databricks token", &["dapi"], Hex, 32, 32),
    shape("Linear key", &["lin_api_", "lin_oauth_"], Letters, 32, 80),
    shape("Notion token", &["ntn_"], Letters, 40, 60),
    shape("Notion token", &["secret_"], Letters, 43, 43),
    shape(
        "Doppler token",
        &[
            "dp.pt.",
            "dp.st.",
            "dp.ct.",
            "dp.sa.",
            "dp.scim.",
            "dp.audit.",
        ],
        Dotted,
        40,
        128,
    ),
    shape("Vault token", &["hvs.", "hvb.", "hvr."], Dashed, 20, 512),
    shape("age key", &["AGE-SECRET-KEY-1"], Upper, 58, 58),
    shape(
        "Atlassian token",
        &["ATATT3", "ATCTT3", "ATBB"],
        Dashed,
        24,
        400,
    ),
    shape("Grafana token", &["glsa_", "glc_"], Dashed, 32, 400),
    shape("Sentry token", &["sntrys_", "sntryu_"], Dashed, 40, 512),
    shape("New Relic key", &["NRAK-"], Upper, 27, 27),
    shape("Dynatrace token", &["dt0c01.", "dt0s01."], Dotted, 60, 128),
    shape(
        "PlanetScale secret",
        &["pscale_tkn_", "pscale_pw_", "pscale_oauth_"],
        Dashed,
        32,
        128,
    ),
    shape("Postman key", &["PMAK-"], Dashed, 50, 80),
    shape("Pulumi token", &["pul-"], Hex, 40, 40),
    shape("Figma token", &["figd_"], Dashed, 40, 60),
    shape("Supabase token", &["sbp_"], Hex, 40, 40),
    shape("Tailscale key", &["tskey-"], Dashed, 20, 128),
    shape("Fly token", &["fo1_"], Dashed, 40, 128),
];

/// The shortest of them, with its beginning.
const SHORTEST: usize = 15;

pub(super) fn find(text: &str) -> Vec<Found> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut from = 0;
    // Most words of a text are too short for any.
    for run in bytes.split_inclusive(|byte| !is_any(*byte)) {
        if run.len() >= SHORTEST {
            let mut in_word = false;
            for (at, byte) in run.iter().enumerate() {
                let begins = !in_word;
                in_word = byte.is_ascii_alphanumeric() || *byte == b'_';
                if begins && in_word && run.len() - at >= SHORTEST {
                    found.extend(at_word(bytes, from + at));
                }
            }
        }
        from += run.len();
    }
    found
}

fn is_any(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'/')
}

fn at_word(bytes: &[u8], at: usize) -> Option<Found> {
    let rest = bytes.get(at..)?;
    SHAPES.iter().find_map(|shape| {
        let start = shape
            .starts
            .iter()
            .find(|start| rest.starts_with(start.as_bytes()))?;
        let body = rest.get(start.len()..)?;
        let length = body
            .iter()
            .take_while(|byte| shape.body.has(**byte))
            .count();
        let end = at + start.len() + length;
        let from = if shape.is_address {
            at + start.len()
        } else {
            at
        };
        (shape.least..=shape.most)
            .contains(&length)
            .then_some((from..end, shape.kind))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::redact;
    use pretty_assertions::assert_eq;

    /// As many characters as it takes, of its own kind.
    fn body(shape: &Shape, length: usize) -> String {
        let letters = "0aB1cD2eF3bA4dC5fE6";
        let fits = |c: &char| u8::try_from(*c).is_ok_and(|byte| shape.body.has(byte));
        let kind: Vec<_> = letters.chars().filter(fits).collect();
        kind.iter().cycle().take(length).collect()
    }

    #[test]
    fn every_row_takes_its_own_and_neither_less_nor_more() {
        for shape in SHAPES {
            for start in shape.starts {
                for length in [shape.least, shape.most] {
                    let secret = format!("{start}{}", body(shape, length));
                    let kept = if shape.is_address { start } else { "" };
                    let gone = secret.len() - kept.len();
                    let shown = format!(
                        "x={kept}<{}, {} characters>;y",
                        shape.kind,
                        super::super::grouped(gone)
                    );
                    assert_eq!(redact(&format!("x={secret};y")).text, shown, "{start}");
                }
                let short = format!("x={start}{} y", body(shape, shape.least - 1));
                assert_eq!(redact(&short).text, short, "{start}");
                let inside = format!("x{start}{}", body(shape, shape.least));
                let is_other = |found: &Found| found.1 != shape.kind;
                assert!(find(&inside).iter().all(is_other), "{inside}");
            }
        }
    }

    #[test]
    fn none_is_shorter_than_the_shortest() {
        for shape in SHAPES {
            for start in shape.starts {
                assert!(start.len() + shape.least >= SHORTEST, "{start}");
                assert!(start.bytes().all(is_any), "{start}");
            }
        }
    }

    #[test]
    fn there_are_more_than_thirty_kinds() {
        let kinds: std::collections::BTreeSet<_> = SHAPES.iter().map(|shape| shape.kind).collect();
        assert!(kinds.len() > 30, "{}", kinds.len());
    }

    #[test]
    fn words_of_everyday_are_no_secrets() {
        for text in [
            "git push origin main",
            "sk-learn scikit-learn==1.5 key-value npm_config_cache SKU hf_hub",
            "git checkout 0123456789abcdef0123456789abcdef01234567",
            "https://example.com/a/b?c=d#e",
            "s3://bucket/AKIAfolder ghp_short",
        ] {
            assert_eq!(redact(text).text, text);
        }
    }
}
