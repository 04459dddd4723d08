//! The environment, for what hangs on it by its nature: where agents find their own files and programs. Nothing that
//! decides whether a call may run comes through here.
#![expect(
    clippy::disallowed_methods,
    reason = "agents go by the environment, and we must find what they find"
)]

use std::ffi::OsString;
use std::path::PathBuf;

pub(crate) fn value(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}

pub(crate) fn dir(name: &str) -> Option<PathBuf> {
    value(name).map(PathBuf::from)
}

pub(crate) fn text(name: &str) -> Option<String> {
    value(name)?.into_string().ok()
}
