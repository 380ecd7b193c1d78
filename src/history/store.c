/* The store over SQLite: write-ahead log, one transaction a run, every write on the disk before it counts. Who comes while
 * another writes waits. */
#include "history/history.h"

#include <stdlib.h>
#include <sys/stat.h>

#include <sqlite3.h>

#include "base/escape.h"
#include "history/schema.h"

enum { BUSY_MS = 60000, URI_MAX = 16 << 10 /* octets; a path has 4,096 at most, each perhaps escaped */ };

struct dc_history {
	sqlite3 *db;
	int64_t run; /* the one being added; 0: none */
	char shown[120];
};

/* ---- statements ---- */

struct value {
	enum { NONE, NUMBER, TEXT } type;
	int64_t number;
	struct dc_slice text;
};
#define V_NUMBER(n) ((struct value){.type = NUMBER, .number = (int64_t)(n)})
#define V_TEXT(s) ((struct value){.type = TEXT, .text = (s)})
#define V_KNOWN(n) ((struct value){.type = (n) < 0 ? NONE : NUMBER, .number = (n)})
#define V_TEXT_OR_NULL(s) ((struct value){.type = (s).len ? TEXT : NONE, .text = (s)})

static enum dc_status fault(struct dc_history *history, struct dc_error *err)
{
	int code = sqlite3_errcode(history->db) & 0xff;
	if (code == SQLITE_NOMEM)
		return dc_error_set(err, DC_ERR_NOMEM, "%s: out of memory", history->shown);
	if (code == SQLITE_NOTADB || code == SQLITE_CORRUPT)
		return dc_error_set(err, DC_ERR_INPUT, "%s is no store of domaincheck, or it is damaged: %s", history->shown,
				    sqlite3_errmsg(history->db));
	return dc_error_set(err, DC_ERR_IO, "%s: %s", history->shown, sqlite3_errmsg(history->db));
}

/* NULL: *err is filled. */
static sqlite3_stmt *prepare(struct dc_history *history, const char *sql, const struct value *values, int count,
			     struct dc_error *err)
{
	sqlite3_stmt *statement = NULL;
	int code = sqlite3_prepare_v2(history->db, sql, -1, &statement, NULL);
	for (int i = 0; code == SQLITE_OK && i < count; i++) {
		if (values[i].type == NUMBER)
			code = sqlite3_bind_int64(statement, i + 1, values[i].number);
		else if (values[i].type == TEXT)
			code = sqlite3_bind_text(statement, i + 1, values[i].text.len ? values[i].text.ptr : "",
						 (int)values[i].text.len, SQLITE_STATIC);
	}
	if (code == SQLITE_OK)
		return statement;
	(void)fault(history, err);
	(void)sqlite3_finalize(statement);
	return NULL;
}

static enum dc_status change(struct dc_history *history, const char *sql, const struct value *values, int count,
			     struct dc_error *err)
{
	sqlite3_stmt *statement = prepare(history, sql, values, count, err);
	if (!statement)
		return err ? err->status : DC_ERR_IO;
	enum dc_status status = sqlite3_step(statement) == SQLITE_DONE ? DC_OK : fault(history, err);
	(void)sqlite3_finalize(statement);
	return status;
}

static enum dc_status script(struct dc_history *history, const char *sql, struct dc_error *err)
{
	return sqlite3_exec(history->db, sql, NULL, NULL, NULL) == SQLITE_OK ? DC_OK : fault(history, err);
}

/* The one number that a statement gives; -1: none. */
static enum dc_status one_number(struct dc_history *history, const char *sql, const struct value *values, int count,
				 int64_t *ret_number, struct dc_error *err)
{
	sqlite3_stmt *statement = prepare(history, sql, values, count, err);
	if (!statement)
		return err ? err->status : DC_ERR_IO;
	int code = sqlite3_step(statement);
	enum dc_status status = code == SQLITE_ROW || code == SQLITE_DONE ? DC_OK : fault(history, err);
	*ret_number = code == SQLITE_ROW ? sqlite3_column_int64(statement, 0) : -1;
	(void)sqlite3_finalize(statement);
	return status;
}

/* ---- opening ---- */

