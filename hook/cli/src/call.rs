//! Finding the gate and putting a question to it, with the person told what they wait for.

use std::io::{IsTerminal as _, Write as _};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use thumbturn_core::View;
use thumbturn_wire::{
    Answer, CallError, Deed, DeedBody, Endpoint, EndpointError, Paths, Pin, Route, StatusBody,
    Verdict, ask_gate, boot_id, boot_now, deadlines, parse_strict, plain,
};

use crate::words::{self, Failure};

/// How long a gate may take for what needs no phone.
const SOON: Duration = Duration::from_secs(5);

/// The gate that wrote an endpoint file in this boot.
#[derive(Clone)]
pub(crate) struct Gate {
    endpoint: Endpoint,
    pin: Pin,
}

/// `None` where no gate has run since boot.
pub(crate) fn gate(paths: &Paths) -> Result<Option<Gate>, Failure> {
    let Some(endpoint) = announced(paths)? else {
        return Ok(None);
    };
    let pin = Pin::read(paths.pin())?;
    Ok(Some(Gate { endpoint, pin }))
}

/// A gate that answers, for a verb that starts none.
pub(crate) fn live(paths: &Paths, verb: &'static str) -> Result<Gate, Failure> {
    let gate = gate(paths)?.ok_or(Failure::NoGate(verb))?;
    match gate.status() {
        Ok(_) => Ok(gate),
        Err(Failure::Call(CallError::NobodyThere)) => Err(Failure::NoGate(verb)),
        Err(failure) => Err(failure),
    }
}

/// The endpoint file that counts: an armed one before one that is not, as a hook sees it.
pub(crate) fn announced(paths: &Paths) -> Result<Option<Endpoint>, Failure> {
    let boot = boot_id().map_err(EndpointError::Boot)?;
    let mut quiet = None;
    for file in paths.endpoints() {
        match Endpoint::read(&file)? {
            Some(endpoint) if endpoint.boot == boot && endpoint.asks_at(boot_now()) => {
                return Ok(Some(endpoint));
            }
            Some(endpoint) if endpoint.boot == boot => quiet = quiet.or(Some(endpoint)),
            Some(_) | None => {}
        }
    }
    Ok(quiet)
}

/// Whether the phone rings for a deed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phone {
    Rings,
    /// Only where the gate takes its time.
    MayRing,
    Quiet,
}

impl Gate {
    pub(crate) fn is_armed(&self) -> bool {
        self.endpoint.asks_at(boot_now())
    }

    /// The payload of the gate's status.
    pub(crate) fn status(&self) -> Result<String, Failure> {
        let deadline = Instant::now() + SOON;
        Ok(ask_gate(
            &self.endpoint,
            &self.pin,
            Route::Status,
            StatusBody {},
            deadline,
        )?)
    }

    /// What the gate shows.
    pub(crate) fn view(&self) -> Result<View, Failure> {
        #[derive(Deserialize)]
        struct Status {
            view: View,
        }
        let payload = self.status()?;
        parse_strict(&payload)
            .and_then(serde_json::from_value::<Status>)
            .map(|status| status.view)
            .map_err(|_| Failure::Answer)
    }

    /// Asks for a deed and waits for it; the gate's words, or its no.
    pub(crate) fn deed(&self, deed: Deed, phone: Phone) -> Result<String, Failure> {
        let patience = match phone {
            Phone::Rings | Phone::MayRing => Duration::from_millis(deadlines::PATIENCE),
            Phone::Quiet => Duration::from_millis(deadlines::PATIENCE).min(SOON * 12),
        };
        let deadline = Instant::now() + patience + Duration::from_millis(deadlines::HOOK_MARGIN);
        let body = DeedBody {
            deed,
            patience_ms: patience
                .as_millis()
                .try_into()
                .unwrap_or(deadlines::PATIENCE),
        };
        let payload = self.waited_for(body, deadline, phone)?;
        let answer: Answer = parse_strict(&payload)
            .and_then(serde_json::from_value)
            .map_err(|_| Failure::Answer)?;
        let said = if answer.code.is_empty() {
            plain(&answer.words, 300)
        } else {
            format!(
                "{} ({})",
                plain(&answer.words, 300),
                plain(&answer.code, 20)
            )
        };
        match answer.verdict {
            Verdict::Allow => Ok(said),
            Verdict::Deny | Verdict::NoWord => Err(Failure::Refused(said)),
        }
    }

    fn waited_for(
        &self,
        body: impl Serialize + Send + 'static,
        deadline: Instant,
        phone: Phone,
    ) -> Result<String, Failure> {
        let (gate, (tell, told)) = (self.clone(), mpsc::channel());
        std::thread::spawn(move || {
            // Nobody listens any more only where this process ends.
            let _ = tell.send(ask_gate(
                &gate.endpoint,
                &gate.pin,
                Route::Deed,
                body,
                deadline,
            ));
        });
        let mut line = Line::new(deadline);
        if phone == Phone::Rings {
            line.show();
        }
        loop {
            match told.recv_timeout(Duration::from_secs(1)) {
                Ok(answer) => {
                    line.clear();
                    return Ok(answer?);
                }
                Err(RecvTimeoutError::Timeout) if phone == Phone::Quiet => {}
                Err(RecvTimeoutError::Timeout) => line.show(),
                Err(RecvTimeoutError::Disconnected) => return Err(Failure::Answer),
            }
        }
    }
}

/// "Check your phone", counting down in place on a terminal, once elsewhere.
struct Line {
    deadline: Instant,
    terminal: bool,
    shown: bool,
}

impl Line {
    fn new(deadline: Instant) -> Self {
        Self {
            deadline,
            terminal: std::io::stderr().is_terminal(),
            shown: false,
        }
    }

    fn show(&mut self) {
        if self.terminal {
            let left = self
                .deadline
                .saturating_duration_since(Instant::now())
                .as_secs();
            self.put(&format!(
                "\r\x1b[KCheck your phone: {}:{:02}.",
                left / 60,
                left % 60
            ));
        } else if !self.shown {
            words::tell("Check your phone.");
        }
        self.shown = true;
    }

    fn clear(&self) {
        if self.terminal && self.shown {
            self.put("\r\x1b[K");
        }
    }

    fn put(&self, text: &str) {
        let mut err = std::io::stderr().lock();
        // With stderr gone there is nobody left to tell.
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }
}
