//! 公益创投: organisations propose, a panel ranks, the street picks N of M (rulebook 2.3.3; seed H-36: 85 proposals,
//! 23 picked).

use crate::scenes::{list, made_public, number, seen, text};
use serde_json::{Value, json};
use std::collections::HashMap;
use wubang_server::demo::play::agent_of;
use wubang_testkit::bench::at;
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

const STREET: &str = "410108005000";
const COMMUNITIES: [&str; 4] = [
    "410108005001",
    "410108005002",
    "410108005003",
    "410108005004",
];
/// The most that one project may cost, in fen.
const EACH: i64 = 2_000_000;

/// The call: `picks` projects at most, within `ceiling` fen together.
async fn call(bench: &mut Bench, picks: i64, ceiling: i64) -> Value {
    let mut body = bench.play.posting_body().await.unwrap();
    body["type"] = json!("open_call");
    body["title"] = json!("社区微服务项目公益创投征集");
    body["need_ids"] = json!([]);
    body["budget_ceiling_fen"] = json!(ceiling);
    body["content"]["communities"] = json!(COMMUNITIES);
    body["overrides"] = json!({});
    body["call"] = json!({ "division": STREET, "theme": "平安建设、文明志愿微服务", "picks": picks, "ceiling_each_fen": EACH });
    body
}

/// A call that is out: drafted by one officer of the street, approved by another.
pub(crate) async fn called(bench: &mut Bench, picks: i64, ceiling: i64) -> Value {
    let body = call(bench, picks, ceiling).await;
    let street = bench.cast("street_officer").await;
    let made = street.post("/api/v1/postings", body).await.ok();
    let path = format!("/api/v1/postings/{}", text(&made, "/id"));
    let _ = street.post(&format!("{path}/submit"), json!({})).await.ok();
    let approver = bench.cast("street_approver").await;
    let open = approver
        .post(
            &format!("{path}/approve"),
            json!({ "content_acknowledged": true }),
        )
        .await
        .ok();
    bench.play.ids.posting = text(&open, "/id");
    bench.play.ids.project = text(&open, "/project_id");
    open
}

/// The letter of the `i`-th proposal.
pub(crate) fn letter(call: &Value, i: usize, price: i64) -> Value {
    let content = &call["content"];
    json!({
        "understanding": "楼院里独居老人多,邻里走动少,遇事无人照应,需要把热心邻居组织起来。",
        "service_plan": { "activities": [{ "name": "楼院志愿巡访", "frequency": "每周两次", "quantity": "40次" }], "schedule": "签约后次周启动,逐月推进。" },
        "team": { "headcount": 6, "social_workers": 1, "qualifications": "助理社会工作师一名", "introduction": "由本社区热心居民组成。" },
        "track_record": "近两年在本街道开展志愿服务。",
        "budget": [{ "item": "activity", "description": "活动开展", "amount_fen": price }],
        "co_resources": "", "risk_plan": "活动前办理保险,人员备两组。", "capability_statement": "熟悉楼院情况。",
        "outcome_indicators": [{ "name": "巡访", "unit": "次", "target": 40 }],
        "commitments": { "no_conflict": true, "truthful": true, "child_protection": true },
        "proposal": {
            "title": format!("楼院守望微项目第{}号", i + 1), "community": COMMUNITIES[i % 4], "field": "A01", "target_groups": ["elderly"],
            "need": "老旧楼院独居老人缺少日常照应,根源在于邻里联系薄弱、缺少组织者。", "affected_count": 20 + i64::try_from(i).unwrap(),
            "service_content": "组织楼院志愿者结对巡访独居老人,建立求助响应机制。", "minimum_quantity": [{ "item": "巡访", "quantity": 40, "unit": "次" }],
            "starts_on": content["starts_on"], "ends_on": content["ends_on"], "milestones": content["milestones"],
        },
    })
}

/// Price of the `i`-th proposal in fen: all different, none above [`EACH`].
pub(crate) fn price(i: usize) -> i64 {
    1_000_000 + 10_000 * i64::try_from(i).unwrap()
}

