//! Rows that stand in for what earlier stages would have made.

use chrono::{DateTime, Utc};
use sea_orm::sea_query::{Alias, Query, SimpleExpr};
use sea_orm::{ConnectionTrait, Value};
use uuid::Uuid;
use wubang_kernel::division::DivisionCode;
use wubang_kernel::procedure::{PostingType, Procedure};
use wubang_kernel::{Role, Scope};
use wubang_store::{Read, Tx};

pub(crate) const COMMUNITY: &str = "410108005003";

pub(crate) fn start() -> DateTime<Utc> {
    "2026-06-01T01:00:00Z".parse().unwrap()
}

pub(crate) async fn put(tx: &Tx, table: &str, columns: Vec<(&str, Value)>) {
    let mut insert = Query::insert();
    insert
        .into_table(Alias::new(table))
        .columns(columns.iter().map(|(name, _)| Alias::new(*name)));
    insert.values_panic(
        columns
            .into_iter()
            .map(|(_, value)| SimpleExpr::Value(value)),
    );
    tx.db().execute(&insert).await.unwrap();
}

/// A person with a grant; the id says who it is.
pub(crate) async fn person(tx: &Tx, n: u128, role: Role, scope: Scope) -> Uuid {
    let id = Uuid::from_u128(n);
    let now: Value = start().into();
    put(
        tx,
        "people",
        vec![
            ("id", id.into()),
            ("account", format!("p{n}").into()),
            ("name", format!("人{n}").into()),
            ("status", "active".into()),
            ("version", 1.into()),
            ("created_at", now.clone()),
            ("updated_at", now.clone()),
        ],
    )
    .await;
    let (kind, text) = match scope {
        Scope::Division(code) => ("division", code.as_str().to_owned()),
        Scope::Organisation(org) => ("organisation", org.to_string()),
    };
    put(
        tx,
        "grants",
        vec![
            ("id", Uuid::from_u128(n + 100_000).into()),
            ("person_id", id.into()),
            ("role", role.as_str().into()),
            ("scope_kind", kind.into()),
            ("scope", text.into()),
            ("division", COMMUNITY.into()),
            ("created_at", now),
        ],
    )
    .await;
    id
}

pub(crate) async fn expert(tx: &Tx, n: u128, employer: Option<Uuid>) {
    let id = person(
        tx,
        n,
        Role::Expert,
        Scope::Division(division("410108000000")),
    )
    .await;
    put(
        tx,
        "experts",
        vec![
            ("id", Uuid::from_u128(n + 200_000).into()),
            ("person_id", id.into()),
            ("division", "410108000000".into()),
            ("specialities", serde_json::json!(["A01"]).into()),
            ("level", "senior".into()),
            ("employer_id", employer.into()),
            ("active", true.into()),
            ("created_at", start().into()),
        ],
    )
    .await;
}

pub(crate) fn division(code: &str) -> DivisionCode {
    DivisionCode::parse(code).unwrap()
}

pub(crate) async fn organisation(tx: &Tx, n: u128) -> Uuid {
    let id = Uuid::from_u128(n);
    let now: Value = start().into();
    let profile = serde_json::json!({ "fields": ["A01"], "target_groups": [], "coverage": [COMMUNITY], "evaluation_grade": null, "staff_count": 3, "social_workers": 1, "volunteers": 0, "party_members": 0, "text": "", "contact": null });
    put(
        tx,
        "organisations",
        vec![
            ("id", id.into()),
            ("name", format!("组织{n}").into()),
            ("org_form", "social_service_institution".into()),
            ("management_tier", "registered".into()),
            ("status", "registered".into()),
            ("credit_status", "normal".into()),
            ("division", COMMUNITY.into()),
            ("legal_representative", "某人".into()),
            ("declared_capacity", 3.into()),
            ("active_contracts", 0.into()),
            ("credit_balance", 100.into()),
            ("standings", serde_json::json!([]).into()),
            ("fields", " A01 ".into()),
            ("coverage", format!(" {COMMUNITY} ").into()),
            ("profile", profile.into()),
            ("version", 1.into()),
            ("created_at", now.clone()),
            ("updated_at", now),
        ],
    )
    .await;
    id
}

