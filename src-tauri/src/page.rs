//! The one window and its page: it hears what to show and says what was clicked and typed.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use tauri::ipc::Channel;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{App, AppHandle, Manager as _, State, Url, WebviewUrl, WebviewWindowBuilder};
use thumbturn_pipe::{Said, Shown};

use crate::pipe::{Heard, Pipes, Words};

/// Named in `capabilities/window.json` too.
const LABEL: &str = "now";

/// What is to be shown, and where the page wants to hear of newer ones.
struct Newest {
    shown: Shown,
    page: Option<Channel<Shown>>,
}

/// Returns when the window is closed or the gate is gone.
pub(crate) fn show(pipes: Pipes) -> anyhow::Result<()> {
    let Pipes { first, down, up } = pipes;
    let app = tauri::Builder::default()
        .manage(Mutex::new(Newest {
            shown: first,
            page: None,
        }))
        .manage(Mutex::new(up))
        .invoke_handler(tauri::generate_handler![follow, say])
        .setup(|app| Ok(open(app)?))
        .build(tauri::generate_context!())
        .context("the window could not be opened")?;
    let handle = app.handle().clone();
    std::thread::Builder::new()
        .name("views".into())
        .spawn(move || hear(down, &handle))
        .context("no thread to hear the gate")?;
    app.run(|_, _| {});
    Ok(())
}

/// Shown only when its page is there, so that nobody sees an empty flash.
fn open(app: &mut App) -> tauri::Result<()> {
    WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title("Thumbturn")
        .inner_size(720.0, 560.0)
        .min_inner_size(420.0, 400.0)
        .visible(false)
        .incognito(!is_driven())
        .on_navigation(is_ours)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_page_load(|window, load| {
            if load.event() == PageLoadEvent::Finished
                && let Err(error) = window.show()
            {
                complain(&error);
            }
        })
        .build()?;
    Ok(())
}

/// Whether a test drives this page. A web engine's private session takes no driver; a release keeps to it whatever
/// the environment says.
fn is_driven() -> bool {
    cfg!(debug_assertions) && std::env::var_os("TAURI_WEBVIEW_AUTOMATION").is_some()
}

fn is_ours(url: &Url) -> bool {
    url.scheme() == "tauri" && url.host_str() == Some("localhost")
}

fn hear(mut down: Heard, app: &AppHandle) {
    loop {
        match down.next() {
            Ok(Some(shown)) => tell(app, shown),
            Ok(None) => return app.exit(0),
            Err(error) => {
                complain(&error);
                return app.exit(2);
            }
        }
    }
}

fn tell(app: &AppHandle, shown: Shown) {
    let newest = app.state::<Mutex<Newest>>();
    let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
    newest.shown = shown;
    if let Some(page) = &newest.page
        && let Err(error) = page.send(newest.shown.clone())
    {
        complain(&error);
    }
}

/// The page asks once, at its start: it hears at once what is to be shown, then each change.
#[tauri::command]
fn follow(page: Channel<Shown>, newest: State<'_, Mutex<Newest>>) -> tauri::Result<()> {
    let mut newest = newest.lock().unwrap_or_else(PoisonError::into_inner);
    page.send(newest.shown.clone())?;
    newest.page = Some(page);
    Ok(())
}

#[tauri::command]
fn say(said: Said, up: State<'_, Mutex<Words>>, app: AppHandle) {
    if let Err(error) = up.lock().unwrap_or_else(PoisonError::into_inner).say(&said) {
        complain(&error);
        app.exit(2);
    }
}

fn complain(error: &dyn std::fmt::Display) {
    // With stderr gone as well there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "thumbturn-window: {error}");
}