/// Makes an organisation of the street with its head; answers its id.
pub(crate) async fn founded(bench: &mut Bench, i: usize, head: &str) -> String {
    let street = bench.cast("street_officer").await;
    let uscc = wubang_kernel::uscc::compose("52", "410108", &format!("MJX{i:05}")).unwrap();
    let body = json!({ "name": format!("郑州市惠济区微光{}号社会工作服务中心", i + 1), "uscc": uscc, "org_form": "social_service_institution", "management_tier": "registered",
        "division": "410108005002", "legal_representative": "测试", "declared_capacity": 3, "profile": { "fields": ["A01"], "coverage": [STREET] } });
    let id = text(
        &street.post("/api/v1/organisations", body).await.ok(),
        "/id",
    );
    crate::scenes::grant(bench, head, "org_legal_rep", json!({ "organisation": id })).await;
    id
}

/// People of the demo district who lead an organisation in these tests: no officials of the street, no experts.
pub(crate) fn heads() -> Vec<String> {
    let district: Value =
        serde_json::from_str(include_str!("../crates/server/data/demo/district.json")).unwrap();
    let people = list(&district, "/people");
    let role = |person: &Value, wanted: &str| person["grants"][0]["role"] == json!(wanted);
    let of = |wanted: &'static str| people.iter().filter(move |person| role(person, wanted));
    of("resident_rep")
        .chain(of("org_agent"))
        .chain(
            of("community_secretary")
                .filter(|one| !text(one, "/grants/0/scope/division").starts_with("410108005")),
        )
        .map(|person| text(person, "/account"))
        .collect()
}

async fn proposed(caller: &Caller, call: &Value, organisation: &str, i: usize) -> String {
    let body = json!({ "posting_id": call["id"], "organisation_id": organisation, "price_fen": price(i), "letter": letter(call, i, price(i)) });
    let made = caller.post("/api/v1/bids", body).await.ok();
    assert_eq!(made["missing"], json!([]));
    let id = text(&made, "/id");
    let _ = caller
        .post(&format!("/api/v1/bids/{id}/submit"), json!({}))
        .await
        .ok();
    id
}

/// `count` organisations propose; answers the bids in the order of their making.
async fn proposals(bench: &mut Bench, call: &Value, count: usize) -> Vec<String> {
    let mut bids = Vec::new();
    for (i, head) in heads().into_iter().take(count).enumerate() {
        let organisation = founded(bench, i, &head).await;
        let caller = bench.user(&head).await;
        bids.push(proposed(&caller, call, &organisation, i).await);
    }
    assert_eq!(bids.len(), count);
    bids
}

/// Points of the `i`-th proposal: 17 is coprime to 85, so that every quality comes once.
fn points(i: usize, seat: usize) -> Value {
    let quality = i64::try_from((i * 18 + 7) % 85).unwrap();
    let plan = 15 + quality * 20 / 84;
    let seat = i64::try_from(seat).unwrap() % 2;
    json!({ "plan": plan, "team": 15 + quality * 9 / 84, "track_record": 10 + seat, "budget": 10, "sustainability": 7 })
}

