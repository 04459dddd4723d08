//! The page of agents: the gate put into one, watched over, put right and taken out, by clicks alone.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use harness::{By, Gate, Gui, Installed, Look, Proc, Spoken, TrayItem, Window, World};
use harness::{heard, payload, until};
use pretty_assertions::assert_eq;
use rustix::process::Signal;
use serde_json::{Value, json};
use thumbturn_core::{State, View};

use crate::pages::{clean, go};

/// What somebody wrote by hand and never put in order; no line break at its end.
const ODD: &str = "{\n\t\"model\":   \"opus\",\r\n  \"permissions\": { \"allow\": [\"Bash(npm test)\",\n\n\"Read\"] }\n\n ,\"env\" : {\"A\":\"1\"} }";

const INSTALL: By<'_> = By::Role("button", "Install the gate into Claude Code");
const REMOVE: By<'_> = By::Role("button", "Remove the gate from Claude Code");
const WRITE: By<'_> = By::Role("button", "Write these changes");
const TAKE_OUT: By<'_> = By::Role("button", "Take it out");
const PLAN: By<'_> = By::Css("section[aria-label^='What changes']");

/// A gate that lies beside its hook, off, on a screen.
struct Ward {
    _gate: Gate,
    gui: Gui,
    installed: Installed,
    world: World,
}

impl Ward {
    async fn with(settings: Option<&str>) -> Self {
        let (world, gate) = World::set_up().await.unwrap();
        gate.stop(Signal::TERM).await.unwrap();
        let gui = Gui::start(&world.desktop, world.home()).await.unwrap();
        let installed = Installed::in_home_of(&world).unwrap();
        let installed = installed.with_window(&world).unwrap();
        if let Some(settings) = settings {
            // Where its own installer puts it, and where a desktop's search path does not lead.
            let program = world.home().join(".local/bin/claude");
            fs::create_dir_all(program.parent().unwrap()).unwrap();
            fs::write(&program, "#!/bin/sh\necho '2.1.330 (Claude Code)'\n").unwrap();
            fs::set_permissions(&program, fs::Permissions::from_mode(0o755)).unwrap();
            let file = settings_of(&world);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            fs::write(&file, settings).unwrap();
        }
        let gate = installed.gate_on(&world, &gui).await.unwrap();
        world
            .shows("the session", |view| view.session.is_some())
            .await
            .unwrap();
        Self {
            _gate: gate,
            gui,
            installed,
            world,
        }
    }

    /// The window on its page of agents.
    async fn page(&self, item: &TrayItem<'_>) -> Window {
        item.click("Open Thumbturn").await.unwrap();
        let window = self.gui.window().await.unwrap();
        go(&window, "agents").await;
        window.page().says("Claude Code").await.unwrap();
        window
    }

    fn read(&self) -> String {
        fs::read_to_string(settings_of(&self.world)).unwrap()
    }

    /// As people's tools do it: beside, and then in its place.
    fn put(&self, text: &str) {
        let file = settings_of(&self.world);
        let beside = file.with_extension("new");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, file).unwrap();
    }

    /// Everything that Claude Code keeps.
    fn kept(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        let mut dirs = vec![self.world.home().join(".claude")];
        while let Some(dir) = dirs.pop() {
            for one in fs::read_dir(dir).unwrap() {
                let path = one.unwrap().path();
                match path.is_dir() {
                    true => dirs.push(path),
                    false => all.push(path),
                }
            }
        }
        all
    }

    /// What the agent would start before a tool call, by its settings, with what it would say.
    async fn calls(&self) -> Spoken {
        let settings: Value = serde_json::from_str(&self.read()).unwrap();
        let entry = settings.pointer("/hooks/PreToolUse/0/hooks/0").unwrap();
        let words = entry.get("args").and_then(Value::as_array).unwrap();
        let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
        let program = entry.get("command").and_then(Value::as_str).unwrap();
        let hook = Proc::start(Path::new(program), |command| {
            command.args(words);
        });
        let call = payload("s1", "Read", json!({"file_path": "/etc/hostname"}));
        let ended = hook.unwrap().feed(call.to_string().as_bytes()).await;
        heard(&ended.unwrap()).unwrap()
    }

    async fn troubled(&self, words: &str) -> View {
        let is = |view: &View| view.headline.contains(words);
        let view = self.world.shows(words, is).await.unwrap();
        assert_eq!(view.state, State::Trouble);
        view
    }
}

