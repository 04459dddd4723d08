//! A sign-in in a real Chromium: what it sends along, and what it makes of the last page.

use pretty_assertions::assert_eq;
use serde_json::json;

use crate::chrome::Chrome;
use crate::stand::Answer;
use crate::trip::Trip;

#[tokio::test]
async fn a_real_browser_goes_there_and_back() {
    let trip = Trip::begin().await;
    let (port, path) = (trip.port, trip.path.clone());
    let back = format!("http://localhost:{port}{}", trip.good());
    let sent_back = format!(
        "HTTP/1.1 303 See Other\r\nLocation: {back}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
    trip.stand
        .answer_at("/oauth/v1/authorize", Answer::Bytes(sent_back.into_bytes()));
    trip.stand.answer_at("/oauth/v1/token", trip.good_answer());

    let chrome = Chrome::start().await;
    chrome
        .open(&format!("http://localhost:{port}{path}/start"))
        .await;
    // Neither code nor state is left where a person or an extension would find it.
    assert_eq!(
        chrome.address().await,
        format!("http://localhost:{port}{path}/done")
    );
    let seen = chrome
        .run("return [document.title, document.querySelector('h1').innerText, document.referrer, performance.getEntriesByType('resource').filter(it => !it.name.endsWith('/favicon.ico')).length, getComputedStyle(document.body).marginTop, document.querySelectorAll('script, img, link, iframe').length]")
        .await;
    assert_eq!(
        seen,
        json!([
            "Signed in as dana · Thumbturn",
            "Signed in as dana",
            "",
            0,
            "0px",
            0
        ])
    );
    // The style that the policy names by its digest is the one that applies.
    let font = chrome
        .run("return getComputedStyle(document.querySelector('h1')).fontSize")
        .await;
    assert_eq!(font, json!("32px"));
    chrome.close().await;
    assert_eq!(trip.outcome().await.map(|it| it.user), Ok("dana".into()));
}

#[tokio::test]
async fn a_web_page_that_knows_the_address_cannot_end_a_sign_in() {
    let trip = Trip::begin().await;
    let (port, path) = (trip.port, trip.path.clone());
    let target = format!("http://localhost:{port}{path}?error=access_denied&state=guess");
    let page = format!(
        "<!doctype html><img src='{target}'><iframe src='{target}'></iframe><script>fetch('{target}', {{mode: 'no-cors'}}).catch(() => 0).then(() => document.title = 'tried')</script>"
    );
    trip.stand.answer_at(
        "/evil",
        Answer::Bytes(crate::stand::http("200 OK", "text/html", &page)),
    );
    trip.stand.answer_at("/oauth/v1/token", trip.good_answer());
    let chrome = Chrome::start().await;
    chrome
        .open(&format!("https://{}/evil", trip.stand.host()))
        .await;
    while chrome.run("return document.title").await != json!("tried") {
        tokio::task::yield_now().await;
    }
    chrome.open(&target).await;
    let heading = chrome
        .run("return document.querySelector('h1').innerText")
        .await;
    assert_eq!(heading, json!("Not for this sign-in"));
    chrome.close().await;
    let good = trip.good();
    assert_eq!(trip.end(&good).await.user(), Ok("dana".into()));
}
