//! The programs and libraries that a task needs, and how they get here.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::process::Command;

use crate::process;
use crate::stop::{Done, Stop};
use crate::terminal::{Tone, line};
use crate::{places, terminal};

/// Something of the system's that a task needs.
struct Tool {
    /// Debian's name for it.
    package: &'static str,
    found: Found,
    why: &'static str,
}

/// How one sees that it is there.
enum Found {
    Program(&'static str),
    Package,
}

use Found::{Package, Program};

const fn tool(package: &'static str, found: Found, why: &'static str) -> Tool {
    Tool {
        package,
        found,
        why,
    }
}

const COMPILER: Tool = tool("build-essential", Program("cc"), "links every program here");
const BUS: Tool = tool(
    "dbus-daemon",
    Program("dbus-daemon"),
    "a private session bus",
);
const BUS_SETUP: Tool = tool(
    "dbus-session-bus-common",
    Package,
    "how a session bus is set up",
);
const BUS_RUN: Tool = tool(
    "dbus",
    Program("dbus-run-session"),
    "a session bus for each test",
);
const BUS_TOOLS: Tool = tool(
    "dbus-bin",
    Program("dbus-monitor"),
    "looks at what goes over a session bus",
);
const KEYRING: Tool = tool(
    "gnome-keyring",
    Program("gnome-keyring-daemon"),
    "a keychain of its own, so that yours is not touched",
);
const XVFB: Tool = tool("xvfb", Program("Xvfb"), "a display that nobody sees");
const PANEL: Tool = tool("xfce4-panel", Program("xfce4-panel"), "a real tray host");
const BUSCTL: Tool = tool(
    "systemd",
    Program("busctl"),
    "reads the tray item over D-Bus",
);
const VENV: Tool = tool("python3-venv", Package, "a place for Duo's own Python SDK");
const PYTHON: Tool = tool("python3", Program("python3"), "runs Duo's own Python SDK");
const JQ: Tool = tool(
    "jq",
    Program("jq"),
    "the flag-file hook that we measure against",
);

const CURL: Tool = tool("curl", Program("curl"), "walks the sign-in page by itself");
const OPENER: Tool = tool(
    "xdg-utils",
    Program("xdg-open"),
    "opens the sign-in page in the browser",
);
const MANAGER: Tool = tool("openbox", Program("openbox"), "gives windows their focus");
const MOUSE: Tool = tool("xdotool", Program("xdotool"), "finds and clicks windows");
const PICTURES: Tool = tool("imagemagick", Program("import"), "takes the pictures");

/// What the demo needs. Nothing of it draws.
const DEMO: &[Tool] = &[COMPILER, BUS, BUS_SETUP, KEYRING, CURL, OPENER];

const CHROMIUM: Tool = tool(
    "chromium",
    Program("chromium"),
    "the browser that people sign in with",
);
const CHROMIUM_DRIVER: Tool = tool(
    "chromium-driver",
    Program("chromedriver"),
    "clicks and types in it",
);

const WALLS: Tool = tool(
    "bubblewrap",
    Program("bwrap"),
    "a home of its own for a whole shell",
);

/// What every test together needs, without the window.
const QUICK: &[Tool] = &[
    COMPILER,
    BUS,
    BUS_SETUP,
    BUS_RUN,
    BUS_TOOLS,
    KEYRING,
    WALLS,
    XVFB,
    PANEL,
    BUSCTL,
    VENV,
    PYTHON,
    tool(
        "libsecret-tools",
        Program("secret-tool"),
        "looks into the private keychain",
    ),
    OPENER,
    PICTURES,
    CHROMIUM,
    CHROMIUM_DRIVER,
    LIBRARIES,
];

const LIBRARIES: Tool = tool(
    "pkg-config",
    Program("pkg-config"),
    "finds the libraries below",
);
const WEBKIT: Tool = tool("libwebkit2gtk-4.1-dev", Package, "the window's web engine");
const ICONS: Tool = tool("librsvg2-dev", Package, "the window's icons");
const DBUS: Tool = tool("libdbus-1-dev", Package, "the window's link to the desktop");

/// What the programs are built with, and what they need where they run.
const LOCAL: &[Tool] = &[COMPILER, OPENER, LIBRARIES, WEBKIT, ICONS, DBUS];

/// What the window and a look at it need besides.
const WINDOW: &[Tool] = &[
    WEBKIT,
    ICONS,
    DBUS,
    tool(
        "webkit2gtk-driver",
        Program("WebKitWebDriver"),
        "clicks and types in the window",
    ),
    MANAGER,
    MOUSE,
];

const BENCH: &[Tool] = &[
    COMPILER,
    BUS,
    BUS_SETUP,
    KEYRING,
    XVFB,
    PANEL,
    BUSCTL,
    VENV,
    PYTHON,
    JQ,
    BUS_TOOLS,
    CURL,
    OPENER,
    tool("x11-utils", Program("xprop"), "sees when a window comes"),
    tool("bash", Program("bash"), "runs the flag-file hook"),
];

/// The tasks that need something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum For {
    Demo,
    Local,
    QuickTest,
    Test,
    Bench,
    Agents,
}

