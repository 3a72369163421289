//! Enums whose values are written by their names: in JSON, in its schema, and wherever else they are read.

/// An enum of `Value = "name"`s, its `ALL` and its `name`. Comments become descriptions in the schema.
macro_rules! named {
    ($(#[$meta:meta])* pub enum $type:ident { $($(#[$doc:meta])* $value:ident = $name:literal,)+ }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        pub enum $type {
            $($(#[$doc])* #[serde(rename = $name)] $value,)+
        }

        impl $type {
            /// All of them.
            pub const ALL: [$type; [$($name),+].len()] = [$($type::$value),+];

            /// As it is written.
            pub fn name(self) -> &'static str {
                match self { $($type::$value => $name),+ }
            }
        }
    };
}
pub(super) use named;
