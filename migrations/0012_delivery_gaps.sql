-- Whether the receiver was told of a delivery that was given up: it hears of each gap once, with the next that arrives.
alter table delivery add column gap_told boolean not null default false;
create index delivery_untold_gap on delivery (org_id, order_key, event_number) where state = 'dead' and not gap_told;
-- For dropping what is long over.
create index delivery_by_age on delivery using brin (created_at);
