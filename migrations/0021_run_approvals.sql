-- What became of the approval of a run, as its readers see it.

alter table run add column approval jsonb;
