//! 黑榜 over HTTP: notice, answer, decision of another person, effects by the clock, objection and repair (rulebook
//! 2.8.15, 2.12.2, 2.12.3).

use crate::bids::{at, drafted, head, open};
use crate::contracts::play_sent;
use crate::credit::{entered, unmet};
use crate::needs::{allowed, due, instant, text};
use crate::scenes::{list, recorded};
use chrono::TimeDelta;
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const DISTRICT: &str = "410108000000";
/// Two more persons of the district, beside the one of the cast.
const SECOND: &str = "dong.siyu";
const THIRD: &str = "cao.junjie";

pub(crate) async fn district(bench: &mut Bench) {
    let first = bench.cast("district_admin").await;
    for account in [SECOND, THIRD] {
        let role = json!({ "role": "district_admin", "scope": { "division": DISTRICT } });
        let path = format!("/api/v1/people/{account}/grants");
        let made = first.post(&path, role).await;
        assert!(matches!(made.code().as_deref(), None | Some("duplicate")));
    }
}

pub(crate) async fn proposal(bench: &mut Bench, key: &str, ground: &str) -> Value {
    json!({ "organisation_id": bench.organisation(key).await, "division": "410108005000", "ground": ground,
        "facts": "意向书所附同类项目合同经向委托方核实系伪造,核实函在案。" })
}

pub(crate) async fn act(
    bench: &mut Bench,
    account: &str,
    id: &str,
    verb: &str,
    body: Value,
) -> Reply {
    let path = format!("/api/v1/list_entries/{id}/{verb}");
    bench.user(account).await.post(&path, body).await
}

pub(crate) async fn entry(bench: &mut Bench, account: &str, id: &str) -> Reply {
    let path = format!("/api/v1/list_entries/{id}");
    bench.user(account).await.get(&path).await
}

/// A black entry of which notice was given; answers its id.
async fn noticed(bench: &mut Bench, key: &str, ground: &str) -> String {
    district(bench).await;
    let body = proposal(bench, key, ground).await;
    let made = bench
        .user("wang.min")
        .await
        .post("/api/v1/list_entries", body)
        .await
        .ok();
    let id = text(&made, "/id");
    act(bench, "wei.guohua", &id, "notify", json!({}))
        .await
        .ok();
    id
}

const DEFENCE: &str = "所附合同由合作方提供,本中心核对原件时未发现异常。";

async fn defended(bench: &mut Bench, key: &str, id: &str) {
    let head = wubang_server::demo::play::agent_of(key, "org_legal_rep").unwrap();
    act(bench, &head, id, "defend", json!({ "statement": DEFENCE }))
        .await
        .ok();
}

/// On the black list from now on; answers the id.
pub(crate) async fn listed(bench: &mut Bench, key: &str, ground: &str) -> String {
    let id = noticed(bench, key, ground).await;
    defended(bench, key, &id).await;
    let why = json!({ "reason": "经核实材料系伪造,申辩理由不成立。" });
    act(bench, SECOND, &id, "enter", why).await.ok();
    id
}

async fn shown(bench: &Bench, query: &str) -> Vec<Value> {
    let path = format!("/api/v1/public/list_entries{query}");
    list(&bench.nobody().get(&path).await.ok(), "/items")
}

/// An objection of the organisation to its entry.
async fn object(bench: &mut Bench, id: &str) -> Reply {
    let body = json!({ "target": "list_entry", "target_id": id, "organisation_id": bench.organisation("lelin").await,
        "grounds": [{ "code": "facts", "facts": "合同系真实签订,委托方经办人已出具说明。" }],
        "demand": { "effect": "delist", "text": "请求撤销列入黑榜的决定" } });
    crate::objections::object_with(bench, "ning.jiayi", body).await
}

async fn handle(bench: &mut Bench, id: &str, verb: &str, body: Value) -> Reply {
    crate::objections::act(bench, THIRD, id, verb, body).await
}

