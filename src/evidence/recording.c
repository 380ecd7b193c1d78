/* A recording read: lines to answers, and the index by question. */
#include "evidence/recording.h"

#include <stdlib.h>

#include "base/civil.h"
#include "base/escape.h"
#include "evidence/recording_line.h"

enum {
	LINE_ARENA_MAX = 256 * 1024 * 1024, /* one answer while it is read */
	KEPT_ARENA_MAX = 512 * 1024 * 1024, /* settings and audits */
};

struct dc_recording {
	struct dc_slice label;
	struct dc_arena *arena; /* settings and audits */
	int64_t clock_s, ended_s;
	bool has_clock, has_ended;
	struct dc_recorded_option *options;
	struct dc_recorded_audit *audits;
	size_t option_count, option_capacity, audit_count, audit_capacity;
	struct dc_answer **answers;
	size_t *next; /* of each answer: the next one to the same question */
	size_t count, capacity;
	size_t *buckets; /* of questions: number of the first answer + 1 */
	size_t bucket_count;
	size_t *audit_buckets; /* of domains: number of the audit + 1 */
	size_t audit_bucket_count;
};

void dc_recording_free(struct dc_recording *recording)
{
	if (!recording)
		return;
	for (size_t i = 0; i < recording->count; i++)
		dc_answer_unref(recording->answers[i]);
	free(recording->answers);
	free(recording->next);
	free(recording->buckets);
	free(recording->audit_buckets);
	dc_arena_free(recording->arena);
	free(recording);
}

/* ---- lines ---- */

struct reader {
	struct dc_recording *recording;
	struct dc_arena *line; /* reset for each */
	size_t number;
};

static const char *read_clock(struct reader *reader, struct dc_slice rest)
{
	struct dc_recording *recording = reader->recording;
	if (recording->has_clock)
		return "the clock stands twice";
	if (!dc_civil_stamp_parse(dc_slice_trim(rest), &recording->clock_s))
		return "the clock is no time such as 2026-11-20T12:00:00Z";
	recording->has_clock = true;
	return NULL;
}

static const char *read_ended(struct reader *reader, struct dc_slice rest)
{
	struct dc_recording *recording = reader->recording;
	if (recording->has_ended)
		return "the end stands twice";
	if (!dc_civil_stamp_parse(dc_slice_trim(rest), &recording->ended_s))
		return "the end is no time such as 2026-11-20T12:00:00Z";
	recording->has_ended = true;
	return NULL;
}

static bool is_option_name(struct dc_slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (!(dc_is_digit(name.ptr[i]) || name.ptr[i] == '-' || (name.ptr[i] >= 'a' && name.ptr[i] <= 'z')))
			return false;
	return name.len > 0;
}

static const char *read_option(struct reader *reader, struct dc_slice rest)
{
	struct dc_recording *recording = reader->recording;
	struct dc_slice name, value;
	if (!dc_recording_word(reader->line, &rest, &name) || !is_option_name(name))
		return "an option has no name";
	if (!dc_recording_word(reader->line, &rest, &value) || dc_slice_trim(rest).len)
		return "an option has one value, quoted when blanks are in it";
	if (dc_slice_find(value, 0) != SIZE_MAX)
		return "the value of an option holds an octet 0";
	if (recording->option_count >= DC_RECORDING_OPTIONS_MAX)
		return "too many options"; /* not fuzzed: a million options */
	DC_PUSH(recording->arena, recording->options, recording->option_count, recording->option_capacity) =
		(struct dc_recorded_option){dc_arena_dup(recording->arena, name), dc_arena_dup(recording->arena, value)};
	return NULL;
}

static const char *read_audit(struct reader *reader, struct dc_slice rest)
{
	struct dc_recording *recording = reader->recording;
	uint64_t elapsed_ms, rounds, questions;
	struct dc_slice domain;
	if (!dc_recording_word(reader->line, &rest, &domain) ||
	    !dc_recording_number(&rest, "elapsed_ms", UINT64_MAX, &elapsed_ms) ||
	    !dc_recording_number(&rest, "rounds", UINT64_MAX, &rounds) ||
	    !dc_recording_number(&rest, "questions", UINT64_MAX, &questions) || dc_slice_trim(rest).len)
		return "after audit must stand DOMAIN elapsed_ms=N rounds=N questions=N";
	if (recording->audit_count >= DC_RECORDING_OPTIONS_MAX)
		return "too many audits"; /* not fuzzed: a million audits */
	DC_PUSH(recording->arena, recording->audits, recording->audit_count, recording->audit_capacity) =
		(struct dc_recorded_audit){dc_arena_dup(recording->arena, domain), elapsed_ms, rounds, questions};
	return NULL;
}

