//! `thumbturn signin` and `signout`. The browser or the phone has the last word; this only waits for it.

use std::fs::File;
use std::io::{BufRead as _, BufReader, ErrorKind, Seek as _, SeekFrom};
use std::path::Path;
use std::time::{Duration, Instant};

use clap::Args;
use serde::Deserialize;
use thumbturn_core::{Record, View};
use thumbturn_wire::{Deed, Paths, plain};

use crate::call::{self, Gate, Phone};
use crate::start;
use crate::words::{self, Failure};

/// How long a person may take, and the gate to notice.
const MOST: Duration = Duration::from_secs(320);
const STEP: Duration = Duration::from_millis(250);
/// How long the address of a page may take; without one by then, it is a push.
const PAGE: Duration = Duration::from_secs(2);

#[derive(Args)]
pub(crate) struct SignIn {
    /// Your Duo username. Needed the first time, and after signing out.
    #[arg(long, value_name = "NAME", conflicts_with = "cancel")]
    user: Option<String>,
    /// End the sign-in that is open.
    #[arg(long)]
    cancel: bool,
}

pub(crate) fn run(sign_in: SignIn, paths: &Paths, home: Option<&Path>) -> Result<(), Failure> {
    if sign_in.cancel {
        let gate = call::live(paths, "signin")?;
        return words::say(&gate.deed(Deed::CancelSignIn, Phone::Quiet)?);
    }
    let gate = start::gate(paths, home)?;
    let file = paths.audit();
    let log = Log::at_its_end(&file)?;
    let user = sign_in.user;
    gate.deed(Deed::SignIn { user }, Phone::Quiet)?;
    let view = ended(&gate)?;
    match log.outcome()? {
        Some(Ok(())) => words::say(&standing(&view)),
        Some(Err(why)) => Err(Failure::Refused(why)),
        None if view
            .session
            .as_ref()
            .is_some_and(|session| !session.is_over) =>
        {
            words::say(&standing(&view))
        }
        None => Err(Failure::Refused(plain(&view.headline, 300))),
    }
}

pub(crate) fn out(all: bool, paths: &Paths) -> Result<(), Failure> {
    let gate = call::live(paths, "signout")?;
    words::say(&gate.deed(Deed::SignOut { all }, Phone::MayRing)?)
}

/// Waits until no sign-in is open any more, and tells on the way where to go.
fn ended(gate: &Gate) -> Result<View, Failure> {
    let began = Instant::now();
    let mut told = false;
    loop {
        let view = gate.view()?;
        let Some(sign_in) = &view.sign_in else {
            return Ok(view);
        };
        match &sign_in.address {
            Some(address) if !told => {
                words::tell("Your browser opens. If it does not, open this address there:");
                words::tell(&plain(address, 400));
                told = true;
            }
            None if !told && began.elapsed() >= PAGE => {
                words::tell(
                    "Check your phone. If it wants a code, Thumbturn's window shows it: `thumbturn open`.",
                );
                told = true;
            }
            Some(_) | None => {}
        }
        if began.elapsed() >= MOST {
            return Err(Failure::Refused("The sign-in did not end in time.".into()));
        }
        std::thread::sleep(STEP);
    }
}

fn standing(view: &View) -> String {
    view.session.as_ref().map_or_else(
        || plain(&view.headline, 300),
        |session| format!("Signed in as {}.", plain(&session.user, 100)),
    )
}

/// The diary from here on, which tells how a sign-in ended.
struct Log<'a> {
    file: &'a Path,
    from: u64,
}

impl<'a> Log<'a> {
    fn at_its_end(file: &'a Path) -> Result<Self, Failure> {
        match std::fs::metadata(file) {
            Ok(meta) => Ok(Self {
                file,
                from: meta.len(),
            }),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self { file, from: 0 }),
            Err(error) => Err(Failure::File(file.to_owned(), error)),
        }
    }

    /// `None` where no sign-in began.
    fn outcome(&self) -> Result<Option<Result<(), String>>, Failure> {
        #[derive(Deserialize)]
        struct Line {
            record: Record,
        }
        let unread = |error| Failure::File(self.file.to_owned(), error);
        let mut file = match File::open(self.file) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unread(error)),
        };
        file.seek(SeekFrom::Start(self.from)).map_err(unread)?;
        let mut outcome = None;
        for line in BufReader::new(file).lines() {
            let line = line.map_err(unread)?;
            let record = serde_json::from_str::<Line>(&line).map(|line| line.record);
            if let Ok(Record::SignedIn { .. }) = record {
                outcome = Some(Ok(()));
            } else if let Ok(Record::SignInFailed { why }) = record {
                outcome = Some(Err(plain(&why.words(), 400)));
            }
        }
        Ok(outcome)
    }
}
