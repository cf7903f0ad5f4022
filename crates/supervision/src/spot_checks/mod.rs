//! 抽查: agreements that are looked at without an occasion, at least three of ten long ones each year (rulebook 2.4.5).

pub(crate) mod entity;
pub mod flow;
pub(crate) mod http;
pub mod model;
pub(crate) mod rules;
pub mod service;

use crate::watched::watched;
use entity::spot_check;

watched!(spot_check::Entity, flow::SpotCheck, hidden ["planned", "cancelled"], "抽查");