static const char *keep(struct dc_recording *recording, const struct dc_answer *draft)
{
	if (recording->count == recording->capacity) {
		size_t capacity = recording->capacity ? 2 * recording->capacity : 64;
		struct dc_answer **moved = realloc(recording->answers, capacity * sizeof(struct dc_answer *));
		if (!moved)
			return "no memory"; /* not fuzzed: out of memory */
		recording->answers = moved;
		recording->capacity = capacity;
	}
	struct dc_answer *answer = dc_answer_new(draft);
	/* NOLINTNEXTLINE(analyzer-malloc-leak): kept in recording->answers */
	if (!answer)
		return "no memory"; /* not fuzzed: out of memory */
	recording->answers[recording->count++] = answer;
	return NULL;
}

static const char *read_line(struct reader *reader, struct dc_slice line)
{
	struct dc_slice rest = line, word = dc_slice_cut(&rest, ' ');
	struct dc_answer draft;
	const char *why;
	if (!dc_slice_trim(line).len || line.ptr[0] == '#')
		return NULL;
	if (line.len > DC_RECORDING_LINE_MAX)
		return "the line is too long"; /* not fuzzed: a line of 16 MiB */
	if (dc_slice_eq(word, DC_S("clock")))
		return read_clock(reader, rest);
	if (dc_slice_eq(word, DC_S("ended")))
		return read_ended(reader, rest);
	if (dc_slice_eq(word, DC_S("option")))
		return read_option(reader, rest);
	if (dc_slice_eq(word, DC_S("audit")))
		return read_audit(reader, rest);
	for (enum dc_question_kind kind = 0; kind < DC_ASK_KIND_COUNT; kind++) {
		if (!dc_slice_eq(word, dc_slice_of(dc_recording_kind(kind))))
			continue;
		why = dc_recording_read_answer(reader->line, kind, rest, &draft);
		return why ? why : keep(reader->recording, &draft);
	}
	return "a line begins with clock, ended, option, audit, dns, validate, server, https, smtp, receiver or #";
}

static const char *read_header(struct dc_slice line)
{
	if (!dc_slice_starts(line, DC_S("domaincheck-recording ")))
		return "no recording: the first line of one is \"domaincheck-recording 1\"";
	if (!dc_slice_eq(line, DC_S("domaincheck-recording 1")))
		return "a recording of another version; this program reads version 1";
	return NULL;
}

static const char *read_lines(struct reader *reader, struct dc_slice bytes)
{
	const char *why = NULL;
	if (DC_ARENA_GUARD(reader->line)) { /* not fuzzed: takes 256 MiB */
		return dc_arena_is_starved(reader->line) ? "no memory" : "this line needs more memory than one may";
	}
	if (DC_ARENA_GUARD(reader->recording->arena)) { /* not fuzzed: takes 512 MiB */
		return dc_arena_is_starved(reader->recording->arena) ? "no memory"
								     : "the options and audits need more memory than they may";
	}
	for (reader->number = 1; !why && (bytes.len || reader->number == 1); reader->number++) {
		struct dc_slice line = dc_slice_cut(&bytes, '\n');
		if (line.len && line.ptr[line.len - 1] == '\r') /* it went through a mail or an editor */
			line.len--;
		dc_arena_reset(reader->line);
		why = reader->number == 1 ? read_header(line) : read_line(reader, line);
	}
	reader->number -= why != NULL;
	return why;
}

/* ---- the index ---- */

static size_t power_of_two(size_t at_least)
{
	size_t n = 16;
	while (n < at_least)
		n *= 2;
	return n;
}

static uint64_t domain_hash(struct dc_slice domain)
{
	return dc_question_hash(&(struct dc_question){.name = domain});
}

static bool make_index(struct dc_recording *recording)
{
	recording->bucket_count = power_of_two(2 * recording->count);
	recording->audit_bucket_count = power_of_two(2 * recording->audit_count);
	recording->buckets = calloc(recording->bucket_count, sizeof(size_t));
	recording->audit_buckets = calloc(recording->audit_bucket_count, sizeof(size_t));
	recording->next = calloc(recording->count + 1, sizeof(size_t));
	if (!recording->buckets || !recording->next || !recording->audit_buckets)
		return false; /* not fuzzed: out of memory */
	/* From the end, so that the first answer to a question comes to stand in the bucket. */
	for (size_t i = recording->count; i-- > 0;) {
		const struct dc_question *question = &recording->answers[i]->question;
		size_t at = dc_question_hash(question) & (recording->bucket_count - 1);
		recording->next[i] = SIZE_MAX;
		while (recording->buckets[at] &&
		       !dc_question_eq(&recording->answers[recording->buckets[at] - 1]->question, question))
			at = (at + 1) & (recording->bucket_count - 1);
		if (recording->buckets[at])
			recording->next[i] = recording->buckets[at] - 1;
		recording->buckets[at] = i + 1;
	}
	for (size_t i = 0; i < recording->audit_count; i++) {
		size_t at = domain_hash(recording->audits[i].domain) & (recording->audit_bucket_count - 1);
		while (recording->audit_buckets[at])
			at = (at + 1) & (recording->audit_bucket_count - 1);
		recording->audit_buckets[at] = i + 1;
	}
	return true;
}

