//! Users and their devices, as an administrator of a Duo tenant knows them.

use serde::{Deserialize, Serialize};

use crate::random;

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    pub name: String,
    #[serde(default = "user_id")]
    pub id: String,
    #[serde(default)]
    pub status: UserStatus,
    /// In the order that the API lists them. A user without devices is asked to enroll.
    #[serde(default)]
    pub devices: Vec<Device>,
    #[serde(default)]
    pub bypass_codes: Vec<String>,
    /// Consecutive failures; a success sets it back.
    #[serde(default)]
    pub failures: u32,
    #[serde(default)]
    pub enrollment: Option<Enrollment>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserStatus {
    #[default]
    Active,
    Bypass,
    Disabled,
    LockedOut,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    pub id: String,
    pub kind: DeviceKind,
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub number: String,
    #[serde(default)]
    pub capabilities: Vec<Capability>,
    /// The next passcodes that the device will show. Each works once; using one voids those before it.
    #[serde(default)]
    pub passcodes: Vec<String>,
    /// The last batch sent by SMS. A new batch voids the old one.
    #[serde(default)]
    pub sms_codes: Vec<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    Phone,
    Token,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Capability {
    Auto,
    Push,
    Sms,
    Phone,
    MobileOtp,
}

/// What a passcode was good as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Passcode {
    Bypass,
    /// Of Duo Mobile or of a hardware token.
    Device,
    Sms,
}

/// An activation code that was given out by `enroll`; `expires` is in Unix seconds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Enrollment {
    pub activation_code: String,
    pub expires: u64,
    pub activated: bool,
}

impl User {
    /// An active user with one phone that can do everything, and one hardware token.
    pub fn new(name: &str) -> Self {
        let devices = vec![Device::phone("iPhone", "+1 555 010 4788"), Device::token()];
        Self {
            devices,
            ..Self::unenrolled(name)
        }
    }

    pub fn unenrolled(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            id: user_id(),
            status: UserStatus::Active,
            devices: Vec::new(),
            bypass_codes: Vec::new(),
            failures: 0,
            enrollment: None,
        }
    }

    pub fn with_status(self, status: UserStatus) -> Self {
        Self { status, ..self }
    }

    pub fn with_devices(self, devices: Vec<Device>) -> Self {
        Self { devices, ..self }
    }

    pub fn with_bypass_codes(self, codes: &[&str]) -> Self {
        Self {
            bypass_codes: codes.iter().map(ToString::to_string).collect(),
            ..self
        }
    }

    /// What a good code was; it is used up.
    pub(crate) fn spend(&mut self, passcode: &str) -> Option<Passcode> {
        if let Some(at) = self.bypass_codes.iter().position(|code| code == passcode) {
            self.bypass_codes.remove(at);
            return Some(Passcode::Bypass);
        }
        self.devices
            .iter_mut()
            .find_map(|device| device.spend(passcode))
    }
}

impl Device {
    pub fn phone(name: &str, number: &str) -> Self {
        Self {
            id: random::identifier("DP"),
            kind: DeviceKind::Phone,
            name: name.to_owned(),
            number: number.to_owned(),
            capabilities: vec![
                Capability::Auto,
                Capability::Push,
                Capability::Sms,
                Capability::Phone,
                Capability::MobileOtp,
            ],
            passcodes: passcodes(),
            sms_codes: Vec::new(),
        }
    }

    /// A phone that takes calls and SMS but has no Duo Mobile.
    pub fn landline(name: &str, number: &str) -> Self {
        Self {
            capabilities: vec![Capability::Auto, Capability::Sms, Capability::Phone],
            passcodes: Vec::new(),
            ..Self::phone(name, number)
        }
    }

    pub fn token() -> Self {
        Self {
            id: random::identifier("DH"),
            kind: DeviceKind::Token,
            capabilities: Vec::new(),
            ..Self::phone("0", "")
        }
    }

    pub fn can(&self, capability: Capability) -> bool {
        self.capabilities.contains(&capability)
    }

    pub(crate) fn masked_number(&self) -> String {
        let digits: Vec<char> = self.number.chars().filter(char::is_ascii_digit).collect();
        let last: String = digits.iter().skip(digits.len().saturating_sub(4)).collect();
        if last.is_empty() {
            String::new()
        } else {
            format!("XXX-XXX-{last}")
        }
    }

    pub(crate) fn display_name(&self) -> String {
        let name = if self.name.is_empty() {
            "Phone"
        } else {
            &self.name
        };
        match self.masked_number() {
            number if number.is_empty() => name.to_owned(),
            number => format!("{name} ({number})"),
        }
    }

    /// Ten codes; the first digit of each tells the user which one is next.
    pub(crate) fn send_sms_codes(&mut self) {
        self.sms_codes = (1..=10)
            .map(|nth| format!("{}{}", nth % 10, random::digits(6)))
            .collect();
    }

    fn spend(&mut self, passcode: &str) -> Option<Passcode> {
        let lists = [
            (&mut self.passcodes, Passcode::Device),
            (&mut self.sms_codes, Passcode::Sms),
        ];
        lists.into_iter().find_map(|(codes, kind)| {
            let at = codes.iter().position(|code| code == passcode)?;
            codes.drain(..=at);
            Some(kind)
        })
    }
}

fn user_id() -> String {
    random::identifier("DU")
}

fn passcodes() -> Vec<String> {
    (0..50).map(|_| random::digits(6)).collect()
}
