//! The life-cycle engine: a rulebook table is written once, as rows, and everything else
//! (what is allowed, for whom, what follows, the diagram, the matrix test) is read from it.
//!
//! ```
//! use wubang_kernel::{Code, Role, RoleSet, machine::{Facts, Machine, plan}, refusal::Refusal};
//! wubang_kernel::machine! {
//!     /// A lamp.
//!     pub Lamp (LampState, LampEvent, LampGuard) = "lamp" "lamps" "灯", start Off "lamp.made" by [CommunitySecretary];
//!     states { Off = "off" "关", On = "on" "开" }
//!     events { Press = "lamp.pressed" "press" "按" "Press" }
//!     guards { Powered = Incomplete "powered" }
//!     rows { Off on Press [Powered] by [CommunitySecretary] => On; }
//! }
//! struct Wired(bool);
//! impl Facts<Lamp> for Wired {
//!     fn check(&self, guard: LampGuard) -> Result<(), Refusal> {
//!         match guard { LampGuard::Powered if self.0 => Ok(()), LampGuard::Powered => Err(Code::Incomplete.into()) }
//!     }
//! }
//! let me = RoleSet::of(&[Role::CommunitySecretary]);
//! assert!(plan::<Lamp>(LampState::Off, LampEvent::Press, me, &Wired(true)).is_ok());
//! let refusal = plan::<Lamp>(LampState::Off, LampEvent::Press, me, &Wired(false)).unwrap_err();
//! assert_eq!(refusal.code, Code::Incomplete);
//! let refusal = plan::<Lamp>(LampState::On, LampEvent::Press, me, &Wired(true)).unwrap_err();
//! assert_eq!(refusal.code, Code::InvalidTransition);
//! ```
//!
//! A step cannot be forged outside this module:
//! ```compile_fail,E0451
//! # use wubang_kernel::machine::{Machine, Step};
//! # fn forge<M: Machine>(state: M::State, event: M::Event) {
//! let step: Step<M> = Step { from: state, event, to: state, row: 0, role: wubang_kernel::Role::System };
//! # }
//! ```

use crate::code::Code;
use crate::refusal::Refusal;
use crate::role::{Role, RoleSet};
use crate::timer::Timer;
use chrono::{DateTime, Utc};

/// Who is told of a step; resolved to persons by the notices crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Audience {
    /// Officers of the street.
    Street,
    /// The secretary of the community.
    Secretary,
    /// The district's administrators.
    District,
    /// The supervising department.
    Supervisor,
    /// The people of the organisations that belong to the object.
    Organisation,
    /// Organisations whose coverage and fields fit.
    Matched,
}

/// A state, event or guard of a machine, with its words.
pub trait Name: Copy + Eq + std::fmt::Debug + Send + Sync + 'static {
    /// Wire name (`under_review`, `need.submitted`, guard in snake case).
    fn wire(self) -> &'static str;
    /// Chinese word.
    fn zh(self) -> &'static str;
    /// English sentence or verb.
    fn en(self) -> &'static str;
    /// The action's path segment (`submit`), empty where no person triggers it.
    fn verb(self) -> &'static str {
        ""
    }
    /// The refusal code of a guard.
    fn code(self) -> Code {
        Code::InvalidTransition
    }
    /// Finds one by its wire name.
    fn from_wire(wire: &str) -> Option<Self>;
}

/// One row of a table: in one of `from`, on `event`, if all `guards` hold, by one of `by`, go to `to`.
#[derive(Debug)]
pub struct Row<M: Machine> {
    /// States it starts from.
    pub from: &'static [M::State],
    /// The event.
    pub event: M::Event,
    /// Guards that must all hold.
    pub guards: &'static [M::Guard],
    /// Roles that may trigger it.
    pub by: &'static [Role],
    /// State it leads to.
    pub to: M::State,
    /// Timers it starts.
    pub start: &'static [Timer],
    /// Timers it stops.
    pub stop: &'static [Timer],
    /// Who is told.
    pub tell: &'static [Audience],
    /// The timer that triggers it, for system rows.
    pub at: Option<Timer>,
}

/// A life cycle (状态机): made by [`machine!`](crate::machine!) only.
pub trait Machine: Sized + Copy + Send + Sync + std::fmt::Debug + 'static {
    /// Its states.
    type State: Name;
    /// Its events.
    type Event: Name;
    /// Its guards.
    type Guard: Name;
    /// Object name (`need`).
    const OBJECT: &'static str;
    /// Path collection (`needs`).
    const COLLECTION: &'static str;
    /// Chinese name.
    const ZH: &'static str;
    /// State of a new object.
    const START: Self::State;
    /// Event that makes one.
    const BIRTH: &'static str;
    /// Roles that may make one.
    const MAKERS: &'static [Role];
    /// All states, in order.
    const STATES: &'static [Self::State];
    /// All events, in order.
    const EVENTS: &'static [Self::Event];
    /// The table.
    const ROWS: &'static [Row<Self>];

    /// Whether the object is over: no row leads out of the state, and no timer acts within it.
    #[must_use]
    fn is_final(state: Self::State) -> bool {
        !Self::ROWS
            .iter()
            .any(|row| row.from.contains(&state) && (row.to != state || row.at.is_some()))
    }
}

