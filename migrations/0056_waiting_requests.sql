-- How many requests of a webhook wait is asked with each that arrives.
create index incoming_request_waiting on incoming_request (org_id, webhook) where state = 'waiting';
