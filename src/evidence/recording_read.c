/* Lines of recordings, read: strict, because a field that is not understood would change a report without a word. */
#include "evidence/recording_line.h"

#include "dns/rdata_text.h"

/* ---- words ---- */

static void skip_blanks(struct dc_slice *rest)
{
	while (rest->len && rest->ptr[0] == ' ')
		*rest = dc_slice_sub(*rest, 1, SIZE_MAX);
}

static bool ends(struct dc_slice rest)
{
	return rest.len == 0 || rest.ptr[0] == ' ' || rest.ptr[0] == '}';
}

static bool quoted_word(struct dc_arena *arena, struct dc_slice *rest, struct dc_slice *ret_word)
{
	struct dc_slice s = dc_slice_sub(*rest, 1, SIZE_MAX);
	size_t end = 0, len = 0;
	while (end < s.len && s.ptr[end] != '"')
		end += s.ptr[end] == '\\' ? 2 : 1;
	if (end >= s.len)
		return false;
	char *text = dc_arena_alloc(arena, end + 1);
	for (size_t i = 0; i < end;) {
		char c = s.ptr[i++];
		uint64_t octet = (uint8_t)c;
		if (c < 0x20 || c > 0x7e)
			return false;
		if (c == '\\' && (s.ptr[i] == '\\' || s.ptr[i] == '"')) {
			octet = (uint8_t)s.ptr[i++];
		} else if (c == '\\') {
			if (end - i < 3 || !dc_slice_uint(dc_slice_sub(s, i, 3), true, 255, &octet))
				return false;
			i += 3;
		}
		text[len++] = (char)octet;
	}
	*rest = dc_slice_sub(s, end + 1, SIZE_MAX);
	*ret_word = (struct dc_slice){text, len};
	return ends(*rest);
}

bool dc_recording_word(struct dc_arena *arena, struct dc_slice *rest, struct dc_slice *ret_word)
{
	size_t len = 0;
	skip_blanks(rest);
	if (rest->len && rest->ptr[0] == '"')
		return quoted_word(arena, rest, ret_word);
	for (; !ends(dc_slice_sub(*rest, len, SIZE_MAX)); len++)
		if (rest->ptr[len] < 0x20 || rest->ptr[len] > 0x7e || strchr("\"\\{", rest->ptr[len]))
			return false;
	if (len == 0)
		return false;
	*ret_word = dc_slice_sub(*rest, 0, len);
	*rest = dc_slice_sub(*rest, len, SIZE_MAX);
	if (dc_slice_eq(*ret_word, DC_S("-")))
		ret_word->len = 0;
	return true;
}

static const char *read_name(struct dc_arena *arena, struct dc_slice *rest, struct dc_slice *ret_name)
{
	skip_blanks(rest);
	bool bare = rest->len && rest->ptr[0] != '"';
	if (!dc_recording_word(arena, rest, ret_name))
		return "a name is missing or badly quoted";
	for (size_t i = 0; bare && i < ret_name->len; i++)
		if (dc_lower(ret_name->ptr[i]) != ret_name->ptr[i])
			return "a name has capital letters: names are written in lower case";
	if (bare && ret_name->len > 1 && ret_name->ptr[ret_name->len - 1] == '.')
		return "a name ends in a dot: names are written without";
	return NULL;
}

static const char *read_type(struct dc_arena *arena, struct dc_slice *rest, uint16_t *ret_type)
{
	struct dc_slice word;
	if (!dc_recording_word(arena, rest, &word) || (word.len && !dc_type_parse(word, ret_type)))
		return "a record type is missing or unknown";
	if (!word.len)
		*ret_type = 0;
	return NULL;
}

/* ---- fields ---- */

static bool starts_field(struct dc_slice *rest, const char *key)
{
	size_t len = strlen(key);
	if (!dc_slice_starts(*rest, dc_slice_of(key)) || rest->len <= len || rest->ptr[len] != '=')
		return false;
	*rest = dc_slice_sub(*rest, len + 1, SIZE_MAX);
	return true;
}

