//! Desktop notifications, where the desktop has them.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thumbturn_core::Notice;
use zbus::blocking::{Connection, connection};
use zbus::zvariant::Value;

const SERVER: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";
/// How long a desktop may take for one call.
const PATIENCE: Duration = Duration::from_secs(3);
/// More than this wait for no desktop: whoever looks at the tray sees it anyway.
const MOST: usize = 4;
/// As long as a push rings, in milliseconds.
const SHOWN: i32 = 60_000;

/// In the specification's numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Urgency {
    Normal = 1,
    Critical = 2,
}

/// The desktop's bubbles: a newer one of a kind takes the older one's place.
#[derive(Clone, Debug, Default)]
pub(crate) struct Notices {
    shown: Arc<Mutex<HashMap<String, u32>>>,
    under_way: Arc<AtomicUsize>,
}

impl Notices {
    /// Tells the desktop, off the loop, and lets it go if there is none.
    pub(crate) fn show(&self, notice: Notice, urgency: Urgency) {
        if self.under_way.fetch_add(1, Ordering::Relaxed) >= MOST {
            self.under_way.fetch_sub(1, Ordering::Relaxed);
            return;
        }
        let notices = self.clone();
        tokio::task::spawn_blocking(move || {
            if let Err(error) = notices.send(&notice, urgency) {
                tracing::debug!(%error, "the desktop took no notification");
            }
            notices.under_way.fetch_sub(1, Ordering::Relaxed);
        });
    }

    /// One after the other, so that each knows what it replaces.
    fn send(&self, notice: &Notice, urgency: Urgency) -> zbus::Result<()> {
        let mut shown = self.shown.lock().unwrap_or_else(PoisonError::into_inner);
        let bus = connection::Builder::session()?
            .method_timeout(PATIENCE)
            .build()?;
        let replaces = shown.get(&notice.title).copied().unwrap_or(0);
        let body = if reads_markup(&bus)? {
            escaped(&notice.body)
        } else {
            notice.body.clone()
        };
        let hints = HashMap::from([
            ("urgency", Value::U8(urgency as u8)),
            ("desktop-entry", Value::from("thumbturn")),
        ]);
        let actions: [&str; 0] = [];
        let title = notice.title.as_str();
        let call = (
            "Thumbturn",
            replaces,
            "",
            title,
            body,
            actions,
            hints,
            SHOWN,
        );
        let answer = bus.call_method(Some(SERVER), PATH, Some(SERVER), "Notify", &call)?;
        shown.insert(notice.title.clone(), answer.body().deserialize()?);
        Ok(())
    }
}

fn reads_markup(bus: &Connection) -> zbus::Result<bool> {
    let answer = bus.call_method(Some(SERVER), PATH, Some(SERVER), "GetCapabilities", &())?;
    let capabilities: Vec<String> = answer.body().deserialize()?;
    Ok(capabilities.iter().any(|one| one == "body-markup"))
}

/// An agent's command must not become a link or an image on the desktop.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            c => escaped.push(c),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_command_is_no_markup() {
        assert_eq!(
            escaped("echo <a href=\"x\">&amp;</a>"),
            "echo &lt;a href=\"x\"&gt;&amp;amp;&lt;/a&gt;"
        );
    }
}
