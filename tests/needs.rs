//! 评榜 over HTTP: every row of the life cycle and every refusal.

use serde_json::{Value, json};
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

/// A text in an answer.
pub(crate) fn text(value: &Value, pointer: &str) -> String {
    value
        .pointer(pointer)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("the answer has no {pointer}: {value}"))
        .to_owned()
}

/// When a running deadline of an object ends.
pub(crate) fn due(object: &Value, timer: &str) -> Option<String> {
    let all = object["deadlines"].as_array().cloned().unwrap_or_default();
    all.iter()
        .find(|one| one["timer"] == json!(timer))
        .map(|one| text(one, "/at"))
}

/// Names of the actions open to the caller.
pub(crate) fn allowed(object: &Value) -> Vec<String> {
    let all = object["allowed_actions"].as_array().cloned();
    all.unwrap_or_default()
        .iter()
        .map(|one| text(one, "/action"))
        .collect()
}

/// An instant of the story's zone.
pub(crate) fn instant(text: &str) -> chrono::DateTime<chrono::Utc> {
    let parsed = chrono::DateTime::parse_from_rfc3339(text);
    parsed
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .to_utc()
}

pub(crate) fn new_need() -> Value {
    json!({ "community": "410108005003", "title": "楼道照明与夜间出行安全互助", "source": "grid", "affected_count": 120, "field": "A01",
        "description": "三号院六个单元的楼道灯多数损坏,老人夜间上下楼常有磕碰,居民愿意结对接送。", "target_groups": ["elderly"], "urgency": "high" })
}

pub(crate) fn at(id: &str, verb: &str) -> String {
    format!("/api/v1/needs/{id}/{verb}")
}

pub(crate) async fn secretary(bench: &mut Bench) -> Caller {
    bench.cast("secretary").await
}

pub(crate) async fn street(bench: &mut Bench) -> Caller {
    bench.cast("street_officer").await
}

/// Acts on a need with nothing said.
pub(crate) async fn plain(caller: &Caller, id: &str, verb: &str) -> Reply {
    caller.post(&at(id, verb), json!({})).await
}

pub(crate) async fn because(caller: &Caller, id: &str, verb: &str) -> Reply {
    let body = json!({ "reason": "按照规定办理,理由充分。" });
    caller.post(&at(id, verb), body).await
}

pub(crate) async fn drafted(bench: &mut Bench, need: Value) -> String {
    let made = secretary(bench).await.post("/api/v1/needs", need).await;
    text(&made.ok(), "/id")
}

pub(crate) async fn submitted(bench: &mut Bench, need: Value) -> String {
    let id = drafted(bench, need).await;
    plain(&secretary(bench).await, &id, "submit").await.ok();
    id
}

pub(crate) async fn accept(bench: &mut Bench, id: &str) -> Reply {
    let analyst = bench.organisation("mingjian").await;
    let body = json!({ "analyst_organisation_id": analyst, "not_authority_duty": true, "duplicates_checked": true });
    street(bench).await.post(&at(id, "accept"), body).await
}

pub(crate) async fn under_review(bench: &mut Bench, need: Value) -> String {
    let id = submitted(bench, need).await;
    accept(bench, &id).await.ok();
    plain(&street(bench).await, &id, "start_review").await.ok();
    id
}

pub(crate) fn analysis(no_conflict: bool) -> Value {
    json!({ "root_cause": "无人管理的楼院缺少维护责任人,公共照明长期无人报修。", "stakeholders": "三号院居民与物业公司",
        "feasibility": "社会组织可以承接", "proposed_field": "A01", "no_conflict": no_conflict })
}

pub(crate) async fn analyse(bench: &mut Bench, id: &str) -> Reply {
    let third = bench.cast("third_party").await;
    third.post(&at(id, "analyses"), analysis(true)).await
}

/// An opinion whose six parts sum to `total`.
pub(crate) fn opinion(speciality: &str, total: i64, no_conflict: bool) -> Value {
    let mut left = total;
    let mut part = |max: i64| {
        let points = left.min(max);
        left -= points;
        points
    };
    let parts = json!({ "urgency_severity": part(25), "beneficiaries": part(20), "resident_voice": part(20),
        "feasibility": part(15), "policy_fit": part(10), "resources": part(10) });
    json!({ "opinion": "情况属实,需求真实,建议按程序办理。", "parts": parts, "speciality": speciality, "no_conflict": no_conflict })
}

