//! What stands between this machine and an approved push, looked at from the gate's side: keychain,
//! keys, Duo and the user. It rings no phone and changes nothing.

use std::io::Write as _;

use serde::Serialize;
use thumbturn_wire::{Paths, Pin, PinError, signing_key_from_hex};

use crate::clock::now;
use crate::duo::{Duo, Failure, Tenancy, Unsent, UserStanding};
use crate::keychain::{Found, Item, Keychain, KeychainTrouble};
use crate::provider::Provider;
use crate::session::{Recalled, recall};
use crate::settings::Settings;

/// How far the clocks may be apart until Duo refuses, in seconds; its own libraries are built for 300.
const SKEW: u64 = 300;

/// One thing that is wrong, as `thumbturn doctor` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    pub code: &'static str,
    /// What is wrong.
    pub words: String,
    /// The one next step.
    pub fix: String,
}

fn finding(code: &'static str, words: impl Into<String>, fix: impl Into<String>) -> Finding {
    Finding {
        code,
        words: words.into(),
        fix: fix.into(),
    }
}

/// Prints each finding as one JSON object a line.
///
/// # Errors
/// Where stdout is closed.
pub async fn run(paths: &Paths) -> anyhow::Result<()> {
    let mut out = std::io::stdout();
    for finding in examine(paths).await {
        writeln!(out, "{}", serde_json::to_string(&finding)?)?;
    }
    Ok(())
}

/// Everything that is wrong, as far as one fault does not hide the next.
pub async fn examine(paths: &Paths) -> Vec<Finding> {
    let settings = match Settings::load(&paths.settings()) {
        Ok(settings) => settings,
        Err(error) => {
            return vec![finding(
                "settings_broken",
                format!("{error}."),
                "Mend that line; `thumbturn-tray` reads the file at its start.",
            )];
        }
    };
    let keychain = Keychain::start(paths.keychain());
    let stored = match keychain.read(Item::Connection).await {
        Ok(stored) => stored,
        Err(trouble) => return vec![of_keychain(&trouble)],
    };
    let mut findings: Vec<_> = of_key(&keychain, paths).await.into_iter().collect();
    let Found::Secret(stored) = stored else {
        findings.push(finding(
            "not_connected",
            "Thumbturn is not connected to Duo.",
            "Open Thumbturn and go through Setup, or run `thumbturn-tray connect`.",
        ));
        return findings;
    };
    findings.extend(of_connection(&keychain, &stored, &settings).await);
    findings
}

fn of_keychain(trouble: &KeychainTrouble) -> Finding {
    match trouble {
        KeychainTrouble::Missing(words) => finding(
            "keychain_missing",
            format!("No keychain: {words}."),
            "Install gnome-keyring or KWallet, then sign in to the desktop again.",
        ),
        KeychainTrouble::Locked => finding(
            "keychain_locked",
            "The keychain is locked.",
            "Unlock it in the desktop's password app.",
        ),
    }
}

/// Whether the key that answers are sealed with is the one that hooks know.
async fn of_key(keychain: &Keychain, paths: &Paths) -> Option<Finding> {
    let stored = match keychain.read(Item::SigningKey).await {
        Ok(Found::Secret(text)) => signing_key_from_hex(&text),
        Ok(Found::Absent) => None,
        Err(trouble) => return Some(of_keychain(&trouble)),
    };
    match (stored, Pin::read(paths.pin())) {
        (Some(key), Ok(pin)) if Pin::of(&key) == pin => None,
        // A gate that starts pins it again.
        (_, Err(PinError::Missing)) => None,
        (None, Ok(_)) => Some(finding(
            "signing_key_missing",
            "The gate's key is gone from the keychain, so every ask is denied.",
            "Run `thumbturn-tray rekey`.",
        )),
        (Some(_), Ok(_)) => Some(finding(
            "pin_foreign",
            "The pinned key is not this gate's key, so every ask is denied.",
            format!(
                "Find out who changed {}, then run `thumbturn-tray rekey`.",
                paths.pin().display()
            ),
        )),
        (_, Err(error)) => Some(finding(
            "pin_unsafe",
            format!("{error}."),
            "Run `thumbturn-tray rekey`.",
        )),
    }
}

async fn of_connection(keychain: &Keychain, stored: &str, settings: &Settings) -> Vec<Finding> {
    let proxy = settings.proxy.as_deref();
    let made = Tenancy::from_json(stored).and_then(|tenancy| {
        let duo = Duo::new(tenancy.connection.clone(), proxy)?;
        let provider = Provider::of(&tenancy, proxy)?;
        Ok((tenancy, duo, provider))
    });
    let (tenancy, duo, provider) = match made {
        Ok(made) => made,
        Err(error) => {
            return vec![finding(
                "connection_unusable",
                format!("The stored connection cannot be used: {error}."),
                "Run `thumbturn-tray connect`.",
            )];
        }
    };
    let host = duo.connection().host().to_owned();
    match duo.ping().await {
        Ok(theirs) => {
            let ours = now().wall / 1000;
            if ours.abs_diff(theirs) > SKEW {
                return vec![clock(ours.abs_diff(theirs))];
            }
        }
        Err(failure) => return vec![of_failure(&failure, &host, proxy)],
    }
    if let Err(failure) = duo.check().await {
        return vec![of_failure(&failure, &host, proxy)];
    }
    let user = match recall(keychain, Some(&tenancy), Some(&provider)).await {
        Recalled::Session(proof) => proof.user,
        Recalled::Nothing | Recalled::NotYet => {
            return vec![finding(
                "signed_out",
                "Nobody is signed in, so no phone can ring.",
                "Run `thumbturn signin`, or choose *Sign in* in the tray menu.",
            )];
        }
    };
    match duo.standing(&user).await {
        Ok(standing) => of_user(&user, &standing, settings).into_iter().collect(),
        Err(failure) => vec![of_failure(&failure, &host, proxy)],
    }
}

