//! Known answers: signatures that Duo's own SDKs computed for one key, one date and one host.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use duo_tenant::{Generation, Signed, Unsigned, verify};
use pretty_assertions::assert_eq;

const IKEY: &str = "DIWJ8X6AEYOR5OMC6TQ1";
const SKEY: &str = "Zh5eGmUq9zpfQnyUIu5OL9iWoMMv5ZNmk3zLJ4Ep";
const DATE: &str = "Tue, 21 Aug 2012 17:29:18 -0000";
const AT: i64 = 1_345_570_158;
const PUSH: &[(&str, &str)] = &[
    ("username", "zoë@example.com"),
    ("factor", "push"),
    ("device", "auto"),
    ("async", "1"),
    ("type", "Approve command"),
    ("display_username", ""),
    (
        "pushinfo",
        "Command=rm%20-rf%20%2Ftmp%2Fx&Reason=caf%C3%A9%20%E2%98%95",
    ),
];
const PUSH_JSON: &str = r#"{"async":"1","device":"auto","display_username":"","factor":"push","pushinfo":"Command=rm%20-rf%20%2Ftmp%2Fx&Reason=caf%C3%A9%20%E2%98%95","type":"Approve command","username":"zo\u00eb@example.com"}"#;
const ODD: &[(&str, &str)] = &[
    ("username", "it's (a) *test*!~ +&=/?#[]@:;,$%"),
    ("hostname", ""),
    ("ipaddr", "::1"),
];
const ODD_JSON: &str =
    r#"{"hostname":"","ipaddr":"::1","username":"it's (a) *test*!~ +&=/?#[]@:;,$%"}"#;
const TXID: &[(&str, &str)] = &[("txid", "45f7c92b-f45f-4862-8545-e0f58e78075a")];
const SORTED: &[(&str, &str)] = &[
    ("foo_bar", "2"),
    ("foo", "1"),
    ("foo-a", "3"),
    ("Foo", "4"),
    ("é", "ü"),
    ("list", "b"),
    ("list", "a"),
    ("list", ""),
];

type Pairs = &'static [(&'static str, &'static str)];

#[derive(Clone, Copy)]
struct Vector {
    request: (&'static str, &'static str),
    headers: Pairs,
    query: Pairs,
    form: Pairs,
    body: &'static str,
    signature: &'static str,
    generation: Generation,
}

const CHECK: Vector = Vector {
    request: ("GET", "/auth/v2/check"),
    headers: &[("Date", DATE)],
    query: &[],
    form: &[],
    body: "",
    signature: "2da6ea8a7fcee59edeae46512da92c44be7fff870c34a93e219d487e2e49d790488b3a436d9175357799be45bc923a599cfce92b7178a58dd694f60a794d47e9",
    generation: Generation::V2Sha512,
};
const AUTH: Vector = Vector {
    request: ("POST", "/auth/v2/auth"),
    form: PUSH,
    ..CHECK
};
const AUTH_JSON: Vector = Vector {
    body: PUSH_JSON,
    form: &[],
    ..AUTH
};
const PREAUTH: Vector = Vector {
    request: ("POST", "/auth/v2/preauth"),
    ..CHECK
};
const STATUS: Vector = Vector {
    request: ("GET", "/auth/v2/auth_status"),
    generation: Generation::V5,
    ..CHECK
};
const DUO_DATE: Pairs = &[("x-duo-date", DATE)];

#[rustfmt::skip]
const VECTORS: &[(&str, Vector)] = &[
    ("A", Vector { signature: "7853b89caba1fc31caee236cdf1de4922fef899f", generation: Generation::V2Sha1, ..CHECK }),
    ("A2", CHECK),
    ("A5", Vector { signature: "def3dd5beb009592aaa48072f086ab05547491e88c3afd99fa6177c0b697027e645df3a0580d41e9e62fbf503964079363491c744c4d574761f3cc9d3303ceda", generation: Generation::V5, ..CHECK }),
    ("B", Vector { signature: "18f3cbc258afd9c59dbdc999d678c7658da85c69", generation: Generation::V2Sha1, ..AUTH }),
    ("B2", Vector { signature: "96b0973a75737a92be6a5c9dc08c5b9df4bb77bfee8ed83b0a8048044ea9deaa2f1cb857ff2748ca2918b230088ef675b274f3fc18a4f06d59e6e65b1b8cbdff", ..AUTH }),
    ("B4", Vector { signature: "baccc24bf24839d3484a32405e860804d8d12ce24b82f995b75ce1cdf99e5a7272483acaa92c65a71e4b3ba13d667d7254562eb66b4333f183492c231c8cefdc", generation: Generation::V4, ..AUTH_JSON }),
    ("B5", Vector { signature: "dad706b806c77c7e61eafcb493d8f3784d8cfb9ed1169f5736f80c45a44026cd37715cb82d900dbb6f12157bb210e613ddd704d2059fc879aebfc148112ceeff", generation: Generation::V5, ..AUTH_JSON }),
    ("C", Vector { query: TXID, signature: "f88fc2e68ddd844d03251be8c6ff85bd32ec85ec446038491b6a3b87399e44ca98a50d101b4cb8ab3e3acd8d2ba357e051941ef4621f3a8e8da343aa29792e71", ..STATUS }),
    ("D", Vector { form: ODD, signature: "c87555cf0c19870cdb7e2456d21b9ef8fa63d1f96a0a3a9d901f9b92a4ee93cb381bb0054eeff4d094ca6c48b6a64b513c9f18390dc1f77952f6b4f9ebc3ed8d", ..PREAUTH }),
    ("D5", Vector { body: ODD_JSON, signature: "ee7e1f2bcf3ef4c07f68a4daa5235bb1022414bf64e4df53ff7f2058374608eeda57918963cf173f978368b7baf38735446f9c8c269f1b43eedc4faa4c852bf1", generation: Generation::V5, ..PREAUTH }),
    ("E", Vector { query: SORTED, signature: "641aae3e314c0484f855fbc71616acbc5c179cccb8841c61b0a22a619dc2140d354111627381374cc575cc271d0a60d9a9c1d15e12c57bd92fc9420658032e03", ..STATUS }),
    ("F", Vector { request: ("POST", "/auth/v2/check"), headers: &[("Date", DATE), ("X-Duo-B", "two"), ("x-duo-a", "One Value")], body: "{}", signature: "c5c533d7e1f75bca96cbf6f0a4544926b3308915816892240ba98e3c83b5035941d89fc425c08cdbeeab3c8c4590ded15aba1d4b4927ff8e079e8cd38f525c83", generation: Generation::V5, ..CHECK }),
    ("G", Vector { headers: DUO_DATE, signature: "7e901dd357b5a44d23094e6ba6fdc442a8ecf80e99bb481eb2121aaa3d297c9e823afae72f73b631a4b0a8d04b225f09e5ac2e4b3257e677575d226db101ec41", generation: Generation::V5, ..AUTH_JSON }),
    ("G2", Vector { headers: DUO_DATE, query: TXID, signature: "c87c11045aba47a48af5a119a999fd7e6068ef9dc4c1c80dc406074d03c52c7ce4fe0662ae018fb233ced1d34d19b449ab2a246cae218fd9a724d83241d82031", ..STATUS }),
];

