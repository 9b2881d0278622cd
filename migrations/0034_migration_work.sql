-- What a long-running change still has to do, so that another process can go on when its own has died.
alter table catalog_migration add column work jsonb;
alter table catalog_migration add column advanced_at timestamptz;
create index catalog_migration_unfinished on catalog_migration (advanced_at) where work is not null;
