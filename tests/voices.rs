//! Residents' voices over HTTP: receipts, masking, limits, the ways into needs, the fate until the grade.

use crate::needs::{allowed, due, instant, text};
use crate::scenes::{eight, list, recorded, records};
use serde_json::{Value, json};
use std::sync::Arc;
use wubang_mail::MemoryMailer;
use wubang_server::app::{self, Parts};
use wubang_server::config::{Config, VoicesConfig};
use wubang_testkit::{Bench, Caller, Reply, Stage, on_both};

const REQUESTS: &str = "/api/v1/public/requests";

/// A request as a resident sends it.
fn matter() -> Value {
    json!({ "community": "410108005003", "channel": "micro_wish", "title": "想学会用手机挂号和缴费",
        "description": "我们楼里好几位老人不会用手机挂号、缴费,希望有人定期来教,最好一对一。", "affected_count": 12,
        "target_groups": ["elderly"], "field": "A01", "personal_data_notice": "2026-1" })
}

fn with(pairs: Value) -> Value {
    let mut request = matter();
    for (key, value) in pairs.as_object().unwrap() {
        request[key] = value.clone();
    }
    request
}

fn about(n: usize) -> Value {
    let matters = [
        "三号院六个单元的楼道灯多数损坏,老人夜间上下楼常有磕碰,盼修好。",
        "孩子放学后两个小时没人照看,双职工家庭希望社区开托管班。",
        "广场上音响声音太大,影响高三学生晚自习,请社区协调时间。",
        "独居老人做饭困难,希望能有平价的午餐送到家里来。",
    ];
    with(
        json!({ "title": format!("社区事项反映之{n}"), "description": matters[n % matters.len()] }),
    )
}

/// A receipt: number and code.
async fn receipt(caller: &Caller, request: Value) -> (String, String) {
    let made = caller.post(REQUESTS, request).await.ok();
    (text(&made, "/number"), text(&made, "/code"))
}

async fn status(caller: &Caller, number: &str, code: &str) -> Reply {
    let path = format!("{REQUESTS}/{number}/status");
    caller.post(&path, json!({ "code": code })).await
}

async fn rate(caller: &Caller, (number, code): (&str, &str), solved: bool, said: &str) -> Reply {
    let path = format!("{REQUESTS}/{number}/feedback");
    let body = json!({ "code": code, "solved": solved, "text": said });
    caller.post(&path, body).await
}

fn at(number: &str, verb: &str) -> String {
    format!("/api/v1/requests/{number}/{verb}")
}

fn fates(status: &Value) -> Vec<String> {
    list(status, "/fates")
        .iter()
        .map(|one| text(one, "/fate"))
        .collect()
}

/// A request that was handed in; for the walk of strangers through every operation.
pub async fn handed_in(bench: &mut Bench) -> String {
    let (number, _) = receipt(&bench.nobody(), about(0)).await;
    let secretary = bench.cast("secretary").await;
    let seen = secretary.get(&format!("/api/v1/requests/{number}")).await;
    text(&seen.ok(), "/id")
}

