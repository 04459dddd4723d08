//! The window as the gate starts it: a real process on a real (virtual) screen, with a real web engine.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it misses by failing"
)]

mod screen;

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use pretty_assertions::assert_eq;
use tempfile::TempDir;
use thumbturn_core::{Bound, Click, Mode, State, View};
use thumbturn_pipe::{Page, Said, Shown};

use screen::Screen;

const PATIENCE: Duration = Duration::from_secs(30);
const WINDOW: &str = env!("CARGO_BIN_EXE_thumbturn-window");

#[test]
fn the_page_shows_each_view_and_sends_clicks() {
    let screen = Screen::new();
    let mut window = Window::open(&screen, &view(State::Off));
    let id = screen.find("Thumbturn");
    assert_eq!(
        window.click_until_heard(&screen, &id, KNOB),
        Click::TurnOn(Bound::UntilReboot)
    );

    window.tell(&view(State::On));
    window.click_until(&screen, &id, KNOB, &Click::TurnOff);
}

#[test]
fn no_process_of_the_web_engine_holds_a_pipe_of_the_gate() {
    let screen = Screen::new();
    let mut window = Window::open(&screen, &view(State::Off));
    let id = screen.find("Thumbturn");
    // A page that answers proves that its process runs.
    window.click_until_heard(&screen, &id, KNOB);

    let engine: Vec<u32> = children(window.child.id())
        .into_iter()
        .filter(|pid| comm(*pid).starts_with("WebKit"))
        .collect();
    let holders: Vec<String> = engine
        .iter()
        .filter(|pid| window.holds_a_pipe(**pid))
        .map(|pid| comm(*pid))
        .collect();
    assert!(
        engine.iter().any(|pid| comm(*pid) == "WebKitWebProces"),
        "no web process among {engine:?}"
    );
    assert_eq!(holders, Vec::<String>::new());
    assert!(
        window.holds_a_pipe(window.child.id()),
        "the test looks for the wrong pipes"
    );
}

#[test]
fn it_ends_when_the_gate_is_gone() {
    let screen = Screen::new();
    let mut window = Window::open(&screen, &view(State::On));
    screen.find("Thumbturn");
    window.down = None;
    assert_eq!(window.ended().code(), Some(0));
    assert_eq!(window.clicks.recv_timeout(PATIENCE).ok(), None);
}

#[test]
fn it_ends_when_it_is_closed() {
    let screen = Screen::new();
    let mut window = Window::open(&screen, &view(State::On));
    let id = screen.find("Thumbturn");
    screen.xdotool(&["windowactivate", "--sync", &id, "key", "alt+F4"]);
    assert_eq!(window.ended().code(), Some(0));
}

#[test]
fn told_nothing_it_says_so() {
    let mut command = Command::new(WINDOW);
    let ended = command
        .arg("--of-gate")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(
        (ended.status.code(), ended.stdout, said.as_str()),
        (
            Some(2),
            Vec::new(),
            "thumbturn-window: nobody tells it what to show. Only the gate starts it like this\n",
        )
    );
}

