//! Roadshows (路演): who presents and attends, what waits for the session, and what becomes of it when dates, bids or the
//! posting change (rulebook 2.4.4 (3), 2.16).

use crate::roadshows::{
    DAY, KEYS, act, act_with, agent, at, body, key_of, own, paneled, plan, planned, presented,
    presented_rest, slot_path,
};
use crate::scenes::{list, number, recorded, text};
use serde_json::{Value, json};
use wubang_testkit::on_both;

on_both! {
    async fn presenters_are_named_by_the_lead_and_recorded_only_with_everybodys_consent(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let first = key_of(&bench, &list(&show, "/slots")[0]);
        let second = key_of(&bench, &list(&show, "/slots")[1]);
        let two = |consent: bool| json!({ "presenters": [{ "name": "林晓", "relation": "staff", "recording_consent": true }, { "name": "周敏", "relation": "volunteer", "recording_consent": consent }] });
        for (key, consent) in [(first, false), (second, true)] {
            let slot = own(&mut bench, key).await;
            assert!(list(&slot, "/allowed_actions").iter().any(|one| one["action"] == "name_presenters"));
            let agent = agent(&mut bench, key).await;
            let named = agent.post(&slot_path(&slot, "/name_presenters"), two(consent)).await.ok();
            assert_eq!((&named["presenters"][1]["relation"], number(&named, "/version")), (&json!("volunteer"), 2));
            let street = bench.user("wang.min").await;
            street.post(&slot_path(&slot, "/name_presenters"), two(true)).await.refused(404, "not_found");
        }
        let slot = own(&mut bench, first).await;
        let reply = agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), json!({ "presenters": [{ "name": "林", "relation": "staff", "recording_consent": true }] })).await;
        assert_eq!(reply.pointers(), ["/presenters/0/name"]);
        reply.refused(422, "invalid");
        let reply = agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), json!({ "presenters": [] })).await;
        assert_eq!(reply.pointers(), ["/presenters"]);
        let boss = json!({ "presenters": [{ "name": "林晓", "relation": "boss", "recording_consent": true }] });
        agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), boss).await.refused(422, "invalid");
        let other = agent(&mut bench, second).await;
        other.post(&slot_path(&slot, "/name_presenters"), two(true)).await.refused(404, "not_found");
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        let queue = act(&mut bench, &path, "call_next").await.ok();
        assert_eq!((&queue["current"]["recording_consent"], &queue["slots"][0]["presenters"][0]["name"]), (&json!(false), &json!("林晓")));
        let late = agent(&mut bench, first).await.post(&slot_path(&slot, "/name_presenters"), two(true)).await;
        late.refused(409, "invalid_transition");
        act_with(&mut bench, &path, "finish_slot", json!({ "recorded": true })).await.refused(422, "recording_not_consented");
        act_with(&mut bench, &path, "finish_slot", json!({ "recorded": false })).await.ok();
        let queue = act(&mut bench, &path, "call_next").await.ok();
        assert_eq!(queue["current"]["recording_consent"], json!(true));
        let queue = act_with(&mut bench, &path, "finish_slot", json!({ "recorded": true })).await.ok();
        assert_eq!((&queue["slots"][0]["recorded"], &queue["slots"][1]["recorded"]), (&json!(false), &json!(true)));
        // nobody named, nobody consented
        act(&mut bench, &path, "call_next").await.ok();
        act_with(&mut bench, &path, "finish_slot", json!({ "recorded": true })).await.refused(422, "recording_not_consented");
        act(&mut bench, &path, "finish_slot").await.ok();
        let held = act(&mut bench, &path, "finish").await.ok();
        assert_eq!(held["recorded"], json!(true));
    }

    async fn partners_of_a_joint_bid_see_its_slot_and_the_lead_names_who_presents(bench: Bench) {
        let asks = json!({ "division": "410108000000", "reason": "全区统一要求路演", "overrides": { "roadshow": { "required": 1 } } });
        bench.cast("district_admin").await.post("/api/v1/procedures/open/overrides", asks).await.ok();
        let bid = crate::joint_bids::ready(&mut bench).await;
        crate::joint_bids::submit(&mut bench, &bid).await.ok();
        bench.play.bids_qualified().await.unwrap();
        bench.play.panel_formed().await.unwrap();
        bench.forget();
        bench.work().await;
        let sent = bench.mails.sent().len();
        planned(&mut bench).await;
        bench.work().await;
        let mails = bench.mails.sent().split_off(sent);
        let named = json!({ "presenters": [{ "name": "林晓", "relation": "legal_rep", "recording_consent": false }] });
        for key in ["yinxing", "xinhuo", "dahe"] {
            let slot = own(&mut bench, key).await;
            assert_eq!((text(&slot, "/bid_id"), &slot["allowed_actions"]), (bid.clone(), &json!([])), "{key}");
            let domain = format!("@{key}.example");
            assert!(mails.iter().any(|mail| mail.to.ends_with(&domain) && mail.body.contains(&text(&slot, "/begins_at"))), "{key} is told");
            let partner = agent(&mut bench, key).await;
            partner.post(&slot_path(&slot, "/name_presenters"), named.clone()).await.refused(403, "forbidden");
            partner.call("POST", &format!("{}?name=a.txt", slot_path(&slot, "/materials")), &[], Some(b"a\n".to_vec())).await.refused(403, "forbidden");
            assert_eq!(partner.get(&slot_path(&slot, "/materials")).await.ok()["items"], json!([]));
        }
        let slot = own(&mut bench, "lelin").await;
        agent(&mut bench, "lelin").await.post(&slot_path(&slot, "/name_presenters"), named).await.ok();
        assert_eq!(own(&mut bench, "dahe").await["presenters"][0]["name"], json!("林晓"));
    }

    async fn members_check_in_and_the_report_says_who_was_there(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        let attend = format!("{path}/attend");
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.refused(409, "invalid_transition");
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.ok();
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.refused(409, "duplicate");
        bench.user("cao.junjie").await.post(&attend, json!({})).await.ok();
        act(&mut bench, &path, "attend").await.refused(403, "forbidden");
        let guests = json!({ "residents": 6, "community": 2, "departments": 1001, "others": 1001 });
        let reply = act_with(&mut bench, &path, "record_guests", guests).await;
        assert_eq!(reply.pointers(), ["/departments", "/others"]);
        reply.refused(422, "invalid");
        let guests = json!({ "residents": 6, "community": 2, "departments": 1, "others": 0 });
        bench.user("luo.jianguo").await.post(&format!("{path}/record_guests"), guests.clone()).await.refused(403, "forbidden");
        let seen = act_with(&mut bench, &path, "record_guests", guests.clone()).await.ok();
        assert_eq!((&seen["guests"], list(&seen, "/attendance").len()), (&guests, 2));
        for _ in 0..3 {
            act(&mut bench, &path, "call_next").await.ok();
            act(&mut bench, &path, "finish_slot").await.ok();
        }
        act(&mut bench, &path, "finish").await.ok();
        bench.user("luo.jianguo").await.post(&attend, json!({})).await.refused(409, "invalid_transition");
        bench.play.bids_scored().await.unwrap();
        bench.forget();
        let report = bench.user("wang.min").await.get(&at(&bench, "report")).await.ok();
        let there: Vec<Value> = list(&report, "/signatures").into_iter().filter(|one| one["attended_roadshow"] == true).map(|one| one["name"].clone()).collect();
        assert_eq!(there.len(), 2, "{report}");
        let name = bench.user("luo.jianguo").await.get("/api/v1/me").await.ok()["name"].clone();
        assert!(there.contains(&name));
        assert_eq!(list(&report, "/signatures").iter().filter(|one| one["attended_roadshow"] == false).count(), 3);
    }

    async fn nobody_scores_before_the_session_was_held(bench: Bench) {
        paneled(&mut bench).await;
        bench.play.scoring_started().await.unwrap();
        bench.forget();
        let sheet = json!({ "bid_id": bench.play.ids.bids["lelin"], "points": { "plan": 30, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 } });
        let score = at(&bench, "score_sheets");
        bench.user("luo.jianguo").await.post(&score, sheet.clone()).await.refused(409, "roadshow_not_held");
        // it may still be planned now
        let (path, _) = planned(&mut bench).await;
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        for _ in 0..3 {
            act(&mut bench, &path, "call_next").await.ok();
            act(&mut bench, &path, "finish_slot").await.ok();
        }
        bench.user("luo.jianguo").await.post(&score, sheet.clone()).await.refused(409, "roadshow_not_held");
        act(&mut bench, &path, "finish").await.ok();
        bench.user("luo.jianguo").await.post(&score, sheet).await.ok();
        assert_eq!(recorded(&bench, "roadshow.held", None).await, 1);
    }

    async fn a_session_moves_with_its_order_also_when_it_has_begun(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let order = |show: &Value| list(show, "/slots").iter().map(|slot| slot["id"].clone()).collect::<Vec<_>>();
        let postpone = |day: &str| json!({ "starts_at": day, "reason": "会议室临时征用,改期举行" });
        let reply = act_with(&mut bench, &path, "postpone", json!({ "starts_at": "2026-03-19T09:00:00+08:00", "link": "meet", "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/starts_at", "/link", "/reason"]);
        reply.refused(422, "invalid");
        bench.user("luo.jianguo").await.post(&format!("{path}/postpone"), postpone("2026-03-24T14:00:00+08:00")).await.refused(403, "forbidden");
        bench.work().await;
        let sent = bench.mails.sent().len();
        let moved = act_with(&mut bench, &path, "postpone", postpone("2026-03-24T14:00:00+08:00")).await.ok();
        assert_eq!((order(&moved), text(&moved, "/slots/2/begins_at").as_str()), (order(&show), "2026-03-24T14:30:00+08:00"));
        bench.work().await;
        let mails = bench.mails.sent().split_off(sent);
        for key in KEYS {
            let slot = own(&mut bench, key).await;
            let domain = format!("@{key}.example");
            assert!(mails.iter().any(|mail| mail.to.ends_with(&domain) && mail.body.contains(&text(&slot, "/begins_at"))), "{key} is told");
        }
        act(&mut bench, &path, "start").await.refused(409, "too_early");
        bench.advance("2026-03-24T14:00:00+08:00".parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        act_with(&mut bench, &path, "postpone", postpone("2026-03-27T09:00:00+08:00")).await.refused(409, "invalid_transition");
        act(&mut bench, &path, "finish_slot").await.ok();
        let broken = act_with(&mut bench, &path, "postpone", postpone("2026-03-27T09:00:00+08:00")).await.ok();
        assert_eq!(broken["state"], json!("planned"));
        assert_eq!((text(&broken, "/slots/0/begins_at").as_str(), text(&broken, "/slots/1/begins_at").as_str()), ("2026-03-24T14:00:00+08:00", "2026-03-27T09:00:00+08:00"));
        // who had his turn is not asked to come again
        let reply = act_with(&mut bench, &path, "cancel", json!({ "reason": "会议室临时征用,另行安排" })).await;
        reply.refused(409, "invalid_transition");
        bench.advance("2026-03-27T09:00:00+08:00".parse().unwrap()).await;
        let held = presented(&mut bench, &path).await;
        assert!(list(&held, "/slots").iter().all(|slot| slot["state"] == "done"));
        act_with(&mut bench, &path, "postpone", postpone("2026-03-31T09:00:00+08:00")).await.refused(409, "invalid_transition");
    }

    async fn a_cancelled_session_tells_everybody_and_another_one_may_be_planned(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        let reply = act_with(&mut bench, &path, "cancel", json!({ "reason": "短" })).await;
        assert_eq!(reply.pointers(), ["/reason"]);
        reply.refused(422, "invalid");
        bench.user("luo.jianguo").await.post(&format!("{path}/cancel"), json!({ "reason": "短" })).await.refused(403, "forbidden");
        bench.work().await;
        let sent = bench.mails.sent().len();
        act_with(&mut bench, &path, "cancel", json!({ "reason": "会议室临时征用,另行安排" })).await.ok();
        bench.work().await;
        let mails = bench.mails.sent().split_off(sent);
        for key in KEYS {
            let domain = format!("@{key}.example");
            assert!(mails.iter().any(|mail| mail.to.ends_with(&domain) && mail.body.contains("会议室临时征用")), "{key} is told");
            assert_eq!(own(&mut bench, key).await["state"], json!("dropped"));
        }
        act(&mut bench, &path, "start").await.refused(409, "invalid_transition");
        let (other, _) = planned(&mut bench).await;
        assert_ne!(other, path);
    }

    async fn a_bid_that_falls_out_loses_its_slot_and_the_others_keep_theirs(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        let out = key_of(&bench, &slots[1]);
        let bid = format!("/api/v1/bids/{}/withdraw", bench.play.ids.bids[out]);
        let before = number(&bench.user("wang.min").await.get(&path).await.ok(), "/version");
        agent(&mut bench, out).await.post(&bid, json!({ "reason": "团队安排有变,不能继续参加" })).await.ok();
        let after = bench.user("wang.min").await.get(&path).await.ok();
        assert_eq!(after["slots"][1]["state"], json!("dropped"));
        assert_eq!(number(&after, "/version"), before + 1, "the queue is not told to be the same");
        for i in [0, 2] {
            assert_eq!((&after["slots"][i]["id"], &after["slots"][i]["begins_at"], &after["slots"][i]["state"]), (&slots[i]["id"], &slots[i]["begins_at"], &json!("waiting")));
        }
        assert_eq!(own(&mut bench, out).await["state"], json!("dropped"));
        // one that is invalidated while it presents
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        let first = bench.play.ids.bids[key_of(&bench, &slots[0])].clone();
        let ground = json!({ "ground": "false_material", "reason": "所附职业资格证书经发证机关核实并不存在" });
        bench.user("wang.min").await.post(&format!("/api/v1/bids/{first}/propose_invalidation"), ground).await.ok();
        let key = key_of(&bench, &slots[0]);
        let head = agent(&mut bench, key).await;
        head.post(&format!("/api/v1/bids/{first}/answer_invalidation"), json!({ "text": "证书编号录入有误,现说明正确编号,请予核实。" })).await.ok();
        bench.user("dong.siyu").await.post(&format!("/api/v1/bids/{first}/invalidate"), json!({ "reason": "经核实证书确系伪造,予以作废" })).await.ok();
        let queue = bench.user("wang.min").await.get(&format!("{path}/queue")).await.ok();
        assert_eq!((&queue["current"], &queue["waiting"]), (&Value::Null, &json!([slots[2]["id"]])));
        let held = presented_rest(&mut bench, &path).await;
        assert_eq!(held["state"], json!("held"));
    }

    async fn a_session_ends_with_its_posting(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        let body = json!({ "ground": "funding_cancelled", "reason": "年度预算调整,资金不再安排" });
        bench.user("wang.min").await.post(&at(&bench, "cancel"), body).await.ok();
        let seen = bench.user("wang.min").await.get(&path).await.ok();
        assert_eq!(seen["state"], json!("cancelled"));
        assert!(list(&seen, "/slots").iter().all(|slot| slot["state"] == "dropped"));
    }

    async fn a_bid_that_is_valid_again_has_a_session_of_its_own(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let back = key_of(&bench, &list(&show, "/slots")[2]);
        let bid = bench.play.ids.bids[back].clone();
        let ground = json!({ "ground": "false_material", "reason": "所附职业资格证书经发证机关核实并不存在" });
        bench.user("wang.min").await.post(&format!("/api/v1/bids/{bid}/propose_invalidation"), ground).await.ok();
        agent(&mut bench, back).await.post(&format!("/api/v1/bids/{bid}/answer_invalidation"), json!({ "text": "证书编号录入有误,现说明正确编号,请予核实。" })).await.ok();
        bench.user("dong.siyu").await.post(&format!("/api/v1/bids/{bid}/invalidate"), json!({ "reason": "经核实证书确系伪造,予以作废" })).await.ok();
        bench.advance(DAY.parse().unwrap()).await;
        presented(&mut bench, &path).await;
        // as an upheld objection does
        let tx = bench.running.store.write(&wubang_kernel::Who::system("tests")).await.unwrap();
        wubang_bids::service::restore(&tx, bid.parse().unwrap(), "异议成立,恢复资格").await.unwrap();
        tx.commit().await.unwrap();
        bench.play.scoring_started().await.unwrap();
        bench.forget();
        let score = at(&bench, "score_sheets");
        let sheet = |bid: &str| json!({ "bid_id": bid, "points": { "plan": 30, "team": 20, "track_record": 10, "budget": 10, "sustainability": 8 } });
        let heard = bench.play.ids.bids[key_of(&bench, &list(&show, "/slots")[0])].clone();
        bench.user("luo.jianguo").await.post(&score, sheet(&heard)).await.ok();
        bench.user("luo.jianguo").await.post(&score, sheet(&bid)).await.refused(409, "roadshow_not_held");
        let mut later = body(&mut bench).await;
        later["starts_at"] = json!("2026-03-25T09:00:00+08:00");
        let second = plan(&mut bench, "wang.min", later).await.ok();
        assert_eq!(list(&second, "/slots").iter().map(|slot| text(slot, "/bid_id")).collect::<Vec<_>>(), std::slice::from_ref(&bid));
        let path = format!("/api/v1/roadshows/{}", text(&second, "/id"));
        bench.advance("2026-03-25T09:00:00+08:00".parse().unwrap()).await;
        presented(&mut bench, &path).await;
        bench.user("luo.jianguo").await.post(&score, sheet(&bid)).await.ok();
    }
}
