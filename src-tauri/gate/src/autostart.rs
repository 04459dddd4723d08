//! Starting when the person logs in to the desktop: a file where XDG desktops look for them.

use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use thumbturn_wire::Paths;

/// Puts the file there, or takes it away. A trial's home never has one.
///
/// # Errors
/// Where it cannot be written or removed, or this program does not know where it lies.
pub(crate) fn set(paths: &Paths, wanted: bool) -> io::Result<()> {
    let Some(file) = file(paths) else {
        return Ok(());
    };
    if wanted {
        write(&file, &entry(&std::env::current_exe()?)?)
    } else {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }
}

/// Sees to it that the file starts this very program. One that the desktop's own tools have switched
/// off stays so.
///
/// # Errors
/// As [`set`].
pub(crate) fn keep(paths: &Paths) -> io::Result<()> {
    let Some(file) = file(paths) else {
        return Ok(());
    };
    let entry = entry(&std::env::current_exe()?)?;
    let starts = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("Exec="))
            .map(str::to_owned)
    };
    match std::fs::read_to_string(&file) {
        Ok(text) if starts(&text) == starts(&entry) => Ok(()),
        Ok(_) | Err(_) => write(&file, &entry),
    }
}

fn file(paths: &Paths) -> Option<PathBuf> {
    let is_trial = !paths.keychain().is_empty();
    let config = paths.config().parent().filter(|_| !is_trial)?;
    Some(config.join("autostart/thumbturn.desktop"))
}

fn entry(program: &Path) -> io::Result<String> {
    let program = program
        .to_str()
        .filter(|path| path.starts_with('/') && !path.contains(char::is_control))
        .ok_or(io::ErrorKind::InvalidFilename)?;
    Ok(format!(
        "[Desktop Entry]\nType=Application\nName=Thumbturn\nComment=Approve what AI agents run with Duo\nExec={}\nTerminal=false\nX-GNOME-Autostart-enabled=true\n",
        quoted(program)
    ))
}

/// As the Desktop Entry Specification wants it: quoted for `Exec`, then escaped as a string.
fn quoted(program: &str) -> String {
    let mut text = String::from("\"");
    for c in program.chars() {
        match c {
            '"' | '`' | '$' => text.extend(['\\', '\\', c]),
            '\\' => text.push_str(r"\\\\"),
            '%' => text.push_str("%%"),
            c => text.push(c),
        }
    }
    text.push('"');
    text
}

/// In one step. The folder is the desktop's, and keeps the rights it has.
fn write(file: &Path, text: &str) -> io::Result<()> {
    let dir = file.parent().ok_or(io::ErrorKind::InvalidFilename)?;
    std::fs::create_dir_all(dir)?;
    let draft = dir.join(format!(".thumbturn.desktop.{}", std::process::id()));
    let written = std::fs::OpenOptions::new()
        .write(true)
        .create(true)
        .truncate(true)
        .mode(0o644)
        .custom_flags(rustix::fs::OFlags::NOFOLLOW.bits().cast_signed())
        .open(&draft)
        .and_then(|mut file| file.write_all(text.as_bytes()))
        .and_then(|()| std::fs::rename(&draft, file));
    if written.is_err() {
        // The failure to report is the first one.
        let _ = std::fs::remove_file(&draft);
    }
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use pretty_assertions::assert_eq;

    #[test]
    fn a_trial_starts_nothing_at_login() {
        let home = tempfile::tempdir().unwrap();
        let paths = Paths::under(home.path());
        set(&paths, true).unwrap();
        keep(&paths).unwrap();
        assert_eq!(std::fs::read_dir(home.path()).unwrap().count(), 0);
    }

    #[test]
    fn the_file_names_this_program_by_its_whole_path() {
        let text = entry(Path::new("/opt/thumb turn/thumbturn-tray")).unwrap();
        assert_eq!(
            text.lines().find(|line| line.starts_with("Exec=")),
            Some("Exec=\"/opt/thumb turn/thumbturn-tray\"")
        );
        assert_eq!(entry(Path::new("thumbturn-tray")).is_err(), true);
        assert_eq!(entry(Path::new("/a\nExec=/evil")).is_err(), true);
    }

    #[test]
    fn what_means_something_in_a_command_line_is_escaped() {
        assert_eq!(quoted(r#"/a"b`c$d\e%f"#), r#""/a\\"b\\`c\\$d\\\\e%%f""#);
    }

    #[test]
    fn it_is_written_whole_and_only_over_itself() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("autostart/thumbturn.desktop");
        write(&file, "first").unwrap();
        write(&file, "second").unwrap();
        assert_eq!(std::fs::read_to_string(&file).unwrap(), "second");
        assert_eq!(
            std::fs::read_dir(file.parent().unwrap()).unwrap().count(),
            1
        );
    }
}