static const char *keep_label(struct dc_recording *recording, struct dc_slice label)
{
	if (DC_ARENA_GUARD(recording->arena))
		return "no memory"; /* not fuzzed: out of memory */
	recording->label = dc_arena_dup(recording->arena, label);
	return NULL;
}

enum dc_status dc_recording_parse(const char *label, struct dc_slice bytes, struct dc_recording **ret_recording,
				  struct dc_error *err)
{
	char shown[200];
	const char *slash = strrchr(label, '/'), *why = "no memory";
	struct reader reader = {.recording = calloc(1, sizeof *reader.recording), .line = dc_arena_new(LINE_ARENA_MAX)};
	struct dc_recording *recording = reader.recording;
	dc_escape_line(shown, sizeof shown, dc_slice_of(label));
	if (recording)
		recording->arena = dc_arena_new(KEPT_ARENA_MAX);
	if (!recording || !recording->arena || !reader.line)
		goto out; /* not fuzzed: out of memory */
	why = read_lines(&reader, bytes);
	if (!why)
		why = keep_label(recording, dc_slice_of(slash && slash[1] ? slash + 1 : label));
	if (!why && !make_index(recording))
		why = "no memory"; /* not fuzzed: out of memory */
out:
	dc_arena_free(reader.line);
	if (!why) {
		*ret_recording = recording;
		return DC_OK;
	}
	dc_recording_free(recording);
	return dc_error_set(err, strcmp(why, "no memory") == 0 ? DC_ERR_NOMEM : DC_ERR_INPUT, "%s:%zu: %s", shown,
			    reader.number, why);
}

/* ---- what it holds ---- */

int64_t dc_recording_clock(const struct dc_recording *recording)
{
	return recording->clock_s;
}

bool dc_recording_end(const struct dc_recording *recording, int64_t *ret_seconds)
{
	if (recording->has_ended)
		*ret_seconds = recording->ended_s;
	return recording->has_ended;
}

bool dc_recording_has_clock(const struct dc_recording *recording)
{
	return recording->has_clock;
}

size_t dc_recording_option_count(const struct dc_recording *recording)
{
	return recording->option_count;
}

const struct dc_recorded_option *dc_recording_option(const struct dc_recording *recording, size_t i)
{
	return &recording->options[i];
}

size_t dc_recording_audit_count(const struct dc_recording *recording)
{
	return recording->audit_count;
}

const struct dc_recorded_audit *dc_recording_audit_at(const struct dc_recording *recording, size_t i)
{
	return &recording->audits[i];
}

const struct dc_recorded_audit *dc_recording_audit(const struct dc_recording *recording, struct dc_slice domain)
{
	size_t at = domain_hash(domain) & (recording->audit_bucket_count - 1);
	for (; recording->audit_buckets[at]; at = (at + 1) & (recording->audit_bucket_count - 1)) {
		const struct dc_recorded_audit *audit = &recording->audits[recording->audit_buckets[at] - 1];
		if (dc_slice_eq(audit->domain, domain))
			return audit;
	}
	return NULL;
}

struct dc_slice dc_recording_label(const struct dc_recording *recording)
{
	return recording->label;
}

size_t dc_recording_count(const struct dc_recording *recording)
{
	return recording->count;
}

struct dc_answer *dc_recording_at(const struct dc_recording *recording, size_t i)
{
	return recording->answers[i];
}

size_t dc_recording_find(const struct dc_recording *recording, const struct dc_question *question)
{
	size_t at = dc_question_hash(question) & (recording->bucket_count - 1);
	for (; recording->buckets[at]; at = (at + 1) & (recording->bucket_count - 1))
		if (dc_question_eq(&recording->answers[recording->buckets[at] - 1]->question, question))
			return recording->buckets[at] - 1;
	return SIZE_MAX;
}

size_t dc_recording_next(const struct dc_recording *recording, size_t i)
{
	return recording->next[i];
}
