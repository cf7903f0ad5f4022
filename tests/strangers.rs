//! Nobody sees what is not theirs: every documented operation, asked by nobody and by strangers, with
//! the ids of a project that has run through all stages. An operation that is new is asked as well.

use crate::contract::NOT_PUBLIC_YET;
use crate::scenes::{list, number, seen, story, text};
use serde_json::{Map, Value, json};
use wubang_server::demo::play::agent_of;
use wubang_testkit::{Bench, Caller, Database, Stage, bench};

/// Operations that everybody signed in may use, whatever he holds. This list may only shrink.
const FOR_ALL_SIGNED_IN: &[(&str, &str)] = &[
    ("get_me", "one's own account"),
    ("sign_out", "one's own session"),
    (
        "list_rights",
        "the table of rights holds no data of anybody",
    ),
    ("list_postings", "published postings are for everybody"),
    ("get_posting", "a published posting is for everybody"),
    ("get_posting_actions", "tells what oneself may do: nothing"),
    (
        "get_posting_eligibility",
        "what stands against one's own organisations, and nobody else's",
    ),
    (
        "list_posting_questions",
        "answered questions are for everybody, who asked is not shown",
    ),
    (
        "get_question",
        "an answered question is for everybody, who asked is not shown",
    ),
    ("get_question_actions", "tells what oneself may do: nothing"),
    (
        "list_projects",
        "projects with a published posting are for everybody",
    ),
    (
        "get_project",
        "its lists hold what the asker may see, see below",
    ),
    (
        "list_organisations",
        "the register of organisations is public by law",
    ),
    (
        "get_organisation",
        "the register of organisations is public by law",
    ),
    ("list_needs", "scoped in the query, see below"),
    ("export_needs", "scoped in the query, see below"),
    ("list_need_cycles", "scoped in the query, see below"),
    ("list_bids", "scoped in the query, see below"),
    ("list_bid_invitations", "scoped in the query, see below"),
    ("list_roadshow_slots", "scoped in the query, see below"),
    ("list_awards", "scoped in the query, see below"),
    ("list_contracts", "scoped in the query, see below"),
    ("list_milestones", "scoped in the query, see below"),
    ("list_payments", "scoped in the query, see below"),
    ("list_change_requests", "scoped in the query, see below"),
    ("list_terminations", "scoped in the query, see below"),
    ("list_settlements", "scoped in the query, see below"),
    ("list_activities", "scoped in the query, see below"),
    ("list_contract_versions", "scoped in the query, see below"),
    ("list_evaluations", "scoped in the query, see below"),
    ("list_veto_findings", "scoped in the query, see below"),
    ("list_buyer_reviews", "scoped in the query, see below"),
    ("list_people", "oneself alone, see below"),
    ("list_relatives", "one's own declarations, see below"),
    ("list_age_recipients", "one's own public keys, see below"),
    (
        "get_posting_box",
        "whoever may bid must know for whom to seal; how far the opening is, is not shown",
    ),
    ("list_procedures", "the rules of posting types are public"),
    ("get_procedure", "the rules of posting types are public"),
    (
        "list_procedure_versions",
        "the rules of posting types are public",
    ),
    ("list_posting_templates", "scoped in the query, see below"),
    ("list_requests", "scoped in the query, see below"),
    ("list_campaigns", "scoped in the query, see below"),
    ("list_objections", "scoped in the query, see below"),
    ("list_signals", "scoped in the query, see below"),
    ("list_list_entries", "scoped in the query, see below"),
    ("list_slips", "scoped in the query, see below"),
    ("list_guidance_orders", "scoped in the query, see below"),
    (
        "list_rectification_orders",
        "scoped in the query, see below",
    ),
    ("list_spot_checks", "scoped in the query, see below"),
    ("list_exits", "scoped in the query, see below"),
    (
        "get_award_panel",
        "who decided is public once the result is (rulebook 2.6)",
    ),
];

/// Lists that answer everybody and hold nothing of the project for a stranger.
const SCOPED: &[&str] = &[
    "list_needs",
    "export_needs",
    "list_need_cycles",
    "list_bids",
    "list_bid_invitations",
    "list_roadshow_slots",
    "list_awards",
    "list_contracts",
    "list_milestones",
    "list_payments",
    "list_change_requests",
    "list_terminations",
    "list_settlements",
    "list_activities",
    "list_contract_versions",
    "list_evaluations",
    "list_veto_findings",
    "list_buyer_reviews",
    "list_posting_templates",
    "list_requests",
    "list_campaigns",
    "list_objections",
    "list_signals",
    "list_list_entries",
    "list_slips",
    "list_guidance_orders",
    "list_rectification_orders",
    "list_spot_checks",
    "list_exits",
    "list_relatives",
    "list_age_recipients",
];