on_both! {
    async fn a_resident_hands_in_without_a_name_and_reads_the_way_until_the_grade(bench: Bench) {
        let nobody = bench.nobody();
        let (receipt_number, code) = receipt(&nobody, matter()).await;
        assert_eq!(receipt_number, "SQ-410108-2026-0001");
        let secretary = bench.cast("secretary").await;
        let seen = secretary.get(&format!("/api/v1/requests/{receipt_number}")).await.ok();
        assert_eq!((seen["state"].as_str(), seen["need_id"].clone()), (Some("received"), Value::Null));
        assert_eq!(allowed(&seen), ["acknowledge", "attach", "answer", "reject", "transfer"]);
        secretary.post(&at(&receipt_number, "acknowledge"), json!({})).await.ok();
        bench.reach(Stage::NeedApproved).await;
        let need = bench.play.ids.need.clone();
        let attached = secretary.post(&at(&receipt_number, "attach"), json!({ "need": need })).await.ok();
        assert_eq!((attached["state"].clone(), attached["need_id"].clone()), (json!("attached"), json!(need)));
        assert_eq!(attached["deadlines"], json!([]));
        let now = status(&nobody, &receipt_number, &code).await.ok();
        assert_eq!(now["fate"], json!("approved"), "the need is further than the request");
        assert_eq!((now["need_number"].clone(), now["may_answer"].clone()), (attached["need_number"].clone(), json!(false)));
        rate(&nobody, (&receipt_number, &code), true, "").await.refused(409, "too_early");
        let reads = async |wanted: &str, may_answer: bool| {
            let now = status(&nobody, &receipt_number, &code).await.ok();
            assert_eq!((now["fate"].clone(), now["may_answer"].clone()), (json!(wanted), json!(may_answer)));
        };
        bench.play.posting_open().await.unwrap();
        reads("posted", false).await;
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.play.award_proposed().await.unwrap();
        bench.play.award_noticed().await.unwrap();
        bench.play.contract_signed().await.unwrap();
        reads("posted", false).await;
        bench.play.work_done().await.unwrap();
        reads("claimed", false).await;
        bench.play.report_accepted().await.unwrap();
        reads("done", true).await;
        bench.play.evaluation_scored().await.unwrap();
        bench.play.evaluation_confirmed().await.unwrap();
        reads("scored", true).await;
        let now = status(&nobody, &receipt_number, &code).await.ok();
        assert_eq!(fates(&now), ["received", "acknowledged", "need_submitted", "accepted", "under_review", "approved",
            "attached", "posted", "claimed", "done", "scored"]);
        let times: Vec<_> = list(&now, "/fates").iter().map(|one| instant(&text(one, "/at"))).collect();
        assert!(times.windows(2).all(|pair| pair[0] <= pair[1]));
        let grade = list(&now, "/fates").last().unwrap()["note"].clone();
        assert!(["excellent", "good", "pass"].iter().any(|one| grade == json!(one)), "{grade}");
        bench.forget();
        let mails = bench.mails.sent().len();
        let said = rate(&nobody, (&receipt_number, &code), false, "来过两次就不来了,请打13812345678").await.ok();
        assert_eq!((said["may_answer"].clone(), said["feedback"]["solved"].clone()), (json!(false), json!("not_solved")));
        assert_eq!(said["feedback"]["text"], json!("来过两次就不来了,请打138****5678"));
        rate(&nobody, (&receipt_number, &code), true, "改主意了").await.refused(409, "duplicate");
        let counted = json!({ "solved": 0, "not_solved": 1 });
        let shown = nobody.get(&format!("/api/v1/public/needs/{need}/voices")).await.ok();
        assert_eq!((shown["feedback"].clone(), shown["requests"].clone()), (counted.clone(), json!(1)));
        let secretary = bench.cast("secretary").await;
        let shown = secretary.get(&format!("/api/v1/needs/{need}/voices")).await.ok();
        assert_eq!((shown["feedback"].clone(), shown["channels"].clone()), (counted, json!([{ "channel": "micro_wish", "count": 1 }])));
        let unsolved = secretary.get("/api/v1/requests?feedback=not_solved").await.ok();
        assert_eq!(list(&unsolved, "/items").len(), 1);
        bench.work().await;
        let told: Vec<String> = bench.mails.sent().into_iter().skip(mails).filter(|mail| mail.body.contains("没有解决")).map(|mail| mail.to).collect();
        assert!(told.iter().any(|to| to.starts_with("zhao.lei")) && told.iter().any(|to| to.starts_with("wang.min")), "{told:?}");
    }

    async fn a_wrong_code_and_a_number_that_is_not_there_are_the_same(bench: Bench) {
        let nobody = bench.nobody();
        let (number, code) = receipt(&nobody, matter()).await;
        status(&nobody, &number, &code.to_lowercase().replace('-', " ")).await.ok();
        let mut refusals = Vec::new();
        for (number, code) in [(number.as_str(), "AAAA-BBBB-CCCC-DDDD"), ("SQ-410108-2026-9999", code.as_str()), (number.as_str(), "")] {
            let mut refused = status(&nobody, number, code).await.refused(404, "not_found");
            refused["instance"] = Value::Null;
            refusals.push(refused);
            rate(&nobody, (number, code), true, "").await.refused(404, "not_found");
        }
        assert!(refusals.windows(2).all(|pair| pair[0] == pair[1]), "{refusals:?}");
        // the id that officials know opens nothing, and the code of one receipt no other
        let secretary = bench.cast("secretary").await;
        let id = text(&secretary.get(&format!("/api/v1/requests/{number}")).await.ok(), "/id");
        status(&nobody, &id, &code).await.refused(404, "not_found");
        let (other, _) = receipt(&nobody, about(1)).await;
        status(&nobody, &other, &code).await.refused(404, "not_found");
    }

    async fn every_wrong_field_of_a_request_is_told_at_once_and_nothing_is_kept(bench: Bench) {
        let nobody = bench.nobody();
        let before = records(&bench).await;
        let refused = nobody.post(REQUESTS, json!({ "community": "410108009999", "channel": "grid", "title": "短",
            "description": "身份证11010519491231002X,请帮忙办理老年卡。", "affected_count": 0, "target_groups": ["nobody"],
            "field": "Z99", "personal_data_notice": "1999-1" })).await;
        assert_eq!(refused.pointers(), ["/community", "/title", "/description", "/affected_count", "/field", "/target_groups/0", "/personal_data_notice"]);
        assert!(!refused.text.contains("110105"), "the number is not repeated");
        refused.refused(422, "invalid");
        let refused = nobody.post(REQUESTS, with(json!({ "channel": "hotline" }))).await;
        assert_eq!(refused.pointers(), ["/channel"]);
        refused.refused(422, "invalid");
        nobody.post(REQUESTS, with(json!({ "name": "张三" }))).await.refused(422, "invalid");
        nobody.post(REQUESTS, with(json!({ "description": "长".repeat(20_000) }))).await.refused(413, "too_large");
        assert_eq!(records(&bench).await, before);
        let notice = nobody.get("/api/v1/public/personal_data_notice").await.ok();
        assert_eq!(notice["version"], matter()["personal_data_notice"]);
    }

    async fn phones_and_names_are_masked_before_anything_is_stored(bench: Bench) {
        let nobody = bench.nobody();
        let made = nobody.post(REQUESTS, with(json!({ "title": "王五老人无人照看",
            "description": "独居的王五老人无人照看,联系人:张三丰,电话 138-1234-5678,邮箱 zhang@example.com。" }))).await.ok();
        let kinds: Vec<String> = list(&made, "/masked").iter().map(|one| text(one, "/kind")).collect();
        assert_eq!(kinds, ["name", "name", "name", "phone", "email"]);
        let number = text(&made, "/number");
        let secretary = bench.cast("secretary").await;
        let seen = secretary.get(&format!("/api/v1/requests/{number}")).await;
        let shown = status(&nobody, &number, &text(&made, "/code")).await;
        let listed = secretary.get("/api/v1/requests").await;
        for reply in [&seen, &shown, &listed] {
            for secret in ["王五", "张三丰", "1234-5678", "zhang@example.com"] {
                assert!(!reply.text.contains(secret), "{secret} in {}", reply.text);
            }
        }
        assert_eq!(text(&seen.ok(), "/description"), "独居的王*老人无人照看,联系人:张**,电话 138-****-5678,邮箱 *****************。");
        // what is made of it is clean as well
        let need = secretary.post(&at(&number, "draft_need"), json!({ "title": "独居老人照看" })).await.ok();
        assert_eq!(need["warnings"], json!([]));
    }

    async fn the_same_matter_from_the_same_place_is_one_request(bench: Bench) {
        let nobody = bench.nobody();
        let (number, _) = receipt(&nobody, matter()).await;
        let again = with(json!({ "description": "我们楼里好几位老人不会用手机挂号,缴费。希望有人定期来教!最好一对一" }));
        let repeated = nobody.post(REQUESTS, again.clone()).await.ok();
        assert_eq!((repeated["number"].clone(), repeated["code"].clone(), repeated["repeated"].clone()), (json!(number), Value::Null, json!(true)));
        assert_eq!(recorded(&bench, "resident_request.received", None).await, 1);
        // another community, another matter, another sender, another day: another request
        nobody.post(REQUESTS, with(json!({ "community": "410108005004" }))).await.ok();
        receipt(&nobody, about(1)).await;
        receipt(&bench.user("hao.xiulan").await, matter()).await;
        let tomorrow = instant("2026-03-03T23:00:00+08:00");
        bench.set_clock(tomorrow);
        receipt(&bench.nobody(), again).await;
        assert_eq!(recorded(&bench, "resident_request.received", None).await, 5);
    }

    async fn an_address_and_a_community_have_a_budget_for_a_day(bench: Bench) {
        let config = Config {
            listen: "127.0.0.1:0".to_owned(),
            database_url: bench.url.clone(),
            data_dir: std::env::temp_dir().join("wubang-tests").join(format!("budget-{}", bench.running.address.port())),
            worker_seconds: 0,
            trusted_proxies: vec!["127.0.0.1".parse().unwrap()],
            voices: VoicesConfig { per_address_per_day: 2, per_community_per_day: 3 },
            ..wubang_testkit::config()
        };
        let small = app::start(Parts { config, test_clock: Some(bench.clock.clone()), mailer: Arc::new(MemoryMailer::new()) }).await.unwrap();
        let nobody = Caller::nobody(format!("http://{}", small.address));
        let from = async |address: &str, n: usize, community: &str| {
            let mut request = about(n);
            request["community"] = json!(community);
            nobody.call("POST", REQUESTS, &[("x-forwarded-for", address)], Some(request.to_string().into_bytes())).await
        };
        from("192.0.2.1", 0, "410108005003").await.ok();
        from("192.0.2.1", 1, "410108005004").await.ok();
        from("192.0.2.1", 2, "410108005003").await.refused(429, "too_many_requests");
        // what was sent before is no new request
        assert_eq!(from("192.0.2.1", 0, "410108005003").await.ok()["repeated"], json!(true));
        from("192.0.2.2", 1, "410108005003").await.ok();
        from("192.0.2.3", 2, "410108005003").await.ok();
        from("192.0.2.4", 3, "410108005003").await.refused(429, "too_many_requests");
        from("192.0.2.4", 3, "410108005004").await.ok();
        assert_eq!(recorded(&bench, "resident_request.received", None).await, 5);
        // who takes reports for the community is not counted
        let login = nobody.post("/api/v1/sessions", json!({ "account": "zhao.lei", "password": wubang_testkit::database::PASSWORD })).await.ok();
        let secretary = nobody.with(text(&login, "/access_token"));
        for n in 0..4 {
            let mut request = about(n);
            request["channel"] = json!("hotline");
            secretary.post(REQUESTS, request).await.ok();
        }
        bench.set_clock(instant("2026-03-03T09:00:00+08:00"));
        from("192.0.2.1", 2, "410108005003").await.ok();
        small.stop().await;
    }

    async fn only_the_community_and_those_above_it_see_a_request(bench: Bench) {
        let (number, _) = receipt(&bench.nobody(), matter()).await;
        let path = format!("/api/v1/requests/{number}");
        for account in ["zhao.lei", "wang.min", "wei.guohua", "he.zhengqing"] {
            let caller = bench.user(account).await;
            assert_eq!(text(&caller.get(&path).await.ok(), "/number"), number, "{account}");
            assert_eq!(list(&caller.get("/api/v1/requests?channel=micro_wish&state=received").await.ok(), "/items").len(), 1, "{account}");
        }
        for account in ["xing.suyun", "han.wenjing", "luo.jianguo", "hao.xiulan", "ning.jiayi", "qin.shuyao"] {
            let caller = bench.user(account).await;
            caller.get(&path).await.refused(404, "not_found");
            caller.post(&at(&number, "acknowledge"), json!({})).await.refused(404, "not_found");
            assert_eq!(list(&caller.get("/api/v1/requests").await.ok(), "/items").len(), 0, "{account}");
        }
        for account in ["wei.guohua", "he.zhengqing"] {
            bench.user(account).await.post(&at(&number, "acknowledge"), json!({})).await.refused(403, "forbidden");
        }
        // the street acknowledges, but needs are drafted by the community
        let street = bench.cast("street_officer").await;
        street.post(&at(&number, "draft_need"), json!({})).await.refused(403, "forbidden");
        street.post(&at(&number, "acknowledge"), json!({})).await.ok();
        let actions = street.get(&at(&number, "actions")).await.ok();
        assert_eq!(list(&actions, "/allowed").iter().map(|one| text(one, "/action")).collect::<Vec<_>>(), ["answer", "reject", "transfer"]);
        let refused = street.get("/api/v1/requests?need=x").await;
        assert_eq!(refused.pointers(), ["?need"]);
        refused.refused(422, "invalid");
    }

    async fn a_request_is_settled_once_and_its_reporter_reads_why(bench: Bench) {
        let nobody = bench.nobody();
        let secretary = bench.cast("secretary").await;
        let settled = [
            ("answer", json!({ "answer": "每周三下午党群服务中心有手机课堂,欢迎参加。" }), "answered", Value::Null),
            ("reject", json!({ "ground": "outside_territory", "reason": "所述楼院属于相邻社区。" }), "rejected", json!("outside_territory")),
            ("transfer", json!({ "to": "city_hotline", "reason": "路灯维修由市政负责,已转办。" }), "transferred", json!("city_hotline")),
        ];
        for (n, (verb, body, state, note)) in settled.into_iter().enumerate() {
            let (number, code) = receipt(&nobody, about(n)).await;
            let wrong = json!({ "answer": "好", "reason": "好", "ground": "illegal", "to": "police" });
            let wrong: Value = body.as_object().unwrap().keys().map(|key| (key.clone(), wrong[key].clone())).collect::<serde_json::Map<_, _>>().into();
            secretary.post(&at(&number, verb), wrong).await.refused(422, "invalid");
            let stale = secretary.call("POST", &at(&number, verb), &[("if-match", "\"v7\"")], Some(body.to_string().into_bytes())).await;
            stale.refused(412, "stale_version");
            let done = secretary.post(&at(&number, verb), body.clone()).await.ok();
            assert_eq!((done["state"].clone(), done["deadlines"].clone()), (json!(state), json!([])));
            for other in ["acknowledge", "answer", "attach"] {
                let body = match other { "answer" => json!({ "answer": "再次答复。" }), "attach" => json!({ "need": "x" }), _ => json!({}) };
                let refused = secretary.post(&at(&number, other), body).await;
                assert!(matches!((refused.status, refused.code().as_deref()), (409, Some("invalid_transition")) | (422, Some("invalid"))), "{other}: {}", refused.text);
            }
            let now = status(&nobody, &number, &code).await.ok();
            assert_eq!((now["fate"].clone(), fates(&now)), (json!(state), vec!["received".to_owned(), state.to_owned()]));
            assert_eq!(list(&now, "/fates")[1]["note"], note);
            assert!(now["answer"].is_string());
            // an answer can be rated, a refusal cannot
            let rated = rate(&nobody, (&number, &code), true, "谢谢").await;
            if state == "answered" { rated.ok(); } else { rated.refused(409, "too_early"); }
        }
    }

    async fn a_request_goes_into_an_open_need_of_its_community_only(bench: Bench) {
        let nobody = bench.nobody();
        let (number, _) = receipt(&nobody, matter()).await;
        let secretary = bench.cast("secretary").await;
        let draft = |community: &str| json!({ "community": community, "title": "老年人手机陪学" });
        let other = bench.user("xing.suyun").await.post("/api/v1/needs", draft("410108005004")).await.ok();
        for need in ["XQ-410108-2026-9999".to_owned(), text(&other, "/id"), text(&other, "/number")] {
            let refused = secretary.post(&at(&number, "attach"), json!({ "need": need })).await;
            assert_eq!(refused.pointers(), ["/need"]);
            refused.refused(422, "invalid");
        }
        let own = secretary.post("/api/v1/needs", draft("410108005003")).await.ok();
        let id = text(&own, "/id");
        secretary.post(&format!("/api/v1/needs/{id}/withdraw"), json!({ "reason": "与其他需求重复,撤回。" })).await.ok();
        secretary.post(&at(&number, "attach"), json!({ "need": id })).await.refused(409, "need_not_open");
        assert_eq!(secretary.get(&format!("/api/v1/requests/{number}")).await.ok()["state"], json!("received"));
    }

    async fn several_requests_become_one_draft_and_are_open_again_when_it_is_deleted(bench: Bench) {
        let nobody = bench.nobody();
        let secretary = bench.cast("secretary").await;
        let mut numbers = Vec::new();
        for n in 0..3 {
            let mut request = about(n);
            request["channel"] = json!(if n == 0 { "public_call" } else { "ordering_meeting" });
            request["affected_count"] = json!(10 * (n + 1));
            numbers.push(receipt(&nobody, request).await);
        }
        let mut elsewhere = about(3);
        elsewhere["community"] = json!("410108005004");
        let (elsewhere, _) = receipt(&nobody, elsewhere).await;
        let id = async |number: &str, account: &str, bench: &mut Bench| {
            text(&bench.user(account).await.get(&format!("/api/v1/requests/{number}")).await.ok(), "/id")
        };
        let (one, two, far) = (id(&numbers[1].0, "zhao.lei", &mut bench).await, id(&numbers[2].0, "zhao.lei", &mut bench).await, id(&elsewhere, "xing.suyun", &mut bench).await);
        let refused = secretary.post(&at(&numbers[0].0, "draft_need"), json!({ "also": [one, one, far] })).await;
        assert_eq!(refused.pointers(), ["/also/1", "/also/2"]);
        refused.refused(422, "invalid");
        let need = secretary.post(&at(&numbers[0].0, "draft_need"), json!({ "also": [one, two], "title": "居民集中反映的三件事" })).await.ok();
        assert_eq!((need["state"].clone(), need["source"].clone(), need["affected_count"].clone(), need["field"].clone()),
            (json!("draft"), json!("ordering_meeting"), json!(30), json!("A01")));
        assert!(text(&need, "/description").contains("托管班"));
        let need_id = text(&need, "/id");
        let voices = secretary.get(&format!("/api/v1/needs/{need_id}/voices")).await.ok();
        assert_eq!(voices["channels"], json!([{ "channel": "ordering_meeting", "count": 2 }, { "channel": "public_call", "count": 1 }]));
        assert_eq!(list(&secretary.get(&format!("/api/v1/requests?need={need_id}")).await.ok(), "/items").len(), 3);
        // a draft is nothing that the public or another community hears of
        nobody.get(&format!("/api/v1/public/needs/{need_id}/voices")).await.refused(404, "not_found");
        bench.user("xing.suyun").await.get(&format!("/api/v1/needs/{need_id}/voices")).await.refused(404, "not_found");
        secretary.post(&at(&numbers[1].0, "draft_need"), json!({})).await.refused(409, "invalid_transition");
        secretary.post(&format!("/api/v1/needs/{need_id}/delete"), json!({})).await.ok();
        for (number, code) in &numbers {
            let seen = secretary.get(&format!("/api/v1/requests/{number}")).await.ok();
            assert_eq!((seen["state"].clone(), seen["need_id"].clone()), (json!("acknowledged"), Value::Null));
            assert!(due(&seen, "feedback_resolve").is_some());
            assert_eq!(fates(&status(&nobody, number, code).await.ok()), ["received", "attached", "acknowledged"]);
        }
    }

    async fn a_need_that_is_not_taken_is_told_to_its_reporters_with_the_ground(bench: Bench) {
        let nobody = bench.nobody();
        let (secretary, street) = (bench.cast("secretary").await, bench.cast("street_officer").await);
        let (number, code) = receipt(&nobody, matter()).await;
        let need = secretary.post(&at(&number, "draft_need"), json!({ "description": "三号院六个单元多位老人不会用手机挂号缴费,希望定期有人来教。" })).await.ok();
        let id = text(&need, "/id");
        secretary.post(&format!("/api/v1/needs/{id}/submit"), json!({})).await.ok();
        street.post(&format!("/api/v1/needs/{id}/reject"), json!({ "ground": "market_service", "reason": "营业厅已有免费教学。" })).await.ok();
        let now = status(&nobody, &number, &code).await.ok();
        assert_eq!((now["fate"].clone(), fates(&now)), (json!("need_rejected"), ["received", "attached", "need_submitted", "need_rejected"].map(str::to_owned).to_vec()));
        assert_eq!(list(&now, "/fates")[3]["note"], json!("market_service"));
    }

    async fn the_community_has_two_working_days_to_acknowledge_and_fifteen_to_settle(bench: Bench) {
        let nobody = bench.nobody();
        let made = nobody.post(REQUESTS, matter()).await.ok();
        let number = text(&made, "/number");
        assert_eq!(text(&made, "/acknowledge_by"), "2026-03-04T23:59:59+08:00");
        let overdue = |bench: &Bench| bench.mails.sent().into_iter().filter(|mail| mail.subject.contains(&number) && mail.subject.contains("到期提醒")).count();
        bench.advance(instant("2026-03-04T23:59:59+08:00")).await;
        assert_eq!(overdue(&bench), 0);
        bench.advance(instant("2026-03-05T00:00:00+08:00")).await;
        let reminded = overdue(&bench);
        assert!(reminded >= 2, "street and district are reminded, {reminded}");
        let secretary = bench.cast("secretary").await;
        let seen = secretary.post(&at(&number, "acknowledge"), json!({})).await.ok();
        assert_eq!((due(&seen, "feedback_ack"), due(&seen, "feedback_resolve").as_deref()), (None, Some("2026-03-26T23:59:59+08:00")));
        bench.advance(instant("2026-03-27T00:00:00+08:00")).await;
        assert!(overdue(&bench) > reminded);
        let secretary = bench.cast("secretary").await;
        secretary.post(&at(&number, "acknowledge"), json!({})).await.refused(409, "invalid_transition");
        secretary.post(&at(&number, "answer"), json!({ "answer": "已安排志愿者每周上门一次。" })).await.ok();
    }

    async fn a_reporter_who_is_signed_in_is_told_and_named_to_nobody(bench: Bench) {
        let resident = bench.user("hao.xiulan").await;
        let (number, code) = receipt(&resident, matter()).await;
        let secretary = bench.cast("secretary").await;
        let seen = secretary.get(&format!("/api/v1/requests/{number}")).await;
        for secret in ["hao.xiulan", "郝秀兰", "reporter", "address", "code_hash"] {
            assert!(!seen.text.contains(secret), "{secret} in {}", seen.text);
        }
        // the trace names whoever reports for the community, and no resident
        let view = bench.running.store.read(&wubang_kernel::Who::system("tests"));
        let id = text(&seen.body, "/id").parse().unwrap();
        let trail = wubang_store::trace::of_object(&view, id).await.unwrap();
        assert_eq!((trail[0].actor_name.as_str(), trail[0].actor_id), ("public", None));
        let taken = secretary.post(REQUESTS, with(json!({ "channel": "grid", "title": "网格员走访发现的情况" }))).await.ok();
        let taken = secretary.get(&format!("/api/v1/requests/{}", text(&taken, "/number"))).await.ok();
        let trail = wubang_store::trace::of_object(&view, text(&taken, "/id").parse().unwrap()).await.unwrap();
        assert_eq!(trail[0].actor_name, "赵磊");
        let need = secretary.post(&at(&number, "draft_need"), json!({ "description": "三号院六个单元多位老人不会用手机挂号缴费,希望定期有人来教。" })).await.ok();
        secretary.post(&format!("/api/v1/needs/{}/submit", text(&need, "/id")), json!({})).await.ok();
        bench.work().await;
        let told: Vec<String> = bench.mails.sent().into_iter().filter(|mail| mail.to.starts_with("hao.xiulan")).map(|mail| mail.body).collect();
        assert!(told.iter().any(|body| body.contains("已并入社区需求")), "{told:?}");
        assert!(told.iter().any(|body| body.contains("需求已提交街道")), "{told:?}");
        assert_eq!(status(&bench.nobody(), &number, &code).await.ok()["fate"], json!("need_submitted"));
    }

    async fn a_request_is_put_into_one_need_whoever_is_first(bench: Bench) {
        let nobody = bench.nobody();
        let (number, code) = receipt(&nobody, matter()).await;
        let secretary = bench.cast("secretary").await;
        let need = text(&secretary.post("/api/v1/needs", json!({ "community": "410108005003", "title": "老年人手机陪学" })).await.ok(), "/id");
        let path = at(&number, "attach");
        let replies = eight(async || secretary.post(&path, json!({ "need": need })).await).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1);
        assert!(replies.iter().all(|reply| matches!(reply.status, 200 | 409)));
        assert_eq!(recorded(&bench, "resident_request.attached", None).await, 1);
        assert_eq!(fates(&status(&nobody, &number, &code).await.ok()), ["received", "attached"]);
        let (done, code) = receipt(&nobody, about(1)).await;
        secretary.post(&at(&done, "answer"), json!({ "answer": "每周三下午有课堂,欢迎参加。" })).await.ok();
        let replies = eight(async || rate(&nobody, (&done, &code), false, "没有解决").await).await;
        assert_eq!(replies.iter().filter(|reply| reply.status == 200).count(), 1, "one voice once");
    }

    async fn keys_of_addresses_are_forgotten_after_two_days(bench: Bench) {
        use sea_orm::{ConnectionTrait, Statement};
        let nobody = bench.nobody();
        let conn = sea_orm::Database::connect(&bench.url).await.unwrap();
        let keys = async || {
            let sql = Statement::from_string(conn.get_database_backend(), "SELECT secret FROM address_keys ORDER BY day");
            let rows = conn.query_all_raw(sql).await.unwrap();
            rows.iter().map(|row| row.try_get::<String>("", "secret").unwrap()).collect::<Vec<_>>()
        };
        receipt(&nobody, about(0)).await;
        receipt(&nobody, about(1)).await;
        let first = keys().await;
        assert_eq!(first.len(), 1);
        for (n, day) in [(2, "2026-03-03"), (3, "2026-03-04")] {
            bench.set_clock(instant(&format!("{day}T10:00:00+08:00")));
            receipt(&bench.nobody(), about(n)).await;
        }
        let later = keys().await;
        assert_eq!(later.len(), 2);
        assert!(!later.contains(&first[0]), "the key of the first day is gone");
        // no address stands anywhere
        let seen = bench.cast("secretary").await.get("/api/v1/requests").await;
        assert_eq!(list(&seen.body, "/items").len(), 4);
        assert!(!seen.text.contains("127.0.0.1"));
    }
}
