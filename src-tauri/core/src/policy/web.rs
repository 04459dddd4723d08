//! Calls that carry words out of the machine, and those that reach back into it.

use url::{Host, Url};

use super::seen::Seen;
use super::{Decision, Judgement, Risk};

/// The host that an address names, in lower case; addresses of numbers in their usual spelling.
pub(super) fn host(text: &str) -> Option<String> {
    let text = text.trim();
    if text.len() > 8192 {
        return None;
    }
    let with_scheme;
    let whole = if text.contains("://") || text.starts_with("data:") {
        text
    } else if is_near(text) {
        with_scheme = format!("http://{text}");
        &with_scheme
    } else {
        return None;
    };
    let url = Url::parse(whole).ok()?;
    let host = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_ascii_lowercase(),
        Host::Ipv4(address) => address.to_string(),
        Host::Ipv6(address) => address
            .to_ipv4_mapped()
            .map_or_else(|| address.to_string(), |mapped| mapped.to_string()),
    };
    // Other schemes keep the host as it was typed.
    let again = || Url::parse(&format!("http://{host}/")).ok();
    let numeric = host.starts_with(|c: char| c.is_ascii_digit());
    match numeric.then(again).flatten() {
        Some(url) => url.host_str().map(ToOwned::to_owned),
        None => Some(host),
    }
}

/// `localhost:3000`, `127.0.0.1`, without a scheme.
fn is_near(text: &str) -> bool {
    let name = text.split(['/', '?', '#']).next().unwrap_or_default();
    let name = name.rsplit_once('@').map_or(name, |(_, name)| name);
    let bare = name.rsplit_once(':').map_or(name, |(name, _)| name);
    let bare = bare.trim_end_matches('.').to_ascii_lowercase();
    bare == "localhost"
        || bare.ends_with(".localhost")
        || name == "[::1]"
        || name.starts_with("[::1]:")
        || bare.parse::<std::net::Ipv4Addr>().is_ok()
}

/// Whether it leads to this machine, or to whatever stands next to it.
pub(super) fn is_local(host: &str) -> bool {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host == "localhost"
        || host.ends_with(".localhost")
        || host.ends_with(".local")
        || host == "ip6-localhost"
        || host == "metadata"
        || host.ends_with(".internal")
    {
        return true;
    }
    if let Ok(address) = host.parse::<std::net::Ipv4Addr>() {
        let first = address.octets()[0];
        return address.is_loopback() || address.is_link_local() || first == 0;
    }
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    bare.parse::<std::net::Ipv6Addr>().is_ok_and(|address| {
        address.is_loopback()
            || address.is_unspecified()
            || address.is_unicast_link_local()
            || address
                .to_ipv4()
                .is_some_and(|v4| v4.is_loopback() || v4.is_link_local())
    })
}

/// Of a tool that fetches one address.
pub(super) fn fetches(seen: &Seen) -> Judgement {
    let address = seen.text("url").unwrap_or_default();
    let parsed = Url::parse(address.trim()).ok();
    let is_web = parsed
        .as_ref()
        .is_some_and(|url| matches!(url.scheme(), "http" | "https"));
    if !is_web {
        let reason = "its address is not one of the web";
        let mut judgement = Judgement::new(Decision::Unsure(Risk::High), "web.address", reason);
        judgement.flagged.push(address);
        return judgement;
    }
    let has_login = parsed
        .as_ref()
        .is_some_and(|url| !url.username().is_empty() || url.password().is_some());
    if has_login {
        let reason = "its address carries a login";
        let mut judgement = Judgement::new(Decision::Unsure(Risk::High), "web.login", reason);
        judgement.flagged.extend(seen.hosts.iter().cloned());
        return judgement;
    }
    let reason = "its address can carry data out";
    let mut judgement = Judgement::new(Decision::Unsure(Risk::Normal), "claude.web", reason);
    judgement.flagged.extend(seen.hosts.iter().cloned());
    judgement
}

/// Whatever the tool: what reaches back into this machine always rings.
pub(super) fn loopback(seen: &Seen) -> Option<Judgement> {
    let local: Vec<_> = seen.hosts.iter().filter(|host| is_local(host)).collect();
    let first = local.first()?;
    let reason = format!("reaches {first}, on this machine or beside it");
    let mut judgement = Judgement::new(Decision::Unsure(Risk::High), "web.loopback", reason);
    judgement.floor = true;
    judgement.flagged.extend(local.into_iter().cloned());
    Some(judgement)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_found_whatever_its_spelling() {
        for (text, wanted) in [
            ("https://example.com/a?b", Some("example.com")),
            ("https://EXAMPLE.com.:8443/", Some("example.com")),
            ("http://user:word@example.com/", Some("example.com")),
            ("http://127.1/", Some("127.0.0.1")),
            ("http://2130706433/", Some("127.0.0.1")),
            ("http://0x7f000001/", Some("127.0.0.1")),
            ("http://0177.0.0.1/", Some("127.0.0.1")),
            ("http://[::ffff:127.0.0.1]/", Some("127.0.0.1")),
            ("http:\\\\localhost\\x", None),
            ("ftp://2130706433/x", Some("127.0.0.1")),
            ("localhost:3000/x", Some("localhost")),
            ("127.0.0.1", Some("127.0.0.1")),
            ("not an address", None),
            ("src/main.rs", None),
        ] {
            assert_eq!(host(text).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn this_machine_and_its_neighbours_are_local() {
        for near in [
            "localhost",
            "LOCALHOST.",
            "a.localhost",
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "::1",
            "[::1]",
            "::",
            "169.254.169.254",
            "metadata.google.internal",
            "fe80::1",
            "::ffff:127.0.0.1",
            "printer.local",
        ] {
            assert!(is_local(near), "{near}");
        }
        for far in [
            "example.com",
            "localhost.example.com",
            "10.example.com",
            "8.8.8.8",
            "2001:db8::1",
        ] {
            assert!(!is_local(far), "{far}");
        }
    }
}
