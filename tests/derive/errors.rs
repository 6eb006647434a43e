use std::fmt;

use stepfn::TaskError;

macro_rules! display {
    ($($ty:ty => $text:literal),*) => {
        $(impl fmt::Display for $ty {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str($text)
            }
        })*
    };
}

#[derive(TaskError)]
#[task_error(rename_all = "SCREAMING_SNAKE_CASE")]
enum PaymentError {
    #[task_error(name = "Payment.Declined")]
    Declined {
        reason: String,
    },
    NoFunds(u32),
    r#Async,
}

#[derive(TaskError)]
struct OutOfStock;

#[derive(TaskError)]
#[task_error(name = "Custom.Name")]
struct Named {
    _n: u8,
}

#[derive(TaskError)]
enum OrderError {
    Empty,
    #[task_error(transparent)]
    Payment(PaymentError),
    #[task_error(transparent)]
    Stock {
        inner: Box<OutOfStock>,
    },
}

#[derive(TaskError)]
#[task_error(transparent)]
struct Outer(OrderError);

#[derive(TaskError)]
enum Never {}

#[derive(TaskError)]
enum Generic<T: fmt::Display> {
    Of(T),
}

display!(PaymentError => "payment", OutOfStock => "stock", Named => "named", OrderError => "order", Outer => "outer");

impl fmt::Display for Never {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {}
    }
}

impl<T: fmt::Display> fmt::Display for Generic<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Of(inner) => write!(f, "of {inner}"),
        }
    }
}

impl TaskError for Box<OutOfStock> {
    const NAMES: &'static [&'static str] = OutOfStock::NAMES;
    const OPEN: bool = true;

    fn failure(&self) -> stepfn::task::TaskFailure {
        (**self).failure()
    }
}

#[test]
fn names_are_variants_or_types_or_what_is_said() {
    assert_eq!(PaymentError::NAMES, ["Payment.Declined", "NO_FUNDS", "ASYNC"]);
    assert_eq!(OutOfStock::NAMES, ["OutOfStock"]);
    assert_eq!(Named::NAMES, ["Custom.Name"]);
    assert_eq!(Never::NAMES, [""; 0]);
    assert_eq!(Generic::<u8>::NAMES, ["Of"]);
}

#[test]
fn transparent_errors_have_the_names_inside() {
    assert_eq!(OrderError::NAMES, ["Empty", "Payment.Declined", "NO_FUNDS", "ASYNC", "OutOfStock"]);
    assert_eq!(Outer::NAMES, OrderError::NAMES);
    assert_eq!([PaymentError::OPEN, OrderError::OPEN, Outer::OPEN], [false, true, true]);
}

#[test]
fn a_failure_carries_the_name_and_the_message() {
    let failure = |error: &dyn Fn() -> stepfn::task::TaskFailure| {
        let failure = error();
        format!("{} {}", failure.error, failure.cause)
    };
    let declined = PaymentError::Declined { reason: "no".into() };
    if let PaymentError::Declined { reason } = &declined {
        assert_eq!(reason, "no");
    }
    assert_eq!(
        failure(&|| declined.failure()),
        r#"Payment.Declined {"errorType":"Payment.Declined","errorMessage":"payment"}"#
    );
    let nested = Outer(OrderError::Payment(PaymentError::NoFunds(1)));
    assert_eq!(
        failure(&|| nested.failure()),
        r#"NO_FUNDS {"errorType":"NO_FUNDS","errorMessage":"payment"}"#
    );
    let stock = OrderError::Stock { inner: Box::new(OutOfStock) };
    assert_eq!(
        failure(&|| stock.failure()),
        r#"OutOfStock {"errorType":"OutOfStock","errorMessage":"stock"}"#
    );
    assert_eq!(failure(&|| Generic::Of(1).failure()), r#"Of {"errorType":"Of","errorMessage":"of 1"}"#);
    assert_eq!(PaymentError::r#Async.failure().error, "ASYNC");
    assert_eq!(OrderError::Empty.failure().error, "Empty");
    assert_eq!(Named { _n: 1 }.failure().error, "Custom.Name");
}