on_both! {
    async fn a_proposal_names_every_wrong_field(bench: Bench) {
        let body = json!({ "organisation_id": "01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50", "division": "7", "ground": "collusion", "months": 7,
            "facts": "联系人电话13800138000。" });
        let street = bench.user("wang.min").await;
        let reply = street.post("/api/v1/list_entries", body).await;
        assert_eq!(reply.pointers(), ["/division", "/facts", "/months", "/organisation_id"]);
        reply.refused(422, "invalid");
        let mut body = proposal(&mut bench, "lelin", "excellent_result").await;
        body["months"] = json!(24);
        assert_eq!(street.post("/api/v1/list_entries", body.clone()).await.pointers(), ["/months"]);
        body["months"] = json!(12);
        // of another street, and of no office
        body["division"] = json!("410108001000");
        street.post("/api/v1/list_entries", body.clone()).await.refused(403, "forbidden");
        body["division"] = json!("410108005000");
        bench.user("ning.jiayi").await.post("/api/v1/list_entries", body.clone()).await.refused(403, "forbidden");
        body["object_id"] = json!("01890c5e-6f9a-7b3a-9d4e-2f1c8b7a6d50");
        street.post("/api/v1/list_entries", body.clone()).await.ok();
        street.post("/api/v1/list_entries", body).await.refused(409, "duplicate");
    }

    async fn nobody_is_listed_without_notice_answer_and_another_persons_decision(bench: Bench) {
        district(&mut bench).await;
        let body = proposal(&mut bench, "lelin", "false_material").await;
        let made = bench.user("wang.min").await.post("/api/v1/list_entries", body).await.ok();
        let id = text(&made, "/id");
        assert_eq!((&made["colour"], &made["months"], allowed(&made)), (&json!("black"), &json!(12), Vec::<String>::new()));
        // what is only proposed is not the organisation's to know
        entry(&mut bench, "ning.jiayi", &id).await.refused(404, "not_found");
        act(&mut bench, "wang.min", &id, "notify", json!({})).await.refused(403, "forbidden");
        act(&mut bench, "wei.guohua", &id, "publish", json!({})).await.refused(409, "invalid_transition");
        act(&mut bench, "wei.guohua", &id, "enter", json!({ "reason": "事实清楚,直接列入。" })).await.refused(409, "invalid_transition");
        let told = act(&mut bench, "wei.guohua", &id, "notify", json!({})).await.ok();
        assert_eq!((&told["state"], due(&told, "black_list_defence")), (&json!("notice"), Some("2026-03-16T23:59:59+08:00".to_owned())));
        bench.work().await;
        assert!(bench.mails.sent().iter().any(|mail| mail.to.starts_with("ning.jiayi@") && mail.body.contains("提供虚假材料")));
        let own = entry(&mut bench, "ning.jiayi", &id).await.ok();
        assert_eq!(own["facts"], made["facts"]);
        entry(&mut bench, "wei.xiaoqian", &id).await.refused(404, "not_found");
        let reply = act(&mut bench, "wei.xiaoqian", &id, "defend", json!({ "statement": DEFENCE })).await;
        reply.refused(404, "not_found");
        let head = wubang_server::demo::play::agent_of("lelin", "org_legal_rep").unwrap();
        assert_eq!(act(&mut bench, &head, &id, "defend", json!({ "statement": "不服" })).await.pointers(), ["/statement"]);
        let answered = act(&mut bench, &head, &id, "defend", json!({ "statement": DEFENCE })).await.ok();
        assert_eq!((&answered["state"], &answered["defence"]), (&json!("reviewing"), &json!(DEFENCE)));
        let why = json!({ "reason": "经核实材料系伪造,申辩理由不成立。" });
        act(&mut bench, "wei.guohua", &id, "enter", why.clone()).await.refused(409, "same_person");
        assert!(shown(&bench, "").await.is_empty());
        let active = act(&mut bench, SECOND, &id, "enter", why).await.ok();
        assert_eq!((&active["state"], &active["in_force"]), (&json!("active"), &json!(true)));
        let public = shown(&bench, "?colour=black&division=410108000000").await;
        assert_eq!((text(&public[0], "/number"), text(&public[0], "/ground")), (text(&made, "/number"), "false_material".to_owned()));
        assert!(text(&public[0], "/note").contains("不属于国家规定的严重失信主体名单"));
        assert!(shown(&bench, "?colour=red").await.is_empty());
    }

    async fn a_bid_that_fell_for_false_material_is_proposed_and_nobody_listed_by_it(bench: Bench from DeadlinePassed) {
        crate::invalidations::opened(&mut bench).await;
        crate::invalidations::invalidated(&mut bench, "xinhuo").await;
        let all = bench.user("wei.guohua").await.get("/api/v1/list_entries?colour=black").await.ok();
        let proposed = list(&all, "/items");
        assert_eq!((proposed.len(), &proposed[0]["state"], &proposed[0]["ground"]), (1, &json!("proposed"), &json!("false_material")));
        assert_eq!(proposed[0]["organisation_id"], json!(bench.organisation("xinhuo").await));
        assert!(unmet(&mut bench, "xinhuo", "?micro=true").await.iter().all(|rule| rule != "not_black_listed"));
    }

    async fn who_does_not_answer_in_time_is_decided_on_without(bench: Bench) {
        let id = noticed(&mut bench, "lelin", "refused_to_sign").await;
        let head = wubang_server::demo::play::agent_of("lelin", "org_legal_rep").unwrap();
        bench.set_clock(instant("2026-03-17T00:00:00+08:00"));
        act(&mut bench, &head, &id, "defend", json!({ "statement": DEFENCE })).await.refused(409, "deadline_passed");
        bench.work().await;
        let over = entry(&mut bench, SECOND, &id).await.ok();
        assert_eq!((&over["state"], &over["defence"], &over["months"]), (&json!("reviewing"), &Value::Null, &json!(6)));
        let drop = json!({ "ground": "good_faith_failure", "reason": "" });
        assert_eq!(act(&mut bench, SECOND, &id, "drop", drop).await.pointers(), ["/reason"]);
        let drop = json!({ "ground": "good_faith_failure", "reason": "因场地拆迁中断,组织已按约告知并配合移交。" });
        let dropped = act(&mut bench, SECOND, &id, "drop", drop).await.ok();
        assert_eq!(dropped["state"], json!("dropped"));
        assert!(unmet(&mut bench, "lelin", "").await.is_empty());
        // who was told reads the end of it
        assert!(text(&entry(&mut bench, "ning.jiayi", &id).await.ok(), "/reason").contains("已尽力履约"));
    }

    async fn the_effects_begin_with_the_decision_and_end_with_their_second(bench: Bench) {
        let id = listed(&mut bench, "lelin", "refused_to_sign").await;
        assert_eq!(unmet(&mut bench, "lelin", "").await, ["not_black_listed"]);
        let until = text(&entry(&mut bench, SECOND, &id).await.ok(), "/effective_until");
        assert_eq!(until, "2026-09-02T23:59:59+08:00");
        bench.set_clock(instant(&until));
        assert_eq!(unmet(&mut bench, "lelin", "").await, ["not_black_listed"]);
        assert_eq!(shown(&bench, "").await.len(), 1);
        // the clock alone ends them, before any worker has come by
        bench.set_clock(instant(&until) + TimeDelta::seconds(1));
        assert!(unmet(&mut bench, "lelin", "").await.is_empty() && shown(&bench, "").await.is_empty());
        assert_eq!(recorded(&bench, "list_entry.expired", Some(&id)).await, 0);
        bench.work().await;
        assert_eq!(entry(&mut bench, SECOND, &id).await.ok()["state"], json!("expired"));
        act(&mut bench, SECOND, &id, "revoke", json!({ "reason": "期满后再撤销一次。" })).await.refused(409, "invalid_transition");
    }

    async fn who_is_listed_hands_in_no_bid_and_what_was_handed_in_does_not_qualify(bench: Bench from PostingOpen) {
        open(&mut bench).await;
        let early = drafted(&mut bench, "xinhuo").await;
        head(&mut bench, "xinhuo").await.post(&at(&early, "submit"), json!({})).await.ok();
        let late = drafted(&mut bench, "lelin").await;
        listed(&mut bench, "lelin", "false_material").await;
        let refused = head(&mut bench, "lelin").await.post(&at(&late, "submit"), json!({})).await.refused(422, "not_eligible");
        let pointers: Vec<String> = list(&refused, "/errors").iter().map(|one| text(one, "/pointer")).collect();
        assert!(pointers.len() == 1 && pointers[0].ends_with("/not_black_listed"), "{pointers:?}");
        listed(&mut bench, "xinhuo", "false_material").await;
        bench.advance(instant("2026-03-18T00:00:00+08:00")).await;
        let street = bench.user("wang.min").await;
        let bid = street.get(&format!("/api/v1/bids/{early}")).await.ok();
        let failed = list(&bid, "/eligibility").into_iter().filter(|one| one["passed"] == json!(false));
        assert_eq!(failed.map(|one| text(&one, "/rule")).collect::<Vec<_>>(), ["not_black_listed"]);
        street.post(&at(&early, "qualify"), json!({})).await.refused(422, "checks_failed");
    }

    async fn who_is_listed_meanwhile_signs_no_agreement(bench: Bench from AwardNoticed) {
        let hash = play_sent(&mut bench).await;
        listed(&mut bench, "lelin", "false_material").await;
        let path = format!("/api/v1/contracts/{}/sign", bench.play.ids.contract);
        let body = json!({ "content_hash": hash });
        bench.cast("winner_legal_rep").await.post(&path, body.clone()).await.ok();
        let problem = bench.user("wang.min").await.post(&path, body).await.refused(422, "not_eligible");
        assert_eq!(problem["errors"][0]["code"], json!("not_black_listed"));
    }

    async fn an_objection_lets_the_effects_rest_until_its_term_and_no_longer(bench: Bench) {
        let id = listed(&mut bench, "lelin", "false_material").await;
        let rival = json!({ "target": "list_entry", "target_id": id, "organisation_id": bench.organisation("yinxing").await,
            "grounds": [{ "code": "facts", "facts": "与本组织无关,仅为测试身份。" }], "demand": { "effect": "delist", "text": "请求撤销该条目" } });
        crate::objections::object_with(&mut bench, "wei.xiaoqian", rival).await.refused(422, "no_standing");
        let objection = text(&object(&mut bench, &id).await.ok(), "/id");
        assert_eq!(unmet(&mut bench, "lelin", "").await, ["not_black_listed"], "handed in, not accepted");
        // who gave the notice or decided does not handle it
        crate::objections::act(&mut bench, SECOND, &objection, "accept", json!({})).await.refused(409, "same_person");
        crate::objections::act(&mut bench, "wei.guohua", &objection, "accept", json!({})).await.refused(409, "same_person");
        let accepted = handle(&mut bench, &objection, "accept", json!({})).await.ok();
        let answer_by = due(&accepted, "objection_answer").unwrap();
        let rests = entry(&mut bench, "ning.jiayi", &id).await.ok();
        assert_eq!((&rests["state"], &rests["in_force"], &rests["paused_until"]), (&json!("active"), &json!(false), &json!(answer_by)));
        assert!(unmet(&mut bench, "lelin", "").await.is_empty() && shown(&bench, "").await.is_empty());
        bench.set_clock(instant(&answer_by));
        assert!(unmet(&mut bench, "lelin", "").await.is_empty());
        bench.set_clock(instant(&answer_by) + TimeDelta::seconds(1));
        assert_eq!(unmet(&mut bench, "lelin", "").await, ["not_black_listed"]);
        assert_eq!(shown(&bench, "").await.len(), 1);
    }

    async fn a_dismissed_objection_lets_the_effects_go_on_and_an_upheld_one_ends_them(bench: Bench) {
        let id = listed(&mut bench, "lelin", "false_material").await;
        let objection = text(&object(&mut bench, &id).await.ok(), "/id");
        handle(&mut bench, &objection, "accept", json!({})).await.ok();
        let no = json!({ "outcome": "dismissed", "effect": null, "reason": "经复核伪造事实清楚,维持原决定。" });
        handle(&mut bench, &objection, "decide", no).await.ok();
        let on = entry(&mut bench, SECOND, &id).await.ok();
        assert_eq!((&on["in_force"], &on["paused_until"]), (&json!(true), &Value::Null));
        assert_eq!(unmet(&mut bench, "lelin", "").await, ["not_black_listed"]);
        let again = listed(&mut bench, "yinxing", "collusion").await;
        let mut body = json!({ "target": "list_entry", "target_id": again,
            "grounds": [{ "code": "facts", "facts": "两份意向书由各自团队独立编制,过程稿可供核查。" }], "demand": { "effect": "delist", "text": "请求撤销该条目" } });
        body["organisation_id"] = json!(bench.organisation("yinxing").await);
        let second = text(&crate::objections::object_with(&mut bench, "wei.xiaoqian", body).await.ok(), "/id");
        handle(&mut bench, &second, "accept", json!({})).await.ok();
        let yes = json!({ "outcome": "upheld", "effect": "delist", "reason": "过程稿证明系独立编制,撤销列入决定。" });
        handle(&mut bench, &second, "decide", yes).await.ok();
        assert_eq!(entry(&mut bench, "wei.xiaoqian", &again).await.ok()["state"], json!("revoked"));
        assert!(unmet(&mut bench, "yinxing", "").await.is_empty());
    }

    async fn an_objection_comes_within_seven_working_days_of_the_decision(bench: Bench) {
        let id = listed(&mut bench, "lelin", "false_material").await;
        bench.set_clock(instant("2026-03-12T00:00:00+08:00"));
        object(&mut bench, &id).await.refused(409, "deadline_passed");
        let hidden = noticed(&mut bench, "xinhuo", "collusion").await;
        object(&mut bench, &hidden).await.refused(404, "not_found");
    }

    async fn an_entry_is_repaired_after_six_clean_months_by_the_district(bench: Bench) {
        let id = listed(&mut bench, "lelin", "false_material").await;
        let head = wubang_server::demo::play::agent_of("lelin", "org_legal_rep").unwrap();
        let ask = json!({ "statement": "已撤换项目负责人,建立材料双人核验制度,附制度文本与培训记录。" });
        act(&mut bench, &head, &id, "request_repair", ask.clone()).await.refused(409, "too_early");
        assert_eq!(text(&entry(&mut bench, &head, &id).await.ok(), "/repairable_on"), "2026-09-02");
        bench.advance(instant("2026-06-10T09:00:00+08:00")).await;
        entered(&mut bench, "lelin", "late_report", -2).await;
        bench.advance(instant("2026-12-09T09:00:00+08:00")).await;
        bench.forget();
        act(&mut bench, &head, &id, "request_repair", ask.clone()).await.refused(409, "too_early");
        bench.advance(instant("2026-12-10T09:00:00+08:00")).await;
        bench.forget();
        act(&mut bench, &head, &id, "request_repair", json!({ "statement": "已改" })).await.refused(422, "invalid");
        act(&mut bench, &head, &id, "request_repair", ask.clone()).await.ok();
        // until the district agrees the effects go on
        assert_eq!(unmet(&mut bench, "lelin", "").await, ["not_black_listed"]);
        let no = json!({ "reason": "制度尚未执行满一个季度,暂不同意。" });
        let refused = act(&mut bench, SECOND, &id, "refuse_repair", no).await.ok();
        assert_eq!(refused["state"], json!("active"));
        act(&mut bench, SECOND, &id, "repair", json!({ "reason": "整改到位,同意修复。" })).await.refused(409, "invalid_transition");
        act(&mut bench, &head, &id, "request_repair", ask).await.ok();
        let done = act(&mut bench, SECOND, &id, "repair", json!({ "reason": "整改到位,同意修复。" })).await.ok();
        assert_eq!(done["state"], json!("repaired"));
        assert!(unmet(&mut bench, "lelin", "").await.is_empty());
    }
}
