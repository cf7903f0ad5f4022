//! A database with a closed posting, and people to act on it.

use chrono::TimeDelta;
use std::sync::Arc;
use uuid::Uuid;
use wubang_kernel::clock::TestClock;
use wubang_kernel::{Actor, Code, Grant, Role, Scope, Who};
use wubang_store::worker::Worker;
use wubang_store::{Error, Options, Store, Tx};
use wubang_vault::{MasterKey, Vault};

use crate::rows::*;

pub(crate) struct World {
    pub(crate) store: Store,
    pub(crate) clock: TestClock,
    pub(crate) worker: Worker,
}

impl World {
    pub(crate) async fn new(name: &str) -> World {
        let path =
            std::env::temp_dir().join(format!("wubang-awards-{name}-{}.db", std::process::id()));
        let _ = std::fs::remove_file(&path);
        let clock = TestClock::standing_at(start());
        let reactions = wubang_awards::reactions();
        let store = Store::open(Options {
            url: format!("sqlite://{}", path.display()),
            connections: 4,
            clock: Arc::new(clock.clone()),
            reactions,
            vault: Vault::new(MasterKey::generate(), Vec::new()),
        })
        .await
        .unwrap();
        store.migrate().await.unwrap();
        let worker = Worker::new(store.clone(), wubang_awards::timers(), Vec::new());
        let world = World {
            store,
            clock,
            worker,
        };
        let tx = world.store.write(&Who::system("test")).await.unwrap();
        for n in [1, 2] {
            person(
                &tx,
                n,
                Role::StreetOfficer,
                Scope::Division(division("410108005000")),
            )
            .await;
        }
        person(
            &tx,
            3,
            Role::CommunitySecretary,
            Scope::Division(division(COMMUNITY)),
        )
        .await;
        person(
            &tx,
            4,
            Role::DepartmentOfficer,
            Scope::Division(division("410108000000")),
        )
        .await;
        person(
            &tx,
            5,
            Role::Supervisor,
            Scope::Division(division("410108000000")),
        )
        .await;
        posting(&tx).await;
        for n in 0..3_u128 {
            let org = organisation(&tx, 60 + n).await;
            person(&tx, 10 + n, Role::OrgLegalRep, Scope::Organisation(org)).await;
            bid(&tx, 70 + n, org, 4_000_000).await;
        }
        for n in 20..25 {
            expert(&tx, n, None).await;
        }
        // works for a bidder: can never be drawn
        expert(&tx, 25, Some(Uuid::from_u128(60))).await;
        tx.commit().await.unwrap();
        world
    }

    pub(crate) fn who(&self, n: u128) -> Who {
        let at = |code| Scope::Division(division(code));
        let grant = match n {
            1 | 2 => (Role::StreetOfficer, at("410108005000")),
            3 => (Role::CommunitySecretary, at(COMMUNITY)),
            4 => (Role::DepartmentOfficer, at("410108000000")),
            5 => (Role::Supervisor, at("410108000000")),
            10..=12 => (
                Role::OrgLegalRep,
                Scope::Organisation(Uuid::from_u128(n + 50)),
            ),
            _ => (Role::Expert, at("410108000000")),
        };
        let actor = Actor::person(
            Uuid::from_u128(n),
            format!("人{n}"),
            vec![Grant {
                role: grant.0,
                scope: grant.1,
            }],
        );
        Who {
            actor: Arc::new(actor),
            request_id: "test".to_owned(),
            if_match: None,
            at: None,
        }
    }

    pub(crate) async fn act<T>(
        &self,
        n: u128,
        act: impl AsyncFnOnce(&Tx) -> Result<T, Error>,
    ) -> Result<T, Code> {
        let tx = self.store.write(&self.who(n)).await.unwrap();
        match act(&tx).await {
            Ok(value) => {
                tx.commit().await.unwrap();
                Ok(value)
            }
            Err(Error::Refused(refusal)) => Err(refusal.code),
            Err(other) => panic!("{other}"),
        }
    }

    pub(crate) async fn pass(&self, days: i64) {
        self.clock.set(self.store.now() + TimeDelta::days(days));
        while self.worker.run_due().await.unwrap() > 0 {}
    }

    pub(crate) async fn state(&self, posting: bool) -> String {
        let view = self.store.read(&Who::system("test"));
        if posting {
            return wubang_postings::service::find(&view, Uuid::from_u128(51))
                .await
                .unwrap()
                .state;
        }
        let states = wubang_bids::service::of_posting(&view, Uuid::from_u128(51))
            .await
            .unwrap();
        states
            .into_iter()
            .map(|bid| bid.state)
            .collect::<Vec<_>>()
            .join(" ")
    }
}
