-- An ndjson report into SQLite, with views for dashboards:
--   sqlite3 report.db < docs/examples/sqlite.sql          reads report.ndjson in this folder
-- May be run again with a later report: each is kept, the views show the latest audit of each domain.
.bail on
.mode ascii
.separator "\037" "\n"
CREATE TABLE IF NOT EXISTS loads (id INTEGER PRIMARY KEY, loaded TEXT NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%SZ', 'now')));
CREATE TABLE IF NOT EXISTS reports (load INTEGER NOT NULL REFERENCES loads (id), report TEXT NOT NULL);
CREATE TEMP TABLE lines (report TEXT);
.import report.ndjson lines
INSERT INTO loads DEFAULT VALUES;
INSERT INTO reports SELECT last_insert_rowid(), report FROM lines WHERE report <> '';

DROP VIEW IF EXISTS latest;
CREATE VIEW latest AS
  SELECT json_extract(report, '$.domain') AS domain, max(load) AS load, report FROM reports GROUP BY 1;

DROP VIEW IF EXISTS domains;
CREATE VIEW domains AS
  SELECT domain, json_extract(report, '$.verdict') AS verdict,
    json_extract(report, '$.facts.spf.lookups') AS spf_lookups,
    json_extract(report, '$.facts.spf.lookup_limit') - json_extract(report, '$.facts.spf.lookups') AS spf_headroom,
    json_extract(report, '$.facts.dmarc.effective_policy') AS dmarc_policy,
    json_extract(report, '$.facts.spoofable.verdict') AS spoofable,
    (SELECT count(*) FROM json_each(report, '$.findings') f WHERE f.value ->> 'severity' = 'error' AND NOT f.value ->> 'inconclusive'
      AND f.value ->> 'waived' IS NULL) AS errors,
    json_extract(report, '$.dns.unanswered') AS unanswered
  FROM latest;

DROP VIEW IF EXISTS findings;
CREATE VIEW findings AS
  SELECT domain, f.value ->> 'id' AS finding, f.value ->> 'check' AS check_id, f.value ->> 'severity' AS severity,
    f.value ->> 'inconclusive' AS inconclusive, f.value ->> 'waived' AS waived, f.value ->> 'subject' AS subject,
    f.value ->> 'message' AS message, f.value ->> 'fix' AS fix, f.value ->> 'fingerprint' AS fingerprint
  FROM latest, json_each(report, '$.findings') f;

DROP VIEW IF EXISTS keys;
CREATE VIEW keys AS
  SELECT domain, k.value ->> 'selector' AS selector, k.value ->> 'status' AS status, k.value ->> 'key_type' AS type,
    k.value ->> 'key_bits' AS bits, k.value ->> 'key_fingerprint' AS fingerprint, k.value ->> 'key_since' AS since
  FROM latest, json_each(report, '$.facts.dkim.selectors') k;

DROP VIEW IF EXISTS checks;
CREATE VIEW checks AS
  SELECT domain, c.value ->> 'id' AS check_id, c.value ->> 'verdict' AS verdict FROM latest, json_each(report, '$.checks') c;
