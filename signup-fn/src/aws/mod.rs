//! Access to AWS: HTTP clients and connections.
//!
//! Belongs here: reaching a service. Does not belong here: the requests to it.

pub mod connection;
pub mod http_client;