/// Writes about oneself alone, whoever one is: tried with a fault in it, so that nothing is written.
const ABOUT_ONESELF: &[&str] = &["declare_relative", "register_age_recipient"];

/// Public operations that refuse nobody's empty-handed call with 401 by their nature: they take credentials.
const TAKES_CREDENTIALS: &[&str] = &["sign_in", "activate_account", "refresh_session"];

/// Public operations that want a name themselves, to tell who has none of the other way.
const WANTS_A_NAME: &[&str] = &["submit_objection"];

/// Public operations that take the code of a receipt: with a wrong one there is no such request.
const TAKES_A_CODE: &[&str] = &["get_request_status", "rate_request", "answer_survey"];

/// One operation of the document.
pub struct Operation {
    /// `GET`, `POST`, `PATCH`.
    pub method: String,
    /// Its path with `{id}`.
    pub path: String,
    /// Its `operationId`.
    pub id: String,
    /// Whether a token is needed.
    pub secured: bool,
    /// The whole operation.
    pub of: Value,
}

/// Every operation of a document.
pub fn operations(document: &Value) -> Vec<Operation> {
    let mut all = Vec::new();
    for (path, item) in document["paths"].as_object().expect("paths") {
        for (method, of) in item.as_object().expect("operations") {
            let security = of["security"].as_array().cloned().unwrap_or_default();
            all.push(Operation {
                method: method.to_uppercase(),
                path: path.clone(),
                id: text(of, "/operationId"),
                secured: security.iter().any(|one| one.get("bearer").is_some()),
                of: of.clone(),
            });
        }
    }
    all
}

/// A value that fits a schema of the document.
pub fn sample(document: &Value, schema: &Value) -> Value {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document
            .pointer(reference.trim_start_matches('#'))
            .expect("a schema that is there");
        return sample(document, target);
    }
    if let Some(example) = schema.get("example") {
        return example.clone();
    }
    if let Some(first) = schema["enum"].as_array().and_then(|values| values.first()) {
        return first.clone();
    }
    for any in ["oneOf", "anyOf"] {
        if let Some(ways) = schema[any].as_array() {
            let way = ways.iter().find(|way| way["type"] != json!("null"));
            return way.map_or(Value::Null, |way| sample(document, way));
        }
    }
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            if let Value::Object(members) = sample(document, part) {
                whole.extend(members);
            }
        }
        return Value::Object(whole);
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds
            .iter()
            .filter_map(Value::as_str)
            .find(|kind| *kind != "null"),
        kind => kind.as_str(),
    };
    match kind {
        Some("string") => match schema["format"].as_str() {
            Some("uuid") => json!("01968ca0-0000-7000-8000-000000000001"),
            Some("date") => json!("2026-06-01"),
            Some("date-time") => json!("2026-06-01T09:00:00+08:00"),
            _ => json!("街道社区社会组织居民代表职能部门专家街道社区社会组织居民代表职能部门专家"),
        },
        Some("integer" | "number") => {
            json!(schema["minimum"].as_i64().unwrap_or(1).max(1))
        }
        Some("boolean") => json!(true),
        Some("array") => json!([sample(document, &schema["items"])]),
        Some("object") => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let members = required.iter().filter_map(Value::as_str).map(|name| {
                (
                    name.to_owned(),
                    sample(document, &schema["properties"][name]),
                )
            });
            Value::Object(members.collect())
        }
        _ => Value::Null,
    }
}

