//! Opening an evaluation and composing its panel (rulebook 2.9, 2.10).

use crate::entity::evaluation;
use crate::flow;
use crate::model::{
    EvaluationOut, FillPanelIn, FormPanelIn, FrozenRule, OpenEvaluationIn, Phase,
    SupersededResults, Vetoes,
};
use crate::naming::{Named, places};
use crate::rules::{
    check_experts, check_parties, check_residents, check_third_party, is_due, is_judged, rule_of,
};
use crate::scoring::{EXPERTS, RESIDENTS, ReducedParties};
use crate::service;
use crate::store::{self, PURPOSE};
use crate::{flow::EvaluationEvent, out};
use sea_orm::ActiveValue::Set;
use std::collections::HashSet;
use uuid::Uuid;
use wubang_contracts::Contract;
use wubang_contracts::model::FrozenTerms;
use wubang_kernel::deadline::local_date;
use wubang_kernel::machine;
use wubang_kernel::{Code, Faults, Refusal, Role, Timer};
use wubang_panels::pool::ExpertPool;
use wubang_panels::{Draw, Formation, Parties, ResidentLot};
use wubang_postings::Posting;
use wubang_registry::organisations::{self, Organisation};
use wubang_registry::people;
use wubang_store::trace::{self, About, Entry};
use wubang_store::{Error, Key, Read, Tracked, Tx, birth, numbers, timers};

/// The street opens an evaluation of an agreement in one of its phases, and entrusts it to a third party where the
/// scheme has one.
///
/// # Errors
/// `invalid` for a third party that is missing, or named where the street organises; `recused` when the third party is the contractor or its custodian, or shares people with the
/// contractor; `invalid_transition` unless the agreement stands where the phase is due, as with the completion report
/// accepted for the last one; `duplicate`.
pub async fn open(tx: &Tx, key: &Key, input: OpenEvaluationIn) -> Result<EvaluationOut, Error> {
    let case = wubang_contracts::service::load(tx, key).await?;
    let contract = case.contract;
    tx.expect_version(contract.version)?;
    let made = machine::create::<flow::Evaluation>(case.roles)?;
    let phase = input.phase.unwrap_or(Phase::Final);
    if !is_due(phase, &contract.state) {
        return Err(Code::InvalidTransition.into());
    }
    if store::of_contract(tx, contract.id, phase).await?.is_some() {
        return Err(Code::Duplicate.into());
    }
    let posting = wubang_postings::service::find(tx, contract.posting_id).await?;
    let rule = rule_of(phase, &posting.procedure.0.evaluation);
    let third_party = match check_third_party(&rule, input.third_party_organisation_id)? {
        Some(id) => Some(independent(tx, &contract, id).await?),
        None => None,
    };
    let name = third_party.as_ref().map(|one| &one.name);
    let data = serde_json::json!({ "third_party": name, "phase": phase, "rule": rule });
    let judged = is_judged(&rule);
    let row = new_row(tx, &contract, &posting, third_party.as_ref()).await?;
    let row = evaluation::ActiveModel {
        phase: Set(phase.as_str().to_owned()),
        rule: Set(FrozenRule(rule)),
        ..row
    };
    let row = birth::<evaluation::Entity, _>(tx, made, row, Some(data)).await?;
    // T38 runs from the opening until the last sheet is in
    start_timer(tx, &row, ("evaluation", Timer::T38)).await?;
    if phase == Phase::FollowUp
        && let Some(last) = store::of_contract(tx, contract.id, Phase::Final).await?
    {
        timers::stop(tx, last.id, &[Timer::FollowUpDue]).await?;
    }
    if judged {
        commit_draw(tx, &row).await?;
    }
    out::evaluation(tx, &store::complete(tx, row).await?).await
}

/// The seed of the draws is committed before anybody is named, let alone a pool fixed.
async fn commit_draw(tx: &Tx, row: &evaluation::Model) -> Result<(), Error> {
    let object = wubang_panels::DrawFor {
        purpose: PURPOSE,
        object_id: row.id,
        project_id: Some(row.project_id),
        division: row.division.clone(),
    };
    wubang_panels::draws::commit(tx, &object, row.round).await?;
    Ok(())
}

