//! Types of other crates have the shapes that their own serde features give them.

use std::collections::BTreeSet;

use serde_json::json;
use stepfn::shape::{Shape, StateData};

use crate::agree::{agree, agree_at_least, given, given_at_least, made};

#[test]
fn bytes_and_texts() {
    agree([bytes::Bytes::from_static(b"ab"), bytes::Bytes::new()]);
    agree([bytes::BytesMut::from(&b"ab"[..])]);
    agree([smol_str::SmolStr::new("text")]);
    agree([url::Url::parse("https://example.com/a?b=c").unwrap()]);
    given::<url::Url>([
        json!("https://xn--/"),
        json!("https://1.2"),
        json!("example.com"),
        json!("s3://bucket"),
    ]);
    agree([uuid::Uuid::nil()]);
    given::<uuid::Uuid>([
        json!("67e55044-10b1-426f-9247-bb680e5fe0c8"),
        json!("67e55044-10b1-426f-9247-bb680e5fe0cz"),
    ]);
}

#[test]
fn collections() {
    agree([indexmap::IndexMap::<String, u8>::from_iter([("a".to_owned(), 1)])]);
    agree([indexmap::IndexMap::<u8, u8>::from_iter([(1, 1)])]);
    agree([indexmap::IndexSet::<u8>::from_iter([1])]);
}

#[test]
fn decimals() {
    let decimals = ["1.5", "-0.10", "79228162514264337593543950335"];
    agree_at_least(decimals.map(|text| text.parse::<rust_decimal::Decimal>().unwrap()));
    given_at_least::<rust_decimal::Decimal>([json!("1."), json!(".1"), json!("1e5"), json!(i64::MIN)]);
}

#[test]
fn times_of_chrono() {
    use chrono::{DateTime, Days, FixedOffset, Month, NaiveDate, TimeDelta, Utc, Weekday};

    let day = NaiveDate::from_ymd_opt(2024, 2, 29).unwrap();
    let time = day.and_hms_milli_opt(23, 59, 58, 7).unwrap();
    agree([day, day - Days::new(1)]);
    agree([time.time()]);
    agree([time]);
    agree::<DateTime<Utc>>([time.and_utc()]);
    agree::<DateTime<FixedOffset>>([time.and_utc().with_timezone(&FixedOffset::east_opt(9 * 3600).unwrap())]);
    agree([TimeDelta::new(-5, 7).unwrap()]);
    agree([Weekday::Mon, Weekday::Sun]);
    given::<Weekday>([json!("Monday")]);
    agree((1..=12).map(|month| Month::try_from(month).unwrap()));
    given::<Month>([json!("Jan"), json!("Sep")]);
}

#[test]
fn times_of_jiff() {
    use jiff::{SignedDuration, Span, Timestamp, civil, tz::TimeZone};

    let at = Timestamp::from_second(1_709_251_198).unwrap();
    agree([at]);
    agree([at.to_zoned(TimeZone::fixed(jiff::tz::offset(-9)))]);
    agree([civil::date(2024, 2, 29)]);
    agree([civil::time(23, 59, 58, 7)]);
    agree([civil::date(2024, 2, 29).at(23, 59, 58, 7)]);
    agree([Span::new().hours(2).minutes(3)]);
    agree([SignedDuration::new(5, 7), SignedDuration::new(-5, -7)]);
    given::<Span>([json!("PT5M"), json!("P1Y"), json!("PT")]);
    given::<SignedDuration>([json!("PT5M"), json!("PT99999H")]);
}

#[test]
fn times_of_time() {
    use time::{
        Date, Duration, Month, OffsetDateTime, PrimitiveDateTime, Time, UtcDateTime, UtcOffset, Weekday,
    };

    made([Date::from_calendar_date(2024, Month::December, 31).unwrap()]);
    let day = Date::from_calendar_date(2024, Month::February, 29).unwrap();
    let clock = Time::from_hms_nano(23, 59, 58, 7).unwrap();
    agree_at_least([day]);
    agree_at_least([clock]);
    agree_at_least([PrimitiveDateTime::new(day, clock)]);
    agree_at_least([UtcDateTime::new(day, clock)]);
    agree_at_least([OffsetDateTime::new_in_offset(day, clock, UtcOffset::from_hms(-5, -30, -1).unwrap())]);
    agree_at_least([UtcOffset::UTC]);
    agree_at_least([Duration::new(-5, -7)]);
    agree_at_least([Weekday::Monday]);
    agree_at_least([Month::December]);
}

/// A string in one of the plain forms that the shapes know can be read by each type that has the form.
#[test]
fn the_example_of_each_form_is_one() {
    let read = |form: &str, text: &str| match form {
        "date" => text.parse::<chrono::NaiveDate>().is_ok() && text.parse::<jiff::civil::Date>().is_ok(),
        "time" => text.parse::<chrono::NaiveTime>().is_ok() && text.parse::<jiff::civil::Time>().is_ok(),
        "date and time" => {
            text.parse::<chrono::NaiveDateTime>().is_ok() && text.parse::<jiff::civil::DateTime>().is_ok()
        }
        "timestamp" => {
            text.parse::<chrono::DateTime<chrono::Utc>>().is_ok() && text.parse::<jiff::Timestamp>().is_ok()
        }
        "zoned timestamp" => text.parse::<jiff::Zoned>().is_ok(),
        "ISO 8601 duration" => text.parse::<jiff::Span>().is_ok(),
        "ISO 8601 duration of hours and less" => text.parse::<jiff::SignedDuration>().is_ok(),
        "decimal" => text.parse::<rust_decimal::Decimal>().is_ok(),
        "URL" => text.parse::<url::Url>().is_ok(),
        "UUID" => text.parse::<uuid::Uuid>().is_ok(),
        form => panic!("no parser for {form}"),
    };
    let shapes = [
        chrono::NaiveDate::SHAPE,
        chrono::NaiveTime::SHAPE,
        chrono::NaiveDateTime::SHAPE,
        chrono::DateTime::<chrono::Utc>::SHAPE,
        jiff::Zoned::SHAPE,
        jiff::Span::SHAPE,
        jiff::SignedDuration::SHAPE,
        url::Url::SHAPE,
        uuid::Uuid::SHAPE,
        &Shape::Text("decimal"),
    ];
    let forms: BTreeSet<_> = shapes
        .into_iter()
        .map(|shape| match shape {
            Shape::Text(form) => *form,
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(forms.len(), shapes.len());
    for form in forms {
        assert!(read(form, stepfn::shape::example(form)), "{form}");
    }
}
