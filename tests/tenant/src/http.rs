//! HTTP/1.1, by hand: a tenant that can be told to speak it brokenly cannot leave the speaking to a library.

use std::io;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};

const HEAD_LIMIT: usize = 64 * 1024;
const BODY_LIMIT: usize = 1024 * 1024;
/// Duo closes idle connections after about a minute.
const IDLE: Duration = Duration::from_secs(60);

pub(crate) trait Stream: AsyncRead + AsyncWrite + Unpin + Send {}
impl<S: AsyncRead + AsyncWrite + Unpin + Send> Stream for S {}

pub(crate) struct Head {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: String,
    pub(crate) headers: Vec<(String, String)>,
}

pub(crate) struct Response {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

/// Nothing when the other side has closed or said nothing for a minute.
pub(crate) async fn read_head<S: Stream>(stream: &mut BufReader<S>) -> io::Result<Option<Head>> {
    let Ok(text) = tokio::time::timeout(IDLE, read_lines(stream)).await else {
        return Ok(None);
    };
    let text = text?;
    if text.is_empty() {
        return Ok(None);
    }
    let mut headers = [httparse::EMPTY_HEADER; 100];
    let mut request = httparse::Request::new(&mut headers);
    request
        .parse(&text)
        .map_err(|cause| io::Error::new(io::ErrorKind::InvalidData, cause))?;
    let target = request.path.unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    Ok(Some(Head {
        method: request.method.unwrap_or_default().to_owned(),
        path: without_origin(path).to_owned(),
        query: query.to_owned(),
        headers: request
            .headers
            .iter()
            .map(|header| {
                (
                    header.name.to_owned(),
                    String::from_utf8_lossy(header.value).into_owned(),
                )
            })
            .collect(),
    }))
}

pub(crate) async fn read_body<S: Stream>(
    stream: &mut BufReader<S>,
    head: &Head,
) -> io::Result<Vec<u8>> {
    if head
        .header("expect")
        .is_some_and(|value| value.eq_ignore_ascii_case("100-continue"))
    {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
        stream.flush().await?;
    }
    if head
        .header("transfer-encoding")
        .is_some_and(|value| value.to_ascii_lowercase().contains("chunked"))
    {
        return read_chunks(stream).await;
    }
    let length = match head.header("content-length") {
        Some(text) => text
            .trim()
            .parse()
            .map_err(|_| invalid("bad Content-Length"))?,
        None => 0,
    };
    let mut body = Vec::new();
    append(stream, &mut body, length).await?;
    Ok(body)
}

pub(crate) async fn write<S: Stream>(
    stream: &mut S,
    response: &Response,
    keep: bool,
) -> io::Result<()> {
    let mut bytes = response.head(response.body.len(), keep);
    bytes.extend_from_slice(&response.body);
    stream.write_all(&bytes).await?;
    stream.flush().await
}

async fn read_lines<S: Stream>(stream: &mut BufReader<S>) -> io::Result<Vec<u8>> {
    let mut text = Vec::new();
    loop {
        let before = text.len();
        let left = u64::try_from(HEAD_LIMIT.saturating_sub(before)).unwrap_or(0);
        let read = (&mut *stream)
            .take(left)
            .read_until(b'\n', &mut text)
            .await?;
        if read == 0 {
            return if before == 0 {
                Ok(text)
            } else {
                Err(invalid("the request's head is cut off or too long"))
            };
        }
        if text.ends_with(b"\r\n\r\n") {
            return Ok(text);
        }
    }
}

async fn read_chunks<S: Stream>(stream: &mut BufReader<S>) -> io::Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let size = read_line(stream).await?;
        let size = size.split(';').next().unwrap_or_default().trim();
        let size = usize::from_str_radix(size, 16).map_err(|_| invalid("bad chunk size"))?;
        if size == 0 {
            while !read_line(stream).await?.is_empty() {}
            return Ok(body);
        }
        append(stream, &mut body, size).await?;
        if !read_line(stream).await?.is_empty() {
            return Err(invalid("a chunk is longer than it says"));
        }
    }
}

async fn read_line<S: Stream>(stream: &mut BufReader<S>) -> io::Result<String> {
    let mut line = String::new();
    if stream.take(4096).read_line(&mut line).await? == 0 {
        return Err(invalid("the body is cut off"));
    }
    Ok(line.trim_end().to_owned())
}

