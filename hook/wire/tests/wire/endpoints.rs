//! What the endpoint files tell a hook to do, a pause above all.

use std::path::{Path, PathBuf};

use pretty_assertions::assert_eq;
use thumbturn_wire::{
    Boot, Bound, Endpoint, EndpointError, Mode, Standing, Token, VERSION, boot_id, boot_now,
};

const HOUR: u64 = 3_600_000;

fn paused(until: u64) -> Mode {
    Mode::Paused {
        until,
        bound: Bound::UntilReboot,
    }
}

fn boot(name: &str) -> Boot {
    serde_json::from_value(name.into()).unwrap()
}

fn endpoint(port: u16, armed: bool, mode: Mode) -> Endpoint {
    Endpoint {
        v: VERSION,
        boot: boot("this"),
        port,
        token: Token::fresh().unwrap(),
        armed,
        mode,
    }
}

/// A folder of this test's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("endpoints-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    thumbturn_wire::private_dir(&folder).unwrap();
    folder
}

#[test]
fn a_pause_ends_by_itself_with_nobody_to_end_it() {
    for (armed, mode, now, asks) in [
        (false, paused(10), 0, false),
        (false, paused(10), 9, false),
        (false, paused(10), 10, true),
        (false, paused(10), u64::MAX, true),
        (false, paused(0), 0, true),
        // The gate armed it already, or did not disarm it yet.
        (true, paused(10), 9, true),
        (false, Mode::Off, u64::MAX, false),
        (false, Mode::On(Bound::UntilReboot), 10, false),
        (false, Mode::On(Bound::Until(5)), 10, false),
        (false, Mode::Locked, 10, false),
        (true, Mode::Off, 10, true),
        (true, Mode::On(Bound::UntilReboot), 10, true),
        (true, Mode::Locked, 10, true),
    ] {
        let file = endpoint(1, armed, mode);
        assert_eq!(file.asks_at(now), asks, "{file:?} at {now}");
    }
}

#[test]
fn whatever_bound_a_pause_comes_back_to_it_comes_back() {
    for bound in [Bound::Until(12), Bound::Project("/shop".into())] {
        let file = endpoint(1, false, Mode::Paused { until: 10, bound });
        assert_eq!([file.asks_at(9), file.asks_at(10)], [false, true]);
    }
}

#[test]
fn a_file_is_read_as_it_was_written() {
    let file = folder("round").join("endpoint.json");
    assert_eq!(Endpoint::read(&file).unwrap(), None);
    let written = endpoint(4711, false, paused(10));
    written.write(&file).unwrap();
    assert_eq!(Endpoint::read(&file).unwrap(), Some(written));
}

#[test]
fn the_first_file_of_this_boot_that_asks_now_counts() {
    let folder = folder("first");
    let [missing, off, foreign, pausing, on] =
        ["missing", "off", "foreign", "paused", "on"].map(|name| folder.join(name));
    endpoint(1, false, Mode::Off).write(&off).unwrap();
    let elsewhere = Endpoint {
        boot: boot("another"),
        ..endpoint(2, true, Mode::Locked)
    };
    elsewhere.write(&foreign).unwrap();
    let pause = endpoint(3, false, paused(10));
    pause.write(&pausing).unwrap();
    let armed = endpoint(4, true, Mode::Locked);
    armed.write(&on).unwrap();

    let files = [&missing, &off, &foreign, &pausing, &on];
    let at = |files: &[&PathBuf], now| Standing::of(files, &boot("this"), now).unwrap();
    assert_eq!(at(&files, 9), Standing::Armed(armed));
    assert_eq!(at(&files, 10), Standing::Armed(pause.clone()));
    assert_eq!(at(&files[..4], 9), Standing::Unarmed);
    assert_eq!(at(&files[..4], 10), Standing::Armed(pause));
    assert_eq!(at(&files[..3], 10), Standing::Unarmed);
    assert_eq!(at(&[], 10), Standing::Unarmed);
}

#[test]
fn a_pause_of_another_boot_is_over_with_that_boot() {
    let file = folder("reboot").join("endpoint.json");
    endpoint(1, false, paused(0)).write(&file).unwrap();
    assert_eq!(
        Standing::of(&[&file], &boot("next"), 10).unwrap(),
        Standing::Unarmed
    );
    assert_eq!(Standing::now(&[&file]).unwrap(), Standing::Unarmed);
}

#[test]
fn by_the_clock_of_this_machine() {
    let file = folder("now").join("endpoint.json");
    let of = |armed, mode| Endpoint {
        boot: boot_id().unwrap(),
        ..endpoint(1, armed, mode)
    };
    for (armed, mode, asks) in [
        (false, Mode::Off, false),
        (false, paused(boot_now() + HOUR), false),
        (false, paused(boot_now()), true),
        (true, Mode::On(Bound::UntilReboot), true),
    ] {
        let written = of(armed, mode);
        written.write(&file).unwrap();
        let expected = if asks {
            Standing::Armed(written)
        } else {
            Standing::Unarmed
        };
        assert_eq!(Standing::now(&[&file]).unwrap(), expected);
    }
}

#[test]
fn a_file_that_cannot_be_relied_on_is_never_unarmed() {
    let folder = folder("broken");
    let [off, broken] = ["off", "broken"].map(|name| folder.join(name));
    endpoint(1, false, Mode::Off).write(&off).unwrap();
    let good = serde_json::to_string(&endpoint(2, false, paused(10))).unwrap();
    for text in [
        "{".to_owned(),
        good.replace("\"until\":10", "\"until\":\"10\""),
        good.replace("paused", "pause"),
        good.replace("\"bound\":\"until_reboot\"", "\"bound\":null"),
        good.replace("\"v\":2", "\"v\":4"),
        good.replace("\"port\":2", "\"port\":0"),
        good.replace("\"armed\":false", "\"armed\":false,\"armed\":false"),
        good.replace("\"armed\":false,", ""),
        good.replace("\"armed\":false", "\"armed\":false,\"also\":1"),
    ] {
        assert_ne!(text, good);
        thumbturn_wire::write_private(&broken, &text).unwrap();
        for standing in [
            Standing::of(&[&off, &broken], &boot("this"), 0),
            Standing::now(&[&off, &broken]),
        ] {
            assert!(
                matches!(standing, Err(EndpointError::Malformed)),
                "{standing:?} of {text}"
            );
        }
    }
}
