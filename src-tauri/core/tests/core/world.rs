//! A core with its clock in hand.

use thumbturn_core::policy::paths::{From, expand};
use thumbturn_core::policy::wants;
use thumbturn_core::*;
use thumbturn_wire::Input;

pub(crate) const SECOND: u64 = 1_000;
pub(crate) const MINUTE: u64 = 60_000;
pub(crate) const HOUR: u64 = 3_600_000;

/// Noon on some day; the machine started a minute before.
pub(crate) const NOON: Now = Now {
    boot: MINUTE,
    mono: MINUTE,
    wall: 1_700_000_000_000,
};

/// When nothing else is to be woken for: 30 min before dana's session ends.
pub(crate) const CALM: u64 = NOON.boot + 24 * HOUR - 30 * MINUTE;

pub(crate) struct World {
    pub(crate) core: Core,
    pub(crate) now: Now,
}

impl World {
    /// On, with dana signed in.
    pub(crate) fn on() -> Self {
        Self::with(Mode::On(Bound::UntilReboot))
    }

    pub(crate) fn with(mode: Mode) -> Self {
        Self::of(Setup { mode, ..setup() })
    }

    /// With dana signed in.
    pub(crate) fn of(setup: Setup) -> Self {
        Self::remembering(setup, Some(session()))
    }

    pub(crate) fn signed_out(mode: Mode) -> Self {
        Self::remembering(Setup { mode, ..setup() }, None)
    }

    /// On, until dana's session ends.
    pub(crate) fn ending(ends: u64) -> Self {
        Self::remembering(setup(), Some(Session { ends, ..session() }))
    }

    pub(crate) fn remembering(setup: Setup, session: Option<Session>) -> Self {
        let mut world = Self::unknown(setup);
        world.tell(Event::Remembered { session });
        world
    }

    /// Before the keychain told who is signed in.
    pub(crate) fn unknown(setup: Setup) -> Self {
        Self {
            core: Core::new(setup, NOON),
            now: NOON,
        }
    }

    pub(crate) fn wait(&mut self, millis: u64) -> &mut Self {
        self.now = Now {
            boot: self.now.boot + millis,
            mono: self.now.mono + millis,
            wall: self.now.wall + millis,
        };
        self
    }

    pub(crate) fn sleep(&mut self, millis: u64) -> &mut Self {
        self.now.boot += millis;
        self.now.wall += millis;
        self
    }

    /// What it does; what the policy said is left out of each entry and card, and stands in tests of its own.
    pub(crate) fn tell(&mut self, event: Event) -> Vec<Effect> {
        let mut effects = self.core.handle(event, self.now);
        for effect in &mut effects {
            if let Effect::Settle(entry) = effect {
                entry.judgement = None;
            }
            if let Effect::Push { card, .. } = effect {
                card.pairs.retain(|(key, _)| key != "Risk");
            }
        }
        effects
    }

    pub(crate) fn tick(&mut self) -> Vec<Effect> {
        self.tell(Event::Tick)
    }

    /// Ask `n` of agent session `n`.
    pub(crate) fn ask(&mut self, n: u64) -> Vec<Effect> {
        self.tell(asked(n, ask(n, &format!("s{n}"))))
    }

    pub(crate) fn request(&mut self, n: u64, deed: Deed) -> Vec<Effect> {
        self.tell(Event::Requested {
            id: AskId(n),
            code: code(n),
            deed,
            patience: 10 * MINUTE,
        })
    }

    /// In the tray.
    pub(crate) fn click(&mut self, n: u64, click: Click) -> Vec<Effect> {
        self.click_at(Desk::Tray, n, click)
    }

    pub(crate) fn click_window(&mut self, n: u64, click: Click) -> Vec<Effect> {
        self.click_at(Desk::Window, n, click)
    }

    pub(crate) fn click_at(&mut self, at: Desk, n: u64, click: Click) -> Vec<Effect> {
        self.tell(Event::Click {
            id: AskId(n),
            code: code(n),
            click,
            at,
        })
    }