fn owned(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    pairs
        .iter()
        .map(|(key, value)| (key.to_string(), value.to_string()))
        .collect()
}

fn judged(
    vector: &Vector,
    key: (&str, &str),
    now: i64,
    host: &str,
) -> Result<Generation, Unsigned> {
    let mut headers = owned(vector.headers);
    headers.push((
        "Authorization".into(),
        format!(
            "Basic {}",
            STANDARD.encode(format!("{IKEY}:{}", vector.signature))
        ),
    ));
    let signed = Signed {
        method: vector.request.0,
        path: vector.request.1,
        headers: &headers,
        query: &owned(vector.query),
        form: &owned(vector.form),
        body: vector.body.as_bytes(),
        hosts: &["localhost".to_owned(), host.to_owned()],
    };
    verify(&signed, key, now)
}

#[test]
fn every_known_answer_is_accepted_and_its_generation_told() {
    for (name, vector) in VECTORS {
        let got = judged(vector, (IKEY, SKEY), AT, "api-XXXXXXXX.duosecurity.com");
        assert_eq!(got, Ok(vector.generation), "{name}");
    }
}

const HOST: &str = "api-XXXXXXXX.duosecurity.com";

fn sound() -> Vector {
    let named = VECTORS.iter().find(|(name, _)| *name == "B5");
    named.map_or(CHECK, |(_, vector)| *vector)
}

#[test]
fn a_change_anywhere_in_the_request_spoils_it() {
    let sound = sound();
    for spoilt in [
        Vector {
            request: ("POST", "/auth/v2/preauth"),
            ..sound
        },
        Vector {
            request: ("PUT", "/auth/v2/auth"),
            ..sound
        },
        Vector {
            body: "{}",
            ..sound
        },
        Vector {
            query: TXID,
            ..sound
        },
        Vector {
            signature: "",
            ..sound
        },
        Vector {
            signature: "zz",
            ..sound
        },
        Vector {
            headers: &[("Date", DATE), ("X-Duo-A", "added")],
            ..sound
        },
        Vector {
            headers: &[("Date", DATE), ("X-Duo-A", "1"), ("x-duo-a", "1")],
            ..sound
        },
    ] {
        let got = judged(&spoilt, (IKEY, SKEY), AT, HOST);
        assert_eq!(got, Err(Unsigned::Signature), "{:?}", spoilt.request);
    }
}

#[test]
fn another_host_or_key_spoils_it() {
    let sound = sound();
    let elsewhere = judged(&sound, (IKEY, SKEY), AT, "api-other.duosecurity.com");
    assert_eq!(elsewhere, Err(Unsigned::Signature));
    assert_eq!(
        judged(&sound, (IKEY, "another"), AT, HOST),
        Err(Unsigned::Signature)
    );
    assert_eq!(
        judged(&sound, ("DIOTHER", SKEY), AT, HOST),
        Err(Unsigned::IntegrationKey)
    );
}

#[test]
fn a_date_is_good_for_300_seconds_either_way() {
    let at =
        |headers: Pairs, now: i64| judged(&Vector { headers, ..sound() }, (IKEY, SKEY), now, HOST);
    let dated: Pairs = &[("Date", DATE)];
    assert_eq!(at(dated, AT + 300), Ok(Generation::V5));
    assert_eq!(at(dated, AT - 300), Ok(Generation::V5));
    assert_eq!(at(dated, AT + 301), Err(Unsigned::Timestamp));
    assert_eq!(at(dated, AT - 301), Err(Unsigned::Timestamp));
    assert_eq!(at(&[("Date", "today")], AT), Err(Unsigned::Timestamp));
    assert_eq!(at(&[], AT), Err(Unsigned::NoTimestamp));
}