async fn append<S: Stream>(
    stream: &mut BufReader<S>,
    body: &mut Vec<u8>,
    length: usize,
) -> io::Result<()> {
    if body.len().saturating_add(length) > BODY_LIMIT {
        return Err(invalid("the body is too long"));
    }
    let wanted = u64::try_from(length).unwrap_or(u64::MAX);
    if stream.take(wanted).read_to_end(body).await? < length {
        return Err(invalid("the body is cut off"));
    }
    Ok(())
}

/// A client behind a proxy sends the whole URL.
fn without_origin(path: &str) -> &str {
    match path.split_once("://") {
        Some((_, rest)) if !path.starts_with('/') => {
            rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
        }
        Some(_) | None => path,
    }
}

fn invalid(text: &'static str) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl Head {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(key, _)| key.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }

    pub(crate) fn keeps_alive(&self) -> bool {
        !self
            .header("connection")
            .is_some_and(|value| value.to_ascii_lowercase().contains("close"))
    }
}

impl Response {
    pub(crate) fn new(status: u16, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self {
            status,
            headers: vec![("Content-Type".to_owned(), media_type.to_owned())],
            body: body.into(),
        }
    }

    pub(crate) fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub(crate) fn head(&self, length: usize, keep: bool) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {} {}\r\n", self.status, reason(self.status));
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        let connection = if keep { "keep-alive" } else { "close" };
        text.push_str(&format!(
            "Content-Length: {length}\r\nConnection: {connection}\r\n\r\n"
        ));
        text.into_bytes()
    }
}

fn reason(status: u16) -> &'static str {
    match status {
        200 => "OK",
        204 => "No Content",
        302 => "Found",
        303 => "See Other",
        400 => "Bad Request",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        415 => "Unsupported Media Type",
        429 => "Too Many Requests",
        500 => "Internal Server Error",
        502 => "Bad Gateway",
        503 => "Service Unavailable",
        _ => "Status",
    }
}

#[cfg(test)]
mod tests {
    use pretty_assertions::assert_eq;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, BufReader, duplex};

    use super::{read_body, read_head};

    async fn body_of(request: &[u8]) -> Result<Vec<u8>, String> {
        let (mut client, server) = duplex(4096);
        client.write_all(request).await.unwrap();
        client.shutdown().await.unwrap();
        let mut stream = BufReader::new(server);
        let head = read_head(&mut stream)
            .await
            .map_err(|cause| cause.to_string())?
            .unwrap();
        read_body(&mut stream, &head)
            .await
            .map_err(|cause| cause.to_string())
    }

    #[tokio::test]
    async fn chunks_with_extensions_and_trailers_make_one_body() {
        let request = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
            3;x=y\r\nabc\r\nA\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n";
        assert_eq!(body_of(request).await, Ok(b"abc0123456789".to_vec()));
    }

    #[tokio::test]
    async fn bodies_that_lie_about_their_length_are_refused() {
        for (request, cause) in [
            (
                "POST / HTTP/1.1\r\nContent-Length: 5\r\n\r\nabc",
                "the body is cut off",
            ),
            (
                "POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
                "bad Content-Length",
            ),
            (
                "POST / HTTP/1.1\r\nContent-Length: 99999999\r\n\r\n",
                "the body is too long",
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
                "bad chunk size",
            ),
            (
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nab\r\n",
                "a chunk is longer than it says",
            ),
            (
                "POST / HTTP/1.1\r\nHost: x",
                "the request's head is cut off or too long",
            ),
        ] {
            assert_eq!(
                body_of(request.as_bytes()).await,
                Err(cause.to_owned()),
                "{request}"
            );
        }
    }

    #[tokio::test]
    async fn a_client_that_asks_first_is_told_to_go_on() {
        let (mut client, server) = duplex(4096);
        let head = b"POST / HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n";
        client.write_all(head).await.unwrap();
        let mut stream = BufReader::new(server);
        let head = read_head(&mut stream).await.unwrap().unwrap();
        let (body, ()) = tokio::join!(read_body(&mut stream, &head), async {
            let mut told = [0; 25];
            client.read_exact(&mut told).await.unwrap();
            assert_eq!(&told, b"HTTP/1.1 100 Continue\r\n\r\n");
            client.write_all(b"ok").await.unwrap();
        });
        assert_eq!(body.unwrap(), b"ok");
    }
}
