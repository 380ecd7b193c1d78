/* MTA-STS texts: RFC 8461 sections 3.1 (record), 3.2 (policy), 4.1 (matching of hosts).
 *
 * The grammar is case-sensitive throughout. A policy is read to its end whatever is wrong, so that all can be told. */
#include "mta_sts/policy.h"

/* ---- the record ---- */

bool dc_mta_sts_is_record(struct dc_slice text)
{
	return dc_slice_starts(text, DC_S("v=STSv1;"));
}

bool dc_mta_sts_is_near(struct dc_slice text)
{
	return !dc_mta_sts_is_record(text) && dc_slice_starts_nocase(dc_txt_loose_version(text), DC_S("sts"));
}

/* name of an extension: 1 to 32 of letters, digits, "_", "-", ".", the first a letter or digit */
static bool is_name(struct dc_slice s)
{
	if (!s.len || s.len > 32 || !dc_is_alnum(s.ptr[0]))
		return false;
	for (size_t i = 0; i < s.len; i++)
		if (!dc_is_alnum(s.ptr[i]) && !memchr("_-.", s.ptr[i], 3))
			return false;
	return true;
}

static bool is_value(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.ptr[i] <= 0x20 || s.ptr[i] > 0x7e || s.ptr[i] == '=' || s.ptr[i] == ';')
			return false;
	return s.len > 0;
}

static bool is_id(struct dc_slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!dc_is_alnum(s.ptr[i]))
			return false;
	return s.len > 0 && s.len <= DC_MTA_STS_ID_MAX;
}

static const char *read_field(struct dc_slice field, struct dc_mta_sts_record *record)
{
	struct dc_slice value = field, name = dc_slice_cut(&value, '=');

	if (!field.len)
		return "an empty field between two semicolons";
	if (!value.ptr)
		return "a field without =";
	if (!dc_slice_eq(name, DC_S("id")))
		return !is_name(name) ? "a field whose name is not allowed" : is_value(value) ? NULL : "a field whose value is not allowed";
	if (!is_id(value))
		return "an id that is not 1 to 32 letters and digits";
	if (record->id.len)
		return "a second id";
	record->id = value;
	return NULL;
}

struct dc_mta_sts_record dc_mta_sts_record_parse(const struct dc_txt *txt)
{
	struct dc_mta_sts_record record = {.txt = *txt};
	struct dc_slice rest = dc_slice_sub(txt->text, sizeof("v=STSv1;") - 1, SIZE_MAX);

	while (rest.ptr && !record.problem) {
		struct dc_slice field = dc_slice_trim_wsp(dc_slice_cut(&rest, ';'));

		if (!field.len && !dc_slice_trim_wsp(rest).len && !rest.ptr)
			break; /* the last semicolon may end the record */
		record.problem = read_field(field, &record);
		record.part = record.problem ? field : (struct dc_slice){0};
	}
	if (!record.problem && !record.id.len)
		record.problem = "no id";
	return record;
}

/* ---- the policy ---- */

const char *dc_mta_sts_mode_name(enum dc_mta_sts_mode mode)
{
	static const char *const names[] = {NULL, "enforce", "testing", "none"};

	return names[mode];
}

struct reader {
	struct dc_arena *arena;
	struct dc_mta_sts_policy *policy;
	struct dc_slice *patterns;
	struct dc_mta_sts_fault *faults, *unknown;
	uint32_t line;
};

static void fault(struct reader *reader, struct dc_slice text, const char *problem)
{
	if (reader->policy->fault_count < DC_MTA_STS_FAULT_MAX)
		reader->faults[reader->policy->fault_count++] = (struct dc_mta_sts_fault){reader->line, text, problem};
}

static bool is_pattern(struct dc_slice s)
{
	struct dc_slice name = dc_slice_starts(s, DC_S("*.")) ? dc_slice_sub(s, 2, SIZE_MAX) : s;
	struct dc_ip ip;

	if (!name.len || name.len > DC_NAME_TEXT_MAX || name.ptr[name.len - 1] == '.' || dc_ip_parse(name, &ip))
		return false;
	return dc_name_is_host(name, false) && dc_name_labels(name) >= 2;
}

static void read_mx(struct reader *reader, struct dc_slice line, struct dc_slice value)
{
	struct dc_mta_sts_policy *policy = reader->policy;
	struct dc_slice lower = dc_arena_lower(reader->arena, value);

	if (!is_pattern(lower))
		fault(reader, line, "is no host name or *.NAME");
	else if (policy->pattern_count == DC_MTA_STS_PATTERN_MAX)
		fault(reader, line, "is one mx line too many to look at");
	else
		reader->patterns[policy->pattern_count++] = lower;
}

