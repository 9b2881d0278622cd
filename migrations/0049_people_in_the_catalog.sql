-- Teams are entities too: beside the name, by which everything knows them, a title for people.
alter table team add column title text;