#[test]
fn started_as_an_app_it_becomes_the_gate_that_lies_beside_it() {
    let home = tempfile::tempdir().unwrap();
    let window = home.path().join("thumbturn-window");
    fs::copy(WINDOW, &window).unwrap();
    let alone = Command::new(&window).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(alone.stderr).unwrap();
    assert_eq!(alone.status.code(), Some(2));
    assert!(
        said.contains("thumbturn-tray could not be started. Install Thumbturn again"),
        "{said}"
    );

    let gate = home.path().join("thumbturn-tray");
    fs::write(&gate, "#!/bin/sh\necho \"$$ $*\" >&2\nexit 7\n").unwrap();
    fs::set_permissions(&gate, fs::Permissions::from_mode(0o700)).unwrap();
    let app = Command::new(&window)
        .stdin(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = app.id();
    let ended = app.wait_with_output().unwrap();
    assert_eq!(ended.status.code(), Some(7));
    assert_eq!(
        String::from_utf8(ended.stderr).unwrap(),
        format!("{pid} --window\n")
    );
}

#[test]
fn another_word_is_refused() {
    let ended = Command::new(WINDOW)
        .arg("--quiet")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(ended.status.code(), Some(2));
    assert!(said.contains("it takes no `--quiet`"), "{said}");
}

#[test]
fn what_is_no_view_is_refused() {
    let mut child = Command::new(WINDOW)
        .arg("--of-gate")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child
        .stdin
        .take()
        .unwrap()
        .write_all(b"{\"state\":\"open\"}\n")
        .unwrap();
    let ended = child.wait_with_output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!((ended.status.code(), ended.stdout), (Some(2), Vec::new()));
    assert!(said.starts_with("thumbturn-window: the gate sent what this window does not understand. Install tray and window of one version: "), "{said}");
}

fn view(state: State) -> View {
    let (mode, turn) = match state {
        State::Off => (Mode::Off, Click::TurnOn(Bound::UntilReboot)),
        State::On | State::Waiting => (Mode::On(Bound::UntilReboot), Click::TurnOff),
        State::NotSetUp | State::SignInNeeded | State::Locked | State::Trouble => {
            (Mode::Locked, Click::SignIn { user: None })
        }
    };
    View {
        state,
        mode,
        headline: format!("{state:?}"),
        reach: None,
        who: Some("dana".into()),
        session: None,
        sign_in: None,
        held_until: None,
        mode_until: None,
        waiting: Vec::new(),
        troubles: Vec::new(),
        grants: Vec::new(),
        agents: Vec::new(),
        offers: vec![turn, Click::Lock],
    }
}

/// Where to click, from the window's upper left corner.
type Spot = (&'static str, &'static str);
const KNOB: Spot = ("76", "109");

struct Window {
    child: Child,
    down: Option<ChildStdin>,
    clicks: Receiver<Click>,
    /// Both pipes as `/proc` names them.
    pipes: [PathBuf; 2],
    _home: TempDir,
}

impl Window {
    fn open(screen: &Screen, view: &View) -> Self {
        let home = tempfile::tempdir().unwrap();
        let mut child = Command::new(WINDOW)
            .arg("--of-gate")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .env("DISPLAY", &screen.display)
            .env("GDK_BACKEND", "x11")
            .env("HOME", home.path())
            .env("XDG_RUNTIME_DIR", home.path())
            .env("NO_AT_BRIDGE", "1")
            .env("LIBGL_ALWAYS_SOFTWARE", "1")
            .env_remove("DBUS_SESSION_BUS_ADDRESS")
            .env_remove("WAYLAND_DISPLAY")
            .spawn()
            .unwrap();
        let (down, up) = (child.stdin.take().unwrap(), child.stdout.take().unwrap());
        let pipes = [down.as_raw_fd(), up.as_raw_fd()]
            .map(|fd| fs::read_link(format!("/proc/self/fd/{fd}")).unwrap());
        let (heard, clicks) = channel();
        thread::spawn(move || {
            for line in BufReader::new(up).lines().map_while(Result::ok) {
                let said: Said = serde_json::from_str(&line)
                    .unwrap_or_else(|error| panic!("no word of the window: {line}: {error}"));
                if let Said::Click(click) = said {
                    let _ = heard.send(click);
                }
            }
        });
        let mut window = Self {
            child,
            down: Some(down),
            clicks,
            pipes,
            _home: home,
        };
        window.tell(view);
        window
    }

    fn tell(&mut self, view: &View) {
        let shown = Shown {
            view: view.clone(),
            page: Page::Now,
            language: "en".into(),
        };
        let mut line = serde_json::to_vec(&shown).unwrap();
        line.push(b'\n');
        self.down.as_mut().unwrap().write_all(&line).unwrap();
    }

    /// Clicks until the page, which may still be loading, sends something.
    fn click_until_heard(&mut self, screen: &Screen, id: &str, (x, y): Spot) -> Click {
        for _ in 0..60 {
            screen.xdotool(&["mousemove", "--window", id, x, y, "click", "1"]);
            if let Ok(click) = self.clicks.recv_timeout(PATIENCE / 60) {
                return click;
            }
        }
        panic!("the page sent no click");
    }

    /// Clicks until it means this: the page may still show an older view.
    fn click_until(&mut self, screen: &Screen, id: &str, spot: Spot, wanted: &Click) {
        let heard: Vec<Click> = (0..20)
            .map(|_| self.click_until_heard(screen, id, spot))
            .take_while(|click| click != wanted)
            .collect();
        assert!(heard.len() < 20, "no {wanted:?} among {heard:?}");
    }

    fn holds_a_pipe(&self, pid: u32) -> bool {
        let held = fs::read_dir(format!("/proc/{pid}/fd")).expect("the process runs");
        held.filter_map(|fd| fs::read_link(fd.unwrap().path()).ok())
            .any(|file| self.pipes.contains(&file))
    }

    fn ended(&mut self) -> ExitStatus {
        let pid = self.child.id();
        let (tell, end) = channel();
        thread::scope(|scope| {
            scope.spawn(|| tell.send(self.child.wait().unwrap()));
            end.recv_timeout(PATIENCE).unwrap_or_else(|_| {
                let _ = Command::new("kill").arg(pid.to_string()).status();
                panic!("the window did not end")
            })
        })
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn comm(pid: u32) -> String {
    fs::read_to_string(format!("/proc/{pid}/comm"))
        .unwrap_or_default()
        .trim()
        .to_owned()
}

/// All below `pid`.
fn children(pid: u32) -> Vec<u32> {
    let listed = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let own: Vec<u32> = listed
        .split_whitespace()
        .filter_map(|child| child.parse().ok())
        .collect();
    own.iter()
        .flat_map(|child| children(*child))
        .chain(own.iter().copied())
        .collect()
}
