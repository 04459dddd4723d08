//! Duo's envelope: `{"stat":"OK","response":…}`, or `{"stat":"FAIL",…}` with a code whose first three digits are the
//! HTTP status.

use serde_json::{Value, json};

use crate::http::Response;
use crate::signature::Unsigned;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub(crate) code: u32,
    pub(crate) detail: Option<String>,
}

pub(crate) type Reply = Result<Value, Refusal>;

impl Refusal {
    pub(crate) fn new(code: u32) -> Self {
        Self { code, detail: None }
    }

    pub(crate) fn missing(parameter: &str) -> Self {
        Self {
            code: 40001,
            detail: Some(parameter.to_owned()),
        }
    }

    pub(crate) fn invalid(parameter: &str) -> Self {
        Self {
            code: 40002,
            detail: Some(parameter.to_owned()),
        }
    }

    pub(crate) fn response(&self) -> Response {
        let mut body = json!({"stat": "FAIL", "code": self.code, "message": message(self.code)});
        if let (Some(object), Some(detail)) = (body.as_object_mut(), &self.detail) {
            object.insert("message_detail".to_owned(), json!(detail));
        }
        Response::json(u16::try_from(self.code / 100).unwrap_or(500), &body)
    }
}

pub(crate) fn success(response: Value) -> Response {
    Response::json(200, &json!({"stat": "OK", "response": response}))
}

/// As in captured answers of the live service.
pub(crate) fn with_usual_headers(response: Response) -> Response {
    response
        .with("Server", "Duo/1.0")
        .with("Cache-Control", "no-store")
        .with("Pragma", "no-cache")
        .with("Strict-Transport-Security", "max-age=31536000")
        .with(
            "Content-Security-Policy",
            "default-src 'none'; frame-ancestors 'none'",
        )
}

impl From<Unsigned> for Refusal {
    fn from(cause: Unsigned) -> Self {
        Self::new(match cause {
            Unsigned::NoCredentials => 40101,
            Unsigned::IntegrationKey => 40102,
            Unsigned::Signature => 40103,
            Unsigned::NoTimestamp => 40104,
            Unsigned::Timestamp => 40105,
        })
    }
}

fn message(code: u32) -> &'static str {
    match code {
        40001 => "Missing required request parameters",
        40002 => "Invalid request parameters",
        40101 => "Missing request credentials",
        40102 => "Invalid integration key in request credentials",
        40103 => "Invalid signature in request credentials",
        40104 => "Missing request timestamp",
        40105 => "Bad request timestamp",
        40106 => "Invalid request content type or body",
        40301 => "Access forbidden",
        40401 => "Resource not found",
        40501 => "Method not allowed",
        42901 => "Too Many Requests",
        50001 => "Unknown internal server error",
        _ => "Request refused",
    }
}
