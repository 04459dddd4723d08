//! A language for bad id_tokens, so that a test can hold a table of them. Without any change it makes the good one.
//!
//! ```
//! use duo_tenant::{Patch, Signing, Tamper, Wire};
//! use serde_json::json;
//!
//! let expired = Tamper::claims([Patch::later("exp", -4000)]);
//! let unsigned = Tamper { signing: Signing::None { alg: "nOnE".into() }, ..Tamper::default() };
//! let someone_else = Tamper::claims([Patch::set("preferred_username", json!("eve"))]);
//! let nested = Tamper::claims([Patch::set("auth_context/reason", json!("bypass_user"))]);
//! let no_text = Tamper { wire: Wire::Literal { value: json!([1, 2]) }, ..Tamper::default() };
//! # drop((expired, unsigned, someone_else, nested, no_text));
//! ```

use ring::rand::SystemRandom;
use ring::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, RSA_PKCS1_SHA256, RsaKeyPair,
};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::jwt::{Algorithm, Object, encode};
use crate::random;

/// An RSA key made for these tests and for nothing else. No library here makes one as fast as a test wants it, and any key
/// that the relying party does not know is as good as a fresh one.
const RSA_KEY: &[u8] = include_bytes!("rs256.pk8");
const RSA_PEM: &str = include_str!("rs256.pub.pem");

/// Applied in the order of the fields: header and claims are patched, then signed as they are, then put on the wire.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tamper {
    pub header: Vec<Patch>,
    pub claims: Vec<Patch>,
    pub signing: Signing,
    pub wire: Wire,
}

/// `path` is a member's name, or names joined by `/` for one further in.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Patch {
    Set {
        path: String,
        value: Value,
    },
    Remove {
        path: String,
    },
    /// Moves a time by so many seconds.
    Later {
        path: String,
        seconds: i64,
    },
    /// Turns a time into another spelling of it: the text of a number, or a float.
    AsText {
        path: String,
    },
    AsFloat {
        path: String,
    },
    /// A second member of this name in the outermost object, after the first; or before it.
    Again {
        name: String,
        value: Value,
    },
    Before {
        name: String,
        value: Value,
    },
}

/// Each also says so in `alg`; patch the header to say otherwise.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Signing {
    #[default]
    Genuine,
    /// No signature, under any spelling of `none`.
    None {
        alg: String,
    },
    /// By the client secret, with a shorter hash.
    Hs256,
    Hs384,
    /// HS512 by another secret.
    OtherSecret,
    /// HS512 by no secret.
    EmptySecret,
    /// By a key that the relying party does not know.
    Rs256,
    Es256,
    /// HS512 by the text of the PEM of the public key of `Rs256`.
    PemAsSecret,
    /// By the client secret, over other claims: the signature of another token.
    Transplanted,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wire {
    #[default]
    Whole,
    /// Two parts.
    WithoutSignature,
    /// Three parts, the last one empty.
    EmptySignature,
    BrokenSignature,
    /// The first half of the signature.
    HalfSignature,
    /// The token twice, with this between.
    Joined {
        by: String,
    },
    /// Five parts and an `enc`, as a JSON Web Encryption.
    Encrypted,
    /// Part 0, 1 or 2 is no base64.
    Garbage {
        part: usize,
    },
    /// Part 0 or 1 is base64 of something that is no JSON object; its signature is good.
    NoJson {
        part: usize,
    },
    /// Every part ends with its `=`.
    Padded,
    /// The same in JSON: an object in a text.
    JsonSerialization,
    /// Something else altogether in the place of the token.
    Literal {
        value: Value,
    },
}

impl Tamper {
    pub fn claims(patches: impl IntoIterator<Item = Patch>) -> Self {
        Self {
            claims: patches.into_iter().collect(),
            ..Self::default()
        }
    }

    pub fn header(patches: impl IntoIterator<Item = Patch>) -> Self {
        Self {
            header: patches.into_iter().collect(),
            ..Self::default()
        }
    }