fn settings_of(world: &World) -> PathBuf {
    world.home().join(".claude/settings.json")
}

/// The row, and nothing of what stands around it.
async fn row(window: &Window, words: &str) {
    let row = By::Css("article[aria-label='Claude Code']");
    let mut said = String::new();
    let is = until(words, async || {
        said = window.page().text(row).await.ok()?;
        said.contains(words).then_some(())
    });
    is.await.with_context(|| said).unwrap();
}

/// The menu, once a line of it holds these words.
async fn told(item: &TrayItem<'_>, words: &str) {
    let mut menu = Vec::new();
    let is = until(words, async || {
        menu = item.menu().await.ok()?;
        menu.iter().any(|line| line.contains(words)).then_some(())
    });
    is.await.with_context(|| menu.join("\n")).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_gate_is_put_into_an_agent_and_taken_out_by_clicks_alone() {
    let ward = Ward::with(Some(ODD)).await;
    let item = TrayItem::appear(&ward.world.desktop).await.unwrap();
    let window = ward.page(&item).await;
    let page = window.page();
    row(&window, "Does not ask the gate").await;
    clean(&window).await;

    page.click(INSTALL).await.unwrap();
    let hook = ward.installed.program("thumbturn-hook");
    for words in [
        settings_of(&ward.world).to_str().unwrap(),
        &format!("\"command\": \"{}\"", hook.display()),
        "\"onFailure\": \"block\"",
        "skills/thumbturn/SKILL.md",
    ] {
        page.says(words).await.unwrap();
    }
    clean(&window).await;
    page.click(By::Role("button", "Cancel")).await.unwrap();
    page.gone(PLAN).await.unwrap();
    assert_eq!(ward.read(), ODD);
    assert_eq!(ward.kept(), [settings_of(&ward.world)]);

    page.click(INSTALL).await.unwrap();
    page.click(WRITE).await.unwrap();
    row(&window, "Asks the gate, in your settings").await;
    row(&window, "2.1.330").await;
    page.gone(PLAN).await.unwrap();
    clean(&window).await;
    let settings: Value = serde_json::from_str(&ward.read()).unwrap();
    let entry = &settings["hooks"]["PreToolUse"][0];
    assert_eq!(entry["matcher"], "*");
    assert_eq!(entry["hooks"][0]["command"], hook.to_str().unwrap());
    assert_eq!(settings["env"], json!({ "A": "1" }));

    // Another window finds it as it is, and what it takes out is shown first.
    ward.gui.close_window().await.unwrap();
    ward.gui.draw(Look::Dark).unwrap();
    let window = ward.page(&item).await;
    let page = window.page();
    row(&window, "Asks the gate, in your settings").await;
    clean(&window).await;
    page.click(REMOVE).await.unwrap();
    page.find(TAKE_OUT).await.unwrap();
    clean(&window).await;
    page.click(TAKE_OUT).await.unwrap();
    row(&window, "Does not ask the gate").await;
    assert_eq!(ward.read(), ODD);
    assert_eq!(ward.kept(), [settings_of(&ward.world)]);
    clean(&window).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_that_breaks_is_told_in_window_and_tray_and_put_right_by_clicks() {
    let ward = Ward::with(Some(ODD)).await;
    let item = TrayItem::appear(&ward.world.desktop).await.unwrap();
    let window = ward.page(&item).await;
    let page = window.page();
    page.click(INSTALL).await.unwrap();
    page.click(WRITE).await.unwrap();
    row(&window, "Asks the gate").await;
    let sound = ward.read();
    let calm = item.icon().await.unwrap();
    ward.world.turn_on().await.unwrap();
    assert_eq!(ward.calls().await, Spoken::NoWord);
    row(&window, "Gate seen").await;
    told(&item, "Claude Code: gate seen").await;

    // What installing once more does not mend, it does not promise to.
    ward.put(&sound.replacen('{', "{ \"disableAllHooks\": true,", 1));
    row(&window, "turns every hook off").await;
    row(&window, "Take `\"disableAllHooks\": true` out of").await;
    page.gone(INSTALL).await.unwrap();
    clean(&window).await;
    let view = ward.troubled("turns every hook off").await;
    let trouble = view.troubles.iter().find(|one| one.kind == "agent");
    let fix = &trouble.unwrap().fix;
    told(&item, "turns every hook off").await;
    told(&item, &thumbturn_wire::plain(fix, 144)).await;
    until("another icon", async || {
        (item.icon().await? != calm).then_some(())
    })
    .await
    .unwrap();

    ward.put(&sound.replace("\"*\"", "\"Bash\""));
    row(&window, "is for `Bash` alone").await;
    ward.troubled("is for `Bash` alone").await;
    page.click(INSTALL).await.unwrap();
    page.click(WRITE).await.unwrap();
    row(&window, "Asks the gate, in your settings").await;
    assert_eq!(ward.read(), sound);
    ward.world
        .shows("no trouble", |view| view.state == State::On)
        .await
        .unwrap();

    taken_out_over_the_phone(&ward, &window).await;
}

/// An agent that asks is taken out by turning off first.
async fn taken_out_over_the_phone(ward: &Ward, window: &Window) {
    let (page, sound) = (window.page(), ward.read());
    page.click(REMOVE).await.unwrap();
    page.says("Duo mode is on or paused, so nothing was taken out.")
        .await
        .unwrap();
    assert!(page.look(TAKE_OUT).await.is_none());
    clean(window).await;
    assert_eq!(ward.read(), sound);
    page.click(By::Role("button", "Close")).await.unwrap();
    let off = ward.world.start_thumbturn(&["off"]).unwrap();
    let off = tokio::spawn(off.feed(b""));
    ward.world.approve().await.unwrap();
    let off = off.await.unwrap().unwrap();
    assert_eq!(off.code, Some(0), "{off:?}");
    page.click(REMOVE).await.unwrap();
    page.click(TAKE_OUT).await.unwrap();
    row(window, "Does not ask the gate").await;
    assert_eq!(ward.read(), ODD);
    assert_eq!(ward.kept(), [settings_of(&ward.world)]);
}

/// Claude Code ignores such a file as a whole; the comments are somebody's all the same.
#[tokio::test(flavor = "multi_thread")]
async fn comments_are_kept_and_what_the_agent_makes_of_them_is_told() {
    let commented = "// mine\n{\n  \"model\": \"opus\", // the big one\n}\n";
    let ward = Ward::with(Some(commented)).await;
    let item = TrayItem::appear(&ward.world.desktop).await.unwrap();
    let window = ward.page(&item).await;
    let page = window.page();
    page.click(INSTALL).await.unwrap();
    page.click(WRITE).await.unwrap();
    row(&window, "because it is not strict JSON").await;
    row(&window, "Does not ask the gate for sure").await;
    assert!(ward.read().starts_with("// mine\n"), "{}", ward.read());
    assert!(ward.read().contains("// the big one"), "{}", ward.read());
    clean(&window).await;
    page.click(REMOVE).await.unwrap();
    page.click(TAKE_OUT).await.unwrap();
    row(&window, "Does not ask the gate").await;
    until("the file as it was", async || {
        (ward.read() == commented).then_some(())
    })
    .await
    .unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn where_no_agent_is_the_page_says_so_and_what_is_no_json_is_left_alone() {
    let ward = Ward::with(None).await;
    let item = TrayItem::appear(&ward.world.desktop).await.unwrap();
    let window = ward.page(&item).await;
    let page = window.page();
    for name in ["Claude Code", "Codex CLI", "Gemini CLI", "Copilot CLI"] {
        page.says(name).await.unwrap();
    }
    row(&window, "not found here").await;
    clean(&window).await;
    let file = settings_of(&ward.world);
    fs::create_dir(file.parent().unwrap()).unwrap();
    fs::write(&file, "{ nonsense").unwrap();
    page.click(INSTALL).await.unwrap();
    page.says("is no JSON").await.unwrap();
    page.says("Mend the file, then try again.").await.unwrap();
    assert!(page.look(WRITE).await.is_none());
    clean(&window).await;
    assert_eq!(ward.read(), "{ nonsense");
    page.click(By::Role("button", "Close")).await.unwrap();
    page.gone(PLAN).await.unwrap();
}
