//! What finds one call again: the id and the date that its answer carries.

use std::sync::{Arc, OnceLock};

use aws_sdk_sts::operation::RequestId as _;
use aws_smithy_runtime_api::box_error::BoxError;
use aws_smithy_runtime_api::client::interceptors::Intercept;
use aws_smithy_runtime_api::client::interceptors::context::BeforeDeserializationInterceptorContextRef;
use aws_smithy_runtime_api::client::interceptors::dyn_dispatch_hint;
use aws_smithy_runtime_api::client::runtime_components::RuntimeComponents;
use aws_smithy_types::config_bag::ConfigBag;

use super::offset::date_of;
use crate::domain::call_evidence::{Answered, CallEvidence, RequestId};

/// Reads the evidence off the answer to the one call that it is given to.
#[derive(Debug, Clone, Default)]
pub(super) struct ReadEvidence(Arc<OnceLock<CallEvidence>>);

impl ReadEvidence {
    /// `value`, which that answer brought, with the evidence.
    pub(super) fn with<T>(&self, value: T) -> Answered<T> {
        Answered { value, evidence: self.0.get().cloned().unwrap_or_default() }
    }
}

#[dyn_dispatch_hint]
impl Intercept for ReadEvidence {
    fn name(&self) -> &'static str {
        "ReadEvidence"
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let headers = context.response().headers();
        self.0.get_or_init(|| CallEvidence {
            request_id: headers.request_id().and_then(RequestId::parse),
            aws_date: date_of(headers),
        });
        Ok(())
    }
}