    pub(crate) fn phone(&mut self, push: u64, outcome: Outcome) -> Vec<Effect> {
        self.tell(Event::Phone {
            push: PushId(push),
            outcome,
        })
    }

    pub(crate) fn rings(&mut self, push: u64) -> Vec<Effect> {
        self.tell(Event::Rings {
            push: PushId(push),
            device: "iPhone".into(),
            verification_code: None,
        })
    }

    pub(crate) fn trouble(&mut self, trouble: Trouble, present: bool) -> Vec<Effect> {
        self.tell(Event::Trouble { trouble, present })
    }

    /// What is shown; the cards of what waits are left out, and stand in tests of their own.
    pub(crate) fn view(&self) -> View {
        let mut view = self.core.view(self.now);
        for waiting in &mut view.waiting {
            waiting.card = Card::default();
        }
        view.agents.clear();
        view
    }
}

pub(crate) fn setup() -> Setup {
    Setup {
        mode: Mode::On(Bound::UntilReboot),
        session_lifetime: 24 * HOUR,
        patience: 10 * MINUTE,
        off_needs_push: false,
        gather_ms: 0,
        host: "laptop".into(),
    }
}

/// Dana's, for a day from noon.
pub(crate) fn session() -> Session {
    Session {
        user: "dana".into(),
        way: Way::UniversalPrompt,
        ends: NOON.boot + 24 * HOUR,
        renews: None,
    }
}

pub(crate) fn code(n: u64) -> Code {
    Code(format!("C{n}"))
}

pub(crate) fn tool(tool: &str, input: &str) -> Ask {
    Ask {
        agent: Agent::Claude,
        moment: Default::default(),
        session: "s".into(),
        call: None,
        prompt: None,
        subagent: None,
        cwd: "/home/dana/shop".into(),
        tool: tool.into(),
        input: Input::try_from(input.to_owned()).unwrap(),
    }
}

