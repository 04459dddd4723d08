//! Who knocks, and what each is told.

use std::collections::VecDeque;
use std::fmt;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use thumbturn_core::LoginError;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Notify, mpsc};
use tokio::task::{AbortHandle, JoinSet};

use super::answer::{Callback, Query};
use super::head::{self, Head};
use super::page::Page;
use super::{Paths, words};

/// As many connections as may be open at once; the oldest goes first.
const MOST_OPEN: usize = 64;
/// No guess is right by then, and a log that ends is worth more than one that does not.
const MOST_STRAYS: u32 = 512;
/// After what the system could not give, such as a file descriptor.
const PAUSE: Duration = Duration::from_millis(100);

/// One sign-in, as everyone who knocks is judged by.
pub(super) struct Trip {
    port: u16,
    paths: Paths,
    first: Page,
    state: String,
    taken: AtomicBool,
    strays: AtomicU32,
    arrivals: mpsc::Sender<Arrival>,
    last: Last,
}

/// The page that is shown once.
#[derive(Default)]
struct Last {
    page: Mutex<Option<Page>>,
    shown: Notify,
}

/// The one answer, and the browser that brought it.
#[derive(Debug)]
pub(super) struct Arrival {
    pub(super) answer: Result<Callback, LoginError>,
    pub(super) browser: Option<TcpStream>,
}

impl Trip {
    pub(super) fn new(
        port: u16,
        paths: Paths,
        first: Page,
        state: String,
        arrivals: mpsc::Sender<Arrival>,
    ) -> Self {
        Self {
            port,
            paths,
            first,
            state,
            taken: AtomicBool::new(false),
            strays: AtomicU32::new(0),
            arrivals,
            last: Last::default(),
        }
    }

    pub(super) fn end_with(&self, page: Page) {
        *self
            .last
            .page
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Some(page);
    }

    /// Comes back when the last page was fetched.
    pub(super) async fn shown(&self) {
        self.last.shown.notified().await;
    }

    async fn serve(&self, mut browser: TcpStream) {
        let head = match head::read(&mut browser, self.port).await {
            Ok(head) => head,
            Err(fault) => {
                if let Some(page) = Page::fault(fault) {
                    page.send(browser).await;
                }
                return;
            }
        };
        if head.path == self.paths.done {
            self.show_last(browser).await;
        } else if head.path == self.paths.start {
            self.start().send(browser).await;
        } else if head.path == self.paths.way_back {
            self.come_back(&head, browser).await;
        } else {
            Page::not_found().send(browser).await;
        }
    }

    fn start(&self) -> Page {
        if self.taken.load(Ordering::Acquire) {
            Page::already()
        } else {
            self.first.clone()
        }
    }

    async fn come_back(&self, head: &Head, browser: TcpStream) {
        let query = Query::read(&head.query);
        if !query.is_for(&self.state) {
            self.count_stray();
            Page::foreign().send(browser).await;
        } else if self.taken.swap(true, Ordering::AcqRel) {
            Page::already().send(browser).await;
        } else {
            self.arrive(query.answer(), Some(browser));
        }
    }

    fn count_stray(&self) {
        let strays = self.strays.fetch_add(1, Ordering::Relaxed) + 1;
        if strays == MOST_STRAYS && !self.taken.swap(true, Ordering::AcqRel) {
            let words = words::storm(strays);
            self.arrive(Err(LoginError::Untrusted { words }), None);
        }
    }

    fn arrive(&self, answer: Result<Callback, LoginError>, browser: Option<TcpStream>) {
        // Whoever set `taken` is alone here, so there is room; a trip that was given up hears nothing.
        let _ = self.arrivals.try_send(Arrival { answer, browser });
    }

    async fn show_last(&self, browser: TcpStream) {
        let page = self
            .last
            .page
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        match page {
            Some(page) => {
                page.send(browser).await;
                self.last.shown.notify_one();
            }
            None => Page::already().send(browser).await,
        }
    }
}

/// The state is as good as a password while the trip is open.
impl fmt::Debug for Trip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Trip")
            .field("port", &self.port)
            .field("taken", &self.taken)
            .field("strays", &self.strays)
            .finish_non_exhaustive()
    }
}

/// Serves until it is dropped, and all that it began with it.
pub(super) async fn accept(listener: TcpListener, trip: Arc<Trip>) {
    let mut tasks = JoinSet::new();
    let mut open: VecDeque<AbortHandle> = VecDeque::new();
    loop {
        match listener.accept().await {
            Ok((browser, _)) => {
                while tasks.try_join_next().is_some() {}
                open.retain(|task| !task.is_finished());
                if open.len() >= MOST_OPEN
                    && let Some(oldest) = open.pop_front()
                {
                    oldest.abort();
                }
                let trip = Arc::clone(&trip);
                open.push_back(tasks.spawn(async move { trip.serve(browser).await }));
            }
            Err(error) => {
                tracing::debug!(%error, "a connection to the way back of a sign-in failed");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
