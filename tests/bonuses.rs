//! 加分: points beside the panel's total, where the notice prints them (rulebook 2.11.4).

use crate::awards::{at, award, propose, qualified, score, seats, see_bid, start};
use crate::scenes::{list, number, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

/// The district sets bonus points for drafts that follow.
pub(crate) async fn sets(bench: &mut Bench, bonus: Value) -> Reply {
    overrides(bench, json!({ "bonus": bonus })).await
}

/// The district sets rules of the open type otherwise, for drafts that follow.
pub(crate) async fn overrides(bench: &mut Bench, overrides: Value) -> Reply {
    let body = json!({ "division": "410108000000", "overrides": overrides, "reason": "按区社治委会议纪要调整" });
    let admin = bench.cast("district_admin").await;
    admin.post("/api/v1/procedures/open/overrides", body).await
}

/// What the register finds about the party organisation of an organisation.
async fn found(bench: &mut Bench, account: &str, key: &str) -> Reply {
    let path = format!("/api/v1/organisations/{}", bench.organisation(key).await);
    let user = bench.user(account).await;
    let shown = user.get(&path).await.ok();
    let mut profile = shown["profile"].clone();
    profile["party_organisation"] = json!(true);
    let version = number(&shown, "/version");
    user.patch(&path, version, json!({ "profile": profile }))
        .await
}

/// Points that add up to a total and need no reason.
fn points(total: i64) -> Value {
    let rest = total - 58;
    json!({ "plan": 20 + rest.min(13), "team": 16, "track_record": 8 + (rest - 13).max(0), "budget": 8, "sustainability": 6 })
}

/// Every member gives the same totals, and signs.
pub(crate) async fn judged(bench: &mut Bench, totals: [(&str, i64); 3]) -> Value {
    bench.play.panel_formed().await.unwrap();
    start(bench).await.ok();
    let seats = seats(bench).await;
    for account in &seats {
        for (key, total) in totals {
            score(bench, account, key, points(total)).await.ok();
        }
    }
    let sign = at(bench, "sign_report");
    for account in &seats {
        let member = bench.user(account).await;
        member.post(&sign, json!({})).await.ok();
    }
    let report = at(bench, "report");
    bench.cast("street_officer").await.get(&report).await.ok()
}

/// Rank, total and bonus grounds of every bid.
pub(crate) fn ranking(bench: &Bench, report: &Value) -> Vec<(String, String, Vec<String>)> {
    let key = |id: String| {
        let bids = bench.play.ids.bids.iter();
        bids.into_iter()
            .find(|(_, one)| **one == id)
            .unwrap()
            .0
            .clone()
    };
    let rows = list(report, "/ranking").into_iter().map(|row| {
        let grounds = list(&row, "/bonus");
        let grounds = grounds.iter().map(|one| text(one, "/ground")).collect();
        (key(text(&row, "/bid_id")), text(&row, "/total"), grounds)
    });
    rows.collect()
}

on_both! {
    async fn printed_points_put_good_bids_in_order_and_lift_none_over_the_threshold(bench: Bench) {
        sets(&mut bench, json!({ "party_organisation": 4 })).await.ok();
        for key in ["yinxing", "xinhuo"] {
            found(&mut bench, "wei.guohua", key).await.ok();
        }
        qualified(&mut bench).await;
        let notice = bench.nobody().get(&format!("/api/v1/public/postings/{}", bench.play.ids.posting)).await.ok();
        assert_eq!(notice["procedure"]["bonus"], json!({ "grade_3a": 0, "party_organisation": 4, "red_list": 0 }));
        let report = judged(&mut bench, [("lelin", 75), ("yinxing", 72), ("xinhuo", 58)]).await;
        let party = vec!["party_organisation".to_owned()];
        assert_eq!(ranking(&bench, &report), [
            ("yinxing".to_owned(), "72.00".to_owned(), party),
            ("lelin".to_owned(), "75.00".to_owned(), Vec::new()),
            // below the threshold there is nothing to add
            ("xinhuo".to_owned(), "58.00".to_owned(), Vec::new()),
        ]);
        propose(&mut bench, "lelin").await.refused(422, "rank_not_followed");
        let id = text(&propose(&mut bench, "yinxing").await.ok(), "/id");
        let shown = award(&mut bench, &id).await;
        assert_eq!((&shown["total"], &shown["publicity"]["bonus"]), (&json!("72.00"), &json!(4)));
        let totals: Vec<String> = list(&shown, "/publicity/totals").iter().map(|one| text(one, "/total")).collect();
        assert_eq!(totals, ["76.00", "75.00", "58.00"]);
        // who lost learns of his own points with the notice, and of nobody else's
        assert_eq!(see_bid(&mut bench, "lelin").await["bonus"], Value::Null);
    }

    async fn nothing_counts_where_nothing_is_printed(bench: Bench) {
        found(&mut bench, "wei.guohua", "yinxing").await.ok();
        qualified(&mut bench).await;
        let report = judged(&mut bench, [("lelin", 75), ("yinxing", 74), ("xinhuo", 70)]).await;
        assert!(ranking(&bench, &report).iter().all(|(_, _, grounds)| grounds.is_empty()));
        assert_eq!(ranking(&bench, &report)[0].0, "lelin");
    }

    async fn five_points_are_the_most_and_only_officers_say_who_earns_them(bench: Bench) {
        let much = sets(&mut bench, json!({ "grade_3a": 3, "party_organisation": 3 })).await;
        assert_eq!(much.pointers(), ["/overrides/bonus"]);
        assert_eq!(sets(&mut bench, json!({ "grade_3a": 6 })).await.pointers(), ["/overrides/bonus/grade_3a"]);
        let body = json!({ "division": "410108000000", "overrides": { "bonus": { "grade_3a": 1 } }, "reason": "按区社治委会议纪要调整" });
        let admin = bench.cast("district_admin").await;
        assert_eq!(admin.post("/api/v1/procedures/gov_procurement/overrides", body).await.pointers(), ["/overrides/bonus"]);
        sets(&mut bench, json!({ "grade_3a": 3, "party_organisation": 2 })).await.ok();
        found(&mut bench, "wei.xiaoqian", "yinxing").await.refused(403, "forbidden");
    }
}