    pub fn signed(signing: Signing) -> Self {
        Self {
            signing,
            ..Self::default()
        }
    }

    pub fn wired(wire: Wire) -> Self {
        Self {
            wire,
            ..Self::default()
        }
    }

    /// The member `id_token` of the answer; a text unless `Wire::Literal` says otherwise.
    pub(super) fn token(&self, claims: Object, secret: &str) -> Value {
        if let Wire::Literal { value } = &self.wire {
            return value.clone();
        }
        let mut header = Object::new();
        header.insert("alg".to_owned(), json!(self.signing.alg()));
        header.insert("typ".to_owned(), json!("JWT"));
        if self.wire == Wire::Encrypted {
            header.insert("alg".to_owned(), json!("dir"));
            header.insert("enc".to_owned(), json!("A256GCM"));
        }
        let mut parts = [patched(header, &self.header), patched(claims, &self.claims)];
        if let Wire::NoJson { part } = self.wire
            && let Some(part) = parts.get_mut(part)
        {
            "[\"no object\"".clone_into(part);
        }
        let [header, claims] = parts.map(|part| encode(part.as_bytes()));
        let signature = self.signing.sign(&format!("{header}.{claims}"), secret);
        Value::String(self.wire.text(&header, &claims, &signature))
    }
}

impl Patch {
    pub fn set(path: &str, value: Value) -> Self {
        Self::Set {
            path: path.to_owned(),
            value,
        }
    }

    pub fn remove(path: &str) -> Self {
        Self::Remove {
            path: path.to_owned(),
        }
    }

    /// Earlier, when negative.
    pub fn later(path: &str, seconds: i64) -> Self {
        Self::Later {
            path: path.to_owned(),
            seconds,
        }
    }

    pub fn again(name: &str, value: Value) -> Self {
        Self::Again {
            name: name.to_owned(),
            value,
        }
    }

    fn apply(&self, object: &mut Object) {
        match self {
            Self::Set { path, value } => change(object, path, |_| Some(value.clone())),
            Self::Remove { path } => change(object, path, |_| None),
            Self::Later { path, seconds } => {
                change(object, path, |old| Some(json!(old?.as_i64()? + seconds)));
            }
            Self::AsText { path } => change(object, path, |old| Some(json!(old?.to_string()))),
            Self::AsFloat { path } => change(object, path, |old| Some(json!(old?.as_f64()?))),
            Self::Again { .. } | Self::Before { .. } => {}
        }
    }

    fn repeat(&self, text: String) -> String {
        let inner = |name: &str, value: &Value| format!("{}:{value}", json!(name));
        match self {
            Self::Again { name, value } => match text.strip_suffix('}') {
                Some(start) => format!("{start},{}}}", inner(name, value)),
                None => text,
            },
            Self::Before { name, value } => match text.strip_prefix('{') {
                Some(end) => format!("{{{},{end}", inner(name, value)),
                None => text,
            },
            Self::Set { .. }
            | Self::Remove { .. }
            | Self::Later { .. }
            | Self::AsText { .. }
            | Self::AsFloat { .. } => text,
        }
    }
}

fn patched(mut object: Object, patches: &[Patch]) -> String {
    for patch in patches {
        patch.apply(&mut object);
    }
    let text = Value::Object(object).to_string();
    patches.iter().fold(text, |text, patch| patch.repeat(text))
}

/// What the deed makes of the old value stands there afterwards; nothing, when it makes nothing.
fn change(object: &mut Object, path: &str, deed: impl FnOnce(Option<&Value>) -> Option<Value>) {
    if let Some((first, rest)) = path.split_once('/') {
        if let Some(inner) = object.get_mut(first).and_then(Value::as_object_mut) {
            change(inner, rest, deed);
        }
        return;
    }
    match deed(object.get(path)) {
        Some(value) => drop(object.insert(path.to_owned(), value)),
        None => drop(object.remove(path)),
    }
}

