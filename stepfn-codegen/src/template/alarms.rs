//! `AWS::CloudWatch::Alarm`s on the machine's metrics.

use super::{Machine, Template};
use crate::{plan, tree::Node};
use stepfn_core::deployment::Alarm;

impl Template {
    pub(crate) fn alarms(&mut self, machine: &Machine<'_>) {
        for alarm in &machine.deployment.alarms {
            self.alarm(machine, alarm);
        }
    }

    pub(crate) fn alarm(&mut self, machine: &Machine<'_>, alarm: &Alarm) {
        let substitutions = &machine.definition().substitutions;
        let id = self.claim(&format!("{}{}Alarm", machine.id, alarm.metric.name()));
        let mut properties = Vec::new();
        if let Some(name) = &alarm.name {
            properties.push(("AlarmName", self.identifier(name, substitutions)));
        }
        properties.extend(self.fields(machine, &plan::alarm(alarm)));
        self.resource(&id, "AWS::CloudWatch::Alarm", Node::map(properties));
    }
}