fn clock(apart: u64) -> Finding {
    finding(
        "clock_skew",
        format!("This machine's clock is {apart} s off Duo's, and Duo refuses more than {SKEW} s."),
        "Set the clock: `timedatectl set-ntp true`.",
    )
}

fn of_failure(failure: &Failure, host: &str, proxy: Option<&str>) -> Finding {
    let words = format!("{failure}.");
    match failure {
        Failure::Unsent { .. } | Failure::Lost { .. } if proxy.is_some() => finding(
            "proxy_in_the_way",
            words,
            "Check `proxy` in the settings; Thumbturn uses no other, whatever the environment says.",
        ),
        Failure::Unsent {
            why: Unsent::NameUnknown,
            ..
        } => finding(
            "duo_wrong_hostname",
            words,
            format!(
                "Compare {host} with the API hostname of the application in the Duo Admin Panel, and check the network."
            ),
        ),
        Failure::Unsent {
            why: Unsent::Certificate,
            ..
        } => finding(
            "duo_tls_intercepted",
            words,
            "Have the network let Duo's hosts through without looking into them; `connect --ca` is for a stand-in alone.",
        ),
        Failure::Unsent {
            why: Unsent::Time, ..
        } => finding(
            "duo_certificate_time",
            words,
            "Set this machine's clock: `timedatectl set-ntp true`.",
        ),
        Failure::Unsent {
            why: Unsent::NoWay, ..
        }
        | Failure::Lost { .. } => finding(
            "duo_unreachable",
            words,
            "Check the network and its firewall: Duo is asked over HTTPS, port 443.",
        ),
        Failure::Odd { .. } => finding(
            "duo_odd_answer",
            words,
            "Something may answer in Duo's place; compare the API hostname with the Duo Admin Panel.",
        ),
        Failure::Refused(refusal) => match refusal.code {
            40105 => clock(SKEW),
            // Invalid integration key, and invalid signature.
            40102 | 40103 => finding(
                "duo_wrong_keys",
                words,
                "Copy integration key and secret key of the Auth API application from the Duo Admin Panel anew: `thumbturn-tray connect`.",
            ),
            _ => finding(
                "duo_refuses",
                words,
                "Ask a Duo administrator; the application may be of another type or switched off.",
            ),
        },
    }
}

fn of_user(user: &str, standing: &UserStanding, settings: &Settings) -> Option<Finding> {
    Some(match standing {
        UserStanding::Asked { devices, .. } if devices.is_empty() => finding(
            "no_push_device",
            format!("None of {user}'s devices takes a Duo Push."),
            "Activate Duo Mobile on one.",
        ),
        UserStanding::Asked { devices, .. } => {
            let wanted = settings.device.as_deref()?;
            if devices.iter().any(|device| device.device == wanted) {
                return None;
            }
            finding(
                "device_unknown",
                format!(
                    "The settings name the device {wanted}, and {user} has no such one that takes a push."
                ),
                "Run `thumbturn-tray devices` and put one of those ids into the settings.",
            )
        }
        UserStanding::Bypassed => finding(
            "user_bypasses",
            format!("Duo would let {user} through without asking, which is no approval."),
            "Have a Duo administrator set the user's status to active.",
        ),
        UserStanding::Denied {
            locked_out: true, ..
        } => finding(
            "user_locked_out",
            format!("Duo has locked {user} out."),
            "Have a Duo administrator unlock the account.",
        ),
        UserStanding::Denied { words, .. } => finding(
            "user_denied",
            format!("Duo's policy refuses {user}: {words}."),
            "Ask a Duo administrator about the policy of the Auth API application.",
        ),
        UserStanding::NotEnrolled { portal } => finding(
            "user_not_enrolled",
            format!("Duo knows no phone of {user}."),
            match portal {
                Some(portal) => format!("Enroll one at {portal}."),
                None => "Have a Duo administrator enroll one.".to_owned(),
            },
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::duo::Refusal;
    use pretty_assertions::assert_eq;

    fn unsent(why: Unsent) -> Failure {
        let words = "w".into();
        Failure::Unsent { words, why }
    }

    fn refused(code: u32) -> Failure {
        let mut refusal = Refusal::default();
        refusal.code = code;
        Failure::Refused(refusal)
    }

    #[test]
    fn every_failure_on_the_way_to_duo_has_a_name_and_a_next_step() {
        let host = "api-0a1b2c3d.duosecurity.com";
        for (failure, code, fix) in [
            (unsent(Unsent::NameUnknown), "duo_wrong_hostname", host),
            (
                unsent(Unsent::Certificate),
                "duo_tls_intercepted",
                "network",
            ),
            (unsent(Unsent::Time), "duo_certificate_time", "timedatectl"),
            (unsent(Unsent::NoWay), "duo_unreachable", "port 443"),
            (
                Failure::Odd { words: "w".into() },
                "duo_odd_answer",
                "API hostname",
            ),
            (refused(40105), "clock_skew", "timedatectl"),
            (refused(40102), "duo_wrong_keys", "connect"),
            (refused(40103), "duo_wrong_keys", "connect"),
            (refused(40301), "duo_refuses", "another type"),
        ] {
            let found = of_failure(&failure, host, None);
            assert_eq!(found.code, code, "{failure:?}");
            assert!(found.fix.contains(fix), "{found:?}");
        }
        let proxy = Some("http://proxy.example:3128");
        let found = of_failure(&unsent(Unsent::NoWay), host, proxy);
        assert_eq!(found.code, "proxy_in_the_way");
    }
}
