//! The rules that a project brings along.

use std::fs::{create_dir_all, remove_file, write};

use thumbturn_core::policy::judge;
use thumbturn_core::{Decision, ProjectRules, Risk, Rules};

use crate::links::Home;

const DENY: &str =
    "[[rule]]\nname = \"no-publish\"\ncommand = \"cargo publish ...\"\naction = \"deny\"\n";

#[test]
fn a_project_tightens_and_what_cannot_be_read_of_it_rings() {
    let home = Home::new();
    let decided = |below: &str, command: &str| {
        let input = serde_json::json!({ "command": command }).to_string();
        let ask = home.ask(below, "Bash", &input);
        judge(&ask, &home.facts(&ask), &Rules::default()).decision
    };
    let file = home.dir.path().join("shop").join(ProjectRules::FILE);
    assert_eq!(decided("shop/src", "ls"), Decision::Harmless);
    create_dir_all(file.parent().unwrap()).unwrap();
    assert_eq!(decided("shop/src", "ls"), Decision::Harmless);

    write(&file, DENY).unwrap();
    assert_eq!(decided("shop/src", "ls"), Decision::Harmless);
    assert_eq!(decided("shop/src", "cargo publish"), Decision::Forbidden);
    assert_ne!(decided("two", "cargo publish"), Decision::Forbidden);

    let rings = Decision::Unsure(Risk::Normal);
    write(&file, DENY.replace("deny", "skip")).unwrap();
    assert_eq!(decided("shop/src", "ls"), rings);
    write(&file, "#".repeat((64 << 10) + 1)).unwrap();
    assert_eq!(decided("shop/src", "ls"), rings);
    write(&file, [0xff, 0xfe]).unwrap();
    assert_eq!(decided("shop/src", "ls"), rings);
    remove_file(&file).unwrap();
    // A pipe that nobody writes to never answers whoever opens it plainly.
    rustix::fs::mkfifoat(rustix::fs::CWD, &file, rustix::fs::Mode::RWXU).unwrap();
    assert_eq!(decided("shop/src", "ls"), rings);
    remove_file(&file).unwrap();
    create_dir_all(&file).unwrap();
    assert_eq!(decided("shop/src", "ls"), rings);
}
