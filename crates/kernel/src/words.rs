//! Closed lists of words: wire name, Chinese name, nothing else gets in.

/// An enum whose values are words on the wire and in a column, each with its Chinese name.
///
/// The names are `tt`, not `literal`: the derive of the API schema does not see a name inside a captured literal.
#[macro_export]
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$more:meta])* $variant:ident = $wire:tt, $zh:literal;)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $name { $(#[doc = $zh] $(#[$more])* #[serde(rename = $wire)] $variant,)+ }
        impl $name {
            /// Every one.
            pub const ALL: &'static [$name] = &[$($name::$variant,)+];
            /// The wire name.
            #[must_use]
            pub const fn as_str(self) -> &'static str { match self { $($name::$variant => $wire,)+ } }
            /// The Chinese name.
            #[must_use]
            pub const fn zh(self) -> &'static str { match self { $($name::$variant => $zh,)+ } }
            /// Finds one by its wire name.
            #[must_use]
            pub fn from_wire(wire: &str) -> Option<$name> { match wire { $($wire => Some($name::$variant),)+ _ => None } }
        }
    };
}
