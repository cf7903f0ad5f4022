//! 活动记录: who writes it, how it is corrected, confirmed and summed up, and its photos.

use crate::bids::{agent, head};
use crate::changes::begun;
use crate::scenes::{instant, list, recorded, seen, text};
use crate::signatures::{contract, joint_signed};
use crate::standing::ends;
use chrono::{DateTime, Duration, Utc};
use serde_json::{Value, json};
use wubang_kernel::deadline::local_date;
use wubang_testkit::{Bench, Caller, Reply, on_both};

const LIST: &str = "/api/v1/activities";

fn now(bench: &Bench) -> DateTime<Utc> {
    bench.running.store.now()
}

/// A PNG, as far as its first bytes say.
fn photo() -> Vec<u8> {
    let mut content = b"\x89PNG\r\n\x1a\n".to_vec();
    content.extend([7; 600]);
    content
}

async fn upload(who: &Caller, shelf: &str) -> Reply {
    let path = format!("{shelf}?name=photo.png");
    let headers = [("content-type", "application/x-anything")];
    who.call("POST", &path, &headers, Some(photo())).await
}

/// An entry of today.
fn entry(bench: &Bench) -> Value {
    let today = local_date(now(bench));
    json!({ "held_on": today, "place": "社区党群服务中心二楼", "kind": "training", "headcount": 32,
        "beneficiaries": [{ "category": "elderly", "count": 28 }, { "category": "disabled", "count": 4 }],
        "volunteer_hours": 12, "text": "开展防跌倒讲座,咨询电话 13812345678。", "no_minor_recognisable": true })
}

async fn record(bench: &mut Bench, part: &str, entry: Value) -> Reply {
    let body = json!({ "contract_id": bench.play.ids.contract, "entry": entry });
    bench.cast(part).await.post(LIST, body).await
}

async fn does(bench: &mut Bench, part: &str, id: &str, verb: &str, body: Value) -> Reply {
    bench
        .cast(part)
        .await
        .post(&format!("{LIST}/{id}/{verb}"), body)
        .await
}

/// An entry of the winner; answers its id.
pub(crate) async fn logged(bench: &mut Bench) -> String {
    bench.forget();
    let entry = entry(bench);
    text(&record(bench, "winner_agent", entry).await.ok(), "/id")
}

async fn totals(bench: &mut Bench) -> Value {
    let path = format!(
        "/api/v1/contracts/{}/activity_totals",
        bench.play.ids.contract
    );
    seen(bench, "wang.min", &path).await
}

