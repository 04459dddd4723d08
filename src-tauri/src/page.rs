//! The one window and its page: it hears views and sends clicks.

use std::io::Write as _;
use std::sync::{Mutex, PoisonError};

use anyhow::Context as _;
use tauri::ipc::Channel;
use tauri::webview::{NewWindowResponse, PageLoadEvent};
use tauri::{App, AppHandle, Manager as _, State, Url, WebviewUrl, WebviewWindowBuilder};
use thumbturn_core::{Click, View};

use crate::pipe::{Clicks, Pipes, Views};

/// Named in `capabilities/window.json` too.
const LABEL: &str = "now";

/// The newest view, and where the page wants to hear of newer ones.
struct Shown {
    view: View,
    page: Option<Channel<View>>,
}

/// Returns when the window is closed or the gate is gone.
pub(crate) fn show(pipes: Pipes) -> anyhow::Result<()> {
    let Pipes { first, down, up } = pipes;
    let app = tauri::Builder::default()
        .manage(Mutex::new(Shown {
            view: first,
            page: None,
        }))
        .manage(Mutex::new(up))
        .invoke_handler(tauri::generate_handler![follow, click])
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
        .incognito(true)
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

fn is_ours(url: &Url) -> bool {
    url.scheme() == "tauri" && url.host_str() == Some("localhost")
}

fn hear(mut down: Views, app: &AppHandle) {
    loop {
        match down.next() {
            Ok(Some(view)) => tell(app, view),
            Ok(None) => return app.exit(0),
            Err(error) => {
                complain(&error);
                return app.exit(2);
            }
        }
    }
}

fn tell(app: &AppHandle, view: View) {
    let shown = app.state::<Mutex<Shown>>();
    let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    shown.view = view;
    if let Some(page) = &shown.page
        && let Err(error) = page.send(shown.view.clone())
    {
        complain(&error);
    }
}

/// The page asks once, at its start: it hears the newest view at once, then each newer one.
#[tauri::command]
fn follow(page: Channel<View>, shown: State<'_, Mutex<Shown>>) -> tauri::Result<()> {
    let mut shown = shown.lock().unwrap_or_else(PoisonError::into_inner);
    page.send(shown.view.clone())?;
    shown.page = Some(page);
    Ok(())
}

#[tauri::command]
fn click(click: Click, up: State<'_, Mutex<Clicks>>, app: AppHandle) {
    if let Err(error) = up
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .send(&click)
    {
        complain(&error);
        app.exit(2);
    }
}

fn complain(error: &dyn std::fmt::Display) {
    // With stderr gone as well there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "thumbturn-window: {error}");
}