/// The deadline passes, everybody is found eligible, the panel scores and signs; answers bid → rank.
pub(crate) async fn judged(
    bench: &mut Bench,
    call: &Value,
    bids: &[String],
) -> Vec<(String, Value)> {
    bench
        .advance(
            text(call, "/bid_deadline")
                .parse::<chrono::DateTime<chrono::Utc>>()
                .unwrap()
                + chrono::TimeDelta::seconds(1),
        )
        .await;
    let street = bench.cast("street_officer").await;
    for id in bids {
        let _ = street
            .post(&format!("/api/v1/bids/{id}/qualify"), json!({}))
            .await
            .ok();
    }
    bench.play.panel_formed().await.unwrap();
    let path = format!("/api/v1/postings/{}", text(call, "/id"));
    let panel = street.get(&format!("{path}/panel")).await.ok();
    let _ = street
        .post(&format!("{path}/start_evaluation"), json!({}))
        .await
        .ok();
    let accounts = accounts(bench).await;
    let seats: Vec<String> = list(&panel, "/members")
        .iter()
        .filter(|member| member["active"] == json!(true))
        .map(|member| accounts[&text(member, "/person_id")].clone())
        .collect();
    for (seat, account) in seats.iter().enumerate() {
        let member = bench.user(account).await;
        for (i, bid) in bids.iter().enumerate() {
            let sheet = json!({ "bid_id": bid, "points": points(i, seat), "reasons": { "plan": "方案具体可行。", "team": "人员稳定。" }, "comment": "方案切合楼院实际,保障措施可行。" });
            let _ = member
                .post(&format!("{path}/score_sheets"), sheet)
                .await
                .ok();
        }
    }
    for account in &seats {
        let _ = bench
            .user(account)
            .await
            .post(&format!("{path}/sign_report"), json!({}))
            .await
            .ok();
    }
    let report = street.get(&format!("{path}/report")).await.ok();
    list(&report, "/ranking")
        .into_iter()
        .map(|row| (text(&row, "/bid_id"), row))
        .collect()
}

/// Person → account.
async fn accounts(bench: &mut Bench) -> HashMap<String, String> {
    let district = bench.cast("district_admin").await;
    let mut known = HashMap::new();
    let mut path = "/api/v1/people?limit=100".to_owned();
    loop {
        let page = district.get(&path).await.ok();
        for person in list(&page, "/items") {
            known.insert(text(&person, "/id"), text(&person, "/account"));
        }
        match page["next"].as_str() {
            Some(next) => path = format!("/api/v1/people?limit=100&cursor={next}"),
            None => return known,
        }
    }
}

pub(crate) async fn pick(bench: &mut Bench, call: &Value, bids: &[String]) -> Reply {
    let body = json!({ "bid_ids": bids, "reason": "按评审排名及资助总额确定入选项目。" });
    bench
        .cast("street_officer")
        .await
        .post(
            &format!("/api/v1/postings/{}/pick_projects", text(call, "/id")),
            body,
        )
        .await
}

/// How many of some objects are in each state.
async fn states(bench: &mut Bench, paths: impl Iterator<Item = String>) -> HashMap<String, usize> {
    let mut counted = HashMap::new();
    let street = bench.cast("street_officer").await;
    for path in paths {
        *counted
            .entry(text(&street.get(&path).await.ok(), "/state"))
            .or_default() += 1;
    }
    counted
}

fn counts<const N: usize>(wanted: [(&str, usize); N]) -> HashMap<String, usize> {
    wanted
        .into_iter()
        .map(|(state, count)| (state.to_owned(), count))
        .collect()
}