/* Brings the tables up to date, in a transaction: two that open at once do it once. */
static enum dc_status migrate(struct dc_history *history, struct dc_error *err)
{
	int64_t version = 0, application = 0, tables = 0;
	struct dc_error first = {0};
	enum dc_status status = script(history, "BEGIN IMMEDIATE", &first);
	if (status == DC_OK)
		status = one_number(history, "PRAGMA user_version", NULL, 0, &version, &first);
	if (status == DC_OK)
		status = one_number(history, "PRAGMA application_id", NULL, 0, &application, &first);
	if (status == DC_OK)
		status = one_number(history, "SELECT count(*) FROM sqlite_master", NULL, 0, &tables, &first);
	if (status == DC_OK && application != DC_HISTORY_APPLICATION && (tables > 0 || version > 0 || application > 0))
		status = dc_error_set(&first, DC_ERR_INPUT, "%s is a database of another program", history->shown);
	for (const char *step; status == DC_OK && (step = dc_history_step((int)version)) != NULL; version++) {
		char pragmas[100];
		status = script(history, step, &first);
		(void)sqlite3_snprintf(sizeof pragmas, pragmas, "PRAGMA user_version = %d; PRAGMA application_id = %d",
				       (int)version + 1, DC_HISTORY_APPLICATION);
		if (status == DC_OK)
			status = script(history, pragmas, &first);
	}
	if (status == DC_OK && !dc_history_step((int)version - 1))
		status = dc_error_set(&first, DC_ERR_INPUT, "%s was made by a later version of domaincheck", history->shown);
	if (status == DC_OK)
		status = script(history, "COMMIT", &first);
	if (status != DC_OK) {
		(void)script(history, "ROLLBACK", NULL);
		if (err)
			*err = first;
	}
	return status;
}

static bool is_current(struct dc_history *history)
{
	int64_t version, application;
	return one_number(history, "PRAGMA user_version", NULL, 0, &version, NULL) == DC_OK && version > 0 &&
	       !dc_history_step((int)version) && dc_history_step((int)version - 1) &&
	       one_number(history, "PRAGMA application_id", NULL, 0, &application, NULL) == DC_OK &&
	       application == DC_HISTORY_APPLICATION;
}

/* A store in a folder where nothing may be written: SQLite cannot put its log beside the file. When there is no log, nobody is
 * writing, and the file can be read as it is. */
static bool is_shut(struct dc_history *history)
{
	int code = sqlite3_exec(history->db, "PRAGMA user_version", NULL, NULL, NULL) & 0xff;

	return code == SQLITE_CANTOPEN || code == SQLITE_READONLY;
}

/* "file:PATH?immutable=1" */
static void as_uri(struct dc_buf *uri, struct dc_slice path)
{
	while (path.len > 1 && path.ptr[0] == '/' && path.ptr[1] == '/')
		path = dc_slice_sub(path, 1, path.len - 1); /* what stands behind two would be a host */
	dc_buf_puts(uri, "file:");
	for (size_t i = 0; i < path.len; i++) {
		unsigned char c = (unsigned char)path.ptr[i];

		if (c == '%' || c == '?' || c == '#')
			dc_buf_printf(uri, "%%%02X", c);
		else
			dc_buf_putc(uri, (char)c);
	}
	dc_buf_put(uri, "?immutable=1", sizeof("?immutable=1"));
}

static enum dc_status open_shut(struct dc_history *history, const char *path, struct dc_error *err)
{
	struct dc_buf uri;
	struct stat log;
	enum dc_status status = DC_OK;

