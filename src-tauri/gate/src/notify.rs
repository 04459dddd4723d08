//! Desktop notifications, where the desktop has them.

use std::collections::HashMap;

use thumbturn_core::Notice;
use zbus::zvariant::Value;

/// Tells the desktop, and lets it go if there is none: whoever looks at the tray sees it anyway.
pub(crate) fn show(notice: Notice) {
    tokio::task::spawn_blocking(move || {
        if let Err(error) = send(&notice) {
            tracing::debug!(%error, "the desktop took no notification");
        }
    });
}

fn send(notice: &Notice) -> zbus::Result<()> {
    let bus = zbus::blocking::Connection::session()?;
    let hints: HashMap<&str, Value<'_>> = HashMap::new();
    let actions: [&str; 0] = [];
    bus.call_method(
        Some("org.freedesktop.Notifications"),
        "/org/freedesktop/Notifications",
        Some("org.freedesktop.Notifications"),
        "Notify",
        &(
            "Thumbturn",
            0u32,
            "",
            notice.title.as_str(),
            notice.body.as_str(),
            actions,
            hints,
            -1i32,
        ),
    )?;
    Ok(())
}
