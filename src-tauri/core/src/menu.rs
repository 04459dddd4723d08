//! The tray's menu as a value: a pure function of the view, compared before the system is touched.

use crate::Click;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Menu(pub Vec<Item>);

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Item {
    /// Words that cannot be clicked.
    Line(String),
    Separator,
    Toggle {
        text: String,
        on: bool,
        enabled: bool,
        choice: Choice,
    },
    Action {
        text: String,
        enabled: bool,
        choice: Choice,
    },
}

/// What choosing an item does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    Click(Click),
    OpenWindow,
    Quit,
}