	dc_buf_init(&uri, URI_MAX);
	dc_buf_puts(&uri, path);
	dc_buf_put(&uri, "-wal", sizeof("-wal"));
	if (uri.status == DC_OK && stat(uri.ptr, &log) == 0 && log.st_size > 0)
		status = dc_error_set(err, DC_ERR_IO, "%s is being written, or was not closed, and its folder cannot be written: "
						      "read it once where you may write", history->shown);
	dc_buf_reset(&uri);
	as_uri(&uri, dc_slice_of(path));
	if (status == DC_OK && uri.status != DC_OK)
		status = dc_error_set(err, DC_ERR_NOMEM, "out of memory for the store");
	if (status == DC_OK) {
		(void)sqlite3_close(history->db);
		history->db = NULL;
		if (sqlite3_open_v2(uri.ptr, &history->db, SQLITE_OPEN_READONLY | SQLITE_OPEN_URI | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK)
			status = history->db ? fault(history, err) : dc_error_set(err, DC_ERR_NOMEM, "out of memory for the store");
	}
	dc_buf_free(&uri);
	if (status == DC_OK && !is_current(history))
		status = dc_error_set(err, DC_ERR_INPUT, "%s is no store of this version of domaincheck, and its folder cannot be written "
							 "to bring it up to date", history->shown);
	return status;
}

enum dc_status dc_history_open_store(const char *path, bool create, struct dc_history **ret_history, struct dc_error *err)
{
	struct dc_history *history = calloc(1, sizeof *history);
	int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | (create ? SQLITE_OPEN_CREATE : 0);
	enum dc_status status;
	if (!history)
		return dc_error_set(err, DC_ERR_NOMEM, "out of memory for the store");
	(void)dc_escape_line(history->shown, sizeof history->shown, dc_slice_of(path));
	if (sqlite3_open_v2(path, &history->db, flags, NULL) != SQLITE_OK) {
		status = history->db ? fault(history, err) : dc_error_set(err, DC_ERR_NOMEM, "out of memory for the store");
		dc_history_close_store(history);
		return status;
	}
	(void)sqlite3_busy_timeout(history->db, BUSY_MS);
	/* What another program put into the file must not run here. */
	(void)sqlite3_db_config(history->db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	(void)sqlite3_db_config(history->db, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, NULL);
	/* A file of another program is not touched: what it is comes first. */
	bool shut = !create && is_shut(history);
	status = shut ? open_shut(history, path, err) : is_current(history) ? DC_OK : migrate(history, err);
	if (status == DC_OK && !shut)
		status = script(history, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON", err);
	if (status == DC_OK)
		*ret_history = history;
	else
		dc_history_close_store(history);
	return status;
}

void dc_history_close_store(struct dc_history *history)
{
	if (!history)
		return;
	(void)sqlite3_close(history->db);
	free(history);
}

/* ---- adding ---- */

enum dc_status dc_history_begin(struct dc_history *history, struct dc_slice digest, bool *ret_known, struct dc_error *err)
{
	int64_t known = -1, last = 0;
	enum dc_status status = script(history, "BEGIN IMMEDIATE", err);
	if (status != DC_OK)
		return status;
	status = one_number(history, "SELECT id FROM runs WHERE digest = ?", &V_TEXT(digest), 1, &known, err);
	if (status == DC_OK)
		status = one_number(history, "SELECT ifnull(max(id), 0) FROM runs", NULL, 0, &last, err);
	if (status != DC_OK || known >= 0)
		dc_history_rollback(history);
	else
		history->run = last + 1;
	*ret_known = known >= 0;
	return status;
}

void dc_history_rollback(struct dc_history *history)
{
	(void)sqlite3_exec(history->db, "ROLLBACK", NULL, NULL, NULL);
	history->run = 0;
}

enum dc_status dc_history_forget_domain(struct dc_history *history, struct dc_slice domain, struct dc_error *err)
{
	static const char *const statements[] = {"DELETE FROM domains WHERE run = ? AND domain = ?",
						 "DELETE FROM findings WHERE run = ? AND domain = ?",
						 "DELETE FROM keys WHERE run = ? AND domain = ?"};
	const struct value values[] = {V_NUMBER(history->run), V_TEXT(domain)};
	enum dc_status status = DC_OK;
	for (int i = 0; i < 3 && status == DC_OK; i++)
		status = change(history, statements[i], values, 2, err);
	return status;
}

enum dc_status dc_history_add_domain(struct dc_history *history, const struct dc_history_domain *d, struct dc_error *err)
{
	const struct value values[] = {V_NUMBER(history->run), V_TEXT(d->domain), V_TEXT(d->verdict), V_NUMBER(d->errors),
				       V_NUMBER(d->warnings), V_NUMBER(d->notices), V_NUMBER(d->inconclusive),
				       V_NUMBER(d->waived), V_KNOWN(d->spf_lookups), V_TEXT_OR_NULL(d->dmarc_policy)};
	return change(history, "INSERT INTO domains VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values, 10, err);
}

enum dc_status dc_history_add_finding(struct dc_history *history, const struct dc_history_finding *f, struct dc_error *err)
{
	const struct value values[] = {V_NUMBER(history->run), V_TEXT(f->domain), V_TEXT(f->fingerprint), V_TEXT(f->id),
				       V_TEXT(f->check), V_TEXT(f->severity), V_NUMBER(f->inconclusive), V_NUMBER(f->waived),
				       V_TEXT(f->subject), V_TEXT(f->message)};
	/* Two findings that differ in numbers only have one fingerprint. */
	return change(history, "INSERT OR IGNORE INTO findings VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values, 10, err);
}

enum dc_status dc_history_add_key(struct dc_history *history, const struct dc_history_key *k, struct dc_error *err)
{
	const struct value values[] = {V_NUMBER(history->run), V_TEXT(k->domain), V_TEXT(k->name), V_TEXT(k->fingerprint),
				       V_TEXT(k->selector), V_TEXT(k->type), V_KNOWN(k->bits)};
	return change(history, "INSERT OR IGNORE INTO keys VALUES (?, ?, ?, ?, ?, ?, ?)", values, 7, err);
}

enum dc_status dc_history_commit(struct dc_history *history, const struct dc_history_run *r, struct dc_error *err)
{
	const struct value values[] = {V_NUMBER(history->run), V_TEXT(r->started), V_TEXT(r->finished), V_TEXT(r->version),
				       V_TEXT(r->digest)};
	enum dc_status status = change(history,
				       "INSERT INTO runs SELECT ?1, ?2, ?3, ?4, ?5, count(*), total(verdict = 'pass'), "
				       "total(verdict = 'incomplete'), total(verdict = 'fail'), total(errors), total(warnings), "
				       "total(notices), total(inconclusive), total(waived) FROM domains WHERE run = ?1",
				       values, 5, err);
	if (status == DC_OK)
		status = script(history, "COMMIT", err);
	if (status != DC_OK)
		dc_history_rollback(history);
	history->run = 0;
	return status;
}

/* ---- asking ---- */

/* A row is copied with dc_arena_try: a jump out of the arena would lose the statement. */
struct cursor {
	sqlite3_stmt *statement;
	struct dc_arena *arena;
	bool starved;
};

static struct dc_slice text(struct cursor *cursor, int column)
{
	int len = sqlite3_column_bytes(cursor->statement, column);
	const void *octets = sqlite3_column_text(cursor->statement, column);
	char *copy = len > 0 && octets ? dc_arena_try(cursor->arena, (size_t)len) : NULL;
	if (len <= 0 || !octets)
		return (struct dc_slice){0};
	if (!copy) {
		cursor->starved = true;
		return (struct dc_slice){0};
	}
	memcpy(copy, octets, (size_t)len);
	return (struct dc_slice){copy, (size_t)len};
}

static uint64_t number(struct cursor *cursor, int column)
{
	int64_t value = sqlite3_column_int64(cursor->statement, column);
	return value > 0 ? (uint64_t)value : 0;
}

/* `read` fills one item of `size` octets. */
static enum dc_status query(struct dc_history *history, struct dc_arena *arena, const char *sql, struct dc_slice domain,
			    bool by_domain, size_t size, void (*read)(struct cursor *cursor, void *item), const void **ret_items,
			    size_t *ret_count, struct dc_error *err)
{
	struct cursor cursor = {.arena = arena, .statement = prepare(history, sql, &V_TEXT_OR_NULL(domain), by_domain, err)};
	char *items = NULL;
	size_t count = 0, room = 0;
	int code = SQLITE_ROW;
	if (!cursor.statement)
		return err ? err->status : DC_ERR_IO;
	while (!cursor.starved && (code = sqlite3_step(cursor.statement)) == SQLITE_ROW) {
		if (count == room) {
			size_t larger = room ? room * 2 : 64;
			char *more = dc_arena_try(arena, larger * size);
			cursor.starved = !more;
			if (!more)
				break;
			if (count)
				memcpy(more, items, count * size);
			items = more;
			room = larger;
		}
		memset(items + count * size, 0, size);
		read(&cursor, items + count++ * size);
	}
	enum dc_status status = code == SQLITE_DONE || cursor.starved ? DC_OK : fault(history, err);
	(void)sqlite3_finalize(cursor.statement);
	if (cursor.starved)
		return dc_error_set(err, DC_ERR_NOMEM, "%s: too much for the memory: ask for one domain with --domain", history->shown);
	*ret_items = items;
	*ret_count = count;
	return status;
}

static void read_run(struct cursor *cursor, void *item)
{
	*(struct dc_history_run *)item = (struct dc_history_run){
		.started = text(cursor, 0), .finished = text(cursor, 1), .version = text(cursor, 2), .digest = text(cursor, 3),
		.domains = number(cursor, 4), .pass = number(cursor, 5), .incomplete = number(cursor, 6), .fail = number(cursor, 7),
		.errors = number(cursor, 8), .warnings = number(cursor, 9), .notices = number(cursor, 10),
		.inconclusive = number(cursor, 11), .waived = number(cursor, 12)};
}

enum dc_status dc_history_runs(struct dc_history *history, struct dc_arena *arena, const struct dc_history_run **ret_runs,
			       size_t *ret_count, struct dc_error *err)
{
	return query(history, arena,
		     "SELECT started, finished, version, digest, domains, pass, incomplete, fail, errors, warnings, notices, "
		     "inconclusive, waived FROM runs ORDER BY started, id", (struct dc_slice){0}, false,
		     sizeof(struct dc_history_run), read_run, (const void **)ret_runs, ret_count, err);
}

static void read_finding(struct cursor *cursor, void *item)
{
	*(struct dc_history_finding *)item = (struct dc_history_finding){
		.domain = text(cursor, 0), .fingerprint = text(cursor, 1), .id = text(cursor, 2), .check = text(cursor, 3),
		.severity = text(cursor, 4), .inconclusive = number(cursor, 5) > 0, .waived = number(cursor, 6) > 0,
		.subject = text(cursor, 7), .message = text(cursor, 8), .first_seen = text(cursor, 9),
		.last_seen = text(cursor, 10), .runs = number(cursor, 11), .open = number(cursor, 12) > 0};
}

enum dc_status dc_history_findings(struct dc_history *history, struct dc_slice domain, struct dc_arena *arena,
				   const struct dc_history_finding **ret_findings, size_t *ret_count, struct dc_error *err)
{
	return query(history, arena,
		     "SELECT domain, fingerprint, finding, check_id, severity, inconclusive, waived, subject, message, first_seen, "
		     "last_seen, runs, open FROM finding_history WHERE ?1 IS NULL OR domain = ?1 "
		     "ORDER BY domain, open DESC, last_seen DESC, first_seen, finding, fingerprint", domain, true,
		     sizeof(struct dc_history_finding), read_finding, (const void **)ret_findings, ret_count, err);
}

static void read_key(struct cursor *cursor, void *item)
{
	*(struct dc_history_key *)item = (struct dc_history_key){
		.domain = text(cursor, 0), .name = text(cursor, 1), .selector = text(cursor, 2), .fingerprint = text(cursor, 3),
		.type = text(cursor, 4),
		.bits = sqlite3_column_type(cursor->statement, 5) == SQLITE_NULL ? -1 : (int64_t)number(cursor, 5),
		.first_seen = text(cursor, 6), .last_seen = text(cursor, 7), .open = number(cursor, 8) > 0};
}

enum dc_status dc_history_keys(struct dc_history *history, struct dc_slice domain, struct dc_arena *arena,
			       const struct dc_history_key **ret_keys, size_t *ret_count, struct dc_error *err)
{
	return query(history, arena,
		     "SELECT domain, name, selector, fingerprint, type, bits, first_seen, last_seen, open FROM key_history "
		     "WHERE ?1 IS NULL OR domain = ?1 ORDER BY domain, open DESC, name, last_seen DESC, fingerprint", domain, true,
		     sizeof(struct dc_history_key), read_key, (const void **)ret_keys, ret_count, err);
}