pub(crate) fn ask(n: u64, session: &str) -> Ask {
    Ask {
        session: session.into(),
        ..tool("Bash", &format!(r#"{{"command":"c{n}"}}"#))
    }
}

pub(crate) fn asked(n: u64, ask: Ask) -> Event {
    Event::Asked {
        id: AskId(n),
        code: code(n),
        facts: facts(&ask),
        ask: Box::new(ask),
        patience: 10 * MINUTE,
    }
}

/// As of a home without links, in which everything that is named is there.
pub(crate) fn facts(ask: &Ask) -> Facts {
    let from = From {
        cwd: &ask.cwd,
        home: Some("/home/dana"),
    };
    let lead = |text: String| (text.clone(), expand(&text, from));
    Facts {
        cwd: Some(ask.cwd.clone()),
        home: Some("/home/dana".into()),
        own: vec!["/opt/thumbturn/thumbturn-tray".into()],
        paths: wants(ask).into_iter().map(lead).collect(),
        ..Facts::default()
    }
}

pub(crate) fn approval() -> Approval {
    Approval {
        user: "dana".into(),
        device: "iPhone".into(),
        factor: Factor::Push,
        txid: "t1".into(),
    }
}

pub(crate) fn yes() -> Outcome {
    Outcome::Approved(approval())
}

pub(crate) fn allowed(n: u64) -> Effect {
    answered(n, Verdict::Allow, Reason::Approved(approval()))
}

pub(crate) fn denied(n: u64, reason: Reason) -> Effect {
    answered(n, Verdict::Deny, reason)
}

pub(crate) fn no_word(n: u64, reason: Reason) -> Effect {
    answered(n, Verdict::NoWord, reason)
}

/// The answer to ask `n` of session `n`.
pub(crate) fn answered(n: u64, verdict: Verdict, reason: Reason) -> Effect {
    let ask = Subject::Ask(Box::new(ask(n, &format!("s{n}"))));
    settled(n, ask, verdict, reason)
}

pub(crate) fn deed_answered(n: u64, deed: Deed, verdict: Verdict, reason: Reason) -> Effect {
    settled(n, Subject::Deed(deed), verdict, reason)
}

pub(crate) fn settled(n: u64, subject: Subject, verdict: Verdict, reason: Reason) -> Effect {
    Effect::Settle(Box::new(Entry {
        id: AskId(n),
        code: code(n),
        subject,
        judgement: None,
        answer: Answer { verdict, reason },
        grant: None,
        shared_with: 0,
    }))
}

/// The push for ask `n`.
pub(crate) fn pushed(push: u64, n: u64) -> Effect {
    Effect::Push {
        push: PushId(push),
        ids: vec![AskId(n)],
        factor: Factor::Push,
        card: card(
            "Approve agent action",
            &[
                ("What", &format!("Bash: c{n}")),
                ("Where", "/home/dana/shop, laptop"),
                ("Agent", &format!("Claude Code, session s{n}")),
                ("Covers", "This call only"),
                ("Ref", &format!("C{n}")),
            ],
        ),
    }
}

/// The push for `thumbturn off`.
pub(crate) fn pushed_off(push: u64, n: u64, factor: Factor) -> Effect {
    Effect::Push {
        push: PushId(push),
        ids: vec![AskId(n)],
        factor,
        card: card(
            "Approve a change of Duo mode",
            &[
                ("What", "Turn Duo mode off"),
                ("From", "thumbturn off on laptop"),
                ("Ref", &format!("C{n}")),
            ],
        ),
    }
}

pub(crate) fn card(kind: &str, pairs: &[(&str, &str)]) -> Card {
    Card {
        kind: kind.into(),
        pairs: pairs
            .iter()
            .map(|(key, value)| ((*key).into(), (*value).into()))
            .collect(),
    }
}

pub(crate) fn unpush(push: u64) -> Effect {
    Effect::Unpush { push: PushId(push) }
}

/// Both effects of a change of mode.
pub(crate) fn changed(from: Mode, to: Mode, by: By) -> [Effect; 2] {
    [
        Effect::Arm(to.clone()),
        Effect::Record(Record::ModeChanged { from, to, by }),
    ]
}

pub(crate) fn told(title: &str, body: &str) -> Effect {
    Effect::Notify(Notice {
        title: title.into(),
        body: body.into(),
    })
}

/// Off for that long from noon, then on everywhere.
pub(crate) fn paused(length: u64) -> Mode {
    Mode::Paused {
        until: NOON.boot + length,
        bound: Bound::UntilReboot,
    }
}

pub(crate) fn done(n: u64, deed: Deed) -> Effect {
    deed_answered(n, deed, Verdict::Allow, Reason::Done)
}

pub(crate) fn refused(n: u64, deed: Deed, reason: Reason) -> Effect {
    deed_answered(n, deed, Verdict::Deny, reason)
}

pub(crate) fn approved(n: u64, deed: Deed) -> Effect {
    deed_answered(n, deed, Verdict::Allow, Reason::Approved(approval()))
}

pub(crate) fn by_phone() -> By {
    By::Phone(approval())
}

/// The push for a deed.
pub(crate) fn pushed_deed(push: u64, n: u64, kind: &str, what: &str, from: &str) -> Effect {
    Effect::Push {
        push: PushId(push),
        ids: vec![AskId(n)],
        factor: Factor::Push,
        card: card(
            kind,
            &[("What", what), ("From", from), ("Ref", &format!("C{n}"))],
        ),
    }
}

/// What the desktop is told when asks were denied because their patience ended.
pub(crate) fn unheard(asks: u64) -> Effect {
    let title = match asks {
        1 => "An ask was denied unheard".to_owned(),
        asks => format!("{asks} asks were denied unheard"),
    };
    told(
        &title,
        "Nobody answered within their patience. Nothing was run.",
    )
}

/// What the desktop is told when the phone rings for ask `n`.
pub(crate) fn check_your_phone(n: u64) -> Effect {
    told("Check your phone: 60 s", &format!("Bash: c{n}"))
}

pub(crate) fn nothing_changed(reason: &Reason) -> Effect {
    told("Nothing was changed", &reason.words())
}

pub(crate) fn sign_in() -> Click {
    Click::SignIn { user: None }
}

pub(crate) fn on() -> Mode {
    Mode::On(Bound::UntilReboot)
}
