//! The generators whose sites can be converted.

/// A generator whose sites can be converted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Generator {
    /// <https://www.getzola.org/>
    Zola,
    /// <https://gohugo.io/>
    Hugo,
}
