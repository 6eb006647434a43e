//! `AWS::CloudWatch::Alarm`s on the machine's metrics.

use super::{Machine, Template, reference};
use crate::{
    deployment::{Alarm, Identifier},
    tree::Node,
};

impl Template {
    pub(crate) fn alarms(&mut self, machine: &Machine<'_>) {
        for alarm in &machine.deployment.alarms {
            self.alarm(machine, alarm);
        }
    }

    pub(crate) fn alarm(&mut self, machine: &Machine<'_>, alarm: &Alarm) {
        let substitutions = &machine.definition().substitutions;
        let id = self.claim(&format!("{}{}Alarm", machine.id, alarm.metric.name()));
        let number = |value: u64| Node::Number(value.to_string());
        let mut properties = Vec::new();
        if let Some(name) = &alarm.name {
            properties.push(("AlarmName", self.identifier(name, substitutions)));
        }
        if let Some(description) = &alarm.description {
            properties.push(("AlarmDescription", Node::text(description)));
        }
        let dimension =
            Node::map([("Name", Node::text("StateMachineArn")), ("Value", reference(&machine.id))]);
        properties.extend([
            ("Namespace", Node::text("AWS/States")),
            ("MetricName", Node::text(alarm.metric.name())),
            ("Dimensions", Node::List(vec![dimension])),
            ("Statistic", Node::text(alarm.metric.statistic())),
            ("Period", number(alarm.period.into())),
            ("EvaluationPeriods", number(alarm.evaluation_periods.into())),
            ("Threshold", number(alarm.threshold)),
            ("ComparisonOperator", Node::text("GreaterThanOrEqualToThreshold")),
            ("TreatMissingData", Node::text(alarm.treat_missing_data.name())),
        ]);
        for (field, actions) in [
            ("AlarmActions", &alarm.alarm_actions),
            ("OKActions", &alarm.ok_actions),
            ("InsufficientDataActions", &alarm.insufficient_data_actions),
        ] {
            if !actions.is_empty() {
                let rendered = |action: &Identifier| self.identifier(action, substitutions);
                properties.push((field, Node::List(actions.iter().map(rendered).collect())));
            }
        }
        self.resource(&id, "AWS::CloudWatch::Alarm", Node::map(properties));
    }
}
