//! Experts for several panels at once: the facts of [`assignment`](crate::assignment), and what to do
//! with its answer (rulebook 2.10).

use crate::assignment::{self, Assignment, Problem, Shortage};
use crate::forming::{bars, form};
use crate::model::{Draw, Formation, Loaded, SeatFigures};
use crate::pool;
use crate::{draw, draws, store};
use chrono::TimeDelta;
use std::collections::{BTreeMap, HashMap};
use uuid::Uuid;
use wubang_registry::experts;
use wubang_store::{Error, Read, Tx};

/// Days within which a seat counts as load.
const LOAD_DAYS: i64 = 90;

/// Several panels with what is there for them.
#[derive(Debug)]
pub struct Asked {
    /// The question.
    pub problem: Problem,
    /// The figures of each panel by itself.
    pub figures: Vec<SeatFigures>,
    /// Persons by their place in the question.
    persons: Vec<Uuid>,
}

/// Collects who may sit on which panel. The places are those of the committed seeds, so that nobody
/// chooses among equals.
///
/// # Errors
/// `duplicate` for an object whose panel was formed.
pub async fn ask(tx: &Tx, formations: &[Formation], most: usize) -> Result<Asked, Error> {
    let mut asked = Asked {
        problem: Problem {
            most,
            ..Problem::default()
        },
        figures: Vec::new(),
        persons: Vec::new(),
    };
    // entry of the pool → place in the question; by id, so that the question is always the same
    let mut places: BTreeMap<Uuid, usize> = BTreeMap::new();
    let mut groups: Vec<String> = Vec::new();
    let mut spent: Vec<HashMap<Uuid, usize>> = Vec::new();
    let mut allowed: Vec<usize> = Vec::new();
    for formation in formations {
        let Some(wanted) = &formation.draw else {
            continue;
        };
        let pool = experts::pool(tx, &formation.division).await?;
        if places.is_empty() {
            for one in &pool {
                places.insert(one.expert.id, asked.persons.len());
                asked.persons.push(one.expert.person_id);
            }
        }
        let (bars, had) = bars(tx, formation, wanted, &pool).await?;
        let survey = pool::survey(&pool, &wanted.field, wanted.pool, &bars);
        let seed = draws::committed(tx, formation).await?.seed();
        let free = survey.strata.iter().flat_map(|(_, experts)| experts);
        let ids: Vec<Uuid> = free.map(|one| one.expert.id).collect();
        let able = draw::order(&seed, &ids);
        asked
            .figures
            .push(survey.figures(wanted.count, wanted.pool));
        asked.problem.needed.push(wanted.count);
        asked.problem.able.push(
            able.iter()
                .filter_map(|id| places.get(id))
                .copied()
                .collect(),
        );
        let division = formation.division.as_str();
        let group = groups.iter().position(|one| one == division);
        asked.problem.group.push(group.unwrap_or(groups.len()));
        if group.is_none() {
            groups.push(division.to_owned());
            spent.push(had);
            allowed.push(wanted.quota.unwrap_or(usize::MAX));
        }
    }
    let since = tx.now() - TimeDelta::days(LOAD_DAYS);
    let loads = store::loads(tx, &asked.persons, since).await?;
    let count = |of: &HashMap<Uuid, usize>, person| of.get(person).copied().unwrap_or(0);
    for person in &asked.persons {
        asked.problem.load.push(count(&loads, person));
        let left = spent.iter().zip(&allowed);
        asked.problem.quota.push(
            left.map(|(had, most)| {
                most.saturating_sub(count(had, person))
                    .min(formations.len())
            })
            .collect(),
        );
    }
    Ok(asked)
}

impl Asked {
    /// The assignment, or which panels cannot all be filled.
    ///
    /// # Errors
    /// The [`Shortage`].
    pub fn answer(&self) -> Result<Assignment, Shortage> {
        assignment::solve(&self.problem)
    }
}

/// Forms every panel with the experts that the assignment gives it.
///
/// # Errors
/// As [`form`].
pub async fn run(
    tx: &Tx,
    formations: Vec<Formation>,
    asked: &Asked,
    found: &Assignment,
) -> Result<Vec<Loaded>, Error> {
    let mut panels = Vec::new();
    for (formation, seats) in formations.into_iter().zip(&found.seats) {
        let persons = seats.iter().filter_map(|one| asked.persons.get(*one));
        let formation = Formation {
            draw: formation.draw.map(|draw| Draw {
                assigned: persons.copied().collect(),
                ..draw
            }),
            ..formation
        };
        panels.push(form(tx, formation).await?);
    }
    Ok(panels)
}
