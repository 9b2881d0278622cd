-- Since when a message about an approval has not arrived.
alter table slack_approval_message add column failed_at timestamptz;