static bool digits(struct dc_slice *rest, uint64_t max, uint64_t *ret_value)
{
	size_t len = 0;
	while (len < rest->len && dc_is_digit(rest->ptr[len]))
		len++;
	if (!dc_slice_uint(dc_slice_sub(*rest, 0, len), false, max, ret_value))
		return false;
	*rest = dc_slice_sub(*rest, len, SIZE_MAX);
	return ends(*rest);
}

bool dc_recording_number(struct dc_slice *rest, const char *key, uint64_t max, uint64_t *ret_value)
{
	skip_blanks(rest);
	return starts_field(rest, key) && digits(rest, max, ret_value);
}

enum field { SERVER, RCODE, AD, TC, AA, RA, EDNS, DNSSEC, EDE, TTL, ELAPSED, TRIES, SIZE, VIA, DETAIL, DATA, FIELD_COUNT };

static const struct {
	const char *key;
	enum { FLAG, NUMBER, TEXT } form;
	uint64_t max;
} fields[FIELD_COUNT] = {
	[SERVER] = {"server", TEXT, 0},
	[RCODE] = {"rcode", NUMBER, 4095}, /* RFC 6891 6.1.3: 12 bits */
	[AD] = {"ad", FLAG, 0},
	[TC] = {"tc", FLAG, 0},
	[AA] = {"aa", FLAG, 0},
	[RA] = {"ra", FLAG, 0},
	[EDNS] = {"edns", FLAG, 0},
	[DNSSEC] = {"dnssec", TEXT, 0},
	[EDE] = {"ede", NUMBER, INT32_MAX},
	[TTL] = {"ttl", NUMBER, UINT32_MAX},
	[ELAPSED] = {"elapsed_ms", NUMBER, UINT32_MAX},
	[TRIES] = {"tries", NUMBER, UINT16_MAX},
	[SIZE] = {"size", NUMBER, UINT32_MAX},
	[VIA] = {"via", TEXT, 0},
	[DETAIL] = {"detail", TEXT, 0},
	[DATA] = {"data", TEXT, 0},
};

struct line {
	struct dc_arena *arena;
	struct dc_slice rest;
	bool seen[FIELD_COUNT];
	uint64_t numbers[FIELD_COUNT];
	struct dc_slice texts[FIELD_COUNT];
	struct dc_rr *rrs;
	size_t count, capacity;
};

static const char *read_field(struct line *line)
{
	for (size_t i = 0; i < FIELD_COUNT; i++) {
		struct dc_slice rest = line->rest;
		size_t len = strlen(fields[i].key);
		bool flag = fields[i].form == FLAG && dc_slice_starts(rest, dc_slice_of(fields[i].key)) &&
			    ends(dc_slice_sub(rest, len, SIZE_MAX));
		if (!flag && !(fields[i].form != FLAG && starts_field(&rest, fields[i].key)))
			continue;
		if (line->seen[i])
			return "a field stands twice";
		if (flag)
			rest = dc_slice_sub(rest, len, SIZE_MAX);
		else if (fields[i].form == NUMBER && !digits(&rest, fields[i].max, &line->numbers[i]))
			return "the value of a field is no number, or too large a one";
		else if (fields[i].form == TEXT && !dc_recording_word(line->arena, &rest, &line->texts[i]))
			return "the value of a field is badly quoted";
		line->seen[i] = true;
		line->rest = rest;
		return NULL;
	}
	return "a field that this version does not know";
}

