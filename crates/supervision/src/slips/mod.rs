//! 四单 but the plan slip: numbered demands with a term to answer, issued by the system when something is overdue and
//! by the street for an agreement (inventory H-15, rulebook 2.7 T24, T25, 2.15).

pub(crate) mod entity;
pub mod flow;
pub(crate) mod http;
pub(crate) mod issuing;
pub mod model;
pub(crate) mod rules;
pub mod service;

use crate::watched::watched;
use entity::slip;

watched!(slip::Entity, flow::Slip, hidden [], "督办单据");
