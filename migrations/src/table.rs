//! A short way to write tables that mean the same on both databases.

use sea_orm_migration::prelude::*;

/// A table being described.
pub struct T {
    name: &'static str,
    create: TableCreateStatement,
    indexes: Vec<IndexCreateStatement>,
}

impl T {
    /// A table without columns yet.
    pub fn new(name: &'static str) -> Self {
        T {
            name,
            create: Table::create().table(Alias::new(name)).to_owned(),
            indexes: Vec::new(),
        }
    }

    /// `id uuid primary key`.
    pub fn id(self) -> Self {
        self.with(
            ColumnDef::new(Alias::new("id"))
                .uuid()
                .not_null()
                .primary_key(),
        )
    }

    /// A number that the database counts up, as primary key.
    pub fn sequence(self, name: &'static str) -> Self {
        self.with(
            ColumnDef::new(Alias::new(name))
                .big_integer()
                .not_null()
                .auto_increment()
                .primary_key(),
        )
    }

    fn with(mut self, column: &mut ColumnDef) -> Self {
        self.create.col(column);
        self
    }

    /// A text column that must have a value.
    pub fn text(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).text().not_null())
    }

    /// A text column that may be empty.
    pub fn text_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).text())
    }

    /// An id of another row.
    pub fn uuid(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).uuid().not_null())
    }

    /// An id of another row that may be missing.
    pub fn uuid_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).uuid())
    }

    /// A 32-bit number.
    pub fn int(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).integer().not_null())
    }

    /// A 32-bit number that may be missing.
    pub fn int_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).integer())
    }

    /// A 64-bit number: money in fen, counts.
    pub fn big(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).big_integer().not_null())
    }

    /// A 64-bit number that may be missing.
    pub fn big_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).big_integer())
    }

    /// Yes or no.
    pub fn bool(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).boolean().not_null())
    }

    /// An instant in UTC, microseconds.
    pub fn at(self, name: &'static str) -> Self {
        self.with(
            ColumnDef::new(Alias::new(name))
                .timestamp_with_time_zone()
                .not_null(),
        )
    }

    /// An instant that may be missing.
    pub fn at_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).timestamp_with_time_zone())
    }

    /// A civil date.
    pub fn date(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).date().not_null())
    }

    /// A civil date that may be missing.
    pub fn date_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).date())
    }

    /// Bytes.
    pub fn bytes(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).blob().not_null())
    }

    /// Bytes that may be missing.
    pub fn bytes_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).blob())
    }

    /// An opaque JSON document; never in a `WHERE`.
    pub fn json(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).json_binary().not_null())
    }

    /// A JSON document that may be missing.
    pub fn json_opt(self, name: &'static str) -> Self {
        self.with(ColumnDef::new(Alias::new(name)).json_binary())
    }

    /// What every object with a life cycle has: `state` (checked), `version`, `created_at`, `updated_at`.
    pub fn stateful(self, states: &[&str]) -> Self {
        let list = states
            .iter()
            .map(|state| format!("'{state}'"))
            .collect::<Vec<_>>()
            .join(", ");
        self.with(
            ColumnDef::new(Alias::new("state"))
                .text()
                .not_null()
                .check(Expr::cust(format!("state IN ({list})"))),
        )
        .int("version")
        .at("created_at")
        .at("updated_at")
    }

    /// A primary key of several columns.
    pub fn key(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        for column in columns {
            index.col(Alias::new(*column));
        }
        self.create.primary_key(&mut index);
        self
    }

    /// A foreign key `column → table.id`.
    pub fn belongs(mut self, column: &'static str, table: &'static str) -> Self {
        self.create.foreign_key(
            ForeignKey::create()
                .name(format!("fk_{}_{column}", self.name))
                .from(Alias::new(self.name), Alias::new(column))
                .to(Alias::new(table), Alias::new("id")),
        );
        self
    }

    /// An index.
    pub fn index(self, columns: &[&'static str]) -> Self {
        self.indexed(columns, false)
    }

    /// A unique index.
    pub fn unique(self, columns: &[&'static str]) -> Self {
        self.indexed(columns, true)
    }

    fn indexed(mut self, columns: &[&'static str], unique: bool) -> Self {
        let kind = if unique { "uq" } else { "ix" };
        let mut index = Index::create();
        index
            .name(format!("{kind}_{}_{}", self.name, columns.join("_")))
            .table(Alias::new(self.name));
        for column in columns {
            index.col(Alias::new(*column));
        }
        if unique {
            index.unique();
        }
        self.indexes.push(index);
        self
    }

    /// Makes the table and its indexes.
    pub async fn make(self, manager: &SchemaManager<'_>) -> Result<(), DbErr> {
        manager.create_table(self.create).await?;
        for index in self.indexes {
            manager.create_index(index).await?;
        }
        Ok(())
    }
}

/// Drops tables, last made first.
pub async fn drop_all(manager: &SchemaManager<'_>, names: &[&'static str]) -> Result<(), DbErr> {
    for name in names.iter().rev() {
        manager
            .drop_table(Table::drop().table(Alias::new(*name)).to_owned())
            .await?;
    }
    Ok(())
}

/// A migration step: its name, the tables it makes (in `up`), dropped again in `down`.
macro_rules! step {
    ($name:literal, [$($table:literal),+], |$manager:ident| $up:block) => {
        /// The step.
        pub struct Step;

        impl sea_orm_migration::MigrationName for Step {
            fn name(&self) -> &str {
                $name
            }
        }

        #[async_trait::async_trait]
        impl sea_orm_migration::MigrationTrait for Step {
            async fn up(&self, $manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> $up

            async fn down(&self, manager: &sea_orm_migration::SchemaManager) -> Result<(), sea_orm_migration::DbErr> {
                crate::table::drop_all(manager, &[$($table),+]).await
            }

            fn use_transaction(&self) -> Option<bool> {
                Some(true)
            }
        }
    };
}
pub(crate) use step;
