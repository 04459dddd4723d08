//! Our programs in one directory, as a package would put them there, for stories in which that matters.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};

use anyhow::Context as _;

use crate::gui::Gui;
use crate::proc::{Ended, Proc};
use crate::real::on_machine;
use crate::world::{Gate, World};

#[derive(Clone, Debug)]
pub struct Installed {
    dir: PathBuf,
    /// Besides the system's own programs.
    path: Vec<PathBuf>,
}

impl Installed {
    /// In a directory of the world's home.
    ///
    /// # Errors
    /// Where they cannot be put there.
    pub fn in_home_of(world: &World) -> anyhow::Result<Self> {
        let dir = world.home().join("opt");
        std::fs::create_dir(&dir)?;
        let ours = world.programs;
        for (from, name) in [
            (&ours.hook, "thumbturn-hook"),
            (&ours.cli, "thumbturn"),
            (&ours.tray, "thumbturn-tray"),
        ] {
            let to = dir.join(name);
            // The hook is copied, for stories that change it.
            if name == "thumbturn-hook" || std::fs::hard_link(from, &to).is_err() {
                std::fs::copy(from, &to)?;
            }
        }
        Ok(Self {
            dir,
            path: Vec::new(),
        })
    }

    /// The same with the window, which a [`Gui`] has built.
    ///
    /// # Errors
    /// Where it cannot be put there.
    pub fn with_window(self, world: &World) -> anyhow::Result<Self> {
        let name = "thumbturn-window";
        let window = world.programs.tray.with_file_name(name);
        let to = self.program(name);
        std::fs::hard_link(&window, &to)
            .or_else(|_| std::fs::copy(&window, &to).map(drop))
            .with_context(|| window.display().to_string())?;
        Ok(self)
    }

    /// The same with agents on the search path.
    #[must_use]
    pub fn with_agents(mut self, dir: &Path) -> Self {
        self.path.push(dir.to_owned());
        self
    }

    pub fn program(&self, name: &str) -> PathBuf {
        self.dir.join(name)
    }

    /// Starts the gate that lies there, on a screen.
    ///
    /// # Errors
    /// Where it does not come up.
    pub async fn gate_on(&self, world: &World, gui: &Gui) -> anyhow::Result<Gate> {
        let path = self.search_path()?;
        let program = self.program("thumbturn-tray");
        let dress = |command: &mut tokio::process::Command| {
            gui.dress(command);
            command.env("PATH", path);
        };
        world.started(&program, dress).await
    }

    /// None of the agents of whoever runs this.
    fn search_path(&self) -> anyhow::Result<OsString> {
        let system = ["/usr/local/bin", "/usr/bin", "/bin"].map(PathBuf::from);
        Ok(std::env::join_paths(self.path.iter().chain(&system))?)
    }

    /// Runs `thumbturn` there to its end, from a directory.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub async fn thumbturn(
        &self,
        world: &World,
        from: &Path,
        words: &[&str],
    ) -> anyhow::Result<Ended> {
        self.thumbturn_with(world, from, words, &[]).await
    }

    /// The same with more of an environment.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub async fn thumbturn_with(
        &self,
        world: &World,
        from: &Path,
        words: &[&str],
        environment: &[(&str, &str)],
    ) -> anyhow::Result<Ended> {
        let path = self.search_path()?;
        let process = Proc::start(&self.program("thumbturn"), |command| {
            command.arg("--home").arg(world.home()).args(words);
            world.desktop.dress(command);
            command.env("PATH", path).current_dir(from);
            command.envs(environment.iter().copied());
        })?;
        process.feed(b"").await
    }

    /// Runs `thumbturn` as root on a machine whose `/etc` is that directory.
    ///
    /// # Errors
    /// Where it cannot be run.
    pub async fn as_root(
        &self,
        world: &World,
        etc: &Path,
        words: &[&str],
    ) -> anyhow::Result<Output> {
        let mut command = on_machine(&self.program("thumbturn"), etc);
        command.arg("--home").arg(world.home()).args(words);
        world.desktop.dress(&mut command);
        command
            .env("PATH", self.search_path()?)
            .stdin(Stdio::null());
        Ok(command.output().await?)
    }
}
