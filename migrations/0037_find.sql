-- What entities are found by when people search for words, kept by a reader of the log. Words are cut by the program,
-- so every database cuts them alike, whatever its locale.
create table entity_words (
  org_id text not null,
  blueprint text collate "C" not null,
  identifier text collate "C" not null,
  words tsvector not null,
  primary key (org_id, blueprint, identifier)
);
create index entity_words_by_word on entity_words using gin (words);

-- Entities that were written before are cut here, more roughly; their next change cuts them as all others.
insert into entity_words (org_id, blueprint, identifier, words)
select e.org_id, e.blueprint, e.identifier, array_to_tsvector(array(
  select distinct left(word, 64) from regexp_split_to_table(
    lower(e.identifier || ' ' || e.title || ' ' || array_to_string(e.team, ' ') || ' ' || left(e.properties::text, 20000)),
    '[^[:alnum:]]+') as word where word <> '' limit 400))
from entity e;