/// A new evaluation with the rules of its posting.
async fn new_row(
    tx: &Tx,
    contract: &Contract,
    posting: &Posting,
    third_party: Option<&Organisation>,
) -> Result<evaluation::ActiveModel, Error> {
    let procedure = &posting.procedure.0;
    let division = wubang_postings::service::division_of(posting)?;
    let series = format!(
        "KB-{}-{}",
        division.district6(),
        local_date(tx.now()).format("%Y")
    );
    Ok(evaluation::ActiveModel {
        id: Set(tx.new_id()),
        number: Set(format!("{series}-{:04}", numbers::next(tx, &series).await?)),
        project_id: Set(contract.project_id),
        posting_id: Set(contract.posting_id),
        contract_id: Set(contract.id),
        organisation_id: Set(contract.organisation_id),
        organisation_name: Set(contract.organisation_name.clone()),
        division: Set(contract.division.clone()),
        title: Set(contract.title.clone()),
        field: Set(posting.field.clone()),
        phase: Set(Phase::Final.as_str().to_owned()),
        report_missing: Set(contract.report_missing),
        round: Set(1),
        rule: Set(FrozenRule(procedure.evaluation.clone())),
        terms: Set(FrozenTerms {
            timers: procedure.timers.clone(),
            cutoff_hour: procedure.publish_cutoff_hour,
        }),
        third_party_id: Set(third_party.map(|one| one.id)),
        third_party_name: Set(third_party.map(|one| one.name.clone())),
        opened_by: Set(tx.person()?),
        panel_round: Set(1),
        superseded: Set(SupersededResults::default()),
        survey_plan: Set(None),
        survey_key: Set(None),
        survey: Set(None),
        party_scores: Set(None),
        total: Set(None),
        grade: Set(None),
        reduced: Set(ReducedParties::default()),
        vetoes: Set(Vetoes::default()),
        draft: Set(None),
        publicity_hash: Set(None),
        publicity_starts_at: Set(None),
        publicity_ends_at: Set(None),
        state: Set("preparing".to_owned()),
        version: Set(1),
        created_at: Set(tx.now()),
        updated_at: Set(tx.now()),
    })
}

/// Starts a term that outlasts the evaluation, of which nothing runs once it is over: it stands on the record under a
/// name of its own.
pub(crate) async fn start_term(
    tx: &Tx,
    row: &evaluation::Model,
    (object, event, timer): (&'static str, &'static str, Timer),
) -> Result<(), Error> {
    let about = About {
        object,
        id: row.id,
        project_id: Some(row.project_id),
        division: &row.division,
        version: 1,
    };
    let entry = Entry {
        event,
        from: None,
        to: "running",
        role: Role::System,
        reason: None,
        data: Some(serde_json::json!({ "evaluation": row.number })),
    };
    trace::record(tx, &about, entry).await?;
    start_timer(tx, row, (object, timer)).await
}

