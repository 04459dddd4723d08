//! The provider as it was found at the start of one trip. Nothing of it outlives the trip.

use openidconnect::core::CoreJsonWebKeySet;
use openidconnect::{DiscoveryError, JsonWebKeySet};
use thumbturn_core::LoginError;
use thumbturn_wire::plain;

use super::id_token::{IdToken, Occasion};
use super::metadata::{self, Metadata};
use super::provider::Party;
use crate::duo::login::untrusted;
use crate::duo::oidc_http::OidcHttp;

pub(super) struct Site<'a> {
    pub(super) party: &'a Party,
    pub(super) http: &'a OidcHttp,
    pub(super) metadata: Metadata,
}

impl<'a> Site<'a> {
    pub(super) async fn find(party: &'a Party, http: &'a OidcHttp) -> Result<Self, LoginError> {
        let metadata = metadata::discover(party, http).await?;
        Ok(Self {
            party,
            http,
            metadata,
        })
    }

    pub(super) async fn keys(&self) -> Result<CoreJsonWebKeySet, LoginError> {
        let unreadable = "the provider's keys cannot be read";
        let keys: CoreJsonWebKeySet =
            JsonWebKeySet::fetch_async(self.metadata.jwks_uri(), self.http)
                .await
                .map_err(|error| match error {
                    DiscoveryError::Request(error) => error.into(),
                    DiscoveryError::Response(status, ..) => {
                        untrusted(&format!("{unreadable} (HTTP {})", status.as_u16()))
                    }
                    DiscoveryError::Parse(_)
                    | DiscoveryError::UrlParse(_)
                    | DiscoveryError::Validation(_)
                    | DiscoveryError::Other(_)
                    | _ => untrusted(unreadable),
                })?;
        if keys.keys().is_empty() {
            return Err(untrusted("the provider shows no key"));
        }
        Ok(keys)
    }

    pub(super) async fn judge(
        &self,
        token: &IdToken,
        occasion: Occasion<'_>,
    ) -> Result<(), LoginError> {
        self.judge_by(self.keys().await?, token, occasion).await
    }

    /// By `keys` that were just fetched, and by others if one that was made since signed it: once
    /// more and not again, so that no token can make us ask and ask.
    pub(super) async fn judge_by(
        &self,
        mut keys: CoreJsonWebKeySet,
        token: &IdToken,
        occasion: Occasion<'_>,
    ) -> Result<(), LoginError> {
        if token.is_by_none_of(&keys) {
            keys = self.keys().await?;
        }
        token.judge(self.party, keys, occasion)
    }

    /// Whether an answer in the browser is this provider's (RFC 9207), where it says whose it is or
    /// the provider always does.
    pub(super) fn is_source(&self, iss: Option<&str>) -> Result<(), LoginError> {
        match iss {
            Some(iss) if iss == self.party.issuer.as_str() => Ok(()),
            Some(iss) => Err(untrusted(&format!(
                "the way back is from `{}`, which is not this connection's issuer",
                plain(iss, 120)
            ))),
            None if metadata::names_itself(&self.metadata) => Err(untrusted(
                "the way back does not say which provider it is from (iss)",
            )),
            None => Ok(()),
        }
    }
}
