//! The calendar, in milliseconds since 1970: JavaScript's `Date` in UTC.

pub(super) const DAY: f64 = 86_400_000.0;

/// A date that JavaScript has.
const MOST_MILLIS: f64 = 8.64e15;

pub(super) const DAYS: [&str; 8] =
    ["", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
pub(super) const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// `Date.UTC(…)`: months and days may be beyond their range; years below 100 are those of the last century.
pub(super) fn utc(year: f64, month: f64, day: f64, time: [f64; 4]) -> f64 {
    let parts = [year, month, day].into_iter().chain(time);
    if parts.clone().any(|part| !part.is_finite()) {
        return f64::NAN;
    }
    let year = year.trunc();
    let year = if (0.0..=99.0).contains(&year) { 1900.0 + year } else { year };
    if year.abs() > 400_000.0 || month.abs() > 1e7 || day.abs() > 1e9 {
        return f64::NAN;
    }
    let [hours, minutes, seconds, millis] = time.map(f64::trunc);
    let days = days_before(year, month.trunc()) + day.trunc() - 1.0;
    clipped(days * DAY + hours * 3_600_000.0 + minutes * 60_000.0 + seconds * 1000.0 + millis)
}

pub(super) fn clipped(millis: f64) -> f64 {
    if millis.abs() <= MOST_MILLIS { millis.trunc() + 0.0 } else { f64::NAN }
}

/// Days from 1970 to the first of a month; months count from 0.
fn days_before(year: f64, month: f64) -> f64 {
    let year = year + (month / 12.0).floor();
    let month = month.rem_euclid(12.0);
    // Years begin in March, so that the leap day is the last.
    let (year, month) = if month < 2.0 { (year - 1.0, month + 10.0) } else { (year, month - 2.0) };
    let before = (month * 30.6 + 0.5).floor();
    365.0 * year + (year / 4.0).floor() - (year / 100.0).floor() + (year / 400.0).floor() + before - 719_468.0
}

/// A point in time, taken apart.
#[derive(Clone, Copy, Debug)]
pub(super) struct Date {
    pub(super) millis: f64,
    pub(super) year: f64,
    /// From 0.
    pub(super) month: f64,
    pub(super) day: f64,
    pub(super) hours: f64,
    pub(super) minutes: f64,
    pub(super) seconds: f64,
    pub(super) milliseconds: f64,
    /// Sunday is 0.
    weekday: f64,
}

impl Date {
    pub(super) fn of(millis: f64) -> Self {
        let millis = clipped(millis);
        let days = (millis / DAY).floor();
        let time = millis - days * DAY;
        // Days of the era that begins with March of the year 0.
        let shifted = days + 719_468.0;
        let era = (shifted / 146_097.0).floor();
        let of_era = shifted - era * 146_097.0;
        let year_of_era = ((of_era - (of_era / 1460.0).floor() + (of_era / 36_524.0).floor()
            - (of_era / 146_096.0).floor())
            / 365.0)
            .floor();
        let of_year =
            of_era - (365.0 * year_of_era + (year_of_era / 4.0).floor() - (year_of_era / 100.0).floor());
        let from_march = ((5.0 * of_year + 2.0) / 153.0).floor();
        let day = of_year - ((153.0 * from_march + 2.0) / 5.0).floor() + 1.0;
        let month = if from_march < 10.0 { from_march + 2.0 } else { from_march - 10.0 };
        let year = year_of_era + era * 400.0 + if month < 2.0 { 1.0 } else { 0.0 };
        Self {
            millis,
            year,
            month,
            day,
            hours: (time / 3_600_000.0).floor(),
            minutes: (time / 60_000.0).floor() % 60.0,
            seconds: (time / 1000.0).floor() % 60.0,
            milliseconds: time % 1000.0,
            weekday: (days + 4.0).rem_euclid(7.0),
        }
    }

    /// A component by its letter in pictures; nothing for those that are no numbers.
    pub(super) fn component(&self, letter: char) -> Option<f64> {
        Some(match letter {
            'Y' => self.year,
            'M' => self.month + 1.0,
            'D' => self.day,
            'd' => (self.midnight() - utc(self.year, 0.0, 1.0, [0.0; 4])) / DAY + 1.0,
            'F' if self.weekday == 0.0 => 7.0,
            'F' => self.weekday,
            'W' => self.week(Month { year: self.year, month: 0.0 }, 52.0, Month::next_year, Month::last_year),
            'w' => self.week(self.month(), 4.0, Month::next, Month::last),
            'X' => {
                let year = Month { year: self.year, month: 0.0 };
                if self.millis < year.first_week() {
                    self.year - 1.0
                } else if self.millis >= year.next_year().first_week() {
                    self.year + 1.0
                } else {
                    self.year
                }
            }
            'x' => {
                let month = self.month();
                if self.millis < month.first_week() {
                    month.last().month + 1.0
                } else if self.millis >= month.next().first_week() {
                    month.next().month + 1.0
                } else {
                    month.month + 1.0
                }
            }
            'H' => self.hours,
            'h' if self.hours % 12.0 == 0.0 => 12.0,
            'h' => self.hours % 12.0,
            'm' => self.minutes,
            's' => self.seconds,
            'f' => self.milliseconds,
            _ => return None,
        })
    }

    fn month(&self) -> Month {
        Month { year: self.year, month: self.month }
    }

    fn midnight(&self) -> f64 {
        utc(self.year, self.month, self.day, [0.0; 4])
    }

    /// The number of the week in a year or a month.
    fn week(&self, own: Month, most: f64, next: fn(Month) -> Month, last: fn(Month) -> Month) -> f64 {
        let today = self.midnight();
        let since = |start: f64| (today - start) / (DAY * 7.0) + 1.0;
        let mut week = since(own.first_week());
        if week > most {
            if today >= next(own).first_week() {
                week = 1.0;
            }
        } else if week < 1.0 {
            week = since(last(own).first_week());
        }
        week.floor()
    }
}

#[derive(Clone, Copy)]
struct Month {
    year: f64,
    month: f64,
}

impl Month {
    fn next(self) -> Self {
        if self.month == 11.0 {
            Self { year: self.year + 1.0, month: 0.0 }
        } else {
            Self { month: self.month + 1.0, ..self }
        }
    }

    fn last(self) -> Self {
        if self.month == 0.0 {
            Self { year: self.year - 1.0, month: 11.0 }
        } else {
            Self { month: self.month - 1.0, ..self }
        }
    }

    fn next_year(self) -> Self {
        Self { year: self.year + 1.0, ..self }
    }

    fn last_year(self) -> Self {
        Self { year: self.year - 1.0, ..self }
    }

    /// The Monday of the week that has the first Thursday.
    fn first_week(self) -> f64 {
        let first = utc(self.year, self.month, 1.0, [0.0; 4]);
        let weekday = Date::of(first).weekday;
        let weekday = if weekday == 0.0 { 7.0 } else { weekday };
        if weekday > 4.0 { first + (8.0 - weekday) * DAY } else { first - (weekday - 1.0) * DAY }
    }
}
