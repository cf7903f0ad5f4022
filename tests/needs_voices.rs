//! What residents say about a need, over HTTP: voices, duplicates and merges, the comment list, the
//! public face.

use crate::needs::{
    accept, analyse, at, because, drafted, due, instant, new_need, plain, reviewed, secretary,
    street, submitted, under_review,
};
use crate::scenes::{number, recorded, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, Stage, on_both};

const RESIDENTS: &[&str] = &["xue.chunmei", "hao.xiulan", "xiong.dehai"];

pub(crate) async fn act(
    bench: &mut Bench,
    account: &str,
    id: &str,
    verb: &str,
    body: Value,
) -> Reply {
    bench.user(account).await.post(&at(id, verb), body).await
}

async fn support(bench: &mut Bench, account: &str, id: &str) -> Reply {
    act(bench, account, id, "support", json!({})).await
}

async fn merge(bench: &mut Bench, account: &str, id: &str, target: &str) -> Reply {
    let body = json!({ "target": target, "reason": "两项需求为同一件事,合并办理。" });
    act(bench, account, id, "merge", body).await
}

async fn comment(bench: &mut Bench, account: &str, id: &str, stance: &str) -> Reply {
    let body = json!({ "stance": stance, "text": "楼道灯坏了很久,盼望早日办理。" });
    act(bench, account, id, "comments", body).await
}

async fn need(bench: &mut Bench, id: &str) -> Value {
    let street = street(bench).await;
    street.get(&format!("/api/v1/needs/{id}")).await.ok()
}

async fn public(bench: &Bench, id: &str) -> Reply {
    bench
        .nobody()
        .get(&format!("/api/v1/public/needs/{id}"))
        .await
}

/// A need in its comment period, which began on Monday 2 March 2026 in the morning.
async fn in_comment(bench: &mut Bench) -> String {
    let id = under_review(bench, new_need()).await;
    analyse(bench, &id).await.ok();
    plain(&street(bench).await, &id, "open_comment").await.ok();
    id
}

fn named(title: &str, description: &str, field: &str) -> Value {
    let mut need = new_need();
    need["title"] = json!(title);
    need["description"] = json!(description);
    need["field"] = json!(field);
    need
}

