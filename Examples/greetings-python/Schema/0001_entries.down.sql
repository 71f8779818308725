drop table greetings.entries;