/// A body that an operation takes: everything in it is right but who sends it.
fn body(document: &Value, operation: &Operation, real: &Real) -> Option<Value> {
    let schema = operation
        .of
        .pointer("/requestBody/content/application~1json/schema")?;
    let mut body = sample(document, schema);
    match operation.id.as_str() {
        "draft_bid" => {
            body["posting_id"] = json!(real.of("postings"));
            body["organisation_id"] = json!(real.of("organisations"));
            body["letter"] = json!({});
        }
        "draft_posting" => {
            body["need_ids"] = json!([real.of("needs")]);
            body["field"] = json!("A01");
            body["content"]["communities"] = json!(["410108005003"]);
            body["content"]["starts_on"] = json!("2027-06-01");
            body["content"]["ends_on"] = json!("2027-12-01");
            body["content"]["milestones"][0]["due_on"] = json!("2027-11-01");
        }
        "simulate_procedure" => {
            body["draft"]["need_ids"] = json!([real.of("needs")]);
            body["draft"]["type"] = json!("open");
        }
        "copy_posting" | "draft_from_posting_template" => {
            body["need_ids"] = json!([real.of("needs")]);
        }
        "keep_posting_template" => body["posting_id"] = json!(real.of("postings")),
        "create_person" => body["grants"][0]["scope"] = json!({ "division": "410108005003" }),
        "give_grant" => body["scope"] = json!({ "division": "410108005003" }),
        "record_activity" => {
            body["contract_id"] = json!(real.of("contracts"));
        }
        "propose_veto_finding" | "submit_buyer_review" => {
            body["evaluation_id"] = json!(real.of("evaluations"));
        }
        "propose_termination" => {
            body["contract_id"] = json!(real.of("contracts"));
        }
        "submit_completion_report" => body = story()["completion_report"].clone(),
        // with a fault, so that nothing is written
        "register_age_recipient" => body["recipient"] = json!("age1nobody"),
        "sign_in" | "activate_account" => body["account"] = json!("zhao.lei"),
        _ => {}
    }
    Some(body)
}

