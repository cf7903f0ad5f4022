//! lifecycles
