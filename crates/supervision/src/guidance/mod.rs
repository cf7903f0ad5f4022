//! 干预指导: the street helps an agreement that does not run as it should (rulebook 2.8.8). What the system sees it
//! proposes only; a person opens the order or dismisses it.

pub(crate) mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
pub(crate) mod proposing;
pub(crate) mod rules;
pub mod service;

use crate::watched::watched;
use entity::guidance;

watched!(guidance::Entity, flow::GuidanceOrder, hidden ["proposed", "dismissed"], "干预指导");
