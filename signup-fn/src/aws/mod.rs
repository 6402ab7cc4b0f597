//! The way to AWS: HTTP clients and connections.
//!
//! Belongs here: how a service is reached. Does not belong here: what is asked of it.

pub mod connection;
pub mod http_client;