pub(crate) async fn posting(tx: &Tx) -> Uuid {
    let (project, posting) = (Uuid::from_u128(50), Uuid::from_u128(51));
    let now: Value = start().into();
    put(
        tx,
        "projects",
        vec![
            ("id", project.into()),
            ("number", "XM-1".into()),
            ("title", "结对关爱".into()),
            ("division", COMMUNITY.into()),
            ("field", "A01".into()),
            ("stage", "award".into()),
            ("version", 1.into()),
            ("created_at", now.clone()),
            ("updated_at", now.clone()),
        ],
    )
    .await;
    let content = serde_json::json!({ "service_content": "为高龄独居老人提供结对关爱", "minimum_quantity": [], "target_groups": [], "communities": [COMMUNITY], "starts_on": "2026-08-01", "ends_on": "2027-07-31",
        "funding_source": { "kind": "governance_fund", "name": "治理资金" }, "buyer": { "kind": "street_office", "name": "某街道办事处", "contact": "0371-00000000" }, "accepts_joint_bids": false,
        "accepts_filed_organisations": true, "eligibility": "无", "required_documents": [], "agreement_terms": "无", "milestones": [], "objection_contact": "某街道办事处", "personal_data_notice": "无" });
    put(
        tx,
        "postings",
        vec![
            ("id", posting.into()),
            ("number", "LB-1".into()),
            ("project_id", project.into()),
            ("round", 1.into()),
            ("kind", "open".into()),
            ("division", COMMUNITY.into()),
            ("title", "结对关爱".into()),
            ("field", "A01".into()),
            ("target_groups", "  ".into()),
            ("budget_ceiling_fen", 4_800_000_i64.into()),
            ("content", content.into()),
            ("overrides", serde_json::json!({}).into()),
            ("particulars", serde_json::json!({}).into()),
            ("funding", "governance_fund:治理资金".into()),
            (
                "procedure",
                serde_json::to_value(Procedure::of(PostingType::Open))
                    .unwrap()
                    .into(),
            ),
            ("drafted_by", Uuid::from_u128(1).into()),
            ("content_acknowledged", true.into()),
            ("published_at", now.clone()),
            ("provisional", false.into()),
            ("state", "closed".into()),
            ("version", 1.into()),
            ("created_at", now.clone()),
            ("updated_at", now),
        ],
    )
    .await;
    let object = wubang_panels::DrawFor {
        purpose: "award",
        object_id: posting,
        project_id: Some(project),
        division: COMMUNITY.to_owned(),
    };
    wubang_panels::draws::commit(tx, &object, 1).await.unwrap();
    posting
}

pub(crate) async fn bid(tx: &Tx, n: u128, org: Uuid, price: i64) -> Uuid {
    let id = Uuid::from_u128(n);
    let now: Value = start().into();
    let letter = serde_json::to_value(wubang_bids::model::Letter::default()).unwrap();
    put(
        tx,
        "bids",
        vec![
            ("id", id.into()),
            ("project_id", Uuid::from_u128(50).into()),
            ("posting_id", Uuid::from_u128(51).into()),
            ("organisation_id", org.into()),
            ("organisation_name", format!("组织{}", org.as_u128()).into()),
            ("division", COMMUNITY.into()),
            ("mode", "sole".into()),
            ("by_bidder", false.into()),
            ("price_fen", price.into()),
            ("content", letter.into()),
            ("attachments", serde_json::json!([]).into()),
            ("recipient", "".into()),
            ("locked_key", "".into()),
            ("revision", 1.into()),
            ("bonus", 0.into()),
            ("rank", 0.into()),
            ("created_by", Uuid::from_u128(1).into()),
            ("state", "qualified".into()),
            ("version", 1.into()),
            ("created_at", now.clone()),
            ("updated_at", now),
        ],
    )
    .await;
    id
}
