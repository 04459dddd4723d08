//! The real hook binary: what it answers, and every way we know to break it.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test may fail"
)]

#[path = "../gate/mod.rs"]
mod gate;

mod answers;
mod calls;
mod files;
mod gates;
mod processes;
mod trial;

use std::sync::Mutex;

use crate::gate::{Home, answering, http};
use crate::trial::{Said, Trial};

use thumbturn_wire::Route;

/// One way to break it: it must end as a deny whose reason says `needle`.
struct Row {
    name: String,
    needle: &'static str,
    run: Box<dyn Fn() -> Said + Send>,
    stdout_told: bool,
    stderr_told: bool,
}

impl Row {
    fn new(
        name: impl Into<String>,
        needle: &'static str,
        run: impl Fn() -> Said + Send + 'static,
    ) -> Self {
        Self {
            name: name.into(),
            needle,
            run: Box::new(run),
            stdout_told: true,
            stderr_told: true,
        }
    }

    fn deaf_stdout(self) -> Self {
        Self {
            stdout_told: false,
            ..self
        }
    }

    fn deaf_stderr(self) -> Self {
        Self {
            stderr_told: false,
            ..self
        }
    }
}

/// A gate that would allow: what is broken is elsewhere.
fn willing() -> Trial {
    let home = Home::new();
    let key = home.key.clone();
    let port = answering(move |question| {
        let allow = r#"{"verdict":"allow","words":"Approved.","code":"K7F29"}"#;
        http("200 OK", &question.sealed(&key, Route::Ask, allow))
    });
    Trial::at(home, port)
}

#[test]
fn nothing_broken_opens_it() {
    let rows: Vec<Row> = [
        calls::rows(),
        files::rows(),
        gates::rows(),
        processes::rows(),
    ]
    .into_iter()
    .flatten()
    .collect();
    let count = rows.len();
    let line = Mutex::new(rows.into_iter());
    let wrong = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                loop {
                    let Some(row) = line.lock().unwrap().next() else {
                        return;
                    };
                    let said = (row.run)();
                    if let Some(why) = said.is_no_deny(row.needle, row.stdout_told, row.stderr_told)
                    {
                        wrong.lock().unwrap().push(format!("{}: {why}", row.name));
                    }
                }
            });
        }
    });
    let wrong = wrong.into_inner().unwrap();
    assert!(
        wrong.is_empty(),
        "{} of {count} ways open it or say it badly:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    eprintln_summary(count);
}

/// Past the test harness's capture: this line is worth reading when all is well.
fn eprintln_summary(count: usize) {
    use std::io::Write as _;
    let _ = writeln!(std::io::stderr(), "{count} ways to break it, none opens it");
}