/// What is known of an object when a step is asked for: every guard must have an answer.
pub trait Facts<M: Machine> {
    /// # Errors
    /// The refusal to answer with when the guard does not hold.
    fn check(&self, guard: M::Guard) -> Result<(), Refusal>;

    /// Until when the event is open to a person, for `allowed_actions`.
    fn deadline(&self, _event: M::Event) -> Option<DateTime<Utc>> {
        None
    }
}

/// A step that the table allows: the only thing that can be spent on a state column.
#[must_use = "a planned step that is not spent changes nothing"]
#[derive(Debug)]
pub struct Step<M: Machine> {
    from: M::State,
    event: M::Event,
    to: M::State,
    row: usize,
    role: Role,
}

impl<M: Machine> Step<M> {
    /// State before.
    pub fn from(&self) -> M::State {
        self.from
    }
    /// State after.
    pub fn to(&self) -> M::State {
        self.to
    }
    /// What happened.
    pub fn event(&self) -> M::Event {
        self.event
    }
    /// The role in which the actor did it.
    pub fn role(&self) -> Role {
        self.role
    }
    /// The row of the table.
    pub fn row(&self) -> &'static Row<M> {
        &M::ROWS[self.row]
    }
}

/// The making of a new object that the table allows.
#[must_use = "a planned birth that is not spent changes nothing"]
#[derive(Debug)]
pub struct Birth<M: Machine> {
    role: Role,
    machine: std::marker::PhantomData<M>,
}

impl<M: Machine> Birth<M> {
    /// The role in which the actor made it.
    pub fn role(&self) -> Role {
        self.role
    }
}

/// Asks the table whether somebody with these roles may make a new object.
///
/// # Errors
/// `forbidden` when none of the roles may.
pub fn create<M: Machine>(roles: RoleSet) -> Result<Birth<M>, Refusal> {
    let role = roles
        .first_of(M::MAKERS)
        .ok_or_else(|| Refusal::new(Code::Forbidden))?;
    Ok(Birth {
        role,
        machine: std::marker::PhantomData,
    })
}

/// Asks the table. The first row of (state, event) whose actor and guards fit is taken.
///
/// # Errors
/// No row: `invalid_transition` (409). A row, but not for this actor: `forbidden` (403).
/// A row, but a guard fails: that guard's refusal.
pub fn plan<M: Machine>(
    state: M::State,
    event: M::Event,
    roles: RoleSet,
    facts: &impl Facts<M>,
) -> Result<Step<M>, Refusal> {
    let mut refusal = None;
    let mut exists = false;
    for (index, row) in M::ROWS.iter().enumerate() {
        if row.event != event || !row.from.contains(&state) {
            continue;
        }
        exists = true;
        let Some(role) = roles.first_of(row.by) else {
            continue;
        };
        match row.guards.iter().try_for_each(|guard| facts.check(*guard)) {
            Ok(()) => {
                return Ok(Step {
                    from: state,
                    event,
                    to: row.to,
                    row: index,
                    role,
                });
            }
            Err(found) => refusal = refusal.or(Some(found)),
        }
    }
    Err(refusal.unwrap_or_else(|| {
        if exists {
            Refusal::new(Code::Forbidden)
        } else {
            not_now::<M>(state, event)
        }
    }))
}

fn not_now<M: Machine>(state: M::State, event: M::Event) -> Refusal {
    Refusal::new(Code::InvalidTransition).because(
        format!("{}处于“{}”状态,不能“{}”", M::ZH, state.zh(), event.zh()),
        format!(
            "a {} in state {} does not take {}",
            M::OBJECT,
            state.wire(),
            event.wire()
        ),
    )
}

/// What somebody may do with an object now, or why not.
#[derive(Debug)]
pub struct Choice<M: Machine> {
    /// The event.
    pub event: M::Event,
    /// `None` when it is open to him.
    pub refusal: Option<Refusal>,
    /// Until when.
    pub deadline: Option<DateTime<Utc>>,
}

/// Every event that persons trigger, with its answer for this actor, from the same rows that enforce it.
/// Events of the table that the roles never may are left out.
pub fn options<M: Machine>(
    state: M::State,
    roles: RoleSet,
    facts: &impl Facts<M>,
) -> Vec<Choice<M>> {
    M::EVENTS
        .iter()
        .copied()
        .filter(|event| !event.verb().is_empty())
        .filter(|event| {
            M::ROWS
                .iter()
                .any(|row| row.event == *event && roles.any(row.by))
        })
        .map(|event| {
            let refusal = plan::<M>(state, event, roles, facts).err();
            let deadline = if refusal.is_none() {
                facts.deadline(event)
            } else {
                None
            };
            Choice {
                event,
                refusal,
                deadline,
            }
        })
        .collect()
}

