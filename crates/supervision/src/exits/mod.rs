//! 淘汰退出: an agreement ends because it cannot go on with this contractor; notice, defence, decision of two offices,
//! handover, settlement, appeal (rulebook 2.8.10).

pub(crate) mod deciding;
pub(crate) mod entity;
pub mod flow;
pub(crate) mod grounds;
pub(crate) mod handing_over;
pub(crate) mod http;
pub mod model;
pub(crate) mod proposing;
pub(crate) mod public;
pub(crate) mod rules;
pub mod service;

use crate::watched::watched;
use entity::exit;

watched!(exit::Entity, flow::Exit, hidden ["proposed", "withdrawn"], "退出");