on_both! {
    async fn the_contractor_logs_what_it_did_and_personal_data_is_masked(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let good = entry(&bench);
        for part in ["secretary", "street_officer"] {
            record(&mut bench, part, good.clone()).await.refused(403, "forbidden");
        }
        let body = json!({ "contract_id": bench.play.ids.contract, "entry": good });
        head(&mut bench, "yinxing").await.post(LIST, body).await.refused(404, "not_found");
        let mut wrong = good.clone();
        wrong["held_on"] = json!("2020-01-01");
        wrong["place"] = json!("");
        wrong["headcount"] = json!(0);
        wrong["text"] = json!("身份证 11010519491231002X 的老人参加。");
        wrong["beneficiaries"] = json!([{ "category": "elderly", "count": 3 }, { "category": "elderly", "count": 1 }]);
        let refused = record(&mut bench, "winner_agent", wrong).await;
        assert_eq!(refused.pointers(), ["/entry/held_on", "/entry/place", "/entry/headcount", "/entry/text", "/entry/beneficiaries/0/count", "/entry/beneficiaries/1/category"]);
        refused.refused(422, "invalid");
        let made = record(&mut bench, "winner_agent", good).await.ok();
        assert_eq!(made["state"], json!("recorded"));
        assert!(!text(&made, "/text").contains("13812345678"), "{}", made["text"]);
        let at = format!("{LIST}?contract_id={}", bench.play.ids.contract);
        let shown = seen(&mut bench, "wang.min", &at).await;
        assert_eq!(shown["items"][0]["id"], made["id"]);
    }

    async fn a_correction_is_another_entry_and_the_old_one_stays(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = logged(&mut bench).await;
        let mut better = entry(&bench);
        better["headcount"] = json!(30);
        let body = json!({ "entry": better });
        does(&mut bench, "secretary", &id, "correct", body.clone()).await.refused(403, "forbidden");
        let mut wrong = better.clone();
        wrong["headcount"] = json!(0);
        let refused = does(&mut bench, "winner_agent", &id, "correct", json!({ "entry": wrong })).await;
        assert_eq!(refused.pointers()[0], "/entry/headcount");
        let made = does(&mut bench, "winner_agent", &id, "correct", body.clone()).await.ok();
        assert_eq!((&made["supersedes"], &made["headcount"]), (&json!(id), &json!(30)));
        let at = format!("{LIST}/{id}");
        let old = seen(&mut bench, "wang.min", &at).await;
        assert_eq!((&old["state"], &old["headcount"]), (&json!("superseded"), &json!(32)));
        does(&mut bench, "winner_agent", &id, "correct", body).await.refused(409, "invalid_transition");
        let sums = totals(&mut bench).await;
        assert_eq!((&sums["sessions"], &sums["person_times"]), (&json!(1), &json!(30)));
    }

    async fn the_secretary_confirms_or_questions_and_what_is_questioned_counts_for_nothing(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let (first, second) = (logged(&mut bench).await, logged(&mut bench).await);
        for part in ["winner_agent", "street_officer"] {
            does(&mut bench, part, &first, "confirm", json!({})).await.refused(403, "forbidden");
        }
        assert_eq!(does(&mut bench, "secretary", &first, "confirm", json!({})).await.ok()["state"], json!("confirmed"));
        does(&mut bench, "secretary", &first, "question", json!({ "reason": "当天社区没有这场活动。" })).await.refused(409, "invalid_transition");
        let wordless = does(&mut bench, "secretary", &second, "question", json!({ "reason": "" })).await;
        assert_eq!(wordless.pointers(), ["/reason"]);
        let asked = does(&mut bench, "secretary", &second, "question", json!({ "reason": "签到表只有二十人,请核对。" })).await.ok();
        assert_eq!((&asked["state"], &asked["question"]), (&json!("questioned"), &json!("签到表只有二十人,请核对。")));
        let sums = totals(&mut bench).await;
        assert_eq!((&sums["sessions"], &sums["person_times"], &sums["volunteer_hours"], &sums["questioned"]), (&json!(1), &json!(32), &json!(12), &json!(1)));
        does(&mut bench, "secretary", &second, "confirm", json!({})).await.ok();
        assert_eq!(totals(&mut bench).await["sessions"], json!(2));
    }

    async fn everybody_reads_sums_and_no_figure_of_fewer_than_five(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        logged(&mut bench).await;
        let path = format!("/api/v1/public/contracts/{}", bench.play.ids.contract);
        let public = bench.nobody().get(&path).await.ok();
        let sums = &public["activities_so_far"];
        assert_eq!((&sums["sessions"], &sums["person_times"], &sums["volunteer_hours"]), (&json!(1), &json!(32), &json!(12)));
        let counts: Vec<Value> = list(sums, "/beneficiaries").iter().map(|one| one["count"].clone()).collect();
        assert_eq!(counts, [json!(28), Value::Null]);
        let own = totals(&mut bench).await;
        assert_eq!(own["beneficiaries"][1]["count"], json!(4));
    }

    async fn each_entry_puts_the_term_of_silence_off(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let before = ends(&contract(&mut bench).await, "activity_silence");
        let today = now(&bench);
        bench.advance(today + Duration::days(10)).await;
        logged(&mut bench).await;
        let after = ends(&contract(&mut bench).await, "activity_silence");
        assert!(after > before);
        bench.advance(before + Duration::seconds(1)).await;
        let id = bench.play.ids.contract.clone();
        assert_eq!(recorded(&bench, "contract.silent", Some(&id)).await, 0);
        bench.advance(after + Duration::seconds(1)).await;
        assert_eq!(recorded(&bench, "contract.silent", Some(&id)).await, 1);
    }

    async fn a_partner_logs_what_it_did_itself_and_nobody_before_or_after_the_work(bench: Bench from PostingOpen) {
        joint_signed(&mut bench).await;
        let early = json!({ "contract_id": bench.play.ids.contract, "entry": entry(&bench) });
        agent(&mut bench, "dahe").await.post(LIST, early).await.refused(409, "invalid_transition");
        bench.play.work_started().await.unwrap();
        bench.forget();
        let body = json!({ "contract_id": bench.play.ids.contract, "entry": entry(&bench) });
        let made = agent(&mut bench, "dahe").await.post(LIST, body.clone()).await.ok();
        assert_eq!(made["organisation_id"], json!(bench.organisation("dahe").await));
        crate::terminations::stopped(&bench).await;
        agent(&mut bench, "dahe").await.post(LIST, body).await.refused(409, "invalid_transition");
        let late = json!({ "entry": entry(&bench) });
        agent(&mut bench, "dahe").await.post(&format!("{LIST}/{}/correct", text(&made, "/id")), late).await.refused(409, "invalid_transition");
        assert!(instant(&made, "/created_at") <= now(&bench));
    }

    async fn photos_need_the_declaration_and_are_for_those_in_charge_alone(bench: Bench from WorkStarted) {
        begun(&mut bench).await;
        let id = logged(&mut bench).await;
        let shelf = format!("{LIST}/{id}/attachments");
        let who = bench.cast("winner_agent").await;
        let made = upload(&who, &shelf).await.ok();
        assert_eq!(made["media_type"], json!("image/png"));
        let file = format!("{shelf}/{}", text(&made, "/id"));
        for (account, status) in [("wang.min", 200), ("xue.chunmei", 404)] {
            let caller = bench.user(account).await;
            assert_eq!(caller.get(&shelf).await.status, status, "{account}");
            assert_eq!(caller.get(&file).await.status, status, "{account}");
        }
        let street = bench.cast("street_officer").await;
        upload(&street, &shelf).await.refused(403, "forbidden");
        let mut plain = entry(&bench);
        plain["no_minor_recognisable"] = json!(false);
        let plain = text(&record(&mut bench, "winner_agent", plain).await.ok(), "/id");
        upload(&who, &format!("{LIST}/{plain}/attachments")).await.refused(422, "incomplete");
        assert_eq!(who.post(&format!("{file}/remove"), json!({})).await.ok()["items"], json!([]));
        does(&mut bench, "secretary", &id, "confirm", json!({})).await.ok();
        upload(&who, &shelf).await.refused(409, "invalid_transition");
    }
}
