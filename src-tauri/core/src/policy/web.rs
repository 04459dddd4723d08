//! Where an address leads: out of the machine, back into it, or somewhere it does not say.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use thumbturn_wire::Ask;
use url::{Host, Url};

use super::seen::Seen;
use super::{Decision, Judgement, Risk};

/// Names of this machine, or of what a cloud tells the machines in it.
const INNER: &[&str] = &[
    "localhost",
    "localhost.localdomain",
    "localhost4",
    "localhost6",
    "ip6-localhost",
    "ip6-loopback",
    "metadata",
    "metadata.google.internal",
    "instance-data",
    "instance-data.ec2.internal",
    "host.docker.internal",
    "gateway.docker.internal",
];

/// Public names that answer with whatever address their caller wants, this machine's too.
const WILDCARDS: &[&str] = &[
    "nip.io",
    "sslip.io",
    "xip.io",
    "localtest.me",
    "lvh.me",
    "lacolhost.com",
];

/// The host of an address in lower case, without port; an IPv6 address without brackets.
pub(super) fn host_of(address: &str) -> Option<String> {
    let url = Url::parse(address).ok()?;
    match url.host()? {
        // Of a scheme that is not the web's, the text stands as it was.
        Host::Domain(domain) => Some(plain(domain)),
        Host::Ipv4(ip) => Some(ip.to_string()),
        Host::Ipv6(ip) => Some(ip.to_string()),
    }
}

/// A host's name as it is compared: without the dot at its end.
fn plain(host: &str) -> String {
    host.trim_end_matches('.').to_lowercase()
}

pub(super) fn judge(ask: &Ask, seen: &Seen) -> Vec<Judgement> {
    let mut all = Vec::new();
    if ask.tool == "WebFetch" {
        let url = seen
            .fields
            .get("url")
            .map(|url| url.as_str().unwrap_or_default());
        all.extend(url.and_then(fetched));
    }
    for url in &seen.urls {
        all.extend(misleads(url));
    }
    for host in &seen.hosts {
        if is_inner(host) {
            all.push(inner(host));
        } else if is_foreign_script(host) {
            all.push(foreign_script(host));
        }
    }
    all
}

/// What is to be said of an address that is fetched.
fn fetched(address: &str) -> Option<Judgement> {
    let odd = |reason: &str| Some(high("web.address", reason, address));
    let Ok(url) = Url::parse(address.trim()) else {
        return odd("its address cannot be read");
    };
    if !matches!(url.scheme(), "http" | "https") {
        return odd("its address is none of the web's");
    }
    if url.host().is_none() {
        return odd("its address names no host");
    }
    misleads(address)
}

/// An address that shows one host to a person and another to a program.
fn misleads(address: &str) -> Option<Judgement> {
    let authority = address
        .split_once("://")
        .map(|(_, rest)| rest.split(['/', '?', '#']).next().unwrap_or_default())
        .unwrap_or_default();
    let is_odd = authority.contains(['@', '\\'])
        || address.contains(|c: char| c.is_control() || c.is_whitespace());
    is_odd.then(|| {
        high(
            "web.address",
            "its address hides which host it leads to",
            address,
        )
    })
}

fn high(rule: &str, reason: &str, flagged: &str) -> Judgement {
    let mut judgement = Judgement::new(Decision::Unsure(Risk::High), rule, reason);
    judgement.flagged = vec![flagged.to_owned()];
    judgement
}

fn inner(host: &str) -> Judgement {
    let mut judgement = high(
        "web.loopback",
        "it speaks to this machine itself, or to what a cloud tells its machines",
        host,
    );
    judgement.floor = true;
    judgement
}

fn foreign_script(host: &str) -> Judgement {
    let mut judgement = high(
        "web.lookalike",
        "its host has letters that can look like others",
        host,
    );
    judgement.decision = Decision::Unsure(Risk::Normal);
    judgement
}

/// Whether a host is this machine, its neighbours by wire, or a cloud's own address.
pub(super) fn is_inner(host: &str) -> bool {
    let host = plain(host);
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    let bare = bare.split('%').next().unwrap_or_default();
    if let Ok(ip) = bare.parse::<IpAddr>() {
        return is_inner_ip(ip);
    }
    // An address may also be one number, or numbers in octal and hexadecimal.
    if let Ok(Host::Ipv4(ip)) = Host::parse(bare) {
        return is_inner_ip(IpAddr::V4(ip));
    }
    let below = |suffix: &&str| {
        bare.strip_suffix(*suffix)
            .is_some_and(|head| head.is_empty() || head.ends_with('.'))
    };
    INNER.contains(&bare)
        || bare.ends_with(".localhost")
        || WILDCARDS.iter().any(below)
        || bare == "localhost"
}

/// Whether a word that is no address with a scheme names one of them all the same.
pub(super) fn is_inner_word(word: &str) -> bool {
    let host = without_port(word);
    let bare = plain(host);
    let bare = bare.trim_start_matches('[').trim_end_matches(']');
    match bare.parse::<IpAddr>() {
        Ok(ip) => bare.len() > 2 && is_inner_ip(ip),
        Err(_) => {
            bare.contains("local")
                && bare.ends_with(|c: char| c.is_alphanumeric())
                && is_inner(bare)
        }
    }
}

pub(super) fn without_port(word: &str) -> &str {
    match word.rsplit_once(':') {
        Some((host, port))
            if !host.is_empty()
                && !host.ends_with(':')
                && port.bytes().all(|b| b.is_ascii_digit()) =>
        {
            if host.contains(':') && !host.starts_with('[') {
                word
            } else {
                host
            }
        }
        Some(_) | None => word,
    }
}

fn is_inner_ip(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_inner_v4(ip),
        IpAddr::V6(ip) => {
            let [a, b, _, _, _, c, high, low] = ip.segments();
            let [w, x] = high.to_be_bytes();
            let [y, z] = low.to_be_bytes();
            let v4 = Ipv4Addr::new(w, x, y, z);
            let holds_v4 = (a == 0 && (c == 0xffff || c == 0)) || (a == 0x64 && b == 0xff9b);
            let metadata = Ipv6Addr::new(0xfd00, 0xec2, 0, 0, 0, 0, 0, 0x254);
            ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unicast_link_local()
                || ip == metadata
                || (holds_v4 && is_inner_v4(v4))
        }
    }
}

fn is_inner_v4(ip: Ipv4Addr) -> bool {
    let [first, ..] = ip.octets();
    ip.is_loopback()
        || ip.is_link_local()
        || first == 0
        || ip == Ipv4Addr::new(168, 63, 129, 16)
        || ip == Ipv4Addr::new(100, 100, 100, 200)
}

fn is_foreign_script(host: &str) -> bool {
    !host.is_ascii() || host.split('.').any(|label| label.starts_with("xn--"))
}
