//! The window as the gate starts it: a real process on a real (virtual) screen, with a real web engine.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what it misses by failing"
)]

use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::os::fd::AsRawFd as _;
use std::path::PathBuf;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use pretty_assertions::assert_eq;
use tempfile::TempDir;
use thumbturn_core::{AskId, Bound, Click, Code, Mode, Phase, State, View, Waiting};

const PATIENCE: Duration = Duration::from_secs(30);
const WINDOW: &str = env!("CARGO_BIN_EXE_thumbturn-window");

#[test]
fn the_page_shows_each_view_and_sends_clicks() {
    let screen = Screen::new();
    let mut window = Window::open(&screen, &view(State::Off, Vec::new()));
    let id = screen.find("Thumbturn");
    assert_eq!(
        window.click_until_heard(&screen, &id, KNOB),
        Click::TurnOn(Bound::UntilReboot)
    );

    window.tell(&view(State::On, Vec::new()));
    window.click_until(&screen, &id, KNOB, &Click::TurnOff);

    window.tell(&view(State::Waiting, vec![asked()]));
    window.click_until(&screen, &id, DENY, &Click::Deny(AskId(7)));
}

#[test]
fn no_process_of_the_web_engine_holds_a_pipe_of_the_gate() {
    let screen = Screen::new();
    let mut window = Window::open(&screen, &view(State::Off, Vec::new()));
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
    let mut window = Window::open(&screen, &view(State::On, Vec::new()));
    screen.find("Thumbturn");
    window.down = None;
    assert_eq!(window.ended().code(), Some(0));
    assert_eq!(window.clicks.recv_timeout(PATIENCE).ok(), None);
}

#[test]
fn it_ends_when_it_is_closed() {
    let screen = Screen::new();
    let mut window = Window::open(&screen, &view(State::On, Vec::new()));
    let id = screen.find("Thumbturn");
    screen.xdotool(&["windowactivate", "--sync", &id, "key", "alt+F4"]);
    assert_eq!(window.ended().code(), Some(0));
}

#[test]
fn started_by_hand_it_names_who_starts_it() {
    let ended = Command::new(WINDOW).stdin(Stdio::null()).output().unwrap();
    let said = String::from_utf8(ended.stderr).unwrap();
    assert_eq!(
        (ended.status.code(), ended.stdout, said.as_str()),
        (
            Some(2),
            Vec::new(),
            "thumbturn-window: nobody tells it what to show. Thumbturn's tray starts this window: choose Open Thumbturn in its menu\n",
        )
    );
}

#[test]
fn what_is_no_view_is_refused() {
    let mut child = Command::new(WINDOW)
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
    assert!(said.starts_with("thumbturn-window: the gate sent what is no view. Install tray and window of one version: "), "{said}");
}

fn view(state: State, waiting: Vec<Waiting>) -> View {
    let (mode, turn) = match state {
        State::Off => (Mode::Off, Click::TurnOn(Bound::UntilReboot)),
        State::On | State::Waiting => (Mode::On(Bound::UntilReboot), Click::TurnOff),
        State::NotSetUp | State::SignInNeeded | State::Locked | State::Trouble => {
            (Mode::Locked, Click::SignIn)
        }
    };
    View {
        state,
        mode,
        headline: format!("{state:?}"),
        reach: None,
        who: Some("dana".into()),
        waiting,
        troubles: Vec::new(),
        offers: vec![turn, Click::Lock],
    }
}

fn asked() -> Waiting {
    Waiting {
        id: AskId(7),
        code: Code("K7F29".into()),
        agent: "Claude Code".into(),
        title: "Bash: git push origin main".into(),
        place: "/home/dana/shop".into(),
        phase: Phase::InLine { ahead: 0 },
        ends: 0,
        can_ring: false,
    }
}

/// Where to click, from the window's upper left corner.
type Spot = (&'static str, &'static str);
const KNOB: Spot = ("80", "72");
const DENY: Spot = ("630", "276");

/// A virtual screen with a window manager on it.
struct Screen {
    display: String,
    server: Child,
    manager: Child,
}

impl Screen {
    fn new() -> Self {
        let mut server = started(
            Command::new("Xvfb")
                .args([
                    "-displayfd",
                    "1",
                    "-screen",
                    "0",
                    "1280x800x24",
                    "-nolisten",
                    "tcp",
                ])
                .stdout(Stdio::piped()),
        );
        let mut number = String::new();
        BufReader::new(server.stdout.take().unwrap())
            .read_line(&mut number)
            .unwrap();
        let display = format!(":{}", number.trim());
        let manager = started(
            Command::new("openbox")
                .arg("--sm-disable")
                .env("DISPLAY", &display)
                .stdout(Stdio::null()),
        );
        Self {
            display,
            server,
            manager,
        }
    }

    /// Waits for a window of this title and names it. A search that meets a window
    /// just as it goes fails as a whole, so it is begun again.
    fn find(&self, title: &str) -> String {
        let name = format!("^{title}$");
        let search = ["search", "--sync", "--onlyvisible", "--name", &name];
        let found = (0..10)
            .find_map(|_| self.tried(&search))
            .expect("the window is on the screen");
        found.lines().next().unwrap().to_owned()
    }

    fn xdotool(&self, words: &[&str]) {
        assert!(self.tried(words).is_some(), "xdotool {words:?} failed");
    }

    /// What xdotool says, if it succeeds.
    fn tried(&self, words: &[&str]) -> Option<String> {
        let bound = PATIENCE.as_secs().to_string();
        let mut command = Command::new("timeout");
        command
            .arg(bound)
            .arg("xdotool")
            .args(words)
            .env("DISPLAY", &self.display);
        let ended = started(command.stdout(Stdio::piped()))
            .wait_with_output()
            .ok()?;
        ended
            .status
            .success()
            .then(|| String::from_utf8_lossy(&ended.stdout).into_owned())
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        for child in [&mut self.manager, &mut self.server] {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn started(command: &mut Command) -> Child {
    let program = command.get_program().to_owned();
    command.stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap_or_else(|error| {
        panic!("{} does not start ({error}). This test needs: apt-get install xvfb openbox xdotool", program.display())
    })
}

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
                let click = serde_json::from_str(&line)
                    .unwrap_or_else(|error| panic!("no click: {line}: {error}"));
                let _ = heard.send(click);
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
        let mut line = serde_json::to_vec(view).unwrap();
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