/// Installs what is missing, and says what and why.
///
/// # Errors
/// Where that is not possible here, with what to do by hand.
pub(crate) fn install(task: For) -> Done {
    let (needed, node): (Vec<&Tool>, bool) = match task {
        For::Demo => (DEMO.iter().collect(), false),
        For::Local => (LOCAL.iter().collect(), true),
        For::QuickTest => (QUICK.iter().collect(), true),
        For::Test => (QUICK.iter().chain(WINDOW).collect(), true),
        For::Agents => (Vec::new(), true),
        For::Bench => (BENCH.iter().chain(WINDOW).collect(), true),
    };
    let missing: Vec<&Tool> = needed.into_iter().filter(|tool| !is_here(tool)).collect();
    if !missing.is_empty() {
        for tool in &missing {
            line(
                Tone::Plain,
                "install",
                &format!("{:<24} {}", tool.package, tool.why),
            );
        }
        fetch(&missing)?;
    }
    if node {
        needs_node()?;
    }
    Ok(())
}

fn is_here(tool: &Tool) -> bool {
    match tool.found {
        Program(name) => which(name),
        // Elsewhere nobody can ask; the build then tells what it misses.
        Package if !is_debian() => true,
        Package => Command::new("dpkg-query")
            .args(["-W", "-f=${Status}", tool.package])
            .output()
            .is_ok_and(|out| out.stdout.ends_with(b"ok installed")),
    }
}

/// Whether a program is on the path.
pub(crate) fn which(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(name).is_file())
}

fn is_debian() -> bool {
    which("apt-get") && which("dpkg-query")
}

fn fetch(missing: &[&Tool]) -> Done {
    let packages: Vec<&str> = missing.iter().map(|tool| tool.package).collect();
    let by_hand = format!(
        "apt-get install --no-install-recommends {}",
        packages.join(" ")
    );
    if !is_debian() {
        return Err(
            Stop::because("some programs are missing, and this is not a Debian system").hint(
                format!("install the counterparts of: {}", packages.join(" ")),
            ),
        );
    }
    let Some(mut root) = as_root() else {
        return Err(
            Stop::because("some programs are missing, and only root can install them")
                .hint(format!("run as root: {by_hand}")),
        );
    };
    let log = places::log("install");
    let install = [
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "install",
        "--yes",
        "--no-install-recommends",
        "-o",
        "DPkg::Lock::Timeout=300",
    ];
    if process::run("install", root.args(install).args(&packages), &log).is_ok() {
        return Ok(());
    }
    // The usual reason on a fresh machine: it has never seen a list of packages.
    let by_hand_hint = |stop: Stop| stop.hint(format!("by hand, as root: {by_hand}"));
    let mut update = as_root().unwrap_or(root);
    process::run("update", update.args(["apt-get", "update"]), &log).map_err(by_hand_hint)?;
    let mut again = as_root().unwrap_or(update);
    process::run("install", again.args(install).args(&packages), &log).map_err(by_hand_hint)?;
    Ok(())
}

/// The start of a command that runs as root, where we may.
fn as_root() -> Option<Command> {
    let uid = std::fs::metadata("/proc/self").map(|meta| meta.uid());
    if uid.is_ok_and(|uid| uid == 0) {
        // `env` alone, so that arguments read the same in both cases.
        return Some(places::tool("env"));
    }
    if !which("sudo") {
        return None;
    }
    let mut sudo = places::tool("sudo");
    if !std::io::IsTerminal::is_terminal(&std::io::stdin()) {
        sudo.arg("-n");
    }
    Some(sudo)
}

fn needs_node() -> Done {
    const WANTED: &str = "Node.js 20.19 or newer";
    let version = Command::new("node").arg("--version").output().ok();
    let version = version.map(|out| String::from_utf8_lossy(&out.stdout).trim().to_owned());
    let enough = version.as_deref().is_some_and(|text| {
        let mut parts = text.trim_start_matches('v').split('.');
        let mut next = || {
            parts
                .next()
                .and_then(|part| part.parse::<u32>().ok())
                .unwrap_or(0)
        };
        (next(), next()) >= (20, 19)
    });
    if enough && which("npm") {
        return Ok(());
    }
    let found = version.map_or("there is none".to_owned(), |text| format!("found {text}"));
    Err(Stop::because(format!(
        "the window's page, Duo's own SDK, the provider to sign in at and the real agents need {WANTED}; {found}"
    ))
    .hint("Debian 12's own package is too old; see https://nodejs.org/en/download"))
}

/// A tool of Cargo's own, installed below the target directory if nobody has it yet.
///
/// # Errors
/// Where it cannot be built.
pub(crate) fn cargo_tool(name: &'static str, why: &str) -> Done<std::path::PathBuf> {
    let own = places::target().join("tools");
    let program = own.join("bin").join(name);
    if which(name) {
        return Ok(Path::new(name).to_path_buf());
    }
    if !program.is_file() {
        line(Tone::Plain, "install", &format!("{name:<24} {why}"));
        let mut install = places::cargo();
        install
            .args(["install", "--quiet", "--locked", "--root"])
            .arg(&own)
            .arg(name);
        // The workspace's own target directory must not fill up with a tool's crates.
        install.env("CARGO_TARGET_DIR", own.join("build"));
        let ran = process::run("install", &mut install, &places::log(name))?;
        line(
            Tone::Quiet,
            "",
            &format!("built in {}", terminal::seconds(ran.time)),
        );
        let _ = std::fs::remove_dir_all(own.join("build"));
    }
    Ok(program)
}