impl Signing {
    fn alg(&self) -> &str {
        match self {
            Self::Genuine
            | Self::OtherSecret
            | Self::EmptySecret
            | Self::PemAsSecret
            | Self::Transplanted => Algorithm::Hs512.name(),
            Self::None { alg } => alg,
            Self::Hs256 => Algorithm::Hs256.name(),
            Self::Hs384 => Algorithm::Hs384.name(),
            Self::Rs256 => "RS256",
            Self::Es256 => "ES256",
        }
    }

    fn sign(&self, text: &str, secret: &str) -> Vec<u8> {
        let (algorithm, key) = match self {
            Self::None { .. } => return Vec::new(),
            Self::Rs256 => return rs256(text),
            Self::Es256 => return es256(text),
            Self::Transplanted => {
                let other = format!("{}.{}", encode(b"{\"alg\":\"HS512\"}"), encode(b"{}"));
                return Algorithm::Hs512.sign(secret.as_bytes(), &other);
            }
            Self::Genuine => (Algorithm::Hs512, secret.to_owned()),
            Self::Hs256 => (Algorithm::Hs256, secret.to_owned()),
            Self::Hs384 => (Algorithm::Hs384, secret.to_owned()),
            Self::OtherSecret => (Algorithm::Hs512, random::secret(secret.len())),
            Self::EmptySecret => (Algorithm::Hs512, String::new()),
            Self::PemAsSecret => (Algorithm::Hs512, RSA_PEM.to_owned()),
        };
        algorithm.sign(key.as_bytes(), text)
    }
}

fn rs256(text: &str) -> Vec<u8> {
    let Ok(key) = RsaKeyPair::from_pkcs8(RSA_KEY) else {
        return Vec::new();
    };
    let mut signature = vec![0; key.public().modulus_len()];
    let signed = key.sign(
        &RSA_PKCS1_SHA256,
        &SystemRandom::new(),
        text.as_bytes(),
        &mut signature,
    );
    signed.map(|()| signature).unwrap_or_default()
}

fn es256(text: &str) -> Vec<u8> {
    let random = SystemRandom::new();
    EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, &random)
        .ok()
        .and_then(|key| {
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, key.as_ref(), &random).ok()
        })
        .and_then(|key| key.sign(&random, text.as_bytes()).ok())
        .map(|signature| signature.as_ref().to_vec())
        .unwrap_or_default()
}

impl Wire {
    fn text(&self, header: &str, claims: &str, signature: &[u8]) -> String {
        let whole = format!("{header}.{claims}.{}", encode(signature));
        let signed = |signature: &str| format!("{header}.{claims}.{signature}");
        match self {
            Self::Whole | Self::NoJson { .. } | Self::Literal { .. } => whole,
            Self::WithoutSignature => format!("{header}.{claims}"),
            Self::EmptySignature => signed(""),
            Self::BrokenSignature => {
                let flipped: Vec<u8> = signature.iter().map(|byte| byte ^ 1).collect();
                signed(&encode(&flipped))
            }
            Self::HalfSignature => {
                let half = signature.split_at(signature.len() / 2).0;
                signed(&encode(half))
            }
            Self::Joined { by } => format!("{whole}{by}{whole}"),
            Self::Encrypted => {
                let random = || encode(random::secret(16).as_bytes());
                format!("{header}..{}.{claims}.{}", random(), random())
            }
            Self::Garbage { part } => {
                let mut parts: Vec<&str> = whole.split('.').collect();
                if let Some(part) = parts.get_mut(*part) {
                    *part = "%%%";
                }
                parts.join(".")
            }
            Self::Padded => whole
                .split('.')
                .map(|part| format!("{part}{}", "=".repeat((4 - part.len() % 4) % 4)))
                .collect::<Vec<_>>()
                .join("."),
            Self::JsonSerialization => json!({
                "payload": claims,
                "protected": header,
                "signature": encode(signature),
            })
            .to_string(),
        }
    }
}
