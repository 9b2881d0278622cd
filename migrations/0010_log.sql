-- A row trigger does not see a whole table being emptied.
create trigger event_is_not_emptied before truncate on event
  for each statement execute function refuse_event_change();