/// Ids of what the play has made, by collection, and the present version of its posting.
pub struct Real(Vec<(&'static str, String)>, i64);

impl Real {
    /// The id of the collection's object.
    pub fn of(&self, collection: &str) -> String {
        self.0
            .iter()
            .find(|(name, _)| *name == collection)
            .map(|(_, id)| id.clone())
            .unwrap_or_else(|| panic!("no object of {collection}: add one to Real"))
    }

    /// The `ETag` to send: what everybody can see must be refused for who asks, not for an old version.
    fn version(&self, path: &str) -> String {
        let version = if path.starts_with("/api/v1/postings/") {
            self.1
        } else {
            1
        };
        format!("\"v{version}\"")
    }

    /// The path with the id of an object that is there.
    pub fn path(&self, path: &str) -> String {
        let collection = path
            .split('/')
            .find(|part| !matches!(*part, "" | "api" | "v1" | "public"))
            .unwrap_or_default();
        if path.contains('{') {
            let path = path.replace("{file}", &self.of("attachments"));
            let (before, rest) = path.split_once('{').unwrap_or((&path, ""));
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            format!("{before}{}{after}", self.of(collection))
        } else {
            path.to_owned()
        }
    }

    /// What the play has made, and things of the registry.
    pub async fn of_play(bench: &mut Bench) -> Self {
        let ids = bench.play.ids.clone();
        let contract = seen(
            bench,
            "wang.min",
            &format!("/api/v1/contracts/{}", ids.contract),
        )
        .await;
        let panel = seen(
            bench,
            "wang.min",
            &format!("/api/v1/postings/{}/panel", ids.posting),
        )
        .await;
        let posting = seen(
            bench,
            "wang.min",
            &format!("/api/v1/postings/{}", ids.posting),
        )
        .await;
        let keep = json!({ "name": "陌生人看不到的模板", "posting_id": ids.posting });
        let template = bench
            .cast("street_officer")
            .await
            .post("/api/v1/posting_templates", keep)
            .await
            .ok();
        let questions = seen(
            bench,
            "wang.min",
            &format!("/api/v1/postings/{}/questions", ids.posting),
        )
        .await;
        let district = bench.cast("district_admin").await;
        let client = district
            .post(
                "/api/v1/clients",
                json!({ "name": "社区通小程序", "scopes": ["org_agent"] }),
            )
            .await
            .ok();
        let request = crate::voices::handed_in(bench).await;
        let campaign = crate::campaigns::open_today(bench).await;
        let objection = crate::objection_targets::dismissed(bench).await;
        let shown = "/api/v1/public/publicities?limit=1";
        let shown = bench.nobody().get(shown).await.ok();
        let attachments = format!("/api/v1/bids/{}/attachments", ids.bids["lelin"]);
        let attachments = seen(
            bench,
            &agent_of("lelin", "org_agent").unwrap(),
            &attachments,
        )
        .await;
        let supervisor = bench.cast("supervisor").await;
        let signals = supervisor.get("/api/v1/signals").await.ok();
        let cycles = seen(bench, "wei.guohua", "/api/v1/need_cycles").await;
        let relative = json!({ "name": "某亲属", "kinship": "spouse", "position": "staff", "organisation_id": contract["organisation_id"] });
        let wang = bench.user("wang.min").await;
        let relative = wang.post("/api/v1/relatives", relative).await.ok();
        let proposal = crate::black_list::proposal(bench, "lelin", "false_material").await;
        let proposal = wang.post("/api/v1/list_entries", proposal).await.ok();
        let credit = "/api/v1/organisations/{}/credit";
        let credit = credit.replace("{}", &text(&contract, "/organisation_id"));
        let credit = wang.get(&credit).await.ok();
        Real(
            vec![
                ("list_entries", text(&proposal, "/id")),
                ("credit_entries", text(&credit, "/entries/0/id")),
                ("publicities", text(&shown, "/items/0/id")),
                ("needs", ids.need),
                ("relatives", text(&relative, "/id")),
                ("draws", ids.posting.clone()),
                ("need_cycles", text(&cycles, "/items/0/id")),
                ("postings", ids.posting),
                ("bids", ids.bids["lelin"].clone()),
                ("attachments", text(&attachments, "/items/0/id")),
                ("awards", ids.award),
                ("organisations", text(&contract, "/organisation_id")),
                ("milestones", text(&contract, "/milestones/0/id")),
                ("payments", text(&contract, "/payments/0/id")),
                ("contracts", ids.contract),
                ("evaluations", ids.evaluation),
                ("requests", request),
                ("campaigns", campaign),
                ("objections", objection),
                ("signals", text(&signals, "/items/0/id")),
                ("questions", text(&questions, "/items/0/id")),
                ("projects", ids.project),
                ("posting_templates", text(&template, "/id")),
                ("procedures", "open".to_owned()),
                ("panels", text(&panel, "/id")),
                ("people", text(&panel, "/members/0/person_id")),
                ("clients", text(&client, "/id")),
                ("divisions", "410108005003".to_owned()),
                ("calendar", "2026".to_owned()),
                ("lifecycles", "need".to_owned()),
                ("errors", "forbidden".to_owned()),
            ],
            number(&posting, "/version"),
        )
    }
}

/// Somebody asks about the open posting, and the street answers.
async fn answered_question(bench: &mut Bench) {
    let path = format!("/api/v1/postings/{}/questions", bench.play.ids.posting);
    let agent = bench.cast("winner_agent").await;
    let asked = agent
        .post(&path, json!({ "text": "请问活动场地是否由社区提供?" }))
        .await
        .ok();
    let answer = format!("/api/v1/questions/{}/answer", text(&asked, "/id"));
    let street = bench.cast("street_officer").await;
    street
        .post(&answer, json!({ "text": "由社区无偿提供。" }))
        .await
        .ok();
}

/// The bid that will be awarded gets an attachment and is handed in with it.
async fn attached(bench: &mut Bench) {
    let bid = bench.play.ids.bids["lelin"].clone();
    let head = bench
        .user(&agent_of("lelin", "org_legal_rep").unwrap())
        .await;
    let query = "name=plan.txt&confidentiality=public";
    crate::attachments::add(&head, &bid, query, "服务方案\n")
        .await
        .ok();
    head.post(&format!("/api/v1/bids/{bid}/revise"), json!({}))
        .await
        .ok();
}

/// Two bidders give the same phone number, which the supervisor is shown after the opening.
async fn reached_alike(bench: &mut Bench) {
    let account = agent_of("yinxing", "org_agent").unwrap();
    let path = format!(
        "/api/v1/organisations/{}",
        bench.organisation("yinxing").await
    );
    let phone = format!(
        "/api/v1/organisations/{}",
        bench.organisation("lelin").await
    );
    let lelin = agent_of("lelin", "org_agent").unwrap();
    let phone = seen(bench, &lelin, &phone).await["profile"]["contact"]["phone"].clone();
    let own = seen(bench, &account, &path).await;
    let mut profile = own["profile"].clone();
    profile["contact"]["phone"] = phone;
    let version = number(&own, "/version");
    let agent = bench.user(&account).await;
    agent
        .patch(&path, version, json!({ "profile": profile }))
        .await
        .ok();
}

/// The whole project, and the ids of what it made.
pub async fn whole(bench: &mut Bench) -> Real {
    bench.reach(Stage::NeedApproved).await;
    let asks = json!({ "division": "410108000000", "reason": "全区统一要求路演", "overrides": { "roadshow": { "required": 1 } } });
    let district = bench.cast("district_admin").await;
    district
        .post("/api/v1/procedures/open/overrides", asks)
        .await
        .ok();
    bench.play.posting_open().await.unwrap();
    answered_question(bench).await;
    bench.play.bids_submitted().await.unwrap();
    attached(bench).await;
    reached_alike(bench).await;
    bench.play.bids_qualified().await.unwrap();
    bench.play.panel_formed().await.unwrap();
    let shown = crate::roadshows::whole(bench).await;
    bench.play.bids_scored().await.unwrap();
    bench.play.ids.award = crate::openings::proposed(bench).await;
    bench.play.award_noticed().await.unwrap();
    bench.play.contract_signed().await.unwrap();
    bench.play.work_done().await.unwrap();
    let change = crate::changes::asked(bench).await;
    let termination = crate::terminations::refused(bench).await;
    let activity = crate::activities::logged(bench).await;
    let watched = supervised(bench).await;
    bench.play.report_accepted().await.unwrap();
    bench.play.evaluation_scored().await.unwrap();
    bench.forget();
    let veto = crate::vetoes::dismissed(bench).await;
    let review = crate::buyer_reviews::sealed(bench).await;
    bench.play.evaluation_confirmed().await.unwrap();
    bench.forget();
    let mut real = Real::of_play(bench).await;
    real.0.push(("veto_findings", veto));
    real.0.push(("buyer_reviews", review));
    real.0.push(("change_requests", change));
    real.0.push(("terminations", termination));
    real.0.push(("activities", activity));
    let settlement = crate::settlements::invented(bench).await;
    real.0.push(("settlements", settlement));
    real.0.extend(watched);
    let versions = seen(bench, "wang.min", "/api/v1/contract_versions").await;
    real.0
        .push(("contract_versions", text(&versions, "/items/0/id")));
    real.0.push(("roadshows", shown.0));
    real.0.push(("roadshow_slots", shown.1));
    real
}

/// One of each object of supervision: what the street sees of them, the contractor does not yet.
async fn supervised(bench: &mut Bench) -> Vec<(&'static str, String)> {
    let slip = crate::slips::issued_by_hand(bench).await;
    let guidance = crate::guidance::opened(bench).await;
    let rectification = crate::rectifications::ordered(bench).await;
    crate::rectifications::passed(bench, &rectification).await;
    let check = crate::spot_checks::planned(bench).await;
    let exit = crate::exits::proposed(bench).await;
    bench.forget();
    vec![
        ("slips", slip),
        ("guidance_orders", guidance),
        ("rectification_orders", rectification),
        ("spot_checks", check),
        ("exits", exit),
    ]
}

async fn ask(
    document: &Value,
    caller: &Caller,
    operation: &Operation,
    real: &Real,
) -> wubang_testkit::Reply {
    let body = body(document, operation, real);
    let seen = real.version(&operation.path);
    let headers: &[(&str, &str)] = if operation.method == "PATCH" {
        &[("if-match", &seen)]
    } else {
        &[]
    };
    let body = body.map(|body| body.to_string().into_bytes());
    caller
        .call(
            &operation.method,
            &real.path(&operation.path),
            headers,
            body,
        )
        .await
}

/// Somebody who can sign in and holds nothing any more.
async fn without_grants(bench: &mut Bench) -> Caller {
    let district = bench.cast("district_admin").await;
    let made = district
        .post("/api/v1/people", json!({ "account": "lu.ren", "name": "路人", "grants": [{ "role": "resident_rep", "scope": { "division": "410108001001" } }] }))
        .await
        .ok();
    let id = text(&made, "/id");
    let code = district
        .post(&format!("/api/v1/people/{id}/activation"), json!({}))
        .await
        .ok();
    let activate = json!({ "account": "lu.ren", "token": code["activation_token"], "password": wubang_testkit::database::PASSWORD });
    bench
        .nobody()
        .post("/api/v1/sessions/activate", activate)
        .await
        .ok();
    let stranger = bench.user("lu.ren").await;
    let me = stranger.get("/api/v1/me").await.ok();
    district
        .post(
            &format!("/api/v1/people/{id}/revoke_grant"),
            json!({ "grant_id": me["grants"][0]["id"] }),
        )
        .await
        .ok();
    let me = stranger.get("/api/v1/me").await.ok();
    assert_eq!(me["grants"], json!([]));
    stranger
}

/// Every operation as one stranger; answers what went wrong.
async fn walk(document: &Value, caller: &Caller, name: &str, real: &Real) -> Vec<String> {
    let mut wrong = Vec::new();
    for operation in operations(document)
        .iter()
        .filter(|one| one.secured && one.id != "sign_out")
    {
        let reply = ask(document, caller, operation, real).await;
        let open = FOR_ALL_SIGNED_IN.iter().any(|(id, _)| *id == operation.id);
        // a published posting may be seen by all: its table says first that the event is over; who may
        // do what in which state is proved by the matrix of the life cycles
        let over = ["/api/v1/postings/{id}", "/api/v1/questions/{id}"]
            .iter()
            .any(|path| operation.path.starts_with(path))
            && reply.code().as_deref() == Some("invalid_transition");
        let fits = if open {
            reply.status == 200
        } else if ABOUT_ONESELF.contains(&operation.id.as_str()) {
            reply.code().as_deref() == Some("invalid")
        } else {
            matches!(reply.status, 403 | 404) || over
        };
        if !fits {
            wrong.push(format!(
                "{} {} as {name}: {} {}",
                operation.method, operation.path, reply.status, reply.text
            ));
        }
        if SCOPED.contains(&operation.id.as_str()) {
            let shown = real
                .0
                .iter()
                .find(|(_, id)| id.len() == 36 && reply.text.contains(id.as_str()));
            if let Some((collection, _)) = shown {
                wrong.push(format!(
                    "{} shows {name} the project's {collection}",
                    operation.path
                ));
            }
        }
        if operation.id == "list_people" {
            let me = caller.get("/api/v1/me").await.ok();
            if list(&reply.body, "/items")
                .iter()
                .any(|person| person["id"] != me["id"])
            {
                wrong.push(format!("{name} sees other people: {}", reply.text));
            }
        }
        if operation.id == "get_project" {
            for part in ["contracts", "evaluations"] {
                if reply.body[part] != json!([]) {
                    wrong.push(format!("the project shows {name} its {part}"));
                }
            }
        }
    }
    wrong
}

async fn strangers(mut bench: Bench) {
    let real = whole(&mut bench).await;
    let document = bench.nobody().get("/openapi.json").await.ok();
    let mut wrong = Vec::new();
    let nobody = bench.nobody();
    for operation in operations(&document) {
        let reply = ask(&document, &nobody, &operation, &real).await;
        let named = [TAKES_CREDENTIALS, WANTS_A_NAME].concat();
        let fits = if operation.secured || named.contains(&operation.id.as_str()) {
            reply.status == 401
        } else if TAKES_A_CODE.contains(&operation.id.as_str())
            || NOT_PUBLIC_YET.iter().any(|(id, _)| *id == operation.id)
        {
            reply.status == 404
        } else {
            (200..300).contains(&reply.status)
        };
        if !fits {
            wrong.push(format!(
                "{} {} as nobody: {} {}",
                operation.method, operation.path, reply.status, reply.text
            ));
        }
    }
    let stranger = without_grants(&mut bench).await;
    wrong.extend(walk(&document, &stranger, "somebody without grants", &real).await);
    // a secretary of another community of another street, a resident there, an agent who did not bid
    for account in ["han.wenjing", "an.xiaoning", "fang.shihao"] {
        let caller = bench.user(account).await;
        wrong.extend(walk(&document, &caller, account, &real).await);
    }
    assert!(wrong.is_empty(), "{:#?}", wrong);
    for (id, _) in FOR_ALL_SIGNED_IN {
        assert!(
            operations(&document).iter().any(|one| one.id == *id),
            "{id} is no operation any more: take it from the list"
        );
    }
}

mod nobody_sees_what_is_not_theirs {
    use super::*;

    #[test]
    fn sqlite() {
        bench::run(Database::Sqlite, strangers);
    }

    #[test]
    fn postgres() {
        bench::run(Database::Postgres, strangers);
    }
}

mod a_stranger_s_attempts_leave_no_trace {
    use super::*;

    async fn play(mut bench: Bench) {
        let real = whole(&mut bench).await;
        let document = bench.nobody().get("/openapi.json").await.ok();
        let caller = bench.user("fang.shihao").await;
        let before = crate::scenes::records(&bench).await;
        let _ = walk(&document, &caller, "fang.shihao", &real).await;
        assert_eq!(crate::scenes::records(&bench).await, before);
        let trail = seen(
            &mut bench,
            "he.zhengqing",
            &real.path("/api/v1/projects/{id}/trace"),
        )
        .await;
        assert!(!list(&trail, "/items").is_empty());
    }

    #[test]
    fn sqlite() {
        bench::run(Database::Sqlite, play);
    }

    #[test]
    fn postgres() {
        bench::run(Database::Postgres, play);
    }
}