pub(crate) async fn opine(
    bench: &mut Bench,
    id: &str,
    expert: &str,
    speciality: &str,
    total: i64,
) -> Reply {
    let body = opinion(speciality, total, true);
    bench
        .user(expert)
        .await
        .post(&at(id, "opinions"), body)
        .await
}

/// A need with its analysis and two opinions of two specialities.
pub(crate) async fn reviewed(bench: &mut Bench, first: i64, second: i64) -> String {
    let id = under_review(bench, new_need()).await;
    analyse(bench, &id).await.ok();
    opine(bench, &id, "qin.shuyao", "A01", first).await.ok();
    opine(bench, &id, "gu.lanting", "A06", second).await.ok();
    id
}

on_both! {
    async fn a_need_is_approved_by_the_story(bench: Bench from NeedApproved) {
        let street = bench.cast("street_officer").await;
        let need = street.get(&format!("/api/v1/needs/{}", bench.play.ids.need)).await.ok();
        assert_eq!(need["state"], json!("approved"));
        assert_eq!(need["priority"], json!("high"));
        assert_eq!(need["review_score"], json!("86.00"));
    }

    async fn a_secretary_drafts_changes_and_submits(bench: Bench) {
        let secretary = secretary(&mut bench).await;
        let made = secretary.post("/api/v1/needs", json!({ "community": "410108005003", "title": "楼道照明互助" })).await;
        assert_eq!((made.status, made.headers["etag"].as_str()), (201, "\"v1\""));
        let made = made.ok();
        let id = text(&made, "/id");
        assert!(text(&made, "/number").starts_with("XQ-410108-2026-"), "{made}");
        assert_eq!(allowed(&made), ["delete", "withdraw"], "a draft that is not complete cannot be submitted");
        let mut rest = new_need();
        rest.as_object_mut().unwrap().remove("community");
        let changed = secretary.patch(&format!("/api/v1/needs/{id}"), 1, rest).await.ok();
        assert_eq!((&changed["version"], &changed["title"]), (&json!(2), &json!("楼道照明与夜间出行安全互助")));
        assert_eq!(allowed(&changed), ["submit", "delete", "withdraw"]);
        let handed_in = plain(&secretary, &id, "submit").await.ok();
        assert_eq!((&handed_in["state"], &handed_in["version"]), (&json!("submitted"), &json!(3)));
        // T01: three working days after Monday
        assert_eq!(due(&handed_in, "need_acceptance").as_deref(), Some("2026-03-05T23:59:59+08:00"));
        secretary.patch(&format!("/api/v1/needs/{id}"), 3, json!({ "title": "另一个标题" })).await.refused(409, "invalid_transition");
        plain(&secretary, &id, "delete").await.refused(409, "invalid_transition");
    }

    async fn an_incomplete_submission_names_every_field(bench: Bench) {
        let id = drafted(&mut bench, json!({ "community": "410108005003", "title": "楼道照明互助", "description": "太短" })).await;
        let secretary = secretary(&mut bench).await;
        let reply = plain(&secretary, &id, "submit").await;
        assert_eq!(reply.pointers(), ["/description", "/source", "/field", "/affected_count"]);
        reply.refused(422, "incomplete");
        let actions = secretary.get(&at(&id, "actions")).await.ok();
        let refused = actions["refused"].as_array().unwrap().clone();
        assert!(refused.iter().any(|one| one["action"] == json!("submit") && one["code"] == json!("incomplete")), "{actions}");
    }

    async fn a_deleted_draft_is_gone_from_the_list_and_does_nothing_more(bench: Bench) {
        let id = drafted(&mut bench, new_need()).await;
        let secretary = secretary(&mut bench).await;
        assert_eq!(plain(&secretary, &id, "delete").await.ok()["state"], json!("deleted"));
        plain(&secretary, &id, "submit").await.refused(409, "invalid_transition");
        because(&secretary, &id, "withdraw").await.refused(409, "invalid_transition");
        let list = secretary.get("/api/v1/needs?limit=100").await.ok();
        assert!(!list.to_string().contains(&id));
    }

    async fn only_the_own_secretary_and_street_act_and_strangers_find_nothing(bench: Bench) {
        let id = drafted(&mut bench, new_need()).await;
        let path = format!("/api/v1/needs/{id}");
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        // the secretary of another community, an expert and a resident do not see a draft
        for stranger in ["mao.xinmin", "qin.shuyao", "xue.chunmei", "ning.jiayi", "gao.xiangyu"] {
            let stranger = bench.user(stranger).await;
            stranger.get(&path).await.refused(404, "not_found");
            stranger.get(&at(&id, "actions")).await.refused(404, "not_found");
            plain(&stranger, &id, "submit").await.refused(404, "not_found");
            stranger.patch(&path, 1, json!({ "title": "别人的标题" })).await.refused(404, "not_found");
        }
        let street = street(&mut bench).await;
        plain(&street, &id, "submit").await.refused(403, "forbidden");
        street.patch(&path, 1, json!({ "title": "街道改的标题" })).await.refused(403, "forbidden");
        bench.user("mao.xinmin").await.post("/api/v1/needs", new_need()).await.refused(403, "forbidden");
        bench.user("wang.min").await.post("/api/v1/needs", new_need()).await.refused(403, "forbidden");
        plain(&secretary(&mut bench).await, &id, "submit").await.ok();
        because(&secretary(&mut bench).await, &id, "request_supplement").await.refused(403, "forbidden");
        because(&bench.user("he.zhengqing").await, &id, "request_supplement").await.refused(403, "forbidden");
    }

    async fn an_action_out_of_turn_is_refused(bench: Bench) {
        let id = drafted(&mut bench, new_need()).await;
        let (secretary, street) = (secretary(&mut bench).await, street(&mut bench).await);
        accept(&mut bench, &id).await.refused(409, "invalid_transition");
        for verb in ["approve", "backlog", "start_review"] {
            plain(&street, &id, verb).await.refused(409, "invalid_transition");
        }
        plain(&secretary, &id, "supplement").await.refused(409, "invalid_transition");
        because(&street, &id, "return").await.refused(409, "invalid_transition");
        plain(&secretary, &id, "submit").await.ok();
        plain(&secretary, &id, "submit").await.refused(409, "invalid_transition");
    }

    async fn a_change_needs_the_version_it_was_made_on(bench: Bench) {
        let id = drafted(&mut bench, new_need()).await;
        let secretary = secretary(&mut bench).await;
        let path = format!("/api/v1/needs/{id}");
        let body = Some(json!({ "title": "修改后的标题" }).to_string().into_bytes());
        secretary.call("PATCH", &path, &[], body.clone()).await.refused(428, "match_required");
        secretary.call("PATCH", &path, &[("if-match", "\"v7\"")], body.clone()).await.refused(412, "stale_version");
        secretary.call("PATCH", &path, &[("if-match", "\"never given\"")], body.clone()).await.refused(412, "stale_version");
        secretary.call("PATCH", &path, &[("if-match", "\"v1\"")], body.clone()).await.ok();
        // whoever saw version 1 is late now, with a change as with an action
        secretary.call("PATCH", &path, &[("if-match", "\"v1\"")], body).await.refused(412, "stale_version");
        secretary.call("POST", &at(&id, "submit"), &[("if-match", "\"v1\"")], Some(b"{}".to_vec())).await.refused(412, "stale_version");
        let done = secretary.call("POST", &at(&id, "submit"), &[("if-match", "\"v2\"")], Some(b"{}".to_vec())).await;
        assert_eq!(done.headers["etag"], "\"v3\"");
        let same = secretary.call("GET", &path, &[("if-none-match", "\"v3\"")], None).await;
        assert_eq!((same.status, same.text.as_str()), (304, ""));
    }

    async fn a_supplement_is_asked_for_once(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        let (secretary, street) = (secretary(&mut bench).await, street(&mut bench).await);
        let reply = street.post(&at(&id, "request_supplement"), json!({ "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let asked = because(&street, &id, "request_supplement").await.ok();
        assert_eq!(asked["state"], json!("supplement_required"));
        assert_eq!(due(&asked, "need_supplement").as_deref(), Some("2026-03-16T23:59:59+08:00"));
        assert_eq!(due(&asked, "need_acceptance"), None);
        let version = asked["version"].as_i64().unwrap();
        secretary.patch(&format!("/api/v1/needs/{id}"), version, json!({ "tried": "已向物业反映三次。" })).await.ok();
        let again = plain(&secretary, &id, "supplement").await.ok();
        assert_eq!(again["state"], json!("submitted"));
        assert_eq!((due(&again, "need_supplement"), due(&again, "need_acceptance").is_some()), (None, true));
        because(&street, &id, "request_supplement").await.refused(422, "supplement_used");
    }

    async fn without_its_supplement_a_need_is_withdrawn_by_the_clock(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        because(&street(&mut bench).await, &id, "request_supplement").await.ok();
        let path = format!("/api/v1/needs/{id}");
        bench.advance(instant("2026-03-16T23:59:59+08:00")).await;
        assert_eq!(street(&mut bench).await.get(&path).await.ok()["state"], json!("supplement_required"), "the last second is in time");
        bench.advance(instant("2026-03-17T00:00:00+08:00")).await;
        let need = street(&mut bench).await.get(&path).await.ok();
        assert_eq!((&need["state"], &need["reason_code"]), (&json!("withdrawn"), &json!("no_supplement")));
        plain(&secretary(&mut bench).await, &id, "supplement").await.refused(409, "invalid_transition");
    }

    async fn a_duty_of_the_authorities_is_not_accepted(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        let (street, analyst) = (street(&mut bench).await, bench.organisation("mingjian").await);
        street.post(&at(&id, "accept"), json!({ "analyst_organisation_id": analyst, "not_authority_duty": false, "duplicates_checked": true })).await.refused(422, "authority_duty");
        let blind = json!({ "analyst_organisation_id": analyst, "not_authority_duty": true, "duplicates_checked": false });
        street.post(&at(&id, "accept"), blind).await.refused(422, "duplicates_not_checked");
        let nowhere = json!({ "analyst_organisation_id": "0198a8f0-0000-7000-8000-000000000001", "not_authority_duty": true, "duplicates_checked": true });
        let reply = street.post(&at(&id, "accept"), nowhere).await;
        assert_eq!(reply.pointers(), ["/analyst_organisation_id"]);
        reply.refused(422, "invalid");
        let done = accept(&mut bench, &id).await.ok();
        assert_eq!((&done["state"], &done["analyst_organisation_id"]), (&json!("accepted"), &json!(analyst)));
        // T03: five working days, because the urgency is high
        assert_eq!(due(&done, "need_review").as_deref(), Some("2026-03-09T23:59:59+08:00"));
        // the assigned third party may begin as well
        let third = bench.cast("third_party").await;
        assert_eq!(plain(&third, &id, "start_review").await.ok()["state"], json!("under_review"));
    }

    async fn a_rejection_names_one_of_the_closed_grounds(bench: Bench) {
        let street = street(&mut bench).await;
        let early = submitted(&mut bench, new_need()).await;
        let body = |ground: &str, reason: &str| json!({ "ground": ground, "reason": reason });
        let reply = street.post(&at(&early, "reject"), body("because", "不属于受理范围")).await;
        assert_eq!(reply.pointers(), ["/ground"]);
        reply.refused(422, "invalid");
        let reply = street.post(&at(&early, "reject"), body("market_service", "不")).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        let late = under_review(&mut bench, new_need()).await;
        for id in [early, late] {
            let done = street.post(&at(&id, "reject"), body("market_service", "属于市场化服务,不予立项")).await.ok();
            assert_eq!((&done["state"], &done["reason_code"], due(&done, "need_review")), (&json!("rejected"), &json!("market_service"), None));
        }
    }

    async fn approval_wants_analysis_and_opinions_of_two_specialities(bench: Bench) {
        let id = under_review(&mut bench, new_need()).await;
        let street = street(&mut bench).await;
        let actions = street.get(&at(&id, "actions")).await.ok();
        let names = |list: &str| actions[list].as_array().unwrap().iter().map(|one| text(one, "/action")).collect::<Vec<_>>();
        assert_eq!(names("allowed"), ["reject", "merge", "return"]);
        assert!(actions["refused"].as_array().unwrap().iter().any(|one| one["action"] == json!("approve") && one["code"] == json!("analysis_missing")
            && one["zh"].is_string() && one["en"].is_string()), "{actions}");
        plain(&street, &id, "approve").await.refused(422, "analysis_missing");
        plain(&street, &id, "backlog").await.refused(422, "analysis_missing");
        analyse(&mut bench, &id).await.ok();
        plain(&street, &id, "approve").await.refused(422, "opinions_missing");
        opine(&mut bench, &id, "qin.shuyao", "A01", 70).await.ok();
        opine(&mut bench, &id, "yu.haichuan", "A01", 71).await.ok();
        // two experts, but one speciality
        plain(&street, &id, "approve").await.refused(422, "opinions_missing");
        opine(&mut bench, &id, "gu.lanting", "A06", 75).await.ok();
        let done = plain(&street, &id, "approve").await.ok();
        // (70 + 71 + 75) / 3
        assert_eq!((&done["state"], &done["review_score"], &done["priority"]), (&json!("approved"), &json!("72.00"), &json!("normal")));
    }

    async fn one_opinion_is_enough_for_a_micro_wish(bench: Bench) {
        let mut wish = new_need();
        wish["source"] = json!("micro_wish");
        let id = under_review(&mut bench, wish).await;
        analyse(&mut bench, &id).await.ok();
        opine(&mut bench, &id, "qin.shuyao", "A01", 60).await.ok();
        assert_eq!(plain(&street(&mut bench).await, &id, "approve").await.ok()["priority"], json!("normal"));
    }

    async fn from_sixty_a_need_is_approved_and_from_eighty_with_high_priority(bench: Bench) {
        let street = street(&mut bench).await;
        let high = reviewed(&mut bench, 79, 81).await;
        plain(&street, &high, "backlog").await.refused(422, "score_too_high");
        let high = plain(&street, &high, "approve").await.ok();
        assert_eq!((&high["priority"], &high["review_score"]), (&json!("high"), &json!("80.00")));
        // T05: 90 calendar days end on Sunday 31 May, moved to Monday; T06: 30 days
        assert_eq!(due(&high, "need_shelf_life").as_deref(), Some("2026-06-01T23:59:59+08:00"));
        assert_eq!(due(&high, "post_high_priority").as_deref(), Some("2026-04-01T23:59:59+08:00"));
        let normal = reviewed(&mut bench, 79, 80).await;
        let normal = plain(&street, &normal, "approve").await.ok();
        assert_eq!((&normal["priority"], &normal["review_score"]), (&json!("normal"), &json!("79.50")));
        assert_eq!((due(&normal, "need_shelf_life").is_some(), due(&normal, "post_high_priority")), (true, None));
    }

    async fn reviewers_recuse_themselves_and_speak_once(bench: Bench) {
        let waiting = submitted(&mut bench, new_need()).await;
        accept(&mut bench, &waiting).await.ok();
        opine(&mut bench, &waiting, "qin.shuyao", "A01", 70).await.refused(409, "invalid_transition");
        let id = under_review(&mut bench, new_need()).await;
        let third = bench.cast("third_party").await;
        third.post(&at(&id, "analyses"), analysis(false)).await.refused(409, "recused");
        analyse(&mut bench, &id).await.ok();
        analyse(&mut bench, &id).await.refused(409, "duplicate");
        // the third party of another body does not see the need at all
        bench.user("wu.xiaodong").await.post(&at(&id, "analyses"), analysis(true)).await.refused(404, "not_found");
        bench.user("qin.shuyao").await.post(&at(&id, "analyses"), analysis(true)).await.refused(403, "forbidden");
        let expert = bench.user("qin.shuyao").await;
        expert.post(&at(&id, "opinions"), opinion("A01", 70, false)).await.refused(409, "recused");
        let reply = expert.post(&at(&id, "opinions"), opinion("A06", 70, true)).await;
        assert_eq!(reply.pointers(), ["/speciality"]);
        reply.refused(422, "invalid");
        let mut over = opinion("A01", 100, true);
        over["parts"]["urgency_severity"] = json!(26);
        over["parts"]["resources"] = json!(-1);
        let reply = expert.post(&at(&id, "opinions"), over).await;
        assert_eq!(reply.pointers(), ["/parts/urgency_severity", "/parts/resources"]);
        reply.refused(422, "invalid");
        expert.post(&at(&id, "opinions"), opinion("A01", 70, true)).await.ok();
        expert.post(&at(&id, "opinions"), opinion("C01", 90, true)).await.refused(409, "duplicate");
        street(&mut bench).await.post(&at(&id, "opinions"), opinion("A01", 70, true)).await.refused(403, "forbidden");
        let need = street(&mut bench).await.get(&format!("/api/v1/needs/{id}")).await.ok();
        assert_eq!((need["analyses"].as_array().unwrap().len(), need["opinions"].as_array().unwrap().len()), (1, 1));
    }

    async fn a_returned_need_must_change_before_it_comes_back(bench: Bench) {
        let id = under_review(&mut bench, new_need()).await;
        let (secretary, street) = (secretary(&mut bench).await, street(&mut bench).await);
        let returned = because(&street, &id, "return").await.ok();
        assert_eq!((&returned["state"], due(&returned, "need_review")), (&json!("returned"), None));
        plain(&secretary, &id, "submit").await.refused(422, "not_changed");
        let path = format!("/api/v1/needs/{id}");
        let version = returned["version"].as_i64().unwrap();
        // the same words again are no change
        secretary.patch(&path, version, json!({ "title": new_need()["title"] })).await.ok();
        plain(&secretary, &id, "submit").await.refused(422, "not_changed");
        secretary.patch(&path, version + 1, json!({ "affected_count": 121 })).await.ok();
        assert_eq!(plain(&secretary, &id, "submit").await.ok()["state"], json!("submitted"));
    }

    async fn a_secretary_withdraws_until_the_need_is_posted(bench: Bench) {
        let draft = drafted(&mut bench, new_need()).await;
        let handed_in = submitted(&mut bench, new_need()).await;
        let review = under_review(&mut bench, new_need()).await;
        let approved = reviewed(&mut bench, 90, 90).await;
        plain(&street(&mut bench).await, &approved, "approve").await.ok();
        let secretary = secretary(&mut bench).await;
        because(&street(&mut bench).await, &draft, "withdraw").await.refused(403, "forbidden");
        for id in [draft, handed_in, review, approved] {
            let done = because(&secretary, &id, "withdraw").await.ok();
            assert_eq!((&done["state"], &done["deadlines"]), (&json!("withdrawn"), &json!([])), "nothing runs on");
            because(&secretary, &id, "withdraw").await.refused(409, "invalid_transition");
        }
        bench.reach(Stage::PostingOpen).await;
        let posted = bench.play.ids.need.clone();
        because(&secretary, &posted, "withdraw").await.refused(409, "invalid_transition");
    }

    async fn after_its_shelf_life_an_approved_need_is_reviewed_again(bench: Bench) {
        let id = reviewed(&mut bench, 90, 90).await;
        plain(&street(&mut bench).await, &id, "approve").await.ok();
        bench.advance(instant("2026-06-01T23:59:59+08:00")).await;
        let path = format!("/api/v1/needs/{id}");
        assert_eq!(street(&mut bench).await.get(&path).await.ok()["state"], json!("approved"));
        bench.advance(instant("2026-06-02T00:00:00+08:00")).await;
        let need = street(&mut bench).await.get(&path).await.ok();
        assert_eq!(need["state"], json!("under_review"));
        // T03 began on Tuesday 2 June; the Dragon Boat holiday comes later
        assert_eq!(due(&need, "need_review").as_deref(), Some("2026-06-09T23:59:59+08:00"));
        assert_eq!(due(&need, "post_high_priority"), None);
        // opinions of three months ago do not count in the new cycle; the analysis still does
        assert_eq!(need["cycle"], json!(2));
        plain(&street(&mut bench).await, &id, "approve").await.refused(422, "opinions_missing");
    }
}

on_both! {
    async fn a_draft_with_personal_data_is_kept_and_its_secretary_is_warned(bench: Bench) {
        let mut need = new_need();
        need["description"] = json!("三号院楼道灯损坏,联系人:张三丰,电话13812345678,身份证11010519491231002X,居民愿意结对接送。");
        let secretary = secretary(&mut bench).await;
        let made = secretary.post("/api/v1/needs", need).await.ok();
        let kinds: Vec<String> = made["warnings"].as_array().unwrap().iter()
            .map(|one| { assert_eq!(one["pointer"], json!("/description")); text(one, "/kind") }).collect();
        assert_eq!(kinds, ["name", "phone", "identity_number"]);
        assert!(!made["warnings"].to_string().contains("13812345678"), "a warning does not repeat the data");
        let id = text(&made, "/id");
        // who cannot change it is not asked to
        let street = street(&mut bench).await;
        assert_eq!(street.get(&format!("/api/v1/needs/{id}")).await.ok()["warnings"], json!([]));
        let clean = json!({ "description": "三号院六个单元的楼道灯多数损坏,老人夜间上下楼常有磕碰。" });
        let after = secretary.patch(&format!("/api/v1/needs/{id}"), 1, clean).await.ok();
        assert_eq!(after["warnings"], json!([]));
        assert_eq!(plain(&secretary, &id, "submit").await.ok()["warnings"], json!([]));
    }
}
