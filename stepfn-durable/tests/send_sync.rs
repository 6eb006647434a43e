//! The stores behind features can be sent to other threads, and shared between them: the facade's own test has the rest.

#[allow(unused_macros)] // without the features
macro_rules! shareable {
    ($($type:ty,)*) => {
        #[test]
        fn types_can_be_shared_between_threads() {
            fn assert_shareable<T: Send + Sync>() {}
            $(assert_shareable::<$type>();)*
        }
    };
}

#[cfg(feature = "postgres")]
mod postgres {
    shareable! {
        stepfn_durable::store::Postgres,
    }
}

#[cfg(feature = "sqlite")]
mod sqlite {
    shareable! {
        stepfn_durable::store::Sqlite,
    }
}

#[cfg(feature = "testing")]
mod testing {
    shareable! {
        stepfn_durable::store::testing::Crashing,
        stepfn_durable::store::testing::Difference,
        stepfn_durable::store::testing::Failure,
        stepfn_durable::store::testing::Steps,
        stepfn_durable::store::testing::Work,
    }
}