static void read_mode(struct reader *reader, struct dc_slice line, struct dc_slice value)
{
	struct dc_mta_sts_policy *policy = reader->policy;

	if (policy->mode_text.ptr) {
		fault(reader, line, "gives the mode again: the first one counts");
		return;
	}
	policy->mode_text = value;
	for (enum dc_mta_sts_mode mode = DC_MTA_STS_MODE_ENFORCE; mode <= DC_MTA_STS_MODE_NONE; mode++)
		if (dc_slice_eq(value, dc_slice_of(dc_mta_sts_mode_name(mode))))
			policy->mode = mode;
}

static void read_age(struct reader *reader, struct dc_slice line, struct dc_slice value)
{
	struct dc_mta_sts_policy *policy = reader->policy;

	if (policy->has_age)
		fault(reader, line, "gives max_age again: the first one counts");
	else if (value.len > 10 || !dc_slice_uint(value, true, 9999999999u, &policy->max_age_s))
		fault(reader, line, "is no number of seconds with 1 to 10 digits");
	else
		policy->has_age = true;
}

static void read_line(struct reader *reader, struct dc_slice line)
{
	struct dc_mta_sts_policy *policy = reader->policy;
	struct dc_slice value = line, key = dc_slice_cut(&value, ':');

	value = dc_slice_trim_wsp(value);
	if (!line.len)
		return;
	if (!value.ptr)
		fault(reader, line, "is not \"key: value\"");
	else if (dc_slice_eq(key, DC_S("version")) && policy->version)
		fault(reader, line, "gives the version again: the first one counts");
	else if (dc_slice_eq(key, DC_S("version")) && dc_slice_eq(value, DC_S("STSv1")))
		policy->version = true;
	else if (dc_slice_eq(key, DC_S("version")))
		fault(reader, line, "is not \"version: STSv1\"");
	else if (dc_slice_eq(key, DC_S("mode")))
		read_mode(reader, line, value);
	else if (dc_slice_eq(key, DC_S("max_age")))
		read_age(reader, line, value);
	else if (dc_slice_eq(key, DC_S("mx")))
		read_mx(reader, line, value);
	else if (!is_name(key))
		fault(reader, line, "has a key that is not allowed");
	else if (policy->unknown_count < DC_MTA_STS_FAULT_MAX)
		reader->unknown[policy->unknown_count++] = (struct dc_mta_sts_fault){reader->line, line, "has a key that is not defined"};
}

static const char *problem_of(const struct dc_mta_sts_policy *policy)
{
	if (!policy->version)
		return "it has no line \"version: STSv1\"";
	if (!policy->mode_text.ptr)
		return "it has no line \"mode: …\"";
	if (policy->mode == DC_MTA_STS_MODE_UNKNOWN)
		return "its mode is none of enforce, testing and none";
	if (!policy->has_age)
		return "it has no valid line \"max_age: …\"";
	if (policy->pattern_count == 0 && policy->mode != DC_MTA_STS_MODE_NONE)
		return "it has no valid line \"mx: …\"";
	return NULL;
}

const struct dc_mta_sts_policy *dc_mta_sts_policy_parse(struct dc_arena *arena, struct dc_slice text)
{
	struct dc_mta_sts_policy *policy = DC_NEW(arena, struct dc_mta_sts_policy);
	struct reader reader = {.arena = arena, .policy = policy};

	policy->patterns = reader.patterns = DC_NEW_ARRAY(arena, struct dc_slice, DC_MTA_STS_PATTERN_MAX);
	policy->faults = reader.faults = DC_NEW_ARRAY(arena, struct dc_mta_sts_fault, DC_MTA_STS_FAULT_MAX);
	policy->unknown = reader.unknown = DC_NEW_ARRAY(arena, struct dc_mta_sts_fault, DC_MTA_STS_FAULT_MAX);
	while (text.ptr) {
		struct dc_slice line = dc_slice_cut(&text, '\n');

		reader.line++;
		if (line.len && line.ptr[line.len - 1] == '\r')
			line.len--;
		while (line.len && dc_is_wsp(line.ptr[line.len - 1]))
			line.len--; /* the grammar allows blanks at the end */
		read_line(&reader, line);
	}
	policy->problem = problem_of(policy);
	return policy;
}

/* ---- hosts ---- */

bool dc_mta_sts_covers(struct dc_slice pattern, struct dc_slice host)
{
	if (!dc_slice_starts(pattern, DC_S("*.")))
		return dc_name_eq(pattern, host);
	return dc_name_labels(host) == dc_name_labels(dc_slice_sub(pattern, 2, SIZE_MAX)) + 1 &&
	       dc_name_eq(dc_name_parent(host), dc_slice_sub(pattern, 2, SIZE_MAX));
}

size_t dc_mta_sts_match(const struct dc_mta_sts_policy *policy, struct dc_slice host)
{
	for (size_t i = 0; i < policy->pattern_count; i++)
		if (dc_mta_sts_covers(policy->patterns[i], host))
			return i;
	return SIZE_MAX;
}