on_both! {
    async fn of_85_proposals_23_are_picked_and_everything_adds_up(bench: Bench) {
        let call = called(&mut bench, 23, 23 * EACH).await;
        let bids = proposals(&mut bench, &call, 85).await;
        // nobody sees how many there are before the deadline
        let before = bench.cast("street_officer").await.get(&format!("/api/v1/bids?posting={}", text(&call, "/id"))).await.ok();
        assert_eq!(before["items"], json!([]));
        let ranking = judged(&mut bench, &call, &bids).await;
        assert_eq!(ranking.len(), 85);
        let best: Vec<String> = ranking.iter().take(23).map(|(id, _)| id.clone()).collect();
        let picked = pick(&mut bench, &call, &best).await.ok();
        assert_eq!((number(&picked, "/proposals"), number(&picked, "/picked")), (85, 23));
        let items = list(&picked, "/items");
        // rank by rank what the panel reported, and the sum of their own prices
        let sum: i64 = ranking.iter().take(23).map(|(_, row)| number(row, "/price_fen")).sum();
        assert_eq!(number(&picked, "/sum_fen"), sum);
        assert!(sum <= 23 * EACH);
        for (item, (_, row)) in items.iter().zip(&ranking) {
            assert_eq!((&item["rank"], &item["total"], &item["organisation_name"], &item["price_fen"]), (&row["rank"], &row["total"], &row["organisation_name"], &row["price_fen"]));
        }
        let of = |name: &'static str, path: &'static str| items.iter().map(move |item| format!("/api/v1/{path}/{}", text(item, name))).collect::<Vec<_>>();
        let (needs, postings, awards) = (of("/need_ids/0", "needs"), of("/posting_id", "postings"), of("/award_id", "awards"));
        assert_eq!(states(&mut bench, needs.iter().cloned()).await, counts([("posted", 23)]));
        assert_eq!(states(&mut bench, postings.iter().cloned()).await, counts([("award_publicity", 23)]));
        assert_eq!(states(&mut bench, awards.iter().cloned()).await, counts([("in_publicity", 23)]));
        assert_eq!(states(&mut bench, bids.iter().map(|id| format!("/api/v1/bids/{id}"))).await, counts([("recommended", 23), ("not_selected", 62)]));
        let over = seen(&mut bench, "wang.min", &format!("/api/v1/postings/{}", text(&call, "/id"))).await;
        assert_eq!((&over["state"], &over["outcome"]), (&json!("completed"), &json!("picked")));
        // everybody reads what was picked, and the projects stand on the board
        let public = bench.nobody().get(&format!("/api/v1/public/postings/{}/picked_projects", text(&call, "/id"))).await.ok();
        assert_eq!(public["items"], picked["items"]);
        let project = seen(&mut bench, "wang.min", &postings[0]).await;
        assert_eq!((&project["picked_from"]["call_number"], &project["budget_ceiling_fen"], &project["content"]["communities"][0]), (&call["number"], &items[0]["price_fen"], &project["division"]));
        let need = seen(&mut bench, "wang.min", &needs[0]).await;
        assert_eq!((&need["source"], &need["title"]), (&json!("open_call"), &project["title"]));
        // five working days without objection, then each goes its own way
        let ends = text(&seen(&mut bench, "wang.min", &awards[0]).await, "/publicity_ends_at");
        bench.advance(at(&ends) + chrono::TimeDelta::seconds(1)).await;
        assert_eq!(states(&mut bench, awards.iter().cloned()).await, counts([("confirmed", 23)]));
        let street = bench.cast("street_officer").await;
        for award in &awards {
            let _ = street.post(&format!("{award}/issue_notice"), json!({})).await.ok();
        }
        assert_eq!(states(&mut bench, postings.iter().cloned()).await, counts([("awarded", 23)]));
        // one signs and begins, one declines
        let (first, second) = (head_of(&bids, &ranking[0].0), head_of(&bids, &ranking[1].0));
        let contract = street.post(&format!("{}/contract", awards[0]), json!({})).await.ok();
        let path = format!("/api/v1/contracts/{}", text(&contract, "/id"));
        let _ = street.post(&format!("{path}/send"), json!({})).await.ok();
        let sign = json!({ "content_hash": contract["content_hash"] });
        let _ = street.post(&format!("{path}/sign"), sign.clone()).await.ok();
        let signed = bench.user(&first).await.post(&format!("{path}/sign"), sign).await.ok();
        assert_eq!((&signed["state"], &signed["content"]["price_fen"]), (&json!("signed"), &items[0]["price_fen"]));
        let _ = bench.user(&second).await.post(&format!("{}/decline", awards[1]), json!({ "reason": "骨干人员离职,无力承接。" })).await.ok();
        assert_eq!(states(&mut bench, postings.iter().cloned()).await, counts([("contracted", 1), ("failed", 1), ("awarded", 21)]));
        assert_eq!(states(&mut bench, needs.iter().cloned()).await, counts([("posted", 22), ("approved", 1)]));
        let after = bench.nobody().get(&format!("/api/v1/public/postings/{}/picked_projects", text(&call, "/id"))).await.ok();
        let of_state = |state: &str| list(&after, "/items").iter().filter(|item| item["award_state"] == json!(state)).count();
        assert_eq!((of_state("contracted"), of_state("declined"), of_state("notified")), (1, 1, 21));
        // a project that fell away is not posted again as it was; its need can be
        street.post(&format!("{}/repost", postings[1]), json!({})).await.refused(409, "invalid_transition");
    }

    async fn only_the_first_by_rank_within_number_and_budget_are_picked(bench: Bench) {
        // three of five at most, and money for two of the dearest
        let call = called(&mut bench, 3, 3_100_000).await;
        let bids = proposals(&mut bench, &call, 5).await;
        let ranking = judged(&mut bench, &call, &bids).await;
        let ids: Vec<String> = ranking.iter().map(|(id, _)| id.clone()).collect();
        let path = format!("/api/v1/postings/{}", text(&call, "/id"));
        let before = bench.nobody().get(&format!("/api/v1/public/postings/{}/picked_projects", text(&call, "/id"))).await.ok();
        assert_eq!((&before["items"], &before["proposals"]), (&json!([]), &Value::Null), "not even how many proposed");
        let wrong = pick(&mut bench, &call, &[ids[0].clone(), ids[0].clone(), text(&call, "/id")]).await;
        assert_eq!(wrong.pointers(), ["/bid_ids/1", "/bid_ids/2", "/bid_ids"]);
        wrong.refused(422, "invalid");
        let four = pick(&mut bench, &call, &ids[..4]).await;
        assert_eq!(four.pointers(), ["/bid_ids", "/bid_ids"], "too many, and too dear");
        four.refused(422, "invalid");
        assert_eq!(pick(&mut bench, &call, &[]).await.pointers(), ["/bid_ids"]);
        pick(&mut bench, &call, &[ids[0].clone(), ids[2].clone()]).await.refused(422, "rank_not_followed");
        let body = json!({ "bid_ids": [ids[0]], "reason": "按排名确定入选。" });
        bench.cast("secretary").await.post(&format!("{path}/pick_projects"), body.clone()).await.refused(403, "forbidden");
        bench.user(&heads()[0]).await.post(&format!("{path}/pick_projects"), body).await.refused(403, "forbidden");
        let one = json!({ "bid_id": ids[0], "reason": "按排名确定承榜。" });
        bench.cast("street_officer").await.post(&format!("{path}/propose_award"), one).await.refused(409, "invalid_transition");
        let picked = pick(&mut bench, &call, &ids[..2]).await.ok();
        assert_eq!(number(&picked, "/picked"), 2);
        pick(&mut bench, &call, &ids[..2]).await.refused(409, "invalid_transition");
    }

    async fn a_call_has_terms_of_its_own_and_covers_no_need(bench: Bench from NeedApproved) {
        let good = call(&mut bench, 3, 5_000_000).await;
        let street = bench.cast("street_officer").await;
        let mut bare = good.clone();
        bare.as_object_mut().unwrap().remove("call");
        assert_eq!(street.post("/api/v1/postings", bare).await.pointers(), ["/call"]);
        let mut with_need = good.clone();
        with_need["need_ids"] = json!([bench.play.ids.need]);
        assert_eq!(street.post("/api/v1/postings", with_need).await.pointers(), ["/need_ids"]);
        let mut wrong = good.clone();
        wrong["call"]["picks"] = json!(0);
        wrong["call"]["theme"] = json!("");
        wrong["call"]["ceiling_each_fen"] = json!(5_000_001);
        wrong["order"] = json!({ "organisation_id": bench.organisation("lelin").await, "offering": "理发", "reason": "居民点单集中。" });
        let reply = street.post("/api/v1/postings", wrong).await;
        for pointer in ["/call/picks", "/call/theme", "/call/ceiling_each_fen", "/order"] {
            assert!(reply.pointers().contains(&pointer.to_owned()), "{pointer} is not in {:?}", reply.pointers());
        }
        reply.refused(422, "invalid");
        // a secretary may not call for projects of a whole street
        bench.cast("secretary").await.post("/api/v1/postings", good.clone()).await.refused(403, "forbidden");
        let open = made_public_by_street(&mut bench, good).await;
        assert_eq!((&open["state"], &open["need_ids"], &open["call"]["picks"]), (&json!("open"), &json!([]), &json!(3)));
    }

    async fn a_proposal_is_checked_like_a_posting(bench: Bench) {
        let call = called(&mut bench, 3, 5_000_000).await;
        let organisation = bench.organisation("lelin").await;
        let agent = bench.user(&agent_of("lelin", "org_agent").unwrap()).await;
        let body = |letter: Value| json!({ "posting_id": call["id"], "organisation_id": organisation, "price_fen": price(0), "letter": letter });
        let mut wrong = letter(&call, 0, price(0));
        wrong["proposal"]["community"] = json!("410108001001");
        wrong["proposal"]["field"] = json!("Z99");
        wrong["proposal"]["target_groups"] = json!(["martians"]);
        let reply = agent.post("/api/v1/bids", body(wrong)).await;
        assert_eq!(reply.pointers(), ["/letter/proposal/field", "/letter/proposal/target_groups/0", "/letter/proposal/community"]);
        reply.refused(422, "invalid");
        // a draft may be incomplete, and says what it misses; one is not handed in
        let mut thin = letter(&call, 0, price(0));
        thin["proposal"]["need"] = json!("太短");
        thin["proposal"]["milestones"] = json!([]);
        thin["proposal"]["starts_on"] = json!("2026-01-01");
        let made = agent.post("/api/v1/bids", body(thin)).await.ok();
        let missing: Vec<String> = list(&made, "/missing").iter().map(|one| text(one, "/pointer")).collect();
        for pointer in ["/letter/proposal/need", "/letter/proposal/milestones", "/letter/proposal/starts_on"] {
            assert!(missing.contains(&pointer.to_owned()), "{pointer} is not in {missing:?}");
        }
        let path = format!("/api/v1/bids/{}", text(&made, "/id"));
        let head = bench.user(&agent_of("lelin", "org_legal_rep").unwrap()).await;
        let reply = head.post(&format!("{path}/submit"), json!({})).await;
        assert!(reply.pointers().contains(&"/letter/proposal/need".to_owned()));
        reply.refused(422, "incomplete");
        // dearer than a single project may be
        let dear = json!({ "price_fen": EACH + 1, "letter": letter(&call, 0, EACH + 1) });
        let version = number(&made, "/version");
        let changed = agent.patch(&path, version, dear).await.ok();
        assert_eq!(changed["missing"], json!([]));
        head.post(&format!("{path}/submit"), json!({})).await.refused(422, "price_out_of_range");
        // where no call asks for it, a proposal has no place
        bench.reach(Stage::NeedApproved).await;
        let draft = bench.play.posting_body().await.unwrap();
        let open = made_public(&mut bench, draft, json!({ "content_acknowledged": true })).await;
        let foreign = json!({ "posting_id": open["id"], "organisation_id": organisation, "price_fen": price(0), "letter": letter(&call, 0, price(0)) });
        assert_eq!(agent.post("/api/v1/bids", foreign).await.pointers(), ["/letter/proposal"]);
    }

    async fn a_need_is_not_heard_as_a_picked_project(bench: Bench) {
        let secretary = bench.cast("secretary").await;
        let body = json!({ "title": "楼院守望互助小组", "community": "410108005003", "field": "A01", "source": "open_call", "affected_count": 20, "description": "独居老人缺少日常照应,需要邻里结对。" });
        assert_eq!(secretary.post("/api/v1/needs", body).await.pointers(), ["/source"]);
    }
}

/// The head of the organisation that made a bid.
fn head_of(bids: &[String], bid: &str) -> String {
    heads()[bids.iter().position(|id| id == bid).unwrap()].clone()
}

async fn made_public_by_street(bench: &mut Bench, body: Value) -> Value {
    let street = bench.cast("street_officer").await;
    let made = street.post("/api/v1/postings", body).await.ok();
    let path = format!("/api/v1/postings/{}", text(&made, "/id"));
    let _ = street.post(&format!("{path}/submit"), json!({})).await.ok();
    bench
        .cast("street_approver")
        .await
        .post(
            &format!("{path}/approve"),
            json!({ "content_acknowledged": true }),
        )
        .await
        .ok()
}