/* OWNER TTL TYPE RDATA, up to the closing brace */
static const char *read_rr(struct line *line)
{
	struct dc_rr rr = {0};
	struct dc_buf wire;
	const char *why;
	uint64_t ttl_s;
	struct dc_slice rest = dc_slice_sub(line->rest, 1, SIZE_MAX);
	size_t end = dc_recording_record_end(rest);
	if (end == SIZE_MAX)
		return "a brace is opened and never closed";
	line->rest = dc_slice_sub(rest, end + 1, SIZE_MAX);
	rest = dc_slice_sub(rest, 0, end);
	if (line->count >= DC_RECORDING_RR_MAX)
		return "too many records";
	if ((why = read_name(line->arena, &rest, &rr.owner)) != NULL)
		return why;
	skip_blanks(&rest);
	if (!digits(&rest, UINT32_MAX, &ttl_s))
		return "a record has no time to live";
	if ((why = read_type(line->arena, &rest, &rr.type)) != NULL)
		return why;
	dc_buf_init(&wire, (size_t)2 * DC_RDATA_MAX);
	if (!dc_rdata_from_text(&wire, rr.type, rest, (struct dc_slice){0}, &why)) {
		dc_buf_free(&wire);
		return why;
	}
	char *copy = dc_arena_try(line->arena, wire.len + 1);
	if (copy && wire.len)
		memcpy(copy, wire.ptr, wire.len);
	rr.rdata = (struct dc_slice){copy, wire.len};
	rr.ttl_s = (uint32_t)ttl_s;
	dc_buf_free(&wire);
	if (!copy)
		return dc_arena_is_starved(line->arena) ? "no memory" : "too many records";
	DC_PUSH(line->arena, line->rrs, line->count, line->capacity) = rr;
	return line->rest.len && line->rest.ptr[0] != ' ' ? "after a closing brace must stand a blank" : NULL;
}

static bool parse_dnssec(struct dc_slice text, enum dc_dnssec *ret_state)
{
	for (enum dc_dnssec state = DC_DNSSEC_UNKNOWN; state <= DC_DNSSEC_BOGUS; state++)
		if (dc_slice_eq(text, dc_slice_of(dc_dnssec_name(state)))) {
			*ret_state = state;
			return true;
		}
	return false;
}

static void fill(const struct line *line, struct dc_answer *answer)
{
	uint32_t ttl_s = line->count ? UINT32_MAX : 0;
	for (size_t i = 0; i < line->count; i++)
		if (line->rrs[i].ttl_s < ttl_s)
			ttl_s = line->rrs[i].ttl_s;
	answer->question.server = line->texts[SERVER];
	answer->rcode = line->seen[RCODE] ? (uint16_t)line->numbers[RCODE] : dc_recording_rcode(answer->outcome);
	answer->authentic = line->seen[AD];
	answer->truncated = line->seen[TC];
	answer->authoritative = line->seen[AA];
	answer->recursion = line->seen[RA];
	answer->edns = line->seen[EDNS];
	answer->ede = line->seen[EDE] ? (int32_t)line->numbers[EDE] : -1;
	answer->ttl_s = line->seen[TTL] ? (uint32_t)line->numbers[TTL] : ttl_s;
	answer->elapsed_ms = (uint32_t)line->numbers[ELAPSED];
	answer->tries = (uint16_t)line->numbers[TRIES];
	answer->size = (uint32_t)line->numbers[SIZE];
	answer->via = line->texts[VIA];
	answer->detail = line->texts[DETAIL];
	answer->data = line->texts[DATA];
	answer->rrs = line->rrs;
	answer->rr_count = line->count;
}

const char *dc_recording_read_answer(struct dc_arena *arena, enum dc_question_kind kind, struct dc_slice rest,
				     struct dc_answer *ret_draft)
{
	struct dc_answer answer = {.question.kind = kind};
	struct line line = {.arena = arena, .rest = rest};
	struct dc_slice word;
	const char *why;
	if ((why = read_name(arena, &line.rest, &answer.question.name)) != NULL)
		return why;
	if ((why = read_type(arena, &line.rest, &answer.question.type)) != NULL)
		return why;
	if (!dc_recording_word(arena, &line.rest, &word) || !dc_outcome_parse(word, &answer.outcome))
		return "after name and type must stand an outcome, such as ANSWER or NXDOMAIN";
	for (skip_blanks(&line.rest); line.rest.len; skip_blanks(&line.rest))
		if ((why = line.rest.ptr[0] == '{' ? read_rr(&line) : read_field(&line)) != NULL)
			return why;
	if (line.seen[DNSSEC] && !parse_dnssec(line.texts[DNSSEC], &answer.dnssec))
		return "dnssec is one of unknown, insecure, secure and bogus";
	fill(&line, &answer);
	*ret_draft = answer;
	return NULL;
}