on_both! {
    async fn everybody_of_the_territory_has_one_voice_that_is_counted_and_not_named(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        for (account, count) in RESIDENTS.iter().zip(1..) {
            let face = support(&mut bench, account, &id).await.ok();
            assert_eq!((number(&face, "/supporters"), &face["supported"]), (count, &json!(true)));
        }
        support(&mut bench, RESIDENTS[0], &id).await.refused(409, "duplicate");
        let taken = act(&mut bench, RESIDENTS[0], &id, "unsupport", json!({})).await.ok();
        assert_eq!((number(&taken, "/supporters"), &taken["supported"]), (2, &json!(false)));
        act(&mut bench, RESIDENTS[0], &id, "unsupport", json!({})).await.refused(409, "invalid_transition");
        support(&mut bench, RESIDENTS[0], &id).await.ok();
        let seen = need(&mut bench, &id).await;
        // a voice is no step of the need: whoever works on it is not disturbed
        assert_eq!((number(&seen, "/supporters"), number(&seen, "/version")), (3, 2));
        let me = bench.user(RESIDENTS[0]).await.get("/api/v1/me").await.ok();
        let list = street(&mut bench).await.get("/api/v1/needs?state=submitted").await.ok();
        assert_eq!(number(&list, "/items/0/supporters"), 3);
        for answer in [&seen, &list] {
            assert!(!answer.to_string().contains(&text(&me, "/id")) && !answer.to_string().contains(&text(&me, "/name")));
        }
        for event in ["need.supported", "need.unsupported"] {
            assert_eq!(recorded(&bench, event, Some(&id)).await, 0);
        }
    }

    async fn eight_voices_of_one_person_at_once_are_one(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        let resident = bench.user(RESIDENTS[0]).await;
        let replies = crate::scenes::eight(async || resident.post(&at(&id, "support"), json!({})).await).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        for reply in replies.into_iter().filter(|reply| reply.status != 200) {
            reply.refused(409, "duplicate");
        }
        assert_eq!(number(&need(&mut bench, &id).await, "/supporters"), 1);
    }

    async fn only_the_people_of_the_territory_support_a_need_and_only_until_it_is_posted(bench: Bench) {
        let draft = drafted(&mut bench, new_need()).await;
        support(&mut bench, RESIDENTS[0], &draft).await.refused(404, "not_found");
        let early = submitted(&mut bench, new_need()).await;
        support(&mut bench, "an.xiaoning", &early).await.refused(404, "not_found");
        support(&mut bench, "ning.jiayi", &early).await.refused(404, "not_found");
        let headers = [("if-match", "\"v9\"")];
        let resident = bench.user(RESIDENTS[0]).await;
        resident.call("POST", &at(&early, "support"), &headers, Some(b"{}".to_vec())).await.refused(412, "stale_version");
        because(&street(&mut bench).await, &early, "request_supplement").await.ok();
        support(&mut bench, RESIDENTS[0], &early).await.ok();
        bench.reach(Stage::NeedApproved).await;
        let id = bench.play.ids.need.clone();
        support(&mut bench, "an.xiaoning", &id).await.refused(403, "forbidden");
        act(&mut bench, "an.xiaoning", &id, "unsupport", json!({})).await.refused(403, "forbidden");
        support(&mut bench, RESIDENTS[0], &id).await.ok();
        bench.play.posting_open().await.unwrap();
        support(&mut bench, RESIDENTS[1], &id).await.refused(409, "invalid_transition");
        act(&mut bench, RESIDENTS[0], &id, "unsupport", json!({})).await.refused(409, "invalid_transition");
        assert_eq!(number(&public(&bench, &id).await.ok(), "/supporters"), 1);
    }

    async fn candidates_for_duplicates_come_with_reasons_the_most_alike_first(bench: Bench) {
        let first = submitted(&mut bench, new_need()).await;
        let told = "三号院六个单元楼道灯大多损坏,老人夜间上下楼常常磕碰,居民愿意结对接送。";
        let alike = submitted(&mut bench, named("楼道照明和夜间出行互助", told, "B04")).await;
        let field = submitted(&mut bench, named("独居老人助餐送餐", "辖区独居老人做饭困难,希望有人送餐上门并探访。", "A01")).await;
        let other = submitted(&mut bench, named("合唱团专业提升", "社区合唱团希望请老师指导发声,每周排练一次。", "E01")).await;
        let again = submitted(&mut bench, new_need()).await;
        let path = at(&again, "duplicates");
        let found = street(&mut bench).await.get(&path).await.ok();
        assert_eq!((&found["need_id"], number(&found, "/compared")), (&json!(again), 4));
        let rows: Vec<(String, Value)> = found["items"].as_array().unwrap().iter().map(|row| (text(row, "/id"), row["reasons"].clone())).collect();
        assert_eq!(rows, [
            (first, json!(["same_title", "similar_text", "same_field"])),
            (alike, json!(["similar_text"])),
            (field, json!(["same_field"])),
        ]);
        assert_eq!(number(&found, "/items/0/similarity"), 100);
        assert!(!found.to_string().contains(&other));
        // the secretary may look as well; who does not decide on the acceptance may not
        secretary(&mut bench).await.get(&path).await.ok();
        bench.user("qin.shuyao").await.get(&path).await.refused(403, "forbidden");
        bench.user("mao.xinmin").await.get(&path).await.refused(404, "not_found");
        assert_eq!(accept(&mut bench, &again).await.ok()["state"], json!("accepted"));
    }

    async fn a_merged_need_keeps_its_identity_and_its_supporters_move(bench: Bench) {
        let kept = submitted(&mut bench, new_need()).await;
        let merged = submitted(&mut bench, new_need()).await;
        for (account, id) in [(RESIDENTS[0], &kept), (RESIDENTS[0], &merged), (RESIDENTS[1], &merged), (RESIDENTS[2], &kept)] {
            support(&mut bench, account, id).await.ok();
        }
        // who took his voice back from the one but speaks for the other speaks on
        support(&mut bench, "lu.xiaofang", &kept).await.ok();
        act(&mut bench, "lu.xiaofang", &kept, "unsupport", json!({})).await.ok();
        support(&mut bench, "lu.xiaofang", &merged).await.ok();
        let target = text(&need(&mut bench, &kept).await, "/number");
        let done = merge(&mut bench, "wang.min", &merged, &target).await.ok();
        assert_eq!((&done["state"], &done["merged_into"], &done["deadlines"]), (&json!("merged"), &json!(kept), &json!([])));
        let target = need(&mut bench, &kept).await;
        assert_eq!((number(&target, "/supporters"), &target["state"], number(&target, "/version")), (4, &json!("submitted"), 3));
        assert_eq!(recorded(&bench, "need.merge_received", Some(&kept)).await, 1);
        // the old id stays readable for those who knew it
        let resident = bench.user(RESIDENTS[1]).await;
        assert_eq!(resident.get(&format!("/api/v1/public/needs/{merged}")).await.ok()["merged_into"], json!(kept));
        assert_eq!(secretary(&mut bench).await.get(&format!("/api/v1/needs/{merged}")).await.ok()["merged_into"], json!(kept));
        support(&mut bench, RESIDENTS[1], &merged).await.refused(409, "invalid_transition");
        support(&mut bench, RESIDENTS[1], &kept).await.refused(409, "duplicate");
        // the target itself may be merged: voices move on
        let last = submitted(&mut bench, new_need()).await;
        merge(&mut bench, "wang.min", &kept, &last).await.ok();
        assert_eq!(number(&need(&mut bench, &last).await, "/supporters"), 4);
        merge(&mut bench, "wang.min", &last, &kept).await.refused(422, "target_not_open");
    }

    async fn of_two_needs_merged_into_each_other_at_once_one_stays(bench: Bench) {
        let (one, other) = (submitted(&mut bench, new_need()).await, submitted(&mut bench, new_need()).await);
        let street = street(&mut bench).await;
        let body = |target: &str| json!({ "target": target, "reason": "两项需求为同一件事,合并办理。" });
        let (first, second) = (at(&one, "merge"), at(&other, "merge"));
        let (a, b) = tokio::join!(street.post(&first, body(&other)), street.post(&second, body(&one)));
        let done = [&a, &b].into_iter().filter(|reply| reply.status == 200).count();
        assert_eq!(done, 1, "{} {}", a.text, b.text);
        for reply in [a, b].into_iter().filter(|reply| reply.status != 200) {
            let code = reply.code().unwrap();
            assert!(["conflict", "target_not_open", "invalid_transition"].contains(&code.as_str()), "{code}");
        }
    }

    async fn no_voice_is_left_behind_by_a_merge(bench: Bench) {
        let target = submitted(&mut bench, new_need()).await;
        let mut callers = Vec::new();
        for account in RESIDENTS {
            callers.push(bench.user(account).await);
        }
        let street = street(&mut bench).await;
        let (mut voices, body) = (std::collections::HashSet::new(), json!({ "target": target, "reason": "两项需求为同一件事,合并办理。" }));
        for _ in 0..4 {
            let id = submitted(&mut bench, new_need()).await;
            let (support, merge) = (at(&id, "support"), at(&id, "merge"));
            let (a, b, c, merged) = tokio::join!(
                callers[0].post(&support, json!({})), callers[1].post(&support, json!({})), callers[2].post(&support, json!({})),
                street.post(&merge, body.clone())
            );
            merged.ok();
            for (place, reply) in [a, b, c].into_iter().enumerate() {
                match reply.status {
                    200 => { voices.insert(place); }
                    _ => assert_eq!(reply.status, 409, "{}", reply.text),
                }
            }
        }
        // the invariants say that no merged need kept one
        assert_eq!(number(&need(&mut bench, &target).await, "/supporters"), i64::try_from(voices.len()).unwrap());
    }

    async fn a_need_is_merged_from_each_state_before_the_decision(bench: Bench) {
        let target = submitted(&mut bench, new_need()).await;
        let accepted = submitted(&mut bench, new_need()).await;
        accept(&mut bench, &accepted).await.ok();
        let review = under_review(&mut bench, new_need()).await;
        let backlog = reviewed(&mut bench, 40, 40).await;
        plain(&street(&mut bench).await, &backlog, "backlog").await.ok();
        for id in [accepted, review, backlog] {
            let done = merge(&mut bench, "wang.min", &id, &target).await.ok();
            assert_eq!((&done["state"], due(&done, "need_review")), (&json!("merged"), None));
        }
        let approved = reviewed(&mut bench, 90, 90).await;
        plain(&street(&mut bench).await, &approved, "approve").await.ok();
        merge(&mut bench, "wang.min", &approved, &target).await.refused(409, "invalid_transition");
    }

    async fn a_merge_wants_an_open_target_in_the_territory_and_a_reason(bench: Bench) {
        let id = submitted(&mut bench, new_need()).await;
        let draft = drafted(&mut bench, new_need()).await;
        let rejected = submitted(&mut bench, new_need()).await;
        street(&mut bench).await.post(&at(&rejected, "reject"), json!({ "ground": "market_service", "reason": "属于市场化服务" })).await.ok();
        for target in [&draft, &rejected] {
            merge(&mut bench, "wang.min", &id, target).await.refused(422, "target_not_open");
        }
        let reply = act(&mut bench, "wang.min", &id, "merge", json!({ "target": id, "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason", "/target"]);
        reply.refused(422, "invalid");
        // a need of another street is as unknown as one that does not exist
        let mut foreign = new_need();
        foreign["community"] = json!("410108001001");
        let made = bench.user("han.wenjing").await.post("/api/v1/needs", foreign).await.ok();
        let foreign = text(&made, "/id");
        plain(&bench.user("han.wenjing").await, &foreign, "submit").await.ok();
        for target in [foreign.as_str(), "XQ-410108-2026-9999"] {
            let reply = merge(&mut bench, "wang.min", &id, target).await;
            assert_eq!(reply.pointers(), ["/target"]);
            reply.refused(422, "invalid");
        }
        // somebody who works for both streets may
        crate::scenes::grant(&mut bench, "wang.min", "street_officer", json!({ "division": "410108001000" })).await;
        assert_eq!(merge(&mut bench, "wang.min", &id, &foreign).await.ok()["merged_into"], json!(foreign));
        let mine = submitted(&mut bench, new_need()).await;
        let target = submitted(&mut bench, new_need()).await;
        merge(&mut bench, "gao.xiangyu", &mine, &target).await.refused(404, "not_found");
        let by_secretary = merge(&mut bench, "zhao.lei", &mine, &target).await;
        assert_eq!(by_secretary.status, 422, "the secretary has no territory of an officer");
        assert_eq!(need(&mut bench, &mine).await["state"], json!("submitted"));
    }

    async fn residents_comment_for_five_working_days_and_the_review_goes_on(bench: Bench) {
        let id = in_comment(&mut bench).await;
        let shown = need(&mut bench, &id).await;
        assert_eq!((due(&shown, "need_comment").as_deref(), due(&shown, "need_review")), (Some("2026-03-09T23:59:59+08:00"), None));
        let face = public(&bench, &id).await.ok();
        assert_eq!((&face["state"], text(&face, "/comment_until")), (&json!("in_comment"), "2026-03-09T23:59:59+08:00".to_owned()));
        comment(&mut bench, RESIDENTS[0], &id, "support").await.ok();
        comment(&mut bench, RESIDENTS[0], &id, "oppose").await.refused(409, "duplicate");
        comment(&mut bench, RESIDENTS[1], &id, "oppose").await.ok();
        let face = comment(&mut bench, RESIDENTS[2], &id, "suggest").await.ok();
        assert_eq!(face["comments"], json!({ "support": 1, "oppose": 1, "suggest": 1 }));
        bench.advance(instant("2026-03-09T23:59:59+08:00")).await;
        comment(&mut bench, "lu.xiaofang", &id, "support").await.ok();
        // one second later the worker may not have come by yet: it is late all the same
        bench.stand_at(instant("2026-03-10T00:00:00+08:00"));
        comment(&mut bench, "qi.guihua", &id, "support").await.refused(409, "deadline_passed");
        bench.work().await;
        let need = need(&mut bench, &id).await;
        assert_eq!((&need["state"], &need["comments"]), (&json!("under_review"), &json!({ "support": 2, "oppose": 1, "suggest": 1 })));
        assert!(due(&need, "need_review").is_some() && due(&need, "need_comment").is_none());
        comment(&mut bench, "qi.guihua", &id, "support").await.refused(409, "invalid_transition");
        assert_eq!(recorded(&bench, "need.comment_ended", Some(&id)).await, 1);
    }

    async fn a_comment_list_that_opens_after_five_counts_from_the_next_working_day(bench: Bench) {
        let id = under_review(&mut bench, new_need()).await;
        analyse(&mut bench, &id).await.ok();
        bench.advance(instant("2026-03-03T17:00:01+08:00")).await;
        let shown = plain(&street(&mut bench).await, &id, "open_comment").await.ok();
        // Tuesday evening counts as Wednesday 4 March
        assert_eq!(due(&shown, "need_comment").as_deref(), Some("2026-03-11T23:59:59+08:00"));
    }

    async fn the_comment_list_needs_an_analysis_and_a_street_officer(bench: Bench) {
        let id = under_review(&mut bench, new_need()).await;
        plain(&street(&mut bench).await, &id, "open_comment").await.refused(422, "analysis_missing");
        analyse(&mut bench, &id).await.ok();
        plain(&secretary(&mut bench).await, &id, "open_comment").await.refused(403, "forbidden");
        plain(&street(&mut bench).await, &id, "open_comment").await.ok();
        plain(&street(&mut bench).await, &id, "open_comment").await.refused(409, "invalid_transition");
        plain(&street(&mut bench).await, &id, "approve").await.refused(409, "invalid_transition");
        // what is on the list cannot change; it can be withdrawn
        let version = number(&need(&mut bench, &id).await, "/version");
        let secretary = secretary(&mut bench).await;
        secretary.patch(&format!("/api/v1/needs/{id}"), version, json!({ "title": "公示中改标题" })).await.refused(409, "invalid_transition");
        let done = because(&secretary, &id, "withdraw").await.ok();
        assert_eq!((&done["state"], &done["deadlines"]), (&json!("withdrawn"), &json!([])));
        public(&bench, &id).await.refused(404, "not_found");
    }

    async fn only_residents_of_the_territory_comment_and_only_those_in_charge_read(bench: Bench) {
        let id = in_comment(&mut bench).await;
        for account in ["an.xiaoning", "zhao.lei", "qin.shuyao"] {
            comment(&mut bench, account, &id, "support").await.refused(403, "forbidden");
        }
        let early = submitted(&mut bench, new_need()).await;
        comment(&mut bench, RESIDENTS[0], &early, "support").await.refused(409, "invalid_transition");
        let reply = act(&mut bench, RESIDENTS[0], &id, "comments", json!({ "stance": "support", "text": "好" })).await;
        assert_eq!(reply.pointers(), ["/text"]);
        reply.refused(422, "invalid");
        for account in RESIDENTS {
            comment(&mut bench, account, &id, "suggest").await.ok();
        }
        let path = at(&id, "comments");
        for account in ["wang.min", "zhao.lei", "qin.shuyao", "gong.mingyue"] {
            let page = bench.user(account).await.get(&format!("{path}?limit=2")).await.ok();
            assert_eq!(page["items"].as_array().unwrap().len(), 2);
            let next = bench.user(account).await.get(&format!("{path}?limit=2&cursor={}", text(&page, "/next"))).await.ok();
            assert_eq!((next["items"].as_array().unwrap().len(), &next["next"]), (1, &Value::Null));
            let person = bench.person(RESIDENTS[0]).await;
            assert!(!page.to_string().contains(&person) && !next.to_string().contains(&person), "no author");
        }
        for account in [RESIDENTS[0], "an.xiaoning", "ning.jiayi"] {
            bench.user(account).await.get(&path).await.refused(404, "not_found");
        }
        assert!(!public(&bench, &id).await.text.contains("盼望早日办理"));
    }

    async fn the_public_sees_needs_on_the_comment_list_and_approved_ones_and_nothing_internal(bench: Bench) {
        let mut secret = new_need();
        secret["tried"] = json!("已向王主任家里反映。");
        let hidden = submitted(&mut bench, new_need()).await;
        let shown = reviewed_need(&mut bench, secret).await;
        let nobody = bench.nobody();
        let list = nobody.get("/api/v1/public/needs").await.ok();
        assert_eq!(list["items"], json!([]), "nothing is decided yet");
        public(&bench, &shown).await.refused(404, "not_found");
        plain(&street(&mut bench).await, &shown, "approve").await.ok();
        let list = nobody.get("/api/v1/public/needs").await.ok();
        assert_eq!((list["items"].as_array().unwrap().len(), text(&list, "/items/0/id")), (1, shown.clone()));
        let face = public(&bench, &shown).await;
        for inner in ["王主任", "无人管理的楼院", "情况属实", "review_score", "analyses", "opinions", "reason", "deadlines", "created_by"] {
            assert!(!face.text.contains(inner) && !list.to_string().contains(inner), "{inner}: {}", face.text);
        }
        // a resident sees the public face only, also of what he may support
        let resident = bench.user(RESIDENTS[0]).await;
        resident.get(&format!("/api/v1/needs/{shown}")).await.refused(404, "not_found");
        resident.get(&format!("/api/v1/public/needs/{hidden}")).await.ok();
        let own = resident.get("/api/v1/public/needs").await.ok();
        assert_eq!(own["items"].as_array().unwrap().len(), 2);
        assert_eq!(resident.get("/api/v1/needs").await.ok()["items"], json!([]));
        let foreign = bench.user("an.xiaoning").await;
        foreign.get(&format!("/api/v1/public/needs/{hidden}")).await.refused(404, "not_found");
    }

    async fn the_public_list_is_filtered_and_searched(bench: Bench) {
        let id = reviewed(&mut bench, 90, 90).await;
        plain(&street(&mut bench).await, &id, "approve").await.ok();
        let other = in_comment(&mut bench).await;
        let nobody = bench.nobody();
        for (query, wanted) in [
            ("state=approved", vec![&id]), ("state=in_comment", vec![&other]), ("state=draft", vec![]),
            ("field=A01", vec![&other, &id]), ("field=E01", vec![]), ("division=410108005000", vec![&other, &id]),
            ("division=410108001000", vec![]), ("target_group=elderly", vec![&other, &id]), ("target_group=child", vec![]),
            ("urgency=high", vec![&other, &id]), ("urgency=normal", vec![]),
            ("q=%E6%A5%BC%E9%81%93%20%E6%8E%A5%E9%80%81", vec![&other, &id]), ("q=%E5%90%88%E5%94%B1", vec![]), ("q=%25", vec![]),
        ] {
            let list = nobody.get(&format!("/api/v1/public/needs?{query}")).await.ok();
            let ids: Vec<String> = list["items"].as_array().unwrap().iter().map(|row| text(row, "/id")).collect();
            assert_eq!(ids.iter().collect::<Vec<_>>(), wanted, "{query}");
        }
        let reply = nobody.get("/api/v1/public/needs?division=abc&q=").await;
        assert_eq!(reply.pointers(), ["?q", "?division"]);
        reply.refused(422, "invalid");
        nobody.get("/api/v1/public/needs?source=grid").await.refused(400, "unknown_parameter");
    }
}

/// A need of somebody's own words with its analysis and two opinions.
async fn reviewed_need(bench: &mut Bench, need: Value) -> String {
    let id = under_review(bench, need).await;
    analyse(bench, &id).await.ok();
    crate::needs::opine(bench, &id, "qin.shuyao", "A01", 80)
        .await
        .ok();
    crate::needs::opine(bench, &id, "gu.lanting", "A06", 80)
        .await
        .ok();
    id
}
