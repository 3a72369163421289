//! Clones into memory that is there: what a policy allocates is as large as the cache, and a search for a load copies a cache
//! hundreds of times.
//!
//! It knows fields, not what they hold.

/// Implements [`Clone`] field by field, also `clone_from`, which a derived `Clone` lets allocate anew.
macro_rules! clone_in_place {
    ($type:ident $(<$parameter:ident: $bound:ident>)? { $($field:ident),+ $(,)? }) => {
        impl $(<$parameter: $bound>)? Clone for $type $(<$parameter>)? {
            fn clone(&self) -> Self {
                Self { $($field: self.$field.clone()),+ }
            }
            fn clone_from(&mut self, other: &Self) {
                $(self.$field.clone_from(&other.$field);)+
            }
        }
    };
}
pub(crate) use clone_in_place;

#[cfg(test)]
mod tests {
    #[derive(Debug)]
    struct Pair<T> {
        many: Vec<T>,
        one: T,
    }
    clone_in_place!(Pair<T: Copy> { many, one });

    #[test]
    fn what_is_large_enough_is_written_over() {
        let mut copy = Pair { many: vec![1, 2, 3], one: 4 };
        let memory = copy.many.as_ptr();
        copy.clone_from(&Pair { many: vec![5, 6], one: 7 });
        assert_eq!((copy.many.as_slice(), copy.one, copy.many.as_ptr()), (&[5, 6][..], 7, memory));
        let other = copy.clone();
        assert_eq!((other.many, other.one), (vec![5, 6], 7));
    }
}
