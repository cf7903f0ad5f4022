//! Roadshows (路演): who sees what of a session, its slides and its minutes (rulebook 2.6, 2.9, 2.16).

use crate::awards::seats;
use crate::roadshows::{
    DAY, act, act_with, agent, at, chair, confirmed, key_of, minutes, open, own, paneled, planned,
    presented, slot_path,
};
use crate::scenes::{list, number, recorded, text};
use serde_json::{Value, json};
use wubang_testkit::{Caller, on_both};

on_both! {
    async fn a_bidder_learns_its_own_time_and_nothing_of_the_others(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        let posting = at(&bench, "roadshow");
        let mut seen = Vec::new();
        for moment in ["planned", "running"] {
            if moment == "running" {
                bench.advance(DAY.parse().unwrap()).await;
                act(&mut bench, &path, "start").await.ok();
                act(&mut bench, &path, "call_next").await.ok();
                act(&mut bench, &path, "finish_slot").await.ok();
                act(&mut bench, &path, "call_next").await.ok();
            }
            let last = key_of(&bench, &slots[2]);
            let agent = agent(&mut bench, last).await;
            for address in [path.clone(), format!("{path}/queue"), format!("{path}/actions"), posting.clone()] {
                agent.get(&address).await.refused(404, "not_found");
            }
            for other in &slots[..2] {
                for address in [slot_path(other, ""), slot_path(other, "/actions")] {
                    agent.get(&address).await.refused(404, "not_found");
                }
            }
            let reply = agent.get("/api/v1/roadshow_slots").await.ok();
            assert_eq!(list(&reply, "/items").len(), 1);
            let reply = agent.get(&slot_path(&slots[2], "")).await;
            let text_of = reply.text.clone();
            let mine = reply.ok();
            for other in &slots[..2] {
                for hidden in [text(other, "/id"), text(other, "/bid_id"), text(other, "/organisation_name"), text(other, "/begins_at")] {
                    // one slot ends when the next begins
                    assert!(!text_of.contains(&hidden), "{hidden} in {text_of}");
                }
            }
            for name in ["lot", "turn", "roadshow_id", "starts_at", "slots", "waiting", "current"] {
                assert!(mine.get(name).is_none(), "{name}");
            }
            seen.push(mine);
        }
        // not even that something went on: its version does not move with the others
        assert_eq!(seen[0], seen[1]);
    }

    async fn who_holds_and_who_judges_see_the_queue_and_nobody_else(bench: Bench) {
        open(&mut bench, json!({ "required": true })).await;
        bench.play.bids_submitted().await.unwrap();
        bench.play.bids_qualified().await.unwrap();
        bench.forget();
        let named = json!({ "community_person_ids": [bench.person("cao.junjie").await], "department_person_ids": [bench.person("luo.jianguo").await] });
        let panel = bench.user("wang.min").await.post(&at(&bench, "panel"), named).await.ok();
        let (path, show) = planned(&mut bench).await;
        let names: Vec<String> = list(&show, "/slots").iter().map(|slot| text(slot, "/organisation_name")).collect();
        // a member who has not declared knows the date and not who comes
        for account in ["luo.jianguo", "cao.junjie"] {
            let member = bench.user(account).await;
            let reply = member.get(&path).await;
            assert!(names.iter().all(|name| !reply.text.contains(name)), "{}", reply.text);
            let seen = reply.ok();
            assert_eq!((&seen["starts_at"], &seen["slots"], &seen["allowed_actions"]), (&json!(DAY), &json!([]), &json!([])));
            member.get(&format!("{path}/queue")).await.refused(422, "recusal_unsigned");
            member.post(&format!("{path}/attend"), json!({})).await.refused(422, "recusal_unsigned");
        }
        for account in seats(&mut bench).await {
            bench.user(&account).await.post(&format!("/api/v1/panels/{}/declare", text(&panel, "/id")), json!({ "clear": true })).await.ok();
        }
        for account in ["wang.min", "dong.siyu", "he.zhengqing", "luo.jianguo", "cao.junjie"] {
            let queue = bench.user(account).await.get(&format!("{path}/queue")).await.ok();
            assert_eq!(list(&queue, "/slots").len(), 3, "{account}");
            let shown = bench.user(account).await.get(&at(&bench, "roadshow")).await.ok();
            assert_eq!(list(&shown, "/slots").len(), 3, "{account}");
        }
        for account in ["zhao.lei", "wei.guohua", "gao.xiangyu", "an.xiaoning"] {
            for address in [path.clone(), format!("{path}/queue"), format!("{path}/actions"), at(&bench, "roadshow")] {
                bench.user(account).await.get(&address).await.refused(404, "not_found");
            }
            assert_eq!(bench.user(account).await.get("/api/v1/roadshow_slots").await.ok()["items"], json!([]));
        }
        bench.nobody().get(&path).await.refused(401, "unauthenticated");
        bench.nobody().get(&format!("/api/v1/public/postings/{}/roadshow", bench.play.ids.posting)).await.refused(404, "not_found");
        let mine = own(&mut bench, "lelin").await;
        bench.user("wang.min").await.get(&slot_path(&mine, "")).await.refused(404, "not_found");
        bench.user("wang.min").await.get("/api/v1/roadshows/LB-1").await.refused(404, "not_found");
        bench.user("wang.min").await.get("/api/v1/roadshow_slots?posting=x").await.refused(422, "invalid");
    }

    async fn slides_are_added_until_the_session_starts_and_read_by_those_who_judge(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        let slots = list(&show, "/slots");
        let (first, second) = (key_of(&bench, &slots[0]), key_of(&bench, &slots[1]));
        let before = agent(&mut bench, first).await.get(&format!("/api/v1/bids/{}", bench.play.ids.bids[first])).await.ok();
        let shelf = slot_path(&slots[0], "/materials");
        let add = async |caller: &Caller, query: &str, words: &str| caller.call("POST", &format!("{shelf}?{query}"), &[], Some(words.as_bytes().to_vec())).await;
        let lead = agent(&mut bench, first).await;
        let made = add(&lead, "name=slides.txt", "路演提纲:队伍、流程、名单\n").await.ok();
        let kept = add(&lead, "name=own.txt&confidentiality=owner", "讲稿备忘\n").await.ok();
        add(&lead, "name=x.exe", "MZ").await.refused(422, "invalid");
        let other = agent(&mut bench, second).await;
        add(&other, "name=slides.txt", "不是我们的\n").await.refused(404, "not_found");
        let street = bench.user("wang.min").await;
        add(&street, "name=slides.txt", "街道代传\n").await.refused(403, "forbidden");
        let one = format!("{shelf}/{}", text(&made, "/id"));
        for (account, count) in [("wang.min", 1), ("luo.jianguo", 1), ("cao.junjie", 1), ("he.zhengqing", 2)] {
            let reader = bench.user(account).await;
            assert_eq!(list(&reader.get(&shelf).await.ok(), "/items").len(), count, "{account}");
            assert_eq!(reader.get(&one).await.bytes, "路演提纲:队伍、流程、名单\n".as_bytes());
        }
        street.get(&format!("{shelf}/{}", text(&kept, "/id"))).await.refused(404, "not_found");
        for account in ["zhao.lei", "wei.guohua", "an.xiaoning"] {
            bench.user(account).await.get(&shelf).await.refused(404, "not_found");
            bench.user(account).await.get(&one).await.refused(404, "not_found");
        }
        let left = lead.post(&format!("{shelf}/{}/remove", text(&kept, "/id")), json!({})).await.ok();
        assert_eq!(list(&left, "/items").len(), 1);
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        let lead = agent(&mut bench, first).await;
        add(&lead, "name=late.txt", "迟到的\n").await.refused(409, "invalid_transition");
        lead.post(&format!("{one}/remove"), json!({})).await.refused(409, "invalid_transition");
        let after = lead.get(&format!("/api/v1/bids/{}", bench.play.ids.bids[first])).await.ok();
        assert_eq!((&after["attachments"], &after["content_hash"], &after["version"]), (&before["attachments"], &before["content_hash"], &before["version"]), "the bid stays what was handed in");
    }

    async fn minutes_are_written_without_prices_and_confirmed_by_the_chair(bench: Bench) {
        paneled(&mut bench).await;
        let (path, show) = planned(&mut bench).await;
        act_with(&mut bench, &path, "write_minutes", minutes(&show)).await.refused(409, "invalid_transition");
        bench.advance(DAY.parse().unwrap()).await;
        let held = presented(&mut bench, &path).await;
        let (confirm, chair) = (format!("{path}/confirm_minutes"), chair(&mut bench).await);
        bench.user(&chair).await.post(&confirm, json!({ "minutes_hash": "0" })).await.refused(422, "incomplete");
        let good = minutes(&held);
        bench.user("luo.jianguo").await.post(&format!("{path}/write_minutes"), good.clone()).await.refused(403, "forbidden");
        let bid = bench.user("wang.min").await.get(&format!("/api/v1/bids/{}", bench.play.ids.bids["lelin"])).await.ok();
        let yuan = number(&bid, "/price_fen") / 100;
        let wrong = json!({ "slots": [
            { "slot_id": good["slots"][0]["slot_id"], "exchanges": [{ "question": "问", "answer": format!("我们的报价是{yuan}元") }] },
            { "slot_id": good["slots"][0]["slot_id"], "exchanges": [] },
            { "slot_id": bench.play.ids.posting, "exchanges": [] } ], "remarks": "无" });
        let reply = act_with(&mut bench, &path, "write_minutes", wrong).await;
        let pointers = reply.pointers();
        for pointer in ["/slots/0/exchanges/0/question", "/slots/0/exchanges/0/answer", "/slots/1/slot_id", "/slots/2/slot_id", "/slots", "/remarks"] {
            assert!(pointers.iter().any(|one| one == pointer), "{pointer} in {pointers:?}");
        }
        assert!(reply.text.contains("price_not_allowed"));
        reply.refused(422, "invalid");
        let first = act_with(&mut bench, &path, "write_minutes", good.clone()).await.ok();
        let mut better = good;
        better["remarks"] = json!("各家均按时到场,秩序良好。");
        let second = act_with(&mut bench, &path, "write_minutes", better.clone()).await.ok();
        assert_ne!(first["minutes_hash"], second["minutes_hash"]);
        // a bidder does not read what may still change
        assert_eq!(own(&mut bench, "lelin").await["exchanges"], Value::Null);
        bench.user(&chair).await.post(&confirm, json!({ "minutes_hash": first["minutes_hash"] })).await.refused(409, "content_changed");
        bench.user("luo.jianguo").await.post(&confirm, json!({ "minutes_hash": second["minutes_hash"] })).await.refused(403, "forbidden");
        act_with(&mut bench, &path, "confirm_minutes", json!({ "minutes_hash": second["minutes_hash"] })).await.refused(403, "forbidden");
        let done = bench.user(&chair).await.post(&confirm, json!({ "minutes_hash": second["minutes_hash"] })).await.ok();
        assert_eq!(done["state"], json!("recorded"));
        act_with(&mut bench, &path, "write_minutes", better).await.refused(409, "invalid_transition");
        let mine = own(&mut bench, "lelin").await;
        assert_eq!(list(&mine, "/exchanges").len(), 1);
        assert_eq!(recorded(&bench, "roadshow.minutes_written", None).await, 2);
    }

    async fn minutes_are_public_three_working_days_after_the_proposed_award_and_never_before(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        bench.advance(DAY.parse().unwrap()).await;
        act(&mut bench, &path, "start").await.ok();
        bench.user("luo.jianguo").await.post(&format!("{path}/attend"), json!({})).await.ok();
        act(&mut bench, &path, "call_next").await.ok();
        act(&mut bench, &path, "finish_slot").await.ok();
        for _ in 0..2 {
            act(&mut bench, &path, "call_next").await.ok();
            act(&mut bench, &path, "begin_questions").await.ok();
            act(&mut bench, &path, "finish_slot").await.ok();
        }
        act(&mut bench, &path, "finish").await.ok();
        let confirmed = confirmed(&mut bench, &path).await;
        let public = format!("/api/v1/public/postings/{}/roadshow", bench.play.ids.posting);
        bench.play.bids_scored().await.unwrap();
        // however long nobody is proposed
        bench.advance("2026-03-25T12:00:00+08:00".parse().unwrap()).await;
        bench.nobody().get(&public).await.refused(404, "not_found");
        crate::openings::proposed(&mut bench).await;
        let seen = bench.user("wang.min").await.get(&path).await.ok();
        assert_eq!((&seen["deadlines"][0]["timer"], &seen["deadlines"][0]["at"]), (&json!("roadshow_minutes"), &json!("2026-03-30T23:59:59+08:00")));
        bench.advance("2026-03-30T23:59:59+08:00".parse().unwrap()).await;
        bench.nobody().get(&public).await.refused(404, "not_found");
        bench.advance("2026-03-31T00:00:00+08:00".parse().unwrap()).await;
        let reply = bench.nobody().get(&public).await;
        for hidden in ["13800138000", "李明华", "price"] {
            assert!(!reply.text.contains(hidden), "{hidden}: {}", reply.text);
        }
        for bid in bench.play.ids.bids.clone().into_values() {
            let bid = bench.user("wang.min").await.get(&format!("/api/v1/bids/{bid}")).await.ok();
            assert!(!reply.text.contains(&bid["price_fen"].to_string()), "{}", reply.text);
        }
        let shown = reply.ok();
        let page = &shown["items"][0];
        assert_eq!((&page["minutes_hash"], &page["members_attended"], list(page, "/slots").len()), (&confirmed["minutes_hash"], &json!(1), 3));
        assert!(text(page, "/slots/0/exchanges/0/answer").starts_with("由楼栋志愿者结对接送"));
        assert!(page.to_string().contains("乐邻"), "who bid is public since the proposal");
    }

    async fn minutes_that_are_late_are_public_when_the_chair_confirms_them(bench: Bench) {
        paneled(&mut bench).await;
        let (path, _) = planned(&mut bench).await;
        bench.advance(DAY.parse().unwrap()).await;
        presented(&mut bench, &path).await;
        bench.play.bids_scored().await.unwrap();
        crate::openings::proposed(&mut bench).await;
        let sent = bench.mails.sent().len();
        bench.advance("2026-03-26T00:00:00+08:00".parse().unwrap()).await;
        let public = format!("/api/v1/public/postings/{}/roadshow", bench.play.ids.posting);
        bench.nobody().get(&public).await.refused(404, "not_found");
        let mails = bench.mails.sent().split_off(sent);
        assert!(mails.iter().any(|mail| mail.to.starts_with("wang.min@") && mail.body.contains("路演纪要已到公开时间")), "the street is reminded");
        let done = confirmed(&mut bench, &path).await;
        assert_eq!(done["state"], json!("published"));
        bench.nobody().get(&public).await.ok();
    }
}
