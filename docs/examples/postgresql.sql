-- An ndjson report into PostgreSQL, with views for dashboards:
--   psql -f docs/examples/postgresql.sql                 reads report.ndjson in this folder
-- May be run again with a later report: each is kept, the views show the latest audit of each domain.
\set ON_ERROR_STOP on
\set QUIET on
SET client_min_messages = warning;
BEGIN;
CREATE SCHEMA IF NOT EXISTS domaincheck;
SET search_path = domaincheck;
CREATE TABLE IF NOT EXISTS loads (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, loaded timestamptz NOT NULL DEFAULT now());
CREATE TABLE IF NOT EXISTS reports (load bigint NOT NULL REFERENCES loads, report jsonb NOT NULL);
CREATE INDEX IF NOT EXISTS reports_by_domain ON reports ((report ->> 'domain'), load);
CREATE TEMP TABLE lines (report text) ON COMMIT DROP;
-- Two octets that JSON never holds as they are: each line is one column.
\copy lines FROM 'report.ndjson' WITH (FORMAT csv, QUOTE E'\x01', DELIMITER E'\x02')
INSERT INTO loads DEFAULT VALUES;
-- jsonb cannot hold NUL; records may.
INSERT INTO reports SELECT (SELECT max(id) FROM loads), replace(report, '\u0000', '\ufffd')::jsonb FROM lines;

CREATE OR REPLACE VIEW latest AS
  SELECT DISTINCT ON (report ->> 'domain') report ->> 'domain' AS domain, load, report FROM reports
  ORDER BY report ->> 'domain', load DESC;

CREATE OR REPLACE VIEW domains AS
  SELECT domain, report ->> 'verdict' AS verdict,
    (report #>> '{facts,spf,lookups}')::int AS spf_lookups,
    (report #>> '{facts,spf,lookup_limit}')::int - (report #>> '{facts,spf,lookups}')::int AS spf_headroom,
    report #>> '{facts,dmarc,effective_policy}' AS dmarc_policy,
    report #>> '{facts,spoofable,verdict}' AS spoofable,
    (SELECT count(*) FROM jsonb_array_elements(report -> 'findings') f WHERE f ->> 'severity' = 'error'
      AND NOT (f -> 'inconclusive')::bool AND NOT f ? 'waived') AS errors,
    (report #>> '{dns,unanswered}')::int AS unanswered
  FROM latest;

CREATE OR REPLACE VIEW findings AS
  SELECT domain, f ->> 'id' AS finding, f ->> 'check' AS check_id, f ->> 'severity' AS severity,
    (f -> 'inconclusive')::bool AS inconclusive, f ->> 'waived' AS waived, f ->> 'subject' AS subject,
    f ->> 'message' AS message, f ->> 'fix' AS fix, f ->> 'fingerprint' AS fingerprint
  FROM latest, jsonb_array_elements(report -> 'findings') f;

CREATE OR REPLACE VIEW keys AS
  SELECT domain, k ->> 'selector' AS selector, k ->> 'status' AS status, k ->> 'key_type' AS type,
    (k ->> 'key_bits')::int AS bits, k ->> 'key_fingerprint' AS fingerprint, (k ->> 'key_since')::timestamptz AS since
  FROM latest, jsonb_array_elements(report #> '{facts,dkim,selectors}') k;

CREATE OR REPLACE VIEW checks AS
  SELECT domain, c ->> 'id' AS check_id, c ->> 'verdict' AS verdict FROM latest, jsonb_array_elements(report -> 'checks') c;
COMMIT;
