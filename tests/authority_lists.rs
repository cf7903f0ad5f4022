//! What authorities publish, taken in from a file (rulebook 3.6, 3.12).

use crate::scenes::{list, seen, text};
use serde_json::{Value, json};
use wubang_testkit::{Bench, Reply, on_both};

const HEADER: &str = "统一社会信用代码,组织名称";

/// Code and name of an organisation.
async fn line(bench: &mut Bench, key: &str) -> String {
    let shown = organisation(bench, key).await;
    format!("{},{}", text(&shown, "/uscc"), text(&shown, "/name"))
}

async fn organisation(bench: &mut Bench, key: &str) -> Value {
    let path = format!("/api/v1/organisations/{}", bench.organisation(key).await);
    seen(bench, "wei.guohua", &path).await
}

fn file(kind: &str, csv: &str) -> Value {
    json!({ "division": "410108000000", "list": kind, "source": "郑州市民政局 2026 年第 3 号公告", "csv": csv })
}

async fn takes(bench: &mut Bench, account: &str, body: Value) -> Reply {
    let user = bench.user(account).await;
    user.post("/api/v1/authority_lists", body).await
}

async fn status(bench: &mut Bench, key: &str) -> Value {
    organisation(bench, key).await["credit_status"].clone()
}

on_both! {
    async fn who_is_on_the_authoritys_list_may_not_bid_until_he_leaves_it(bench: Bench) {
        let (own, other) = (line(&mut bench, "lelin").await, line(&mut bench, "yinxing").await);
        let csv = format!("{HEADER}\n{own}\n{other}\n");
        let mut body = file("serious_dishonesty", &csv);
        body["dry_run"] = json!(true);
        let dry = takes(&mut bench, "wei.guohua", body.clone()).await.ok();
        assert_eq!((list(&dry, "/changed").len(), &dry["unchanged"], status(&mut bench, "lelin").await), (2, &json!(0), json!("normal")));
        body["dry_run"] = json!(false);
        let done = takes(&mut bench, "wei.guohua", body.clone()).await.ok();
        assert_eq!((&done["changed"], &dry["changed"]), (&dry["changed"], &dry["changed"]));
        assert_eq!(status(&mut bench, "lelin").await, json!("serious_dishonesty"));
        let path = format!("/api/v1/organisations/{}/eligibility", bench.organisation("lelin").await);
        let eligibility = seen(&mut bench, "wei.guohua", &path).await;
        assert_eq!(eligibility["eligible"], json!(false), "{eligibility}");
        // the same file again changes nothing, and the lighter list does not lift the graver one
        let again = takes(&mut bench, "wei.guohua", body).await.ok();
        assert_eq!((&again["changed"], &again["unchanged"]), (&json!([]), &json!(2)));
        takes(&mut bench, "wei.guohua", file("abnormal_activity", &csv)).await.ok();
        assert_eq!(status(&mut bench, "lelin").await, json!("serious_dishonesty"));
        // the whole list without one of them
        let mut whole = file("serious_dishonesty", &format!("{HEADER}\n{other}\n"));
        whole["complete"] = json!(true);
        let left = takes(&mut bench, "wei.guohua", whole).await.ok();
        assert_eq!((&left["changed"][0]["to"], &left["unchanged"]), (&json!("normal"), &json!(1)));
        assert_eq!((status(&mut bench, "lelin").await, status(&mut bench, "yinxing").await), (json!("normal"), json!("serious_dishonesty")));
    }

    async fn grades_come_with_their_term_and_their_authority(bench: Bench) {
        let own = line(&mut bench, "lelin").await;
        let csv = format!("{HEADER},评估等级,授予日期,有效期至\n{own},4A,2026-01-01,2031-01-01\n52410108MJF0000018,外区某中心,3A,2026-01-01,2031-01-01\n");
        let done = takes(&mut bench, "wei.guohua", file("grades", &csv)).await;
        // a code that is none is a wrong row, not somebody from elsewhere
        assert_eq!(done.pointers(), ["/csv/2/uscc"]);
        let csv = format!("{HEADER},评估等级,授予日期,有效期至\n{own},4A,2026-01-01,2031-01-01\n");
        let done = takes(&mut bench, "wei.guohua", file("grades", &csv)).await.ok();
        assert_eq!(done["changed"][0]["to"], json!("4A"));
        let grade = organisation(&mut bench, "lelin").await["profile"]["evaluation_grade"].clone();
        assert_eq!((&grade["level"], &grade["valid_until"], &grade["authority"]), (&json!("4A"), &json!("2031-01-01"), &json!("郑州市民政局 2026 年第 3 号公告")));
        let mut whole = file("grades", &csv);
        whole["complete"] = json!(true);
        assert_eq!(takes(&mut bench, "wei.guohua", whole).await.pointers(), ["/complete"]);
    }

    async fn one_wrong_row_and_nothing_is_written(bench: Bench) {
        let own = line(&mut bench, "lelin").await;
        let other = organisation(&mut bench, "yinxing").await;
        let renamed = format!("{},另一个名字", text(&other, "/uscc"));
        let csv = format!("{HEADER}\n{own}\n{renamed}\nabc,某中心\n{own}\n");
        let refused = takes(&mut bench, "wei.guohua", file("abnormal_activity", &csv)).await;
        assert_eq!(refused.pointers(), ["/csv/3/uscc", "/csv/4/uscc", "/csv/2/name"]);
        refused.refused(422, "invalid");
        assert_eq!(status(&mut bench, "lelin").await, json!("normal"));
        let headless = takes(&mut bench, "wei.guohua", file("abnormal_activity", "代码\n1\n")).await;
        assert_eq!(headless.pointers(), ["/csv/header", "/csv/header"]);
        let good = file("abnormal_activity", &format!("{HEADER}\n{own}\n"));
        for account in ["wang.min", "zhao.lei", "ning.jiayi"] {
            takes(&mut bench, account, good.clone()).await.refused(403, "forbidden");
        }
        assert_eq!(status(&mut bench, "lelin").await, json!("normal"));
    }
}
