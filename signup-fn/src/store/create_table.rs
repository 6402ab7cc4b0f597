//! Creates the table of a local store. In the cloud, Terraform creates it.

use aws_sdk_dynamodb::error::DisplayErrorContext;
use aws_sdk_dynamodb::types::{
    AttributeDefinition, BillingMode, KeySchemaElement, KeyType, ScalarAttributeType, TimeToLiveSpecification,
};

use super::client::Store;

impl Store {
    /// Creates the table if it does not exist.
    ///
    /// # Errors
    /// Fails if the store refuses the request. The error contains the store's own message.
    pub async fn create_table_if_absent(&self) -> anyhow::Result<()> {
        let key = |name: &str, kind| KeySchemaElement::builder().attribute_name(name).key_type(kind).build();
        let string = |name: &str| {
            AttributeDefinition::builder().attribute_name(name).attribute_type(ScalarAttributeType::S).build()
        };
        let created = self
            .client
            .create_table()
            .table_name(&self.table)
            .set_key_schema(Some(vec![key("pk", KeyType::Hash)?, key("sk", KeyType::Range)?]))
            .set_attribute_definitions(Some(vec![string("pk")?, string("sk")?]))
            .billing_mode(BillingMode::PayPerRequest)
            .send()
            .await;
        match created {
            Ok(_) => {}
            Err(error) if error.as_service_error().is_some_and(|e| e.is_resource_in_use_exception()) => {
                return Ok(());
            }
            Err(error) => {
                anyhow::bail!("cannot create table `{}`: {}", self.table, DisplayErrorContext(error))
            }
        }
        let time_to_live =
            TimeToLiveSpecification::builder().attribute_name("forget_at").enabled(true).build()?;
        self.client
            .update_time_to_live()
            .table_name(&self.table)
            .time_to_live_specification(time_to_live)
            .send()
            .await
            .map_err(|error| {
                anyhow::anyhow!("cannot set TTL of table `{}`: {}", self.table, DisplayErrorContext(error))
            })?;
        Ok(())
    }
}