/// Starts a timer of an evaluation from now.
async fn start_timer(
    tx: &Tx,
    row: &evaluation::Model,
    (object, timer): (&'static str, Timer),
) -> Result<(), Error> {
    let deadline = timers::deadline(
        tx.calendar(),
        timer,
        tx.now(),
        &row.terms.timers,
        row.terms.cutoff_hour,
    );
    let about = About {
        object,
        id: row.id,
        project_id: Some(row.project_id),
        division: &row.division,
        version: row.version,
    };
    timers::start(tx, &about, &row.label(), timer, &deadline).await
}

/// The third party that is named, if it is independent of the contractor.
async fn independent(tx: &Tx, contract: &Contract, id: Uuid) -> Result<Organisation, Error> {
    let third_party = organisations::load(tx, id).await.map_err(|_| {
        Refusal::new(Code::Invalid).field(
            "/third_party_organisation_id",
            "unknown_value",
            "没有这个机构",
            "there is no such organisation",
        )
    })?;
    check_independence(tx, contract, &third_party).await?;
    Ok(third_party)
}

/// A third party may not evaluate itself, funds in its custody, or an organisation whose people it shares.
async fn check_independence(
    tx: &Tx,
    contract: &Contract,
    third_party: &Organisation,
) -> Result<(), Error> {
    let close =
        third_party.id == contract.organisation_id || Some(third_party.id) == contract.custodian_id;
    let theirs: HashSet<Uuid> = people::people_of_organisations(tx, &[third_party.id])
        .await?
        .into_iter()
        .map(|one| one.person_id)
        .collect();
    let own = people::people_of_organisations(tx, &[contract.organisation_id]).await?;
    if close || own.iter().any(|one| theirs.contains(&one.person_id)) {
        let (zh, en) = (
            "该机构是承榜组织、其资金代管机构,或与其有共同人员",
            "it is the contractor, its custodian, or shares people with it",
        );
        return Err(Refusal::new(Code::Recused)
            .field("/third_party_organisation_id", "recused", zh, en)
            .into());
    }
    Ok(())
}

/// The representatives of the communities that were served, by community.
async fn resident_pools(
    tx: &Tx,
    contract: &Contract,
    row: &evaluation::Model,
) -> Result<Vec<(String, Vec<Uuid>)>, Error> {
    let mut pools = Vec::new();
    for place in places(row, contract)? {
        let found = people::people_with_role(tx, &[Role::ResidentRep], &place).await?;
        let persons: Vec<Uuid> = found.into_iter().map(|one| one.person_id).collect();
        if !persons.is_empty() {
            pools.push((place.as_str().to_owned(), persons));
        }
    }
    // a community before what lies above it: who stands in both is drawn with the community
    pools.sort_by(|(a, _), (b, _)| b.cmp(a));
    Ok(pools)
}

pub(crate) fn excluded(contract: &Contract) -> Parties {
    Parties {
        organisations: std::iter::once(contract.organisation_id)
            .chain(contract.custodian_id)
            .collect(),
        analysts: Vec::new(),
    }
}

/// Third party or street forms the panel: experts are drawn by field where the scheme has them, residents by lot among
/// the representatives of the communities that were served, the others named.
///
/// # Errors
/// `panel_incomplete` below the numbers of the scheme; `invalid` for persons without a fitting role and
/// for parties without seats; `recused` for people of the contractor, and for those who organise where
/// the street does; `duplicate` the second time.
pub async fn form_panel(tx: &Tx, key: &Key, input: FormPanelIn) -> Result<EvaluationOut, Error> {
    let mut case = service::load_for(tx, key).await?;
    let facts = out::facts(tx, &case).await?;
    let planned = service::planned(&case, EvaluationEvent::FormPanel, case.roles, &facts)?;
    let mut faults = Faults::new();
    let experts = check_experts(&facts.rule, input.experts, &mut faults);
    let residents = check_residents(&facts.rule, input.residents, &mut faults);
    let reason = input.residents_reason.as_deref();
    let reason = reason.map(|text| faults.prose("/residents_reason", text, 10..=1000));
    let named = Named::formed(input);
    named.check(tx, &case.evaluation, faults).await?;
    check_parties(
        &facts.rule,
        named
            .parties()
            .filter(|party| *party != RESIDENTS)
            .chain(std::iter::repeat_n(EXPERTS, experts))
            .chain(std::iter::repeat_n(RESIDENTS, residents)),
    )?;
    let row = &case.evaluation;
    let earlier = store::sat_before(tx, row).await?;
    named.refuse_earlier(&earlier)?;
    let contract = wubang_contracts::service::find(tx, row.contract_id).await?;
    let formation = Formation {
        purpose: PURPOSE,
        object_id: row.id,
        project_id: Some(row.project_id),
        division: store::division(row)?,
        round: row.panel_round,
        draw: (experts > 0).then(|| Draw {
            field: row.field.clone(),
            count: experts,
            excluded: earlier.iter().copied().collect(),
            pool: ExpertPool::default(),
            quota: None,
            chosen: None,
            assigned: Vec::new(),
        }),
        residents: match residents {
            0 => None,
            count => Some(ResidentLot {
                count,
                pools: resident_pools(tx, &contract, row).await?,
                excluded: earlier.iter().copied().collect(),
                reason,
            }),
        },
        named: named.seats(),
        parties: excluded(&contract),
    };
    let panel = wubang_panels::service::form(tx, formation).await?;
    let data = serde_json::json!({ "panel_id": panel.panel.id, "draw_commitment": panel.draw.commitment, "seats": panel.members.len() });
    service::spend(tx, &mut case, planned, |c| c.data(data)).await?;
    out::evaluation(tx, &store::complete(tx, case.evaluation).await?).await
}

/// Fills seats that named members left by recusing themselves; drawn ones are replaced by the draw.
///
/// # Errors
/// `panel_incomplete` before a panel is formed; `invalid`, `recused`, `duplicate` as for forming one.
pub async fn fill_panel(tx: &Tx, key: &Key, input: FillPanelIn) -> Result<EvaluationOut, Error> {
    let mut case = service::load_for(tx, key).await?;
    let facts = out::facts(tx, &case).await?;
    let planned = service::planned(&case, EvaluationEvent::FillPanel, case.roles, &facts)?;
    let mut faults = Faults::new();
    let reason = input.residents_reason.as_deref();
    let reason = reason.map(|text| faults.prose("/residents_reason", text, 10..=1000));
    let named = Named::filled(input);
    named.check(tx, &case.evaluation, faults).await?;
    named.refuse_earlier(&store::sat_before(tx, &case.evaluation).await?)?;
    let panel = case
        .panel
        .as_ref()
        .map(|panel| panel.panel.id)
        .ok_or(Code::PanelIncomplete)?;
    let contract = wubang_contracts::service::find(tx, case.evaluation.contract_id).await?;
    wubang_panels::service::fill(
        tx,
        panel,
        named.seats(),
        &excluded(&contract),
        (planned.role(), reason.as_deref()),
    )
    .await?;
    let data = serde_json::json!({ "panel_id": panel, "seats": named.parties().count() });
    service::spend(tx, &mut case, planned, |c| c.data(data)).await?;
    out::evaluation(tx, &store::complete(tx, case.evaluation).await?).await
}
