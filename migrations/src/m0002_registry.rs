//! Who and where: divisions, people, grants, sign-in, partner clients, organisations, experts, taxonomy, calendar.

use crate::table::{T, step};

step!(
    "m0002_registry",
    [
        "divisions",
        "departments",
        "people",
        "grants",
        "sessions",
        "sign_in_failures",
        "clients",
        "organisations",
        "organisation_relations",
        "relatives",
        "experts",
        "taxonomies",
        "calendars"
    ],
    |manager| {
        T::new("divisions")
            .text("code")
            .text("name")
            .text("level")
            .text_opt("parent")
            .date_opt("valid_from")
            .date_opt("valid_to")
            .bool("pilot")
            .key(&["code"])
            .index(&["parent"])
            .make(manager)
            .await?;
        // functional departments (职能部门) of a district and the fields they look after
        T::new("departments")
            .text("division")
            .text("key")
            .text("name")
            .json("fields")
            .key(&["division", "key"])
            .make(manager)
            .await?;
        T::new("people")
            .id()
            .text("account")
            .text("name")
            .text_opt("email")
            .text_opt("phone")
            .text_opt("password_hash")
            .text_opt("activation_hash")
            .at_opt("activation_expires_at")
            .text("status")
            .int("version")
            .at("created_at")
            .at("updated_at")
            .unique(&["account"])
            .make(manager)
            .await?;
        T::new("grants")
            .id()
            .uuid("person_id")
            .text("role")
            .text("scope_kind")
            .text("scope")
            // the scope's division, or that of the scope's organisation: what lists are scoped by
            .text("division")
            .text_opt("department")
            .uuid_opt("granted_by")
            .at("created_at")
            .at_opt("revoked_at")
            .belongs("person_id", "people")
            .index(&["person_id"])
            .index(&["role", "scope"])
            .index(&["division"])
            .make(manager)
            .await?;
        T::new("sessions")
            .id()
            .uuid("person_id")
            .uuid("family")
            .uuid_opt("client_id")
            .text("token_hash")
            .at("created_at")
            .at("expires_at")
            .at_opt("used_at")
            .at_opt("revoked_at")
            .belongs("person_id", "people")
            .unique(&["token_hash"])
            .index(&["family"])
            .index(&["person_id"])
            .make(manager)
            .await?;
        T::new("sign_in_failures")
            .id()
            .text("subject")
            .at("at")
            .index(&["subject", "at"])
            .make(manager)
            .await?;
        T::new("clients")
            .id()
            .text("name")
            .text("secret_hash")
            .json("scopes")
            .json("origins")
            .text("status")
            .at("created_at")
            .make(manager)
            .await?;
        T::new("organisations")
            .id()
            .text("name")
            .text_opt("uscc")
            .text_opt("filing_number")
            .text("org_form")
            .text("management_tier")
            .text("status")
            .text("credit_status")
            .text("division")
            .text("legal_representative")
            .date_opt("established_on")
            .int("declared_capacity")
            .int("active_contracts")
            // 信用分 as its ledger leads to, and the lists it stands on
            .int("credit_balance")
            .date_opt("credit_clean_since")
            .date_opt("credit_last_fault")
            .json("standings")
            .uuid_opt("custodian_id")
            // codes of fields and coverage as ` A01 B04 `, for filters; the profile holds them as lists
            .text("fields")
            .text("coverage")
            .json("profile")
            .int("version")
            .at("created_at")
            .at("updated_at")
            .unique(&["uscc"])
            .unique(&["filing_number"])
            .index(&["division"])
            .make(manager)
            .await?;
        // custody, incubation, alliance councils: what recusal must know (rulebook 2.9, 7 and 8)
        T::new("organisation_relations")
            .id()
            .uuid("organisation_id")
            .text("kind")
            .uuid("other_id")
            .text_opt("note")
            .uuid("recorded_by")
            .at("created_at")
            .at_opt("ended_at")
            .belongs("organisation_id", "organisations")
            .belongs("other_id", "organisations")
            .index(&["organisation_id"])
            .index(&["other_id"])
            .make(manager)
            .await?;
        // relatives that a person declared (rulebook 2.9, 3): read by himself and by the rule alone
        T::new("relatives")
            .id()
            .uuid("person_id")
            .text("name")
            .text("kinship")
            .uuid("organisation_id")
            .text("position")
            .at("created_at")
            .at_opt("withdrawn_at")
            .belongs("person_id", "people")
            .belongs("organisation_id", "organisations")
            .index(&["person_id"])
            .make(manager)
            .await?;
        T::new("experts")
            .id()
            .uuid("person_id")
            .text("division")
            .json("specialities")
            .text("level")
            .text_opt("employer")
            .uuid_opt("employer_id")
            .bool("active")
            .at("created_at")
            .belongs("person_id", "people")
            .unique(&["person_id"])
            .make(manager)
            .await?;
        T::new("taxonomies")
            .int("version")
            .json("data")
            .at("created_at")
            .key(&["version"])
            .make(manager)
            .await?;
        T::new("calendars")
            .int("year")
            .json("data")
            .at("loaded_at")
            .key(&["year"])
            .make(manager)
            .await
    }
);