/// Facts for machines or moments without guards to fail; a guard that is asked holds.
#[derive(Debug, Clone, Copy)]
pub struct NoGuards;

impl<M: Machine> Facts<M> for NoGuards {
    fn check(&self, _guard: M::Guard) -> Result<(), Refusal> {
        Ok(())
    }
}

/// Declares a life cycle: the source is the rulebook's table. See the module for an example.
#[macro_export]
macro_rules! machine {
    (
        $(#[$doc:meta])*
        pub $machine:ident ($state_t:ident, $event_t:ident, $guard_t:ident) = $object:literal $collection:literal $zh:literal,
        start $start:ident $birth:literal by [$($maker:ident),*];
        // `tt`, not `literal`: the derive of the API schema does not see a name inside a captured literal
        states { $($state:ident = $swire:tt $szh:literal),+ $(,)? }
        events { $($event:ident = $ewire:literal $verb:literal $ezh:literal $een:literal),+ $(,)? }
        guards { $($guard:ident = $code:ident $gwire:literal),* $(,)? }
        rows { $($($from:ident)|+ on $on:ident [$($need:ident),*] by [$($by:ident),+] => $to:ident
                $(, start [$($t:ident),*])? $(, stop [$($x:ident),*])? $(, tell [$($tell:ident),*])? $(, at $at:ident)?;)+ }
    ) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub struct $machine;

        #[doc = concat!("States of ", $zh, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
        pub enum $state_t { $(#[doc = $szh] #[serde(rename = $swire)] $state),+ }

        #[doc = concat!("Events of ", $zh, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $event_t { $(#[doc = $ezh] $event),+ }

        #[doc = concat!("Guards of ", $zh, ".")]
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $guard_t { $(#[doc = $gwire] $guard),* }

        impl $crate::machine::Name for $state_t {
            fn wire(self) -> &'static str { match self { $($state_t::$state => $swire),+ } }
            fn zh(self) -> &'static str { match self { $($state_t::$state => $szh),+ } }
            fn en(self) -> &'static str { self.wire() }
            fn from_wire(wire: &str) -> Option<Self> { match wire { $($swire => Some($state_t::$state),)+ _ => None } }
        }
        impl $crate::machine::Name for $event_t {
            fn wire(self) -> &'static str { match self { $($event_t::$event => $ewire),+ } }
            fn zh(self) -> &'static str { match self { $($event_t::$event => $ezh),+ } }
            fn en(self) -> &'static str { match self { $($event_t::$event => $een),+ } }
            fn verb(self) -> &'static str { match self { $($event_t::$event => $verb),+ } }
            fn from_wire(wire: &str) -> Option<Self> { match wire { $($ewire => Some($event_t::$event),)+ _ => None } }
        }
        impl $crate::machine::Name for $guard_t {
            fn wire(self) -> &'static str { match self { $($guard_t::$guard => $gwire),* } }
            fn zh(self) -> &'static str { self.code().zh() }
            fn en(self) -> &'static str { self.code().en() }
            fn code(self) -> $crate::Code { match self { $($guard_t::$guard => $crate::Code::$code),* } }
            fn from_wire(wire: &str) -> Option<Self> { match wire { $($gwire => Some($guard_t::$guard),)* _ => None } }
        }
        impl $crate::machine::Machine for $machine {
            type State = $state_t;
            type Event = $event_t;
            type Guard = $guard_t;
            const OBJECT: &'static str = $object;
            const COLLECTION: &'static str = $collection;
            const ZH: &'static str = $zh;
            const START: $state_t = $state_t::$start;
            const BIRTH: &'static str = $birth;
            const MAKERS: &'static [$crate::Role] = &[$($crate::Role::$maker),*];
            const STATES: &'static [$state_t] = &[$($state_t::$state),+];
            const EVENTS: &'static [$event_t] = &[$($event_t::$event),+];
            const ROWS: &'static [$crate::machine::Row<Self>] = &[$($crate::machine::Row {
                from: &[$($state_t::$from),+],
                event: $event_t::$on,
                guards: &[$($guard_t::$need),*],
                by: &[$($crate::Role::$by),+],
                to: $state_t::$to,
                start: &[$($($crate::Timer::$t),*)?],
                stop: &[$($($crate::Timer::$x),*)?],
                tell: &[$($($crate::machine::Audience::$tell),*)?],
                at: $crate::__timer!($($at)?),
            }),+];
        }
    };
}

/// `Some(timer)` or `None`; part of [`machine!`].
#[doc(hidden)]
#[macro_export]
macro_rules! __timer {
    () => {
        None
    };
    ($at:ident) => {
        Some($crate::Timer::$at)
    };
}
