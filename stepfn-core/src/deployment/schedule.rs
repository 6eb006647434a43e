//! The grammar of schedules.

use super::ScheduleMethod;

/// Returns the error of a schedule, by the grammar of EventBridge.
pub(super) fn fault_of_schedule(expression: &str, method: ScheduleMethod) -> Option<&'static str> {
    let argument = |name: &str| {
        let inner = expression.strip_prefix(name)?.strip_prefix('(')?.strip_suffix(')')?;
        Some(inner.trim())
    };
    if let Some(rate) = argument("rate") {
        const FORM: &str = "write a whole number and its unit: `rate(5 minutes)`";
        let Some((value, unit)) = rate.split_once(' ') else { return Some(FORM) };
        let Ok(value) = value.parse::<u32>() else { return Some(FORM) };
        return match (value, unit.trim()) {
            (0, _) => Some("a rate is 1 or more"),
            (1, "minute" | "hour" | "day") => None,
            (1, _) => Some("write `1 minute`, `1 hour` or `1 day`"),
            (_, "minutes" | "hours" | "days") => None,
            (_, _) => Some("write the unit as `minutes`, `hours` or `days`"),
        };
    }
    if let Some(cron) = argument("cron") {
        let fields: Vec<&str> = cron.split_whitespace().collect();
        let [.., day_of_month, _, day_of_week, _] = fields.as_slice() else {
            return Some("cron has six fields: `cron(minutes hours day-of-month month day-of-week year)`");
        };
        let fits = |c: char| c.is_ascii_alphanumeric() || ",-*?/#".contains(c);
        return if fields.len() != 6 {
            Some("cron has six fields: `cron(minutes hours day-of-month month day-of-week year)`")
        } else if !cron.chars().all(|c| c == ' ' || fits(c)) {
            Some("a field of cron is made of letters, digits and `, - * ? / #`")
        } else if (*day_of_month == "?") == (*day_of_week == "?") {
            Some("write `?` for either the day of the month or the day of the week, and not for both")
        } else {
            None
        };
    }
    if let Some(at) = argument("at") {
        return if method == ScheduleMethod::EventBus {
            Some("a rule on the event bus has no `at(…)`; leave out `method(ScheduleMethod::EventBus)`")
        } else if is_date_time(at) {
            None
        } else {
            Some("write `at(2027-01-01T09:00:00)`")
        };
    }
    Some("write `rate(5 minutes)`, `cron(0 9 ? * MON-FRI *)` or `at(2027-01-01T09:00:00)`")
}

/// `yyyy-mm-ddThh:mm:ss`
fn is_date_time(text: &str) -> bool {
    const FORM: &str = "0000-00-00T00:00:00";
    text.len() == FORM.len()
        && text
            .chars()
            .zip(FORM.chars())
            .all(|(c, form)| if form == '0' { c.is_ascii_digit() } else { c == form })
}
