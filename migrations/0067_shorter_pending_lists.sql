-- What was written a moment ago waits in a list that every search walks from end to end. By default it grows to 4 MB,
-- which cost a search among 100,000 entities four times what the index itself does; a shorter one costs writers nothing.
alter index entity_by_properties set (gin_pending_list_limit = 256);
alter index entity_by_relations set (gin_pending_list_limit = 256);
